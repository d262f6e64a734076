"""Forgetting a client: rows, files and old copies are removed for good, and a search proves it."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import delete

from symmetry.practice.base import find_client, known_uids, record_of
from symmetry.practice.clients import Clients
from symmetry.practice.diary import entries_in
from symmetry.practice.engine import connect
from symmetry.practice.folders import Places, files_below, remove_tree, sync_folder
from symmetry.practice.models import ClientRow
from symmetry.practice.searching import Search, Traces, in_the_makeup, search_files, search_rows
from symmetry.practice.sessions import sessions_in
from symmetry.practice.sweeping import remove_copies
from symmetry.practice.treatments import treatments_in

_SHOWN: Final = 40
_OWNERS: Final = {
    "clients": ("client", "SELECT id, NULL FROM clients WHERE rowid = ?"),
    "sessions": (
        "session",
        "SELECT c.id, s.number FROM sessions s JOIN clients c ON c.key = s.client WHERE s.rowid = ?",
    ),
    "photos": (
        "a photo of session",
        "SELECT c.id, s.number FROM photos p JOIN sessions s ON s.key = p.session JOIN clients c ON c.key = s.client "
        "WHERE p.rowid = ?",
    ),
    "treatments": (
        "treatment",
        "SELECT c.id, t.number FROM treatments t JOIN clients c ON c.key = t.client WHERE t.rowid = ?",
    ),
    "entries": (
        "diary entry",
        "SELECT c.id, e.number FROM entries e JOIN clients c ON c.key = e.client WHERE e.rowid = ?",
    ),
    "protocols": ("protocol", "SELECT name, NULL FROM protocols WHERE rowid = ?"),
    "steps": (
        "protocol",
        "SELECT p.name, NULL FROM steps s JOIN protocols p ON p.key = s.protocol WHERE s.rowid = ?",
    ),
    "scales": ("scale", "SELECT name, NULL FROM scales WHERE rowid = ?"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was removed with a client, and what a search of every file of the practice then found.

    Attributes
    ----------
    id, name : str
    sessions, treatments, entries : int
        Number of each that was removed.
    files, size : int
        Files removed from the client's folder, and their bytes.
    backups : tuple of str
        Removed copies of the database, made before a migration, that held the client.
    searched_files, searched_bytes : int
    searched_for : int
        Number of texts searched for: name, id, uid, notes and hashes of photos.
    too_short : tuple of str
        Texts so short that other files contain them by chance; searched for in the database only, as whole words.
    mentions : tuple of str
        Where records of others contain the same words, in plain language: for a person to look at.
    left : tuple of str
        Files that still contain something of the client.
    """

    id: str
    name: str
    sessions: int
    treatments: int
    entries: int
    files: int
    size: int
    backups: tuple[str, ...]
    searched_files: int
    searched_bytes: int
    searched_for: int
    too_short: tuple[str, ...]
    mentions: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing of the client is left."""
        return not self.left


class Forgetting(Clients):
    """Forgetting the practice's clients."""

    def forget_client(self, client_id: str) -> Forgotten:
        """Remove a client with everything that is known of them, and search all files of the practice for what is left.

        Backups that were made by hand are not the practice's files and stay as they are.

        Raises
        ------
        UnknownIdError
        """
        with self._locked():
            with self._transaction() as db:
                row = find_client(db, client_id)
                client = record_of(db, row)
                sessions, treatments, entries = sessions_in(db, row), treatments_in(db, row), entries_in(db, row)
                db.execute(delete(ClientRow).where(ClientRow.key == row.key))
                db.flush()
                known = known_uids(db)
            folder = self._places.client(client.uid)
            sizes = [path.stat().st_size for path in files_below(folder)]
            if folder.exists():
                remove_tree(folder)
                sync_folder(folder.parent)
            copies = remove_copies(self._places, known)
            with contextlib.closing(connect(self._places.database)) as database:
                database.execute("VACUUM")
            photos = [photo for session in sessions for photo in session.photos]
            hashes = {each for photo in photos for each in (photo.sha256, photo.source_sha256)}
            notes = [client.note, *(session.note for session in sessions)]
            notes += [*(treatment.note for treatment in treatments), *(entry.note for entry in entries)]
            traces = Traces((client.name, client.id), tuple(filter(None, notes)), frozenset({client.uid, *hashes}))
            search = search_files(self._places.root, traces)
            mentions, left = _sort_out(self._places, search, traces)
        return Forgotten(
            id=client.id,
            name=client.name,
            sessions=len(sessions),
            treatments=len(treatments),
            entries=len(entries),
            files=len(sizes),
            size=sum(sizes),
            backups=copies,
            searched_files=search.files,
            searched_bytes=search.size,
            searched_for=len(traces.specific) + len(traces.hashes),
            too_short=traces.too_short,
            mentions=mentions,
            left=left,
        )


def _sort_out(places: Places, search: Search, traces: Traces) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell what others have in common with the one forgotten from what was left behind."""
    mentions: list[str] = []
    explained: dict[Path, set[str]] = {}
    shared: dict[str, set[str]] = {}
    for path in (places.database, *sorted(places.backups.glob("*.sqlite"))):
        with contextlib.closing(connect(path)) as database:
            where = "" if path == places.database else f"{path.relative_to(places.root).as_posix()}: "
            hits = list(search_rows(database, traces))
            # A note in the same words is the other's own; if it names the one forgotten, the name is found.
            told = [hit for hit in hits if hit[-1] in {*traces.names, *traces.hashes}]
            mentions += [f"{where}{_place(database, *hit)}" for hit in told]
            explained[path] = {text for *_, text in hits} | in_the_makeup(database, traces)
            if path == places.database:
                shared = _hashes_by_client(database)
    left = []
    for path, found in search.found.items():
        name = path.relative_to(places.root)
        theirs = shared.get(name.parts[1], set()) if name.parts[0] == "clients" and len(name.parts) > 2 else set()
        left += [f"{name.as_posix()}: {_short(text)}" for text in sorted(found - explained.get(path, theirs))]
    return tuple(dict.fromkeys(mentions)), tuple(left)


def _hashes_by_client(database: sqlite3.Connection) -> dict[str, set[str]]:
    """Give the photos that each client has, by uid: another may have the same."""
    theirs: dict[str, set[str]] = {}
    for uid, *hashes in database.execute(
        "SELECT c.uid, p.sha256, p.source_sha256 FROM photos p JOIN sessions s ON s.key = p.session "
        "JOIN clients c ON c.key = s.client"
    ):
        theirs.setdefault(uid, set()).update(hashes)
    return theirs


def _place(database: sqlite3.Connection, table: str, column: str, rowid: int, text: str) -> str:
    """Say where a text stands, such as 'note of session 3 of client "bert": "Anna"'."""
    if table not in _OWNERS:
        return f"{column} in table {table}: {_short(text)}"
    kind, query = _OWNERS[table]
    owner, number = database.execute(query, (rowid,)).fetchone()
    whose = f'{kind} "{owner}"' if number is None else f'{kind} {number} of client "{owner}"'
    if column in ("sha256", "source_sha256"):
        return f"{whose} is the same"
    return f"{'therapist' if column == 'by' else column} of {whose}: {_short(text)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= _SHOWN else f'"{line[:_SHOWN]}..."'
