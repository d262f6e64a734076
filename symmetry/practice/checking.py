"""Checking a database from a backup: undamaged, made by this program, and readable to the last row."""

from __future__ import annotations

import contextlib
import json
import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from symmetry.errors import BackupError
from symmetry.practice import names
from symmetry.practice.backups import Member
from symmetry.practice.photos import SUFFIXES
from symmetry.practice.storage import decoding
from symmetry.practice.storage.database import connect, fetch, is_current, revision_of
from symmetry.practice.storage.recording import changes_from_text
from symmetry.practice.storage.schema import affinity, expected_shape, shape_of
from symmetry.practice.storage.sweeping import UID

CHANGED: Final = "it is damaged or was changed; use another backup"
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_PHOTO: Final = re.compile(r"[0-9a-f]{64}\.(?:jpg|png)")
_YEARS: Final = range(1900, 2200)
"""Of times: further ones cannot be shown in every zone."""
_TYPES: Final = {"integer": int, "numeric": int, "real": float, "text": str}
_OWNED: Final = (
    ("sessions", "session", "last_session"),
    ("treatments", "treatment", "last_treatment"),
    ("entries", "diary entry", "last_entry"),
)
"""What belongs to a client: its table, its name in messages, and the column with the last number used."""

Rows = Mapping[str, list[sqlite3.Row]]


def check_database(database: Path, members: Mapping[str, Member], damaged: Collection[str]) -> int:
    """Check that a database is undamaged, that every row can be read, and that its photos are there.

    Parameters
    ----------
    database : Path
    members : mapping of str to Member
        The files beside it, by name.
    damaged : collection of str
        Photos that were missing or damaged when the backup was made.

    Returns
    -------
    int
        Number of clients.

    Raises
    ------
    BackupError
    NewerPracticeError
        If a newer version of this program wrote it.
    """
    try:
        with contextlib.closing(connect(database)) as db:
            _check_schema(db)
            found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'alembic_version'")
            rows = {str(table): _rows_of(db, table) for (table,) in found.fetchall()}
    except sqlite3.DatabaseError as error:
        raise BackupError(f"its database cannot be read ({error}): {CHANGED}") from None
    _check_shared(rows)
    _check_clients(rows, members, damaged)
    _check_journal(rows.get("changes", ()))
    return len(rows["clients"])


def _check_schema(db: sqlite3.Connection) -> None:
    revision = revision_of(db)
    if revision is None:
        raise BackupError(f"its database is not one of this program: {CHANGED}")
    is_current(revision)
    if shape_of(db) != expected_shape(revision) or len(db.execute("SELECT 1 FROM alembic_version").fetchall()) != 1:
        raise BackupError(f"its database is not built as this program builds it: {CHANGED}")
    whole = [tuple(row) for row in db.execute("PRAGMA integrity_check")] == [("ok",)]
    if not whole or db.execute("PRAGMA foreign_key_check").fetchall():
        raise BackupError(f"its database is not sound: {CHANGED}")


def _rows_of(db: sqlite3.Connection, table: str) -> list[sqlite3.Row]:
    """Read and check a table's rows: SQLite accepts any value in any column."""
    columns = db.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
    types = [(name, _TYPES[affinity(kind)]) for name, kind in columns]
    rows = fetch(db, f'SELECT * FROM "{table}"')  # noqa: S608 -- a name that the migrations gave
    for row in rows:
        for name, kind in types:
            value: Any = row[name]
            with _reading(f"{name} in table {table}"):
                # A missing value where one is needed was found by the integrity check.
                _must(value is None or isinstance(value, kind))
                _must(not isinstance(value, float) or math.isfinite(value))
    return rows


def _check_shared(rows: Rows) -> None:
    """Check what all clients share: protocols and scales."""
    # Until schema 0002 a protocol had its steps and its plan itself.
    versions = rows.get("protocol_versions")
    owner = "protocol" if versions is None else "version"
    for step in rows.get("steps", ()):
        with _reading(f"step {step['position']} of a protocol"):
            _must(step[owner] and decoding.step_of(step))
            names.amount(step["minutes"], "it", most=math.inf)
    for row in rows.get("protocols", ()):
        with _reading(f'protocol "{row["name"]}"'):
            _must(row["folded"] == names.fold(row["name"]))
            if versions is not None:
                _must(any(each["protocol"] == row["key"] and not each["since"] for each in versions))
    for row in rows.get("protocols", ()) if versions is None else versions:
        with _reading("the plan of a protocol"):
            names.amount(row["times_per_week"], "it", most=math.inf)
            _must(versions is None or not row["since"] or date.fromisoformat(row["since"]))
    for row in rows.get("people", ()):
        with _reading(f'therapist "{row["name"]}"'):
            _must(row["folded"] == names.fold(row["name"]))
    for row in rows.get("settings", ()):
        with _reading(f'setting "{row["name"]}"'):
            json.loads(row["value"])
    for row in rows.get("scales", ()):
        with _reading(f'scale "{row["name"]}"'):
            _must(row["folded"] == names.fold(row["name"]))


def _check_clients(rows: Rows, members: Mapping[str, Member], damaged: Collection[str]) -> None:
    named = {
        table: {row["key"]: row["name"] for row in rows.get(table, ())} for table in ("protocols", "scales", "people")
    }
    photos, ratings = _by("session", rows["photos"]), _by("entry", rows.get("ratings", ()))
    owned = {table: _by("client", rows.get(table, ())) for table, _, _ in _OWNED}

    def read(table: str, uid: str, row: sqlite3.Row) -> Any:
        if table == "sessions":
            return decoding.sessions_of(uid, [row], photos[row["key"]])[0]
        if table == "treatments":
            names.amount(row["minutes"], "it", most=math.inf)
            return decoding.treatments_of([row], named["protocols"], named["people"])[0]
        return decoding.entries_of([row], ratings[row["key"]], named["scales"])[0]

    for client in rows["clients"]:
        whose = f'client "{client["id"]}"'
        with _reading(whose):
            added = decoding.client_of(client).added
            _must(added.tzinfo is not None and added.year in _YEARS)
            _must(UID.fullmatch(client["uid"]) and client["id"] and client["id"] == names.fold(client["id"]))
        for table, what, last in _OWNED:
            for row in owned[table][client["key"]]:
                this = f"{what} {row['number']} of {whose}"
                for photo in photos[row["key"]] if table == "sessions" else ():
                    _check_photo(f"a photo of {this}", client["uid"], photo, members, damaged)
                with _reading(this):
                    at = read(table, client["uid"], row).at
                    _must(at.tzinfo is not None and at.year in _YEARS)
                    _must(0 < row["number"] <= client[last])


def _check_journal(changes: Iterable[sqlite3.Row]) -> None:
    for row in changes:
        with _reading(f"change {row['key']}"):
            at = decoding.journal_entry_of(row).at
            _must(at.tzinfo is not None and at.year in _YEARS)
            _must(all(UID.fullmatch(uid) for uid in names.list_from_text(row["clients"])))
            for uid, file in json.loads(row["files"]):
                _must(UID.fullmatch(uid) and _PHOTO.fullmatch(file))
            if row["content"] is not None:
                _must(all(change.before or change.after for change in changes_from_text(row["content"])))


def _check_photo(
    what: str, uid: str, row: sqlite3.Row, members: Mapping[str, Member], damaged: Collection[str]
) -> None:
    with _reading(what):
        _must(row["suffix"] in SUFFIXES and _HASH.fullmatch(row["sha256"]) and _HASH.fullmatch(row["source_sha256"]))
        photo = decoding.photo_of(uid, row)
    if photo.file in damaged:
        return
    if photo.file not in members:
        raise BackupError(f"{what} is missing in it: {CHANGED}")
    if members[photo.file] != Member(sha256=photo.sha256, size=photo.size):
        raise BackupError(f"{what} is not the one that was kept: {CHANGED}")


def _by(column: str, rows: Iterable[sqlite3.Row]) -> defaultdict[int, list[sqlite3.Row]]:
    grouped: defaultdict[int, list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        grouped[row[column]].append(row)
    return grouped


@contextlib.contextmanager
def _reading(what: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        raise BackupError(f"{what} cannot be read: {CHANGED}") from None


def _must(holds: object) -> None:
    if not holds:
        raise ValueError
