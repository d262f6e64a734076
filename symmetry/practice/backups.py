"""Backups and other files outside the practice's folder: whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final, TypedDict

from symmetry.errors import FullerBackupError, OutputError
from symmetry.files import check_target, sync_folder
from symmetry.practice.reading import read_photos
from symmetry.practice.storage.database import HEAD, copy_database
from symmetry.practice.storage.folders import DATABASE, PART, files_below, private_file, private_folder
from symmetry.practice.storage.sweeping import UNFINISHED
from symmetry.practice.writing import PracticeWriter, held
from symmetry.version import __version__

LAYOUT: Final = 1
"""Of the file; a reader refuses those that it does not know."""
MANIFEST: Final = "manifest.json"
MEMBER: Final = re.compile(
    r"practice\.sqlite"
    r"|clients/[0-9a-f]{32}/photos/[0-9a-f]{64}\.(?:jpg|png)"
    r"|clients/[0-9a-f]{32}/results/[0-9A-Za-z][0-9A-Za-z._-]{0,254}"
)
"""Names of what a backup may hold besides its manifest."""
CHUNK: Final = 1 << 20


class Member(TypedDict):
    """A file in the manifest."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSummary:
    """What a backup holds."""

    clients: int
    photos: int
    files: int  # the database, photos and results
    size: int  # of the backup, in bytes
    damaged: tuple[str, ...] = ()  # photos that are missing in the practice, or differ from what was stored
    kept: Path | None = None  # after a restore: where the practice is that was there before


class Backups(PracticeWriter):
    """Writes backups and other files outside the practice's folder."""

    def backup(self, file: Path, *, replace: bool = False, fewer: bool = False) -> BackupSummary:
        """Write the whole practice to one file, readable by its owner only; writers wait until it is done.

        Parameters
        ----------
        file : Path
            A zip file outside the practice's folder.
        replace : bool
            Whether a file that is there may be replaced, once the new one is whole.
        fewer : bool
            Whether it may be replaced though it has more clients or photos.

        Raises
        ------
        OutputError
            If it cannot be written there, or there is a file.
        FullerBackupError
            If there is a backup of more.
        """
        check_target(file)
        target = file.resolve()
        if target.exists() and not replace:
            raise OutputError("there is a file already; choose another name, or say that it may be replaced")
        if target.exists() and not fewer:
            self._compare(target)
        if target.is_relative_to(self._places.root.resolve()):
            raise OutputError("a backup belongs outside the practice's folder; name another place")
        with self._locked():
            private_folder(self._places.backups)
            copy = self._places.backups / f"copy-{os.urandom(4).hex()}{PART}"
            try:
                private_file(copy)
                copy_database(self._places.database, copy)
                with self.reading() as db:
                    photos = read_photos(db)
                expected = {photo.file: photo.sha256 for kept in photos.values() for photo in kept}
                with self._half_made(target) as part, part.open("r+b") as stream:
                    members, damaged = self._write(stream, copy, expected, clients=len(photos))
            finally:
                copy.unlink(missing_ok=True)
        return BackupSummary(
            clients=len(photos),
            photos=len(expected),
            files=len(members),
            size=target.stat().st_size,
            damaged=damaged,
        )

    def _compare(self, target: Path) -> None:
        """Raise `FullerBackupError` if a backup that is there has more clients or photos than the practice."""
        there = contents_of(target)
        if there is None:
            return
        with self.reading() as db:
            photos = read_photos(db)
        here = (len(photos), len({photo.file for kept in photos.values() for photo in kept}))
        if here[0] < there[0] or here[1] < there[1]:
            raise FullerBackupError(
                f"the backup that is there has more ({there[0]} clients, {there[1]} photos) than the practice "
                f"({here[0]} clients, {here[1]} photos)"
            )

    @contextlib.contextmanager
    def file_outside(self, file: Path) -> Iterator[Path]:
        """Give an empty file to fill, readable by its owner only; other writers wait until it is done.

        When the `with` ends well it is synced and replaces `file`, else it is removed: if this process is killed, by
        whoever opens the practice next.

        Raises
        ------
        OutputError
            If it cannot be written there.
        """
        try:
            with held(self._lock), self._half_made(file.resolve()) as part:
                yield part
        except OSError as error:
            raise OutputError(f"it cannot be written ({error.strerror}); check the folder and the disk") from None

    @contextlib.contextmanager
    def _half_made(self, target: Path) -> Iterator[Path]:
        """Give a file as `file_outside` does; the caller holds the lock."""
        token = os.urandom(4).hex()
        part = target.with_name(f".symmetry-{token}{PART}")
        record = self._places.backups / UNFINISHED.format(token)
        try:
            private_folder(self._places.backups)
            private_file(record)
            record.write_bytes(os.fsencode(part))
            private_file(part)
            yield part
            with part.open("r+b") as stream:
                os.fsync(stream.fileno())
            part.replace(target)
            sync_folder(target.parent)
        finally:
            for path in (part, record):
                path.unlink(missing_ok=True)

    def _write(
        self, stream: IO[bytes], copy: Path, expected: dict[str, str], *, clients: int
    ) -> tuple[dict[str, Member], tuple[str, ...]]:
        """Write a zip file, given the hash of every photo by name; give what it holds, and the damaged photos."""
        # Not compressed: photos cannot be, and a search for a client finds what the backup holds.
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            members = {DATABASE: _add(archive, DATABASE, copy)}
            for name, path in self._kept({name.split("/")[1] for name in expected}):
                members[name] = _add(archive, name, path)
            damaged = tuple(
                name for name, sha256 in expected.items() if name not in members or members[name]["sha256"] != sha256
            )
            about = {
                "layout": LAYOUT,
                "version": __version__,
                "schema": HEAD,
                "made": datetime.now().astimezone().isoformat(timespec="seconds"),
                "damaged": damaged,
                "clients": clients,
                "members": members,
            }
            archive.writestr(_info(MANIFEST), json.dumps(about, indent=1))
        return members, damaged

    def _kept(self, uids: set[str]) -> Iterator[tuple[str, Path]]:
        for uid in sorted(uids):
            for path in files_below(self._places.client(uid)):
                name = path.relative_to(self._places.root).as_posix()
                if MEMBER.fullmatch(name) and not name.endswith(PART) and path.is_file():
                    yield name, path


def contents_of(file: Path) -> tuple[int, int] | None:
    """Count the clients and the photos of a backup; None if it is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            about = json.loads(archive.read(MANIFEST))
            photos = [name for name in about["members"] if "/photos/" in name]
            # Until version 0.1.0 only clients with photos were counted.
            return int(about.get("clients", len({name.split("/")[1] for name in photos}))), len(photos)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, zipfile.BadZipFile):
        return None


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Member:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(_info(name), "w", force_zip64=True) as member:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            member.write(chunk)
    return {"sha256": digest.hexdigest(), "size": size}


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=datetime.now().timetuple()[:6])
    info.external_attr = 0o600 << 16
    return info
