"""Removing files that no row names: leftovers of interrupted work."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from symmetry.practice.storage.folders import BEFORE_RESTORE, DATABASE, PART, Places, remove_tree

UID: Final = re.compile(r"[0-9a-f]{32}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
UNFINISHED: Final = f"unfinished-{{}}{PART}"
"""Name of the file that records where a backup or an export is being written."""
_KEPT_SECONDS: Final = 30 * 86400.0
"""How long a practice is kept that a backup has replaced."""
_ABANDONED_SECONDS: Final = 3600.0
"""Results are written without the lock, so one may still be growing."""


def sweep(places: Places, known: Mapping[str, Collection[str]]) -> None:
    """Remove files and folders that no row names; the caller holds the lock.

    Only names that this program gives are touched: folders of unknown clients, photos and results without a row, and
    partial files.

    Parameters
    ----------
    places : Places
    known : mapping of str to collection of str
        Hashes of each client's photos, by uid.
    """
    for record in places.backups.glob(UNFINISHED.format("*")):
        _remove_half_made(record)
    remove_tree(places.restoring)
    for folder in kept_practices(places):
        if time.time() - folder.stat().st_mtime > _KEPT_SECONDS:
            remove_tree(folder)
    for folder in (places.root, places.backups, places.clients):
        for part in _parts(folder):
            part.unlink(missing_ok=True)
    remove_copies(places, known)
    if not places.clients.is_dir():
        return
    for folder in places.clients.iterdir():
        if folder.name in known:
            sweep_client(places, folder.name, known[folder.name])
        elif UID.fullmatch(folder.name) and not folder.is_symlink():
            remove_tree(folder)


def sweep_client(places: Places, uid: str, hashes: Collection[str]) -> None:
    """Remove photos of a client that no row names, results of such photos, and partial files."""
    for folder in (places.client(uid), places.photos(uid), places.results(uid)):
        for part in _parts(folder):
            if folder != places.results(uid) or _is_abandoned(part):
                part.unlink(missing_ok=True)
    for folder in (places.photos(uid), places.results(uid)):
        if folder.is_dir():
            for path in folder.iterdir():
                # The name of a result has the hashes of the one or two photos that it comes from.
                of = _HASH.findall(path.name)
                if of and not path.name.endswith(PART) and not set(of) <= set(hashes):
                    path.unlink(missing_ok=True)


def kept_practices(places: Places) -> list[Path]:
    """Give the folders of practices that backups have replaced."""
    return [each for each in sorted(places.backups.glob(f"{BEFORE_RESTORE}*")) if each.is_dir()]


def remove_kept(places: Places, uids: Collection[str]) -> tuple[str, ...]:
    """Remove practices that backups have replaced, if they have one of these clients; give their names."""
    removed = []
    for folder in kept_practices(places):
        if _uids_in(folder / DATABASE) & {*uids, "unreadable"} or any(
            (folder / "clients" / uid).exists() for uid in uids
        ):
            remove_tree(folder)
            removed.append(folder.name)
    return tuple(removed)


def remove_copies(places: Places, known: Collection[str]) -> tuple[str, ...]:
    """Remove copies of the database, made before migrations, that are unreadable or have a client not in `known`.

    Returns
    -------
    tuple of str
        Names of the removed files.
    """
    removed = []
    for path in sorted(places.backups.glob("*.sqlite")):
        if not _uids_in(path) <= {*known}:
            path.unlink()
            removed.append(path.name)
    return tuple(removed)


def _remove_half_made(record: Path) -> None:
    """Remove the partial backup or export of a killed process, where its record says."""
    token = record.name.removesuffix(PART).rpartition("-")[2]
    half_made = Path(os.fsdecode(record.read_bytes()))
    # The record itself may be incomplete.
    if half_made.name == f".symmetry-{token}{PART}":
        with contextlib.suppress(OSError, ValueError):  # its disk may be gone
            half_made.unlink(missing_ok=True)


def _uids_in(database: Path) -> set[str]:
    try:
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as copy:
            return {str(uid) for (uid,) in copy.execute("SELECT uid FROM clients")}
    except sqlite3.DatabaseError:
        return {"unreadable"}


def _parts(folder: Path) -> list[Path]:
    return [path for path in folder.glob(f"*{PART}") if path.is_file()] if folder.is_dir() else []


def _is_abandoned(path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime > _ABANDONED_SECONDS
    return False
