"""Forgetting a client: rows, files and old copies are removed for good, and a search proves it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from symmetry.files import sync_folder
from symmetry.practice import names
from symmetry.practice.reading import kept_hashes, read_photos
from symmetry.practice.records import ClientPage
from symmetry.practice.storage.database import connect
from symmetry.practice.storage.folders import Places, files_below, remove_tree
from symmetry.practice.storage.models import ChangeRow, ClientRow
from symmetry.practice.storage.recording import RowChange, changes_from_text
from symmetry.practice.storage.searching import Search, Traces, in_the_makeup, search_files, search_rows
from symmetry.practice.storage.sweeping import remove_copies, remove_kept, sweep_client
from symmetry.practice.writing import PracticeWriter

_SHOWN: Final = 40
_LISTED: Final = 5
_OWN: Final = ("clients", "sessions", "treatments", "entries")
"""Tables whose notes are a client's own."""
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
    "steps": (
        "protocol",
        "SELECT p.name, NULL FROM steps s JOIN protocol_versions v ON v.key = s.version "
        "JOIN protocols p ON p.key = v.protocol WHERE s.rowid = ?",
    ),
    "people": ("therapist", "SELECT name, NULL FROM people WHERE rowid = ?"),
    "settings": ("setting", "SELECT name, NULL FROM settings WHERE rowid = ?"),
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
    # removed copies of the database, made before migrations, and practices that a restore had replaced
    backups: tuple[str, ...]
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
                uids, past = _forget_journal(db, page.client.uid)
                db.delete(self._find(db, ClientRow, client_id))
                below = self._below(db)
                elsewhere = {photo.sha256 for photos in read_photos(below).values() for photo in photos}
                _let_go(db, {photo.sha256 for photo in page.photos} - elsewhere)
                known = kept_hashes(self._below(db))
            sizes = []
            for uid in sorted(uids):
                folder = self._places.client(uid)
                sizes += [path.stat().st_size for path in files_below(folder)]
                if folder.exists():
                    remove_tree(folder)
                    sync_folder(folder.parent)
            for uid in known:
                sweep_client(self._places, uid, known[uid])
            copies = (*remove_copies(self._places, known), *remove_kept(self._places, uids))
            with contextlib.closing(connect(self._places.database)) as database:
                database.execute("VACUUM")
            traces = _traces_of(page, uids, past)
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


def _forget_journal(db: Transaction, uid: str) -> tuple[set[str], list[RowChange]]:
    """Remove what the journal says of a client, and of those who were merged into this one.

    Returns
    -------
    tuple of set and list
        The uids that the client had, and what was changed of them.
    """
    uids: set[str] = {uid}
    past: list[RowChange] = []
    rows = db.scalars(select(ChangeRow).order_by(ChangeRow.key.desc())).all()
    for row in rows:  # the latest first: who was merged into one that was merged is found, too
        theirs = set(names.list_from_text(row.clients))
        if row.kind == "client merge" and row.undone_by is None and theirs & uids:
            gone = theirs - {*db.scalars(select(ClientRow.uid))}
            uids |= gone
    for row in rows:
        if uids & set(names.list_from_text(row.clients)):
            past += changes_from_text(row.content) if row.content is not None else ()
            db.delete(row)
    return uids, past


def _let_go(db: Transaction, hashes: set[str]) -> None:
    """Let changes of others be that need photos which are forgotten: they were moved from one to the other."""
    for row in db.scalars(select(ChangeRow).where(ChangeRow.content.is_not(None))):
        if any(sha256 in row.files or sha256 in (row.content or "") for sha256 in hashes):
            row.content, row.files = None, "[]"


def _traces_of(page: ClientPage, uids: set[str], past: Sequence[RowChange]) -> Traces:
    """Give all texts and hashes that could betray a client, also those that were changed since."""
    client = page.client
    named, notes = [client.name, client.id], [client.note, client.home, *(session.note for session in page.sessions)]
    notes += [*(treatment.note for treatment in page.treatments), *(entry.note for entry in page.entries)]
    hashes = {each for photo in page.photos for each in (photo.sha256, photo.source_sha256)}
    for change in past:
        for row in (change.before, change.after):
            if change.table == "clients" and row is not None and row["uid"] in uids:
                named += [row["name"], row["id"]]
            if row is not None and change.table in _OWN:
                notes.append(str(row.get("note", "")))
    named = list(dict.fromkeys(named))
    return Traces(tuple(named), tuple(dict.fromkeys(filter(None, notes))), frozenset({*uids, *hashes}))


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
            mentions += [f"{where}{_place(database, *hit)}" for hit in told if hit[0] != "changes"]
            if numbers := sorted({hit[2] for hit in told if hit[0] == "changes"}):
                shown = ", ".join(map(str, numbers[:_LISTED])) + (", ..." if len(numbers) > _LISTED else "")
                mentions.append(
                    f"{where}the history, changes of others: {shown}; `symmetry history --clear` empties it"
                )
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
    return f"{column} of {whose}: {_short(text)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= _SHOWN else f'"{line[:_SHOWN]}..."'
