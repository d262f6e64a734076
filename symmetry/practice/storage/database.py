"""The practice's SQLite database: connections, revisions of the schema, and what failures mean.

Knows the sqlite3 module alone. Everything is read through it: SQLAlchemy, which writes, takes three times as long to
import as `symmetry --help` takes in all.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from symmetry.errors import DamagedPracticeError, NewerPracticeError, PracticeBusyError, PracticeError
from symmetry.practice.storage.folders import JOURNAL

REVISIONS: Final = ("0001", "0002", "0003")
"""Of the schema, oldest first."""
HEAD: Final = REVISIONS[-1]
BUSY: Final = "another program has been writing to the practice for too long; wait for it to end, then try again"
_BUSY_SECONDS: Final = 60.0


def connect(database: Path) -> sqlite3.Connection:
    """Open the database, which must exist; transactions are left to the caller.

    Not even readers open it as read-only: SQLite must be able to undo what a killed writer has left half done.
    """
    connection = sqlite3.connect(
        f"{database.as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        # EXTRA is FULL and also syncs the removal of the journal: what was confirmed survives a power cut.
        # SQLite's temporary data stays in memory, out of the folder for temporary files.
        for setting in (
            "foreign_keys=ON",
            "secure_delete=ON",
            "synchronous=EXTRA",
            "temp_store=MEMORY",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def snapshot(database: Path) -> Iterator[sqlite3.Connection]:
    """Open the database for reading; everything read belongs to one moment."""
    with contextlib.closing(connect(database)) as db:
        db.execute("PRAGMA query_only=ON")
        db.execute("BEGIN")
        yield db


def fetch(db: sqlite3.Connection, query: str, *values: object) -> list[sqlite3.Row]:
    """Read rows, with values by the names of their columns."""
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(query, values).fetchall()


def clear_journal(database: Path) -> None:
    """Let SQLite remove the journal of a writer that was killed before it changed anything; the caller holds the lock.

    Readers ignore such a journal, but it contains copies of rows.
    """
    if database.with_name(JOURNAL).exists():
        with contextlib.closing(connect(database)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("PRAGMA user_version = 0")  # it is 0: a change that changes nothing
            connection.execute("COMMIT")


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that others may be using into an empty file."""
    with contextlib.closing(connect(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
        new.execute("PRAGMA journal_mode=OFF").fetchall()  # a half-made copy is discarded, never repaired
        old.backup(new)


def revision_of(db: sqlite3.Connection) -> str | None:
    """Read the revision of a database's schema; None if no migration was ever run."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        return None
    row = db.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def is_current(revision: str | None) -> bool:
    """Whether a revision is the newest.

    Raises
    ------
    NewerPracticeError
        If this program does not know it.
    """
    if revision is not None and revision not in REVISIONS:
        raise NewerPracticeError(
            f"this practice was written by a newer version of this program (schema {revision}, this one knows up to "
            f"{HEAD}); install the newest version"
        )
    return revision == HEAD


@contextlib.contextmanager
def plain_failures() -> Iterator[None]:
    """Turn failures of files and of the database into errors of this package."""
    try:
        yield
    except OSError as error:
        what = error.strerror or type(error).__name__
        raise PracticeError(f"a file cannot be read or written ({what}); check its folder and the disk") from error
    except Exception as error:
        cause = getattr(error, "orig", error)  # SQLAlchemy wraps the errors of sqlite3
        if not isinstance(cause, sqlite3.DatabaseError) or isinstance(cause, sqlite3.IntegrityError):
            raise
        raise _meaning(cause) from error


def _meaning(error: sqlite3.DatabaseError) -> PracticeError:
    said = str(error)
    if "locked" in said:
        return PracticeBusyError(BUSY)
    if isinstance(error, sqlite3.OperationalError):
        return PracticeError(f"the database cannot be used ({said}); check its folder and the disk")
    return DamagedPracticeError(f"the database is damaged ({said}); restore a backup")
