"""The schema of a database: upgraded after a copy was made, and compared with what the migrations make."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

from symmetry.errors import DamagedPracticeError
from symmetry.practice.storage.database import HEAD, connect, copy_database, is_current, revision_of
from symmetry.practice.storage.folders import Places, durable_file, private_folder

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def revision_in(database: Path) -> str | None:
    """Read which revision a database has; None if it is empty.

    Raises
    ------
    DamagedPracticeError
        If it is not a practice's database.
    """
    with contextlib.closing(connect(database)) as connection:
        revision = revision_of(connection)
        if revision is None and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise DamagedPracticeError(
                "its database is not one of this program; name another folder or restore a backup"
            )
        return revision


def upgrade(places: Places, engine: Engine, target: str = HEAD) -> None:
    """Bring a database up to date; the caller holds the lock."""
    revision = revision_in(places.database)
    if is_current(revision):
        return
    if revision is not None:
        _copy_before(places, target)
    with engine.begin() as connection:
        _migrate(connection, target)


def shape_of(database: sqlite3.Connection) -> dict[str, object]:
    """Describe the tables, indexes, triggers and views of a database, so that two databases can be compared.

    The wording of the statements, which depends on the versions of SQLAlchemy and SQLite, does not count.
    """
    shape: dict[str, object] = {}
    for kind, name, of, statement in database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall():
        if kind == "table":
            shape[f"table {name}"] = (*_structure(database, name), _conditions(str(statement)))
        elif kind != "index" or not name.startswith("sqlite_autoindex_"):
            shape[f"{kind} {name}"] = of
    return shape


def expected_shape(revision: str) -> dict[str, object]:
    """Describe, as `shape_of` does, what the migrations make up to a revision."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        engine = create_engine("sqlite://", creator=lambda: made, poolclass=StaticPool)
        with engine.begin() as connection:
            _migrate(connection, revision)
        return shape_of(made)


def affinity(kind: str) -> str:
    """Give the type that SQLite prefers in a column, by the name of the column's type."""
    for sign, preferred in (("INT", "integer"), ("CHAR", "text"), ("TEXT", "text"), ("FLOA", "real"), ("DOUB", "real")):
        if sign in kind.upper():
            return preferred
    return "numeric"


def _structure(database: sqlite3.Connection, table: str) -> tuple[object, ...]:
    def ask(pragma: str, of: str) -> list[tuple[Any, ...]]:
        asked = database.execute(f"SELECT * FROM pragma_{pragma}(?)", (of,))  # noqa: S608 -- one of three
        return [tuple(row) for row in asked]

    columns = {
        (name, affinity(kind), needed, str(default).strip("()'\""), key, hidden)
        for _, name, kind, needed, default, key, hidden in ask("table_xinfo", table)
    }
    indexes = Counter(
        (unique, origin, partial, tuple(part[2:] for part in ask("index_xinfo", name)))
        for _, name, unique, origin, partial in ask("index_list", table)
    )
    return columns, indexes, {key[1:] for key in ask("foreign_key_list", table)}


def _conditions(statement: str) -> Counter[str]:
    """Count the constraints that SQLite's pragmas do not report."""
    found = re.findall(r"check\s*\(.*?\)|conflict|collate|autoincrement|deferr|without|strict", statement.casefold())
    return Counter("".join(each.split()) for each in found)


def _migrate(connection: Connection, target: str) -> None:
    # Importing Alembic takes 0.2 s, so only for a change of the schema.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def _copy_before(places: Places, target: str) -> None:
    private_folder(places.backups)
    made = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%fZ")
    with durable_file(places.backups / f"before-{target}-{made}.sqlite") as part:
        copy_database(places.database, part)
