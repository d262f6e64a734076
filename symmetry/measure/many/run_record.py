"""The record of a run: what came of each photo, in parts that are whole or not there, so that a kill loses none.

A part holds a line per photo: what a later run has to know of it (path, hash of the file, kind of failure) as a JSON
array, a tab, and the result as a JSON object. The table is written from these lines once all photos are done.
"""

from __future__ import annotations

import json
import shutil
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from filelock import FileLock, Timeout

from symmetry.errors import OutputError
from symmetry.files import make_folder, write_whole
from symmetry.measure.many.work import CRASHED, OUT_OF_MEMORY, SLOW, UNEXPECTED, Outcome

_LAYOUT: Final = 1
_ABOUT: Final = "run.json"
_FINISHED: Final = "finished"
_PASSING: Final = frozenset({CRASHED, SLOW, OUT_OF_MEMORY, UNEXPECTED})
"""Kinds of failure that another try may not have; a file that could not be read is tried again, too."""
_NOWHERE: Final = -1


class RunRecord:
    """What a run has brought so far, in a folder beside its table.

    Parameters
    ----------
    folder : Path
    photos : sequence of str
        Paths of all photos, in the order of the table.
    made_by : mapping
        Version, engine and options. What others made is not taken over.
    resume : bool
        Go on with the run that the folder holds; otherwise begin anew.

    Attributes
    ----------
    known : dict of int to str
        Hashes of the files whose results are there already, by place.
    stale : int
        Results that are there, but were made by another version or with other options.

    Raises
    ------
    OutputError
        If the folder cannot be used, or another run is using it.
    """

    def __init__(self, folder: Path, photos: Sequence[str], made_by: dict[str, Any], *, resume: bool) -> None:
        self.folder, self.stale = folder, 0
        self.known: dict[int, str] = {}
        self._photos = photos
        self._part = array("i", [_NOWHERE]) * len(photos)  # the part of each photo's line, and where it begins there
        self._at = array("q", [0]) * len(photos)
        self._parts: list[Path] = []
        self._failed: dict[int, str] = {}  # kinds of failure, by place
        make_folder(folder)
        self._lock = FileLock(folder / "lock", mode=0o600)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise OutputError(f"another run is writing to {folder.name}; wait for it, or choose another name") from None
        (folder / _FINISHED).unlink(missing_ok=True)
        about = {"layout": _LAYOUT, **made_by}
        parts = sorted(folder.glob("part-*.jsonl"))
        alike = _read_about(folder) == about
        if resume and alike:
            self._take_over(parts)
            return
        if resume:
            self.stale = sum(part.read_bytes().count(b"\n") for part in parts)
        for part in parts:
            part.unlink(missing_ok=True)
        write_whole(folder / _ABOUT, json.dumps(about, indent=1).encode())

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Keep what came of some photos; it is on the disk once this returns."""
        new = [outcome for outcome in outcomes if not outcome.unchanged]
        if not new:
            return
        number = int(self._parts[-1].stem.split("-")[1]) + 1 if self._parts else 0
        file = self.folder / f"part-{number:07}.jsonl"
        lines = []
        at = 0
        for outcome in new:
            head = [self._photos[outcome.place], outcome.sha256, outcome.kind]
            line = f"{json.dumps(head)}\t{outcome.text}\n".encode("utf-8", "surrogateescape")
            lines.append(line)
            self._note(outcome.place, len(self._parts), at, outcome.kind)
            at += len(line)
        write_whole(file, b"".join(lines))
        self._parts.append(file)

    def results(self) -> Iterator[dict[str, Any]]:
        """Yield the JSON objects of all photos that are done, in the order of the photos."""
        open_part: int = _NOWHERE
        file: BinaryIO | None = None
        try:
            for part, at in zip(self._part, self._at, strict=True):
                if part == _NOWHERE:
                    continue
                if file is None or part != open_part:
                    if file is not None:
                        file.close()
                    file, open_part = self._parts[part].open("rb"), part
                file.seek(at)
                yield json.loads(file.readline().partition(b"\t")[2])
        finally:
            if file is not None:
                file.close()

    def failures(self) -> Counter[str]:
        """Count the photos without a result by the kind of their failure."""
        return Counter(self._failed.values())

    def finish(self) -> None:
        """Note that the table is written: a run that does not go on with this one may begin anew."""
        write_whole(self.folder / _FINISHED, b"")
        self.close()

    def close(self) -> None:
        """Let other runs use the folder."""
        self._lock.release()

    def remove(self) -> None:
        """Remove the record, once the table is written and nothing is left to be tried again."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _note(self, place: int, part: int, at: int, kind: str | None) -> None:
        self._part[place], self._at[place] = part, at
        self._failed.pop(place, None)
        if kind is not None:
            self._failed[place] = kind

    def _take_over(self, parts: list[Path]) -> None:
        """Find the line of each photo that is done already, the last one if there are several."""
        places = {photo: place for place, photo in enumerate(self._photos)}
        for part in parts:
            self._parts.append(part)
            with part.open("rb") as file:
                at = 0
                for line in file:
                    photo, sha256, kind = json.loads(line.partition(b"\t")[0])
                    place = places.get(photo)
                    if place is not None:
                        self._note(place, len(self._parts) - 1, at, kind)
                        self.known.pop(place, None)
                        if sha256 is not None and kind not in _PASSING:
                            self.known[place] = sha256
                    at += len(line)


def holds_results(folder: Path) -> bool:
    """Whether a run has left results in a folder that no table was made of yet."""
    return (folder / _ABOUT).exists() and not (folder / _FINISHED).exists() and any(folder.glob("part-*.jsonl"))


def _read_about(folder: Path) -> object:
    try:
        return json.loads((folder / _ABOUT).read_bytes())
    except (OSError, ValueError):
        return None


def record_folder(target: Path) -> Path:
    """Folder of the record of a table."""
    return target.with_name(f"{target.name}.run")
