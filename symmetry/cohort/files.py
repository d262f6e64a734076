"""Tables of a study on disk: which files there are, and what stands in them, whoever wrote them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pandas as pd

from symmetry.cohort.cells import ABOUT_PEOPLE
from symmetry.errors import TableError
from symmetry.tabular.reading import DAMAGED, SUFFIXES, read_results

_TEXTS: Final = ("person", "group", "region", "reason", "kind", "name", "unit", "verdict", "photo", "of")
"""Columns that are texts, whatever stands in them: a person called NA, a group called None, the number 007."""
_NUMBERS: Final = ("before", "after", "change", "mdc", "session", "weeks", "value", "error", *ABOUT_PEOPLE)
_NOTHING: Final = ("", "NA", "N/A", "n/a", "na", "NaN", "nan", "null", "None", "-", "–", "—", "?")
"""What people leave in a cell of numbers that they do not know."""
_SEPARATORS: Final = (",", ";", "\t")


def tables_below(paths: Iterable[Path]) -> list[Path]:
    """List the tables that files and folders stand for, each once; hidden files of folders are left alone.

    Raises
    ------
    TableError
        If a folder holds none.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = [file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")]
        if not inside:
            raise TableError(f"{path}: the folder holds no {', '.join(SUFFIXES)}; name another, or a practice")
        found += sorted(inside)
    once = {path.resolve(): path for path in reversed(found)}
    return [path for path in found if once.get(path.resolve()) is path]


def read_table(path: Path, *, texts: Iterable[str] = ()) -> pd.DataFrame:
    """Read a table of one's own, or what a command wrote.

    Parameters
    ----------
    path : Path
        CSV (separated by commas, semicolons or tabs; UTF-8, UTF-16 or Windows), JSON (an array with an object a row,
        or what a command wrote) or parquet.
    texts : iterable of str
        Further columns whose cells are taken as they stand.

    Raises
    ------
    TableError
        If it cannot be read; it names the file.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise TableError(f"{path}: there is no such file; check the name and the folder") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise TableError(f"{path}: it cannot be read ({why})") from None
    try:
        if path.suffix.lower() == ".csv":
            return _read_csv(data, {*_TEXTS, *texts})
        if path.suffix.lower() == ".parquet":
            return pd.read_parquet(io.BytesIO(data))
        return _read_json(data, path)
    except TableError as error:
        raise TableError(f"{path}: {error}") from None
    except DAMAGED:
        raise TableError(f"{path}: it cannot be read as a table; save it as CSV in UTF-8, JSON or parquet") from None


def _read_csv(data: bytes, texts: set[str]) -> pd.DataFrame:
    text = _decoded(data)
    if text.startswith("sep="):  # as some spreadsheets begin a file
        text = text.partition("\n")[2]
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    columns = [_as_known(name.strip()) for name in next(csv.reader([head], delimiter=separator), [])]
    _check_lengths(text, separator, len(columns))
    for name in columns:
        if name and columns.count(name) > 1:
            raise TableError(f'two columns are called "{name}"; rename one')
    columns = [name or f"unnamed {place}" for place, name in enumerate(columns, 1)]  # commas at the end of all lines
    as_they_are = [name for name in columns if name in texts]
    nothing: dict[Any, list[str]] = {name: [""] if name in as_they_are else list(_NOTHING) for name in columns}
    table = pd.read_csv(
        io.StringIO(text),
        sep=separator,
        header=0,
        names=columns,
        index_col=False,
        usecols=range(len(columns)),
        on_bad_lines="error",
        dtype=dict.fromkeys(as_they_are, object),
        keep_default_na=False,
        na_values=nothing,
        skipinitialspace=True,
    )
    table = table.dropna(how="all")  # as spreadsheets leave below a table
    if separator != ",":  # where the comma is free, it stands before decimals
        for name in [name for name in columns if name not in texts and not pd.api.types.is_numeric_dtype(table[name])]:
            table[name] = table[name].astype(object).where(table[name].notna(), "").str.replace(",", ".", regex=False)
    return table


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")  # as spreadsheets on Windows write


def _check_lengths(text: str, separator: str, columns: int) -> None:
    """Refuse a row with more in it than the first has names: a cell of it would be lost."""
    for place, cells in enumerate(csv.reader(io.StringIO(text), delimiter=separator), 1):
        if len(cells) > columns and any(cell.strip() for cell in cells[columns:]):
            raise TableError(
                f"row {place} has {len(cells)} cells, the first row {columns} names; decimal commas need semicolons "
                "between the cells"
            )


def _as_known(name: str) -> str:
    """Let "Person" and "MDC" be person and mdc."""
    return name.casefold() if name.casefold() in (*_TEXTS, *_NUMBERS, "day") else name


def _read_json(data: bytes, path: Path) -> pd.DataFrame:
    rows = json.loads(data)
    if isinstance(rows, list) and rows and all(isinstance(row, dict) and "person" in row for row in rows):
        return pd.DataFrame(rows)
    return read_results(path)
