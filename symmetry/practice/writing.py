"""What everything that writes to a practice shares: the writers' lock, transactions, and rows added and removed."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypedDict, TypeVar, cast

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.pool import NullPool

from symmetry.errors import InvalidRecordError, PracticeBusyError, TakenIdError
from symmetry.practice import names
from symmetry.practice.reading import NAMED, PracticeReader, find, read_page
from symmetry.practice.records import ClientPage, no_such
from symmetry.practice.storage.database import BUSY, connect, plain_failures
from symmetry.practice.storage.folders import private_file
from symmetry.practice.storage.models import ChangeRow, ClientRow, KeyedRow, NamedRow, OccasionRow
from symmetry.practice.storage.recording import Recorder, RowChange, changes_to_text
from symmetry.practice.times import to_text

LOCK_SECONDS: Final = 300.0
"""A writer has the lock for milliseconds, a backup of many photos for a minute or more."""

AUTHOR: Final = "SYMMETRY_USER"

Row = TypeVar("Row", bound=KeyedRow)
Happened = TypeVar("Happened", bound=OccasionRow)
WHAT: Final = {"sessions": "session", "treatments": "treatment", "entries": "entry"}
"""By table."""


class Changing:
    """A change under way: the transaction, and what the journal will say about it.

    Attributes
    ----------
    db : Transaction
    recorder : Recorder
        What was changed so far.
    number : int
        Of the change in the journal.
    needs : set of (str, str)
        Files that taking the change back needs, though no row may name them: uid and name of a photo's file.
    """

    def __init__(self, db: Transaction, recorder: Recorder, number: int) -> None:
        self.db, self.recorder, self.number = db, recorder, number
        self.needs: set[tuple[str, str]] = set()
        self._told = ""
        self._uids: dict[str, None] = {}
        self.undoes: int | None = None

    def tell(self, told: str, *clients: ClientRow) -> None:
        """Say what was done, in a sentence without a full stop, and to whom."""
        self._told = told
        self.about(*(client.uid for client in clients))

    def about(self, *uids: str) -> None:
        """Name clients whom it concerns: the change is forgotten with any of them."""
        self._uids |= dict.fromkeys(uids)

    def as_row(self, kind: str, rows: Sequence[RowChange]) -> ChangeRow:
        """Give the row of the journal."""
        return ChangeRow(
            key=self.number,
            at=datetime.now().astimezone().isoformat(timespec="seconds"),
            by=author(),
            kind=kind,
            told=self._told,
            clients=names.list_to_text(list(self._uids)),
            content=changes_to_text(rows),
            files=json.dumps(sorted(self.needs)),
            undoes=self.undoes,
        )


class PracticeWriter(PracticeReader):
    """Reads and writes a practice in a folder that `open_practice` has prepared."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(folder)
        self._lock = make_lock(self._places.lock)
        self._engine = make_engine(self._places.database)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with plain_failures(), held(self._lock):
            yield

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        """Write rows; the caller holds the lock."""
        with Transaction(self._engine) as db, db.begin():
            yield db

    @contextlib.contextmanager
    def _changing(self, kind: str) -> Iterator[Changing]:
        """Write rows under the lock, and put down in the journal what became of them, all at once or not at all."""
        with self._locked(), self._transaction() as db:
            last = db.scalar(select(func.max(ChangeRow.key))) or 0
            change = Changing(db, Recorder(self._below(db)), last + 1)
            yield change
            self._below(db)
            if rows := change.recorder.changes():
                db.add(change.as_row(kind, rows))

    @staticmethod
    def _below(db: Transaction) -> sqlite3.Connection:
        """Give the connection below a transaction, to read what was written in it so far."""
        db.flush()
        return cast(sqlite3.Connection, db.connection().connection.driver_connection)

    def _page(self, db: Transaction, client_id: str) -> ClientPage:
        return read_page(self._below(db), client_id)

    def _find(self, db: Transaction, table: type[Row], asked: str) -> Row:
        """Find the row of a client, protocol or scale by id or name, in any case; raises `UnknownIdError`."""
        return db.get_one(table, find(self._below(db), table.__tablename__, asked)["key"])

    def _add_named(self, db: Transaction, row: NamedRow) -> None:
        """Add a protocol or a scale; raises `TakenIdError` if there is one of that name, in any case."""
        self._check_free(db, row)
        db.add(row)
        db.flush()

    @staticmethod
    def _check_free(db: Transaction, row: NamedRow) -> None:
        """Fold the name of a row, which may be new; raises `TakenIdError` if another one has it."""
        table, folded = type(row), names.fold(row.name)
        with db.no_autoflush:
            other = db.scalar(select(table.key).where(table.folded == folded))
        if other is not None and other != row.key:
            what = NAMED[table.__tablename__].what
            raise TakenIdError(f'there is a {what} "{row.name}" already; choose another name')
        row.folded = folded

    def _remove_named(
        self, table: type[NamedRow], name: str, users: InstrumentedAttribute[Any], by: tuple[str, str]
    ) -> None:
        """Remove a protocol or a scale; raises `TakenIdError` if any of its users, one or several of `by`, is there."""
        what = NAMED[table.__tablename__].what
        with self._changing(f"{what} remove") as change:
            row = self._find(change.db, table, name)
            uses = change.db.scalar(select(func.count(users)).where(users == row.key))
            if uses:
                raise names.in_use(row.name, uses, by)
            change.tell(f"{what} {row.name} removed")
            change.db.delete(row)

    def _add_occasion(self, db: Transaction, client: ClientRow, row: OccasionRow, what: str) -> None:
        """Add a session, treatment or entry of a client, with the next number."""
        last = f"last_{what}"
        row.client, row.number = client.key, getattr(client, last) + 1
        setattr(client, last, row.number)
        db.add(row)
        db.flush()

    def _occasion(
        self, db: Transaction, table: type[Happened], client_id: str, number: int
    ) -> tuple[ClientRow, Happened]:
        """Find a client and the row of one of its sessions, treatments or entries; raises `UnknownIdError`."""
        client = self._find(db, ClientRow, client_id)
        row = db.scalar(select(table).where(table.client == client.key, table.number == number))
        if row is None:
            raise no_such(client.id, WHAT[table.__tablename__], number)
        return client, row

    def _hand_over(self, db: Transaction, row: OccasionRow, client: ClientRow, what: str) -> None:
        """Give a session, treatment or entry to another client, with its next number."""
        last = f"last_{what}"
        number = getattr(client, last) + 1
        setattr(client, last, number)
        row.client, row.number = client.key, number
        db.flush()


class OccasionChanges(TypedDict, total=False):
    """What can be changed of anything that happened to a client."""

    at: datetime
    zone: str
    note: str


def change_occasion(row: OccasionRow, changes: OccasionChanges) -> None:
    """Change time and note of a session, treatment or entry."""
    if "at" in changes:
        for name, value in local_time(changes["at"], changes.get("zone", "")).items():
            setattr(row, name, value)
    if "note" in changes:
        row.note = names.note(changes["note"])


def told(changes: Iterable[str]) -> list[str]:
    """Name what was changed."""
    return ["date" if name == "at" else name for name in changes if name != "zone"]


def make_engine(database: Path) -> Engine:
    """Make an engine whose transactions are SQLite's own, so that changes of tables are rolled back with the rest.

    Transactions begin as writers: two of them wait for each other instead of failing half way.
    """
    engine = create_engine("sqlite://", creator=lambda: connect(database), poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def make_lock(path: Path) -> FileLock:
    """Make the lock that writers hold; it is released when its process ends, however that ends."""
    private_file(path)
    return FileLock(path, mode=0o600, timeout=LOCK_SECONDS)


@contextlib.contextmanager
def held(lock: FileLock, *, wait: bool = True) -> Iterator[bool]:
    """Hold a lock; without waiting, give whether it is held.

    Raises
    ------
    PracticeBusyError
        If others hold it for too long.
    """
    try:
        lock.acquire(timeout=None if wait else 0, poll_interval=0.01)
    except Timeout:
        if wait:
            raise PracticeBusyError(BUSY) from None
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def author() -> str:
    """Give the name that the journal puts down: SYMMETRY_USER, else that of the user on this machine."""
    named = os.environ.get(AUTHOR, "")
    if not named.strip():
        try:
            named = getpass.getuser()
        except (OSError, KeyError, ImportError):  # a user without a name
            named = "somebody"
    return names.one_line(named.encode("utf-8", "replace").decode(), "the name of the user")


def local_time(at: datetime, zone: str) -> dict[str, str]:
    """Give the columns of a local time."""
    if not isinstance(at, datetime):
        raise InvalidRecordError("a time is a date with hours, minutes and an offset from UTC; give one")
    return {"at": to_text(at, zone), "zone": zone}
