"""What everything that writes to a practice shares: the writers' lock, transactions, and rows added and removed."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.pool import NullPool

from symmetry.errors import InvalidRecordError, PracticeBusyError, TakenIdError
from symmetry.practice import names
from symmetry.practice.reading import NAMED, PracticeReader, find, numbered
from symmetry.practice.records import Occasion
from symmetry.practice.storage.database import BUSY, connect, plain_failures
from symmetry.practice.storage.folders import private_file
from symmetry.practice.storage.models import ClientRow, KeyedRow, NamedRow, OccasionRow
from symmetry.practice.times import to_text

LOCK_SECONDS: Final = 300.0
"""A writer has the lock for milliseconds, a backup of many photos for a minute or more."""

Row = TypeVar("Row", bound=KeyedRow)
NewNamed = TypeVar("NewNamed", bound=NamedRow)
Happened = TypeVar("Happened", bound=Occasion)


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
        with Transaction(self._engine.execution_options(writes=True)) as db, db.begin():
            yield db

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Transaction]:
        with self._locked(), self._transaction() as db:
            yield db


def make_engine(database: Path) -> Engine:
    """Make an engine whose transactions are SQLite's own, so that changes of tables are undone with the rest.

    Transactions with the execution option `writes` begin as writers: two of them wait for each other instead of
    failing half way.
    """
    engine = create_engine("sqlite://", creator=lambda: connect(database), poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes: Any = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def make_lock(path: Path) -> FileLock:
    """Make the lock that writers hold; it ends with the process that holds it, however that ends."""
    private_file(path)
    return FileLock(path, mode=0o600, timeout=LOCK_SECONDS)


@contextlib.contextmanager
def held(lock: FileLock) -> Iterator[None]:
    """Hold a lock.

    Raises
    ------
    PracticeBusyError
        If others hold it for too long.
    """
    try:
        lock.acquire(poll_interval=0.01)
    except Timeout:
        raise PracticeBusyError(BUSY) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def held_if_free(lock: FileLock) -> Iterator[bool]:
    """Hold a lock if nobody else does; give whether it is held."""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def below(db: Transaction) -> sqlite3.Connection:
    """Give the connection below a transaction, to read what was written in it so far."""
    db.flush()
    return cast(sqlite3.Connection, db.connection().connection.driver_connection)


def find_row(db: Transaction, table: type[Row], asked: str) -> Row:
    """Find the row of a client, protocol or scale by id or name, in any case.

    Raises
    ------
    UnknownIdError
    """
    return db.get_one(table, find(below(db), table.__tablename__, asked)["key"])


def add_named(db: Transaction, row: NamedRow) -> None:
    """Add a protocol or a scale.

    Raises
    ------
    TakenIdError
        If there is one of that name, in any case.
    """
    table = type(row)
    row.folded = names.fold(row.name)
    if db.scalar(select(table.key).where(table.folded == row.folded)) is not None:
        what = NAMED[table.__tablename__].what
        raise TakenIdError(f'there is a {what} "{row.name}" already; choose another name')
    db.add(row)
    db.flush()


def remove_named(
    db: Transaction, table: type[NamedRow], name: str, users: InstrumentedAttribute[Any], by: tuple[str, str]
) -> None:
    """Remove a protocol or a scale.

    Parameters
    ----------
    db : Transaction
    table : type of NamedRow
    name : str
        In any case.
    users : column
        Of the rows that use it.
    by : tuple of str
        What these rows are called, one and several.

    Raises
    ------
    UnknownIdError
    TakenIdError
        If anything uses it.
    """
    row = find_row(db, table, name)
    uses = db.scalar(select(func.count(users)).where(users == row.key))
    if uses:
        raise names.in_use(row.name, uses, by)
    db.delete(row)


def add_occasion(db: Transaction, client: ClientRow, row: OccasionRow, what: str) -> None:
    """Add a session, treatment or entry of a client, with the next number."""
    last = f"last_{what}"
    row.client, row.number = client.key, getattr(client, last) + 1
    setattr(client, last, row.number)
    db.add(row)
    db.flush()


def remove_occasion(db: Transaction, table: type[OccasionRow], client_id: str, number: int, what: str) -> ClientRow:
    """Remove a session, treatment or entry of a client.

    Raises
    ------
    UnknownIdError
    """
    client = find_row(db, ClientRow, client_id)
    row = db.scalar(select(table).where(table.client == client.key, table.number == number))
    if row is None:
        numbered((), number, what, client.id)
    db.delete(row)
    return client


def local_time(at: datetime, zone: str) -> dict[str, str]:
    """Give the columns of a local time.

    Raises
    ------
    InvalidRecordError
    """
    if not isinstance(at, datetime):
        raise InvalidRecordError("a time is a date with hours, minutes and an offset from UTC; give one")
    return {"at": to_text(at, zone), "zone": zone}
