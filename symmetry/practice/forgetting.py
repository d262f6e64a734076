"""Forgetting a client: rows, files and old copies are removed for good, and a search proves it."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from symmetry.files import sync_folder
from symmetry.practice.reading import read_photos
from symmetry.practice.records import ClientPage
from symmetry.practice.storage.database import connect
from symmetry.practice.storage.folders import Places, files_below, remove_tree
from symmetry.practice.storage.models import ClientRow
from symmetry.practice.storage.searching import Search, Traces, in_the_makeup, search_files, search_rows
from symmetry.practice.storage.sweeping import remove_copies
from symmetry.practice.writing import PracticeWriter

_SHOWN: Final = 40
_OF_CLIENT: Final = "SELECT c.id, o.number FROM {} o JOIN clients c ON c.key = o.client WHERE o.rowid = ?"
_OWNERS: Final = {
    "clients": ("client", "SELECT id, NULL FROM clients WHERE rowid = ?"),
    "sessions": ("session", _OF_CLIENT.format("sessions")),
    "photos": (
        "a photo of session",
        "SELECT c.id, s.number FROM photos p JOIN sessions s ON s.key = p.session JOIN clients c ON c.key = s.client "
        "WHERE p.rowid = ?",
    ),
    "treatments": ("treatment", _OF_CLIENT.format("treatments")),
    "entries": ("diary entry", _OF_CLIENT.format("entries")),
    "protocols": ("protocol", "SELECT name, NULL FROM protocols WHERE rowid = ?"),
    "steps": ("protocol", "SELECT p.name, NULL FROM steps s JOIN protocols p ON p.key = s.protocol WHERE s.rowid = ?"),
    "scales": ("scale", "SELECT name, NULL FROM scales WHERE rowid = ?"),
}
"""What a row of each table is, and the query for its owner's name and its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was removed with a client, and what a search of every file of the practice then found."""

    id: str
    name: str
    # number of each that was removed
    sessions: int
    treatments: int
    entries: int
    # files removed from the client's folder, and their bytes
    files: int
    size: int
    backups: tuple[str, ...]  # removed copies of the database, made before a migration, that held the client
    searched_files: int
    searched_bytes: int
    searched_for: int  # number of texts searched for: name, id, uid, notes and hashes of photos
    # texts so short that other files contain them by chance; searched for in the database only, as whole words
    too_short: tuple[str, ...]
    # where records of others contain the same words, in plain language: for a person to look at
    mentions: tuple[str, ...]
    left: tuple[str, ...]  # files that still contain something of the client

    @property
    def clean(self) -> bool:
        """Whether nothing of the client is left."""
        return not self.left


class Forgetting(PracticeWriter):
    """Forgets clients."""

    def forget_client(self, client_id: str) -> Forgotten:
        """Remove a client with everything that is kept of them, and search all files of the practice for what is left.

        Backups and exports outside the practice's folder are not touched.

        Raises
        ------
        UnknownIdError
        """
        with self._locked():
            with self._transaction() as db:
                page = self._page(db, client_id)
                db.delete(self._find(db, ClientRow, client_id))
                known = read_photos(self._below(db))
            folder = self._places.client(page.client.uid)
            sizes = [path.stat().st_size for path in files_below(folder)]
            if folder.exists():
                remove_tree(folder)
                sync_folder(folder.parent)
            copies = remove_copies(self._places, known)
            with contextlib.closing(connect(self._places.database)) as database:
                database.execute("VACUUM")
            traces = _traces_of(page)
            search = search_files(self._places.root, traces)
            mentions, left = _sort_out(self._places, search, traces)
        return Forgotten(
            id=page.client.id,
            name=page.client.name,
            sessions=len(page.sessions),
            treatments=len(page.treatments),
            entries=len(page.entries),
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


def _traces_of(page: ClientPage) -> Traces:
    """Give all texts and hashes that could betray a client."""
    client = page.client
    notes = [client.note, *(session.note for session in page.sessions)]
    notes += [*(treatment.note for treatment in page.treatments), *(entry.note for entry in page.entries)]
    hashes = {each for photo in page.photos for each in (photo.sha256, photo.source_sha256)}
    return Traces((client.name, client.id), tuple(filter(None, notes)), frozenset({client.uid, *hashes}))


def _sort_out(places: Places, search: Search, traces: Traces) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Separate what other clients have in common with the forgotten one from what was left behind."""
    mentions: list[str] = []
    explained: dict[Path, set[str]] = {}
    shared: dict[str, set[str]] = {}
    for path in (places.database, *sorted(places.backups.glob("*.sqlite"))):
        with contextlib.closing(connect(path)) as database:
            where = "" if path == places.database else f"{path.relative_to(places.root).as_posix()}: "
            hits = list(search_rows(database, traces))
            # A note in the same words is the other's own; if it names the forgotten one, the name is found.
            told = [hit for hit in hits if hit[-1] in {*traces.names, *traces.hashes}]
            mentions += [f"{where}{_place(database, *hit)}" for hit in told]
            explained[path] = {text for *_, text in hits} | in_the_makeup(database, traces)
            if path == places.database:
                for uid, photos in read_photos(database).items():
                    shared[uid] = {each for photo in photos for each in (photo.sha256, photo.source_sha256)}
    left = []
    for path, found in search.found.items():
        name = path.relative_to(places.root)
        theirs = shared.get(name.parts[1], set()) if name.parts[0] == "clients" and len(name.parts) > 2 else set()
        left += [f"{name.as_posix()}: {_short(text)}" for text in sorted(found - explained.get(path, theirs))]
    return tuple(dict.fromkeys(mentions)), tuple(left)


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
