"""What the tests of the practice build theirs from."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from symmetry.practice.reading import kept_hashes
from symmetry.practice.records import NewPhoto
from symmetry.practice.storage.database import HEAD
from symmetry.practice.storage.folders import Places, prepare_root, private_file, private_folder
from symmetry.practice.storage.schema import upgrade
from symmetry.practice.store import open_practice
from symmetry.practice.writing import make_engine, make_lock

ZONE = "Europe/Berlin"
START = datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo(ZONE))
MODES = os.name == "posix"
TOP = ["backups", "clients", "practice.lock", "practice.sqlite"]


def moment(days: float = 0.0) -> dict[str, object]:
    """When something was, as the practice takes it."""
    return {"at": START + timedelta(days=days), "zone": ZONE}


def photo(seed: int | str, *, size: int = 2000, suffix: str = ".jpg") -> NewPhoto:
    """A photo whose bytes follow from its seed."""
    data = hashlib.shake_256(str(seed).encode()).digest(size)
    return NewPhoto(
        name=f"IMG_{seed}.jpg",
        data=data,
        suffix=suffix,
        source_sha256=hashlib.sha256(b"source" + data).hexdigest(),
        captured=START.replace(tzinfo=None),
        captured_source="exif:DateTimeOriginal",
    )


def rows(folder: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    """Ask the database itself."""
    with contextlib.closing(sqlite3.connect(folder / "practice.sqlite")) as db:
        found = db.execute(query, values).fetchall()
        db.commit()
    return found


def old_practice(folder: Path, *, clients: int = 2, sessions: int = 2) -> None:
    """Make a practice of schema 0001, as its first version would have left it."""
    places = Places(folder)
    prepare_root(folder)
    make_lock(places.lock)
    private_file(places.database)
    for each in (places.clients, places.backups):
        private_folder(each)
    engine = make_engine(places.database)
    upgrade(places, engine, "0001")
    engine.dispose()
    for client in range(1, clients + 1):
        uid = hashlib.sha256(str(client).encode()).hexdigest()[:32]
        rows(
            folder,
            "INSERT INTO clients VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(client, uid, f"client-{client}", f"Client Number {client}", "", "2025-01-01T10:00:00+01:00", sessions),
        )
        private_folder(places.client(uid))
        private_folder(places.photos(uid))
        for number in range(1, sessions + 1):
            key = client * 1000 + number
            at = (START + timedelta(days=number)).isoformat()
            rows(folder, "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)", key, client, number, at, ZONE, "old")
            kept = photo(f"{client}-{number}")
            sha256 = hashlib.sha256(kept.data).hexdigest()
            rows(
                folder,
                "INSERT INTO photos VALUES (?, ?, 1, ?, ?, ?, ?, ?, NULL, NULL, NULL, 0)",
                *(key, key, kept.name, kept.suffix, sha256, len(kept.data), kept.source_sha256),
            )
            path = places.photos(uid) / f"{sha256}{kept.suffix}"
            private_file(path)
            path.write_bytes(kept.data)


def assert_whole(folder: Path, *, journal: bool = False) -> None:
    """Open a practice and make sure that it is sound, with every photo that a row names and no other file.

    With `journal`, files are there, too, that changes need to be taken back.
    """
    with open_practice(folder) as practice:
        expected = {
            kept.file: kept
            for client in practice.clients()
            for session in practice.sessions(client.id)
            for kept in session.photos
        }
        with practice.reading() as db:
            kept_too = kept_hashes(db) if journal else {}
        uids = {client.uid for client in practice.clients()} | set(kept_too)
        for kept in expected.values():
            assert len(practice.read_photo(kept)) == kept.size
    assert rows(folder, "PRAGMA integrity_check") == [("ok",)]
    assert rows(folder, "PRAGMA foreign_key_check") == []
    assert rows(folder, "SELECT version_num FROM alembic_version") == [(HEAD,)]
    assert sorted(each.name for each in folder.iterdir()) == TOP
    assert {each.name for each in (folder / "clients").iterdir()} <= uids
    files = {path for path in folder.rglob("*") if path.is_file()}
    kept_before = {path for path in files if path.relative_to(folder).parts[1:2] and "before-restore" in str(path)}
    left = [path for path in files - kept_before if path.name.endswith((".part", "-journal"))]
    assert not left, left
    there = {each.relative_to(folder).as_posix() for each in files - kept_before if each.parent.name == "photos"}
    assert set(expected) <= there
    assert {Path(each).stem in kept_too.get(each.split("/")[1], ()) for each in there - set(expected)} <= {True}
    for path in (folder / "backups").glob("*.sqlite"):
        with contextlib.closing(sqlite3.connect(path)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert copy.execute("SELECT version_num FROM alembic_version").fetchall() in ([("0001",)], [("0002",)])
    if MODES:
        assert {path.stat().st_mode & 0o777 for path in files - kept_before} == {0o600}
        assert {path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")] if path.is_dir()} == {0o700}
