"""Tables of a study on disk: finding the files and reading them."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pandas as pd

from symmetry.cohort.columns import ABOUT_PEOPLE, NUMBERS
from symmetry.errors import TableError
from symmetry.tabular.given import MAX_BYTES, SPREADSHEETS, table_text
from symmetry.tabular.parquet import pyarrow
from symmetry.tabular.reading import DAMAGED, SUFFIXES, read_results

_TEXTS: Final = ("person", "group", "region", "reason", "kind", "name", "unit", "verdict", "photo", "of")
"""Columns that are always texts: a person may be called NA or 007, a group None."""
_MISSING: Final = ("", "NA", "N/A", "n/a", "na", "NaN", "nan", "null", "None", "-", "–", "—", "?")
"""What people write in a cell for a number that is missing."""
_GIVEN: Final = (".csv", ".tsv", *SPREADSHEETS)


def tables_below(paths: Iterable[Path]) -> list[Path]:
    """List files and the tables in folders, each once, without hidden files.

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
        files = [file for file in path.iterdir() if not file.name.startswith((".", "~$"))]  # ~$: open in Excel
        inside = [file for file in files if file.suffix.lower() in SUFFIXES]
        inside = inside or [file for file in files if file.suffix.lower() in _GIVEN]
        if not inside:
            raise TableError(f"{path}: the folder holds no {', '.join(SUFFIXES)}; name another, or a practice")
        found += sorted(inside)
    once = {os.path.realpath(path): path for path in reversed(found)}  # unlike resolve(), bears a loop of links
    return [path for path in found if once.get(os.path.realpath(path)) is path]


def read_table(path: Path, *, texts: Iterable[str] = ()) -> pd.DataFrame:
    """Read a user's own table, or one that a command wrote.

    Parameters
    ----------
    path : Path
        CSV (separated by commas, semicolons or tabs; UTF-8, UTF-16 or Windows), .xlsx, .ods, JSON (an array with one
        object for each row, or what a command wrote) or parquet.
    texts : iterable of str
        Further columns to read as texts.

    Raises
    ------
    TableError
        If it cannot be read; the message names the file.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise TableError(f"{path}: there is no such file; check the name and the folder") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise TableError(f"{path}: it cannot be read ({why})") from None
    try:
        if path.suffix.lower() in _GIVEN:
            return _read_given(data, path.suffix, {*_TEXTS, *texts})
        if len(data) > MAX_BYTES:
            raise TableError("it is larger than any table of a study; leave out what is not needed")
        if path.suffix.lower() == ".parquet":
            pyarrow()
            return pd.read_parquet(io.BytesIO(data))
        return _read_json(data, path)
    except TableError as error:
        raise TableError(f"{path}: {error}") from None
    except DAMAGED:
        raise TableError(
            f"{path}: it cannot be read as a table; save it as CSV in UTF-8, .xlsx, .ods, JSON or parquet"
        ) from None


def _read_given(data: bytes, suffix: str, texts: set[str]) -> pd.DataFrame:
    text, separator = table_text(data, suffix)
    head = text.partition("\n")[0]
    columns = [_as_known(name.strip()) for name in next(csv.reader([head], delimiter=separator), [])]
    _check_lengths(text, separator, len(columns))
    for name in columns:
        if name and columns.count(name) > 1:
            raise TableError(f'two columns are called "{name}"; rename one')
    columns = [name or f"unnamed {place}" for place, name in enumerate(columns, 1)]  # commas at the end of all lines
    missing: dict[Any, list[str]] = {name: [""] if name in texts else list(_MISSING) for name in columns}
    table = pd.read_csv(
        io.StringIO(text),
        sep=separator,
        header=0,
        names=columns,
        index_col=False,
        usecols=range(len(columns)),
        on_bad_lines="error",
        dtype=dict.fromkeys((name for name in columns if name in texts), object),
        keep_default_na=False,
        na_values=missing,
        skipinitialspace=True,
    )
    table = table.dropna(how="all")  # empty lines that spreadsheets leave below a table
    if separator != ",":  # then the comma may be the decimal separator
        for name in [name for name in columns if name not in texts and not pd.api.types.is_numeric_dtype(table[name])]:
            table[name] = table[name].astype(object).where(table[name].notna(), "").str.replace(",", ".", regex=False)
    return table


def _check_lengths(text: str, separator: str, columns: int) -> None:
    """Refuse a row with more cells than there are names: some would be lost."""
    for place, cells in enumerate(csv.reader(io.StringIO(text), delimiter=separator), 1):
        if len(cells) > columns and any(cell.strip() for cell in cells[columns:]):
            raise TableError(
                f"row {place} has {len(cells)} cells, the first row {columns} names; decimal commas need semicolons "
                "between the cells"
            )


def _as_known(name: str) -> str:
    """Spell "Person" and "MDC" as person and mdc."""
    return name.casefold() if name.casefold() in (*_TEXTS, *NUMBERS, *ABOUT_PEOPLE, "day") else name


def _read_json(data: bytes, path: Path) -> pd.DataFrame:
    rows = json.loads(data)
    if isinstance(rows, list) and rows and all(isinstance(row, dict) and "person" in row for row in rows):
        return pd.DataFrame(rows)
    return read_results(path)
