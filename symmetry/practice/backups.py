"""Backups: one file with the database, the photos and what was measured in them; whole or not at all."""

from __future__ import annotations

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

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from symmetry.errors import OutputError
from symmetry.files import check_target
from symmetry.practice.base import count
from symmetry.practice.folders import DATABASE, PART, files_below, private_file, private_folder
from symmetry.practice.models import ClientRow, PhotoRow, SessionRow
from symmetry.practice.outside import Outside
from symmetry.practice.revisions import HEAD
from symmetry.practice.schema import copy_database
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
    """What the manifest says of a file."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSummary:
    """What a backup holds.

    Attributes
    ----------
    clients, photos : int
    files : int
        The database, photos and results.
    size : int
        Of the backup, in bytes.
    damaged : tuple of str
        Photos that are missing in the practice, or differ from what was stored.
    """

    clients: int
    photos: int
    files: int
    size: int
    damaged: tuple[str, ...] = ()


class Backups(Outside):
    """Backups of the practice."""

    def backup(self, file: Path) -> BackupSummary:
        """Write the whole practice to one file, readable by its owner only; writers wait until it is done.

        Parameters
        ----------
        file : Path
            A zip file outside the practice's folder; what is there is replaced when the new one is whole.

        Raises
        ------
        OutputError
            If it cannot be written there.
        """
        check_target(file)
        target = file.resolve()
        if target.is_relative_to(self._places.root.resolve()):
            raise OutputError("a backup belongs outside the practice's folder; name another place")
        with self._locked():
            private_folder(self._places.backups)
            copy = self._places.backups / f"copy-{os.urandom(4).hex()}{PART}"
            try:
                private_file(copy)
                copy_database(self._places.database, copy)
                with self._reading() as db:
                    expected = _expected(db)
                    clients = count(db, ClientRow)
                with self._half_made(target) as part, part.open("r+b") as stream:
                    members, damaged = self._write(stream, copy, expected)
            finally:
                copy.unlink(missing_ok=True)
        return BackupSummary(
            clients=clients,
            photos=len(expected),
            files=len(members),
            size=target.stat().st_size,
            damaged=damaged,
        )

    def _write(
        self, stream: IO[bytes], copy: Path, expected: dict[str, tuple[str, str]]
    ) -> tuple[dict[str, Member], tuple[str, ...]]:
        """Write all to a zip file; give what it holds, and which photos are not what they should be."""
        # Nothing is packed tighter: photos cannot be, and a search for somebody finds them here too.
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            members = {DATABASE: _add(archive, DATABASE, copy)}
            for name, path in self._kept({uid for uid, _ in expected.values()}):
                members[name] = _add(archive, name, path)
            damaged = tuple(
                name
                for name, (_, sha256) in expected.items()
                if name not in members or members[name]["sha256"] != sha256
            )
            about = {
                "layout": LAYOUT,
                "version": __version__,
                "schema": HEAD,
                "made": datetime.now().astimezone().isoformat(timespec="seconds"),
                "damaged": damaged,
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


def _expected(db: Transaction) -> dict[str, tuple[str, str]]:
    """Give uid and hash of every photo that there should be, by its name in the backup."""
    photos = (
        select(ClientRow.uid, PhotoRow.sha256, PhotoRow.suffix)
        .join(SessionRow, SessionRow.client == ClientRow.key)
        .join(PhotoRow, PhotoRow.session == SessionRow.key)
    )
    return {f"clients/{uid}/photos/{sha256}{suffix}": (uid, sha256) for uid, sha256, suffix in db.execute(photos)}


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
