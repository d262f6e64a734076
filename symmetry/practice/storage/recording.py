"""What a transaction did to the rows of a database, noticed by triggers, so that it can be taken back.

The triggers are temporary: they belong to one connection and see whatever is written through it, also what foreign keys
remove. So no operation must know how to describe its own inverse.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from symmetry.errors import TakenIdError

_UNSEEN: Final = frozenset({"alembic_version", "changes"})
_COUNTERS: Final = frozenset({"last_session", "last_treatment", "last_entry"})
"""Columns that only ever grow: taking back a change leaves them, so that no number is given twice."""
_NOTE: Final = "note_row"

Values = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RowChange:
    """How one row was changed."""

    table: str
    before: Values | None  # by column; None if the row is new
    after: Values | None  # None if the row was removed

    @property
    def inverse(self) -> RowChange:
        """What takes this back."""
        return RowChange(self.table, self.after, self.before)


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[str, ...]
    keys: tuple[str, ...]  # columns of the primary key


class Recorder:
    """Notes every change of rows through a connection.

    Parameters
    ----------
    db : sqlite3.Connection
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._tables = _tables_of(db)
        self._seen: dict[tuple[str, Key], tuple[Values | None, Values | None]] = {}
        db.create_function(_NOTE, -1, self._note)
        for table, made in self._tables.items():
            for event, before, after in (("INSERT", None, "NEW"), ("UPDATE", "OLD", "NEW"), ("DELETE", "OLD", None)):
                given = [f'{row}."{column}"' for row in (before, after) if row for column in made.columns]
                arguments = ", ".join([f"'{table}'", str(int(before is not None)), str(int(after is not None)), *given])
                db.execute(
                    f'CREATE TEMP TRIGGER "note_{table}_{event}" AFTER {event} ON main."{table}" '
                    f"BEGIN SELECT {_NOTE}({arguments}); END"
                )

    def changes(self) -> tuple[RowChange, ...]:
        """Give what was changed so far, each row once; rows that are as they were are left out."""
        return tuple(
            RowChange(table, before, after)
            for (table, _), (before, after) in self._seen.items()
            if _without_counters(before) != _without_counters(after)
        )

    def _note(self, table: str, had: int, has: int, *values: object) -> None:
        columns, given = self._tables[table].columns, iter(values)
        before, after = (
            dict(zip(columns, [next(given) for _ in columns], strict=True)) if there else None for there in (had, has)
        )
        row = after if before is None else before
        if row is not None:
            place = (table, tuple(row[name] for name in self._tables[table].keys))
            first = self._seen[place][0] if place in self._seen else before
            self._seen[place] = (first, after)


def apply_changes(db: sqlite3.Connection, changes: Iterable[RowChange]) -> None:
    """Change rows: new ones first, then changed ones, then removed ones, so that none refers to a missing one.

    Raises
    ------
    TakenIdError
        If a row is not as the changes say that it was.
    sqlite3.IntegrityError
        If other rows stand in the way.
    """
    tables = _tables_of(db)
    ordered = sorted(changes, key=lambda each: list(tables).index(each.table) if each.table in tables else 0)
    for change in (*(c for c in ordered if c.after), *reversed([c for c in ordered if not c.after])):
        made = tables.get(change.table)
        if made is None or any(
            row is not None and set(row) != set(made.columns) for row in (change.before, change.after)
        ):
            raise TakenIdError("it was made by another version of this program and cannot be taken back")
        if _without_counters(_row(db, made, change)) != _without_counters(change.before):
            raise TakenIdError("something of it was changed again since")
        _apply(db, made, change)


def changes_to_text(changes: Iterable[RowChange]) -> str:
    """Write changes as JSON."""
    return json.dumps([[each.table, each.before, each.after] for each in changes], ensure_ascii=False)


def changes_from_text(text: str) -> tuple[RowChange, ...]:
    """Read what `changes_to_text` wrote; raises `ValueError` or `TypeError` if it is something else."""
    found = []
    for table, before, after in json.loads(text):
        for row in (before, after):
            if not isinstance(table, str) or not (row is None or isinstance(row, dict)):
                raise TypeError
        found.append(RowChange(table, before, after))
    return tuple(found)


def same_rows(changes: Iterable[RowChange], others: Iterable[RowChange]) -> bool:
    """Whether two lists of changes do the same, in any order; counters do not count."""

    def plain(each: RowChange) -> str:
        rows = [each.table, _without_counters(each.before), _without_counters(each.after)]
        return json.dumps(rows, sort_keys=True)

    return sorted(map(plain, changes)) == sorted(map(plain, others))


def rows_touched(db: sqlite3.Connection, changes: Iterable[RowChange]) -> Iterator[tuple[str, Key]]:
    """Give the table and the key of every row that was changed."""
    tables = _tables_of(db)
    for change in changes:
        row = change.after or change.before or {}
        yield change.table, tuple(row.get(name) for name in tables[change.table].keys)


def _tables_of(db: sqlite3.Connection) -> dict[str, _Table]:
    """Give the tables that are recorded, those first that others refer to."""
    found = {}
    for (table,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
        if table not in _UNSEEN and not table.startswith("sqlite_"):
            about = db.execute("SELECT name, pk FROM pragma_table_info(?)", (table,)).fetchall()
            keys = tuple(name for name, pk in sorted(about, key=lambda each: each[1]) if pk)
            found[str(table)] = _Table(tuple(name for name, _ in about), keys)
    refers = {
        table: {of for (of,) in db.execute('SELECT "table" FROM pragma_foreign_key_list(?)', (table,))}
        for table in found
    }
    ordered: dict[str, _Table] = {}
    while len(ordered) < len(found):
        ordered |= {table: found[table] for table in found if refers[table] <= {*ordered, table}}
    return ordered


def _row(db: sqlite3.Connection, made: _Table, change: RowChange) -> Values | None:
    place = change.before or change.after or {}
    cursor = db.execute(
        f'SELECT * FROM "{change.table}" WHERE {_where(made)}',  # noqa: S608 -- names of the database itself
        [place[name] for name in made.keys],
    )
    row = cursor.fetchone()
    return None if row is None else dict(zip((column[0] for column in cursor.description), row, strict=True))


def _apply(db: sqlite3.Connection, made: _Table, change: RowChange) -> None:
    table = f'"{change.table}"'
    if change.after is None:
        place = change.before or {}
        db.execute(f"DELETE FROM {table} WHERE {_where(made)}", [place[name] for name in made.keys])  # noqa: S608
    elif change.before is None:
        names = ", ".join(f'"{name}"' for name in change.after)
        marks = ", ".join("?" for _ in change.after)
        db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(change.after.values()))  # noqa: S608
    else:
        names_set = [name for name in made.columns if name not in _COUNTERS]
        values = [change.after[name] for name in names_set] + [change.before[name] for name in made.keys]
        put = ", ".join(f'"{name}" = ?' for name in names_set)
        db.execute(f"UPDATE {table} SET {put} WHERE {_where(made)}", values)  # noqa: S608


def _where(made: _Table) -> str:
    return " AND ".join(f'"{name}" = ?' for name in made.keys)


def _without_counters(row: Values | None) -> Values | None:
    return None if row is None else {name: value for name, value in row.items() if name not in _COUNTERS}
