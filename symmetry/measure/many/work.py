"""What a worker does: measure a lump of photos, one after the other, and say of each what came of it."""

from __future__ import annotations

import contextlib
import faulthandler
import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Final, NamedTuple

from symmetry.errors import SymmetryError
from symmetry.measure.analysis import measure_photo
from symmetry.measure.batch import Failure, measure_once
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.face_cache import FaceCache
from symmetry.measure.options import Measuring
from symmetry.photos.listing import read_file
from symmetry.photos.reading import photo_from_bytes

UNEXPECTED: Final = "UnexpectedError"
CRASHED: Final = "CrashedError"
SLOW: Final = "SlowError"
OUT_OF_MEMORY: Final = "MemoryError"
_MIB: Final = 1 << 20
_PARENT_DEATH_SIGNAL: Final = 1
"""Of Linux's prctl."""


class Item(NamedTuple):
    """A photo to be measured."""

    place: int  # among all photos of the run
    path: str
    known: str | None = None  # hash of the file whose result is there already


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a photo."""

    place: int
    result: FaceAnalysis | Failure | None = None  # without pixels; None if the file is the one that is known
    text: str = ""  # the JSON object of the result, in one line, where tables are written
    sha256: str | None = None  # hash of the file, if it could be read
    kind: str | None = None  # name of the error of a photo that failed

    @property
    def unchanged(self) -> bool:
        """Whether the photo was not measured, because its result is there already."""
        return self.result is None and not self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How photos are to be measured, as it travels to the workers."""

    measuring: Measuring
    engine: str
    as_text: bool = False  # send back texts for tables, not results
    keep: Path | None = None  # folder of the landmarks and fields that are kept by content
    timeout: float | None = None  # seconds a photo may take
    memory_mib: int | None = None  # memory of a worker
    marks: str | None = None  # folder where workers note which photo they are at
    parent: int | None = None  # process without which the work is in vain


def measure_lump(work: Work, items: Sequence[Item]) -> list[Outcome]:
    """Measure photos one after the other; those that fail do not stop the others."""
    _settle(work)
    return [_measured(work, item) for item in items]


def outcome_of(work: Work, item: Item, result: FaceAnalysis | Failure, sha256: str | None, kind: str | None) -> Outcome:
    """Put together what is sent back about a photo."""
    if work.as_text:
        text = json.dumps(result.to_dict(), allow_nan=False)
        return Outcome(place=item.place, text=text, sha256=sha256, kind=kind)
    return Outcome(place=item.place, result=result, sha256=sha256, kind=kind)


def failed(work: Work, item: Item, error: str, kind: str, sha256: str | None = None) -> Outcome:
    """Say that a photo could not be measured."""
    return outcome_of(work, item, Failure(photo=item.path, error=error), sha256, kind)


def crash_of(work: Work, item: Item) -> Outcome:
    """Say that measuring a photo ended the process that did it."""
    why = "measuring it ended the process that did it, or took more memory than there is; save it anew as JPEG"
    return failed(work, item, why, CRASHED)


def slow_of(work: Work, item: Item) -> Outcome:
    """Say that a photo took too long."""
    why = f"measuring it took longer than {work.timeout:g} s; save it anew as JPEG, or raise the limit"
    return failed(work, item, why, SLOW)


def mark_of(file: Path) -> tuple[int, float] | None:
    """Read which photo a worker is at, by its place, and since when; None if at none."""
    with contextlib.suppress(OSError, ValueError):
        place, since = file.read_text(encoding="ascii").split()
        return int(place), float(since)
    return None


def _measured(work: Work, item: Item) -> Outcome:
    sha256 = None
    with _watched(work, item):
        try:
            data = read_file(item.path)
            sha256 = hashlib.sha256(data).hexdigest()
            if sha256 == item.known:
                return Outcome(place=item.place, sha256=sha256)
            if work.keep is None:
                face = measure_photo(photo_from_bytes(data, item.path), work.measuring)
            else:
                cache = FaceCache(work.keep)
                face = measure_once(cache, sha256, lambda: data, work.measuring, name=item.path)
            return outcome_of(work, item, face.without_pixels(), sha256, None)
        except SymmetryError as error:
            return failed(work, item, str(error), type(error).__name__, sha256)
        except MemoryError:
            why = "measuring it needs more memory than a worker may have; save it at a smaller size"
            return failed(work, item, why, OUT_OF_MEMORY, sha256)
        except Exception as error:  # noqa: BLE001 - one photo in ten thousand must not end the run
            why = f"an unexpected error, please report it: {type(error).__name__}: {error}"
            return failed(work, item, why, UNEXPECTED, sha256)


@contextlib.contextmanager
def _watched(work: Work, item: Item) -> Iterator[None]:
    """Note which photo is measured, and end the process if that takes too long, even within native code."""
    mark = None if work.marks is None else Path(work.marks, str(os.getpid()))
    if mark is not None:
        mark.write_text(f"{item.place} {time.time()}", encoding="ascii")
    if work.timeout is not None:
        faulthandler.dump_traceback_later(work.timeout, exit=True, file=_nowhere())
    try:
        yield
    finally:
        if work.timeout is not None:
            faulthandler.cancel_dump_traceback_later()
        if mark is not None:
            mark.write_text("", encoding="ascii")


_settled: set[int] = set()


def _die_with_parent() -> None:
    """Have the system end this process as soon as its parent is gone (Linux); elsewhere it ends once it is idle."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # a C library without it
            ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


@cache
def _nowhere() -> IO[str]:
    return Path(os.devnull).open("w", encoding="ascii")


def _settle(work: Work) -> None:
    """Make this process a worker: one thread, its share of memory, and no life of its own."""
    if work.parent is not None and work.parent != os.getppid() and sys.platform != "win32":
        os._exit(1)  # nobody waits for the result
    if os.getpid() in _settled:
        return
    _settled.add(os.getpid())
    import cv2

    from symmetry.landmarks import networks

    cv2.setNumThreads(1)
    networks.use_engine(work.engine)
    if work.parent is not None:
        faulthandler.disable()  # a photo that ends its process is named in a line, not by a page about the process
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops the run stops its workers
        _die_with_parent()
    if work.memory_mib is not None and sys.platform != "win32":
        import resource

        limit = work.memory_mib * _MIB
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
