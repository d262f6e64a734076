"""Restoring backups: checked as a whole beside what is there, then moved into place in steps that can be resumed.

Everything is first unpacked into `restoring` and checked. From the moment that this is renamed to `restored`, the new
practice counts: whoever opens the practice after a crash finishes the moves.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

from symmetry.errors import BackupError, PracticeError
from symmetry.files import sync_folder
from symmetry.practice.backups import CHUNK, LAYOUT, MANIFEST, MEMBER, BackupSummary, Member
from symmetry.practice.checking import CHANGED, check_database
from symmetry.practice.storage.database import plain_failures
from symmetry.practice.storage.folders import (
    BEFORE_RESTORE,
    DATABASE,
    JOURNAL,
    Places,
    practice_folder,
    prepare_root,
    private_file,
    private_folder,
    remove_tree,
)
from symmetry.practice.writing import held, make_lock

_LARGEST_MANIFEST: Final = 1 << 28
_AS_A_WHOLE: Final = ("clients", "backups", DATABASE)


def restore_practice(file: Path, folder: Path | None = None, *, replace: bool = False) -> BackupSummary:
    """Restore a backup.

    Parameters
    ----------
    file : Path
        Written by `Practice.backup`, by this version of the program or an older one.
    folder : Path, optional
        Of the practice; see `symmetry.practice.store.open_practice`.
    replace : bool
        Whether to replace a practice that is there; once the new one is in place, the old one is kept for 30 days in
        the folder that `BackupSummary.kept` names.

    Raises
    ------
    BackupError
        If the file is not a backup, is damaged, or was changed; the folder stays as it is.
    NewerPracticeError
        If a newer version of this program wrote it.
    PracticeError
        If there is a practice in the folder and `replace` is not set, or the folder cannot be used.
    """
    places = Places(practice_folder(folder))
    with plain_failures(), opened_backup(file) as archive:
        members, damaged = members_of(archive)
        prepare_root(places.root)
        with held(make_lock(places.lock)):
            finish_restore(places)
            if _has_practice(places) and not replace:
                raise PracticeError(
                    "there is a practice in this folder already; name another folder, or say that it may be replaced"
                )
            if sum(member["size"] for member in members.values()) > shutil.disk_usage(places.root).free:
                raise BackupError("there is too little room on the disk for it; make room or name another folder")
            remove_tree(places.restoring)
            try:
                unpack(archive, members, Places(places.restoring))
                clients = check_database(places.restoring / DATABASE, members, damaged)
            except BaseException:
                remove_tree(places.restoring)
                raise
            places.restoring.rename(places.restored)
            sync_folder(places.root)
            kept = finish_restore(places)
    photos = sum("/photos/" in name for name in members)
    return BackupSummary(
        clients=clients, photos=photos, files=len(members), size=file.stat().st_size, damaged=damaged, kept=kept
    )


def finish_restore(places: Places) -> Path | None:
    """Move what was restored and checked into place, from wherever it was interrupted; the caller holds the lock.

    Returns
    -------
    Path or None
        Where the practice is kept that was there before.
    """
    if places.restored.is_dir():
        private_folder(places.replaced)
        new = [name for name in _AS_A_WHOLE if (places.restored / name).exists()]
        # The journal of a killed writer belongs to the old database and would damage the new one.
        if DATABASE in new and (places.root / JOURNAL).exists():
            (places.root / JOURNAL).replace(places.replaced / JOURNAL)
        for name in new:
            if (places.root / name).exists():
                (places.root / name).rename(places.replaced / name)
            (places.restored / name).rename(places.root / name)
        sync_folder(places.root)
        places.restored.rmdir()
    if not places.replaced.is_dir():
        return None
    if not (places.replaced / DATABASE).exists():  # nothing was there
        remove_tree(places.replaced)
        return None
    private_folder(places.backups)
    kept = places.backups / f"{BEFORE_RESTORE}{datetime.now(timezone.utc):%Y%m%dT%H%M%S%fZ}"
    places.replaced.rename(kept)
    sync_folder(places.backups)
    return kept


@contextlib.contextmanager
def opened_backup(file: Path) -> Iterator[zipfile.ZipFile]:
    """Open a backup or an export; raises `BackupError` if it is no zip file."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError as error:
        if error.filename == str(file):
            raise BackupError("there is no such file; name a backup") from None
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise BackupError(f"it is not a backup, or {CHANGED}") from None


def members_of(archive: zipfile.ZipFile) -> tuple[dict[str, Member], tuple[str, ...]]:
    """Read which files a backup has and lacks, and check that their names and sizes are as its manifest says."""
    entries = {entry.filename: entry for entry in archive.infolist()}
    if MANIFEST not in entries or entries[MANIFEST].file_size > _LARGEST_MANIFEST:
        raise BackupError("it is not a backup of a practice; use a file that `symmetry backup` has written")
    # Other methods unpack more than they are asked for, all at once.
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries.values()):
        raise BackupError(CHANGED)
    try:
        with archive.open(MANIFEST) as manifest:
            about = json.loads(manifest.read(entries[MANIFEST].file_size))
        layout = about["layout"]
        members = {
            str(name): Member(sha256=str(m["sha256"]), size=int(m["size"])) for name, m in about["members"].items()
        }
        damaged = tuple(str(name) for name in about.get("damaged", ()))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise BackupError(CHANGED) from None
    if layout != LAYOUT:
        raise BackupError("a newer version of this program has written it; install the newest version")
    if Counter(archive.namelist()) != Counter([*members, MANIFEST]) or DATABASE not in members:
        raise BackupError(CHANGED)
    if not all(MEMBER.fullmatch(name) and entries[name].file_size == each["size"] for name, each in members.items()):
        raise BackupError(CHANGED)
    return members, damaged


def unpack(archive: zipfile.ZipFile, members: dict[str, Member], places: Places) -> None:
    """Write the files of a backup, each as its manifest says or not at all."""
    for folder in (places.root, places.clients, places.backups):
        private_folder(folder)
    for name, member in members.items():
        path = places.root.joinpath(*name.split("/"))
        for folder in reversed(path.relative_to(places.root).parents[:-1]):
            private_folder(places.root / folder)
        private_file(path)
        digest, left = hashlib.sha256(), member["size"]
        with archive.open(name) as source, path.open("r+b") as target:
            while chunk := source.read(min(CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    raise BackupError(CHANGED)
                digest.update(chunk)
                target.write(chunk)
        if left or digest.hexdigest() != member["sha256"]:
            raise BackupError(CHANGED)
    # At the end, when the system has written most of it already: one by one takes five times as long.
    for path in (places.root, *places.root.rglob("*")):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("r+b") as written:
                os.fsync(written.fileno())


def _has_practice(places: Places) -> bool:
    return places.database.exists() or (places.clients.is_dir() and any(places.clients.iterdir()))
