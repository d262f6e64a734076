"""What everything that writes to a practice shares: the writers' lock, transactions, and rows added and removed."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, delete, event, func, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.pool import NullPool

from symmetry.errors import InvalidRecordError, PracticeBusyError, TakenIdError
from symmetry.practice import names
from symmetry.practice.reading import NAMED, PracticeReader, find, read_page
from symmetry.practice.records import ClientPage, Occasion
from symmetry.practice.storage.database import BUSY, connect, plain_failures
from symmetry.practice.storage.folders import private_file
from symmetry.practice.storage.models import ClientRow, KeyedRow, NamedRow, OccasionRow
from symmetry.practice.times import to_text

LOCK_SECONDS: Final = 300.0
"""A writer has the lock for milliseconds, a backup of many photos for a minute or more."""

Row = TypeVar("Row", bound=KeyedRow)


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
    def _writing(self) -> Iterator[Transaction]:
        with self._locked(), self._transaction() as db:
            yield db

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
        table = type(row)
        row.folded = names.fold(row.name)
        if db.scalar(select(table.key).where(table.folded == row.folded)) is not None:
            what = NAMED[table.__tablename__].what
            raise TakenIdError(f'there is a {what} "{row.name}" already; choose another name')
        db.add(row)
        db.flush()

    def _remove_named(
        self, table: type[NamedRow], name: str, users: InstrumentedAttribute[Any], by: tuple[str, str]
    ) -> None:
        """Remove a protocol or a scale; raises `TakenIdError` if any of its users, one or several of `by`, is there."""
        with self._writing() as db:
            row = self._find(db, table, name)
            uses = db.scalar(select(func.count(users)).where(users == row.key))
            if uses:
                raise names.in_use(row.name, uses, by)
            db.delete(row)

    def _add_occasion(self, db: Transaction, client: ClientRow, row: OccasionRow, what: str) -> None:
        """Add a session, treatment or entry of a client, with the next number."""
        last = f"last_{what}"
        row.client, row.number = client.key, getattr(client, last) + 1
        setattr(client, last, row.number)
        db.add(row)
        db.flush()

    def _remove_occasion(self, db: Transaction, table: type[OccasionRow], client_id: str, record: Occasion) -> None:
        """Remove the row of a session, treatment or entry of a client."""
        client = self._find(db, ClientRow, client_id)
        db.execute(delete(table).where(table.client == client.key, table.number == record.number))


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


def local_time(at: datetime, zone: str) -> dict[str, str]:
    """Give the columns of a local time."""
    if not isinstance(at, datetime):
        raise InvalidRecordError("a time is a date with hours, minutes and an offset from UTC; give one")
    return {"at": to_text(at, zone), "zone": zone}
