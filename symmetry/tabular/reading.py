"""Reading back the files that the commands wrote, in any form, as one table."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from symmetry.errors import TableError
from symmetry.tabular.audit import AUDITS
from symmetry.tabular.change import CHANGES
from symmetry.tabular.cohort import COHORTS
from symmetry.tabular.face import SCORES
from symmetry.tabular.frames import frame_of, frame_of_columns
from symmetry.tabular.layout import Holds, Layout
from symmetry.tabular.parquet import pyarrow
from symmetry.tabular.plan import PLANS
from symmetry.tabular.quality import CHECKS
from symmetry.tabular.reliability import RELIABILITY
from symmetry.tabular.series import SERIES
from symmetry.tabular.skin import SKINS
from symmetry.tabular.text import from_cell, printable

if TYPE_CHECKING:
    from pandas import DataFrame

READABLE: Final = (SCORES, SKINS, CHANGES, SERIES, RELIABILITY, AUDITS, COHORTS, PLANS, CHECKS)
"""Tables that can be read back, in the order in which JSON is compared with their keys: the fewest keys come last."""
SUFFIXES: Final = (".csv", ".json", ".jsonl", ".parquet")
DAMAGED: Final = (
    *(ArithmeticError, AttributeError, LookupError, MemoryError, NotImplementedError, OSError, RecursionError),
    *(TypeError, ValueError, csv.Error),
)
"""Errors that a truncated file, values of a wrong type, or a file of another format may raise."""
_TRUTHS: Final = {"True": True, "False": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Rows that are asked for."""

    region: str | None
    folder: str | None

    def filters(self, columns: Collection[str]) -> list[tuple[str, str, str]] | None:
        """Conditions on the columns of a parquet file, by whose statistics most of it can be passed over."""
        found = []
        if self.region is not None and "region" in columns:
            found.append(("region", "==", self.region))
        if self.folder is not None and "photo" in columns:
            start = self.folder.rstrip("/") + "/"
            found += [("photo", ">=", start), ("photo", "<", start[:-1] + chr(ord("/") + 1))]
        return found or None

    def of(self, frame: DataFrame) -> DataFrame:
        """Leave out the other rows of a table."""
        if self.region is not None and "region" in frame:
            frame = frame[frame["region"] == self.region]
        if self.folder is not None and "photo" in frame:
            start = self.folder.rstrip("/") + "/"
            frame = frame[[photo.startswith(start) for photo in frame["photo"]]]
        return frame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    layout: Layout
    frame: DataFrame


def read_results(
    source: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    region: str | None = None,
    folder: str | None = None,
) -> DataFrame:
    """Read what `score`, `check`, `compare`, `series`, `reliability`, `audit`, `cohort` or `plan` wrote with `-o`.

    Parameters
    ----------
    source : path or iterable of paths
        Files that end in .csv, .json, .jsonl or .parquet, or folders of such files (not searched recursively). All must
        come from the same command, which is recognised by their columns or keys.
    region : str, optional
        Only the rows of this region.
    folder : str, optional
        Only the rows of photos in this folder, written as in the table. Of parquet files, only what may hold such rows
        is read: a person's course out of a million rows takes a fraction of a second and little memory.

    Returns
    -------
    DataFrame
        One row per row of the command's CSV, whichever form was read: first `file`, the name without its folder, then
        the columns of the CSV. Numbers are float64, NaN where unknown (whole numbers that never are: int64); texts are
        objects, None where there is none; booleans are "boolean". Times are texts, as ISO 8601. CSV rounds numbers to
        six decimals; JSON and parquet hold them in full.

    Raises
    ------
    TableError
        If there is no file; if one cannot be read, is damaged, or is no result; if files come from different commands,
        or two have the same name.

    Examples
    --------
    >>> scores = symmetry.read_results(["monday.csv", "friday.csv"])  # doctest: +SKIP
    >>> scores.groupby("region")["asymmetry_mm"].mean()  # doctest: +SKIP
    """
    import pandas as pd

    files = _files_of([source] if isinstance(source, (str, os.PathLike)) else source)
    wanted = _Wanted(region=region, folder=folder)
    tables = [_read(file, wanted) for file in files]
    for file, table in zip(files, tables, strict=True):
        if table.layout is not tables[0].layout:
            raise TableError(
                f"'{_shown(files[0])}' is of `symmetry {tables[0].layout.name}`, '{_shown(file)}' of `symmetry "
                f"{table.layout.name}`; read them apart"
            )
        table.frame.insert(0, "file", pd.Series([_shown(file)] * len(table.frame), dtype="object"))
    return pd.concat([table.frame for table in tables], ignore_index=True)


def _files_of(sources: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """List the files, those of a folder by name, each once."""
    found: dict[Path, None] = {}
    for source in sources:
        path = Path(source)
        if not path.is_dir():
            found[path] = None
            continue
        try:
            listed = sorted(path.iterdir())
        except OSError as error:
            raise TableError(f"the folder '{_shown(path)}' cannot be read ({error.strerror})") from None
        inside = [file for file in listed if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")]
        if not inside:
            raise TableError(f"the folder '{_shown(path)}' holds no file that ends in {', '.join(SUFFIXES)}")
        found.update(dict.fromkeys(inside))
    if not found:
        raise TableError("no file was given; name one that `symmetry` wrote, or a folder of such")
    names: set[str] = set()
    for file in found:
        if file.name in names:
            raise TableError(f"two files have the name '{_shown(file)}', which would stand for both; rename one")
        names.add(file.name)
    return list(found)


def _read(file: Path, wanted: _Wanted) -> _Table:
    try:
        data = b"" if file.suffix.lower() == ".parquet" else file.read_bytes()
        file.stat()
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        why = error.strerror if isinstance(error, OSError) else error
        raise TableError(f"'{_shown(file)}' cannot be read ({why}); check its name and folder") from None
    readers: dict[str, Callable[[], _Table | None]] = {
        ".csv": lambda: _read_csv(data),
        ".json": lambda: _table_of(json.loads(data)),
        ".jsonl": lambda: _table_of([json.loads(line) for line in data.splitlines()]),
        ".parquet": lambda: _read_parquet(file, wanted),
    }
    if file.suffix.lower() not in readers:
        raise TableError(f"'{_shown(file)}' does not end in {', '.join(SUFFIXES)}; only those can be read back")
    try:
        found = readers[file.suffix.lower()]()
    except DAMAGED:
        raise TableError(f"'{_shown(file)}' is damaged; let `symmetry` write it anew") from None
    if found is None:
        raise TableError(
            f"'{_shown(file)}' is no result of symmetry: its columns are others; read the files apart that `symmetry "
            "score`, `compare`, `series` and the like wrote with --output"
        )
    return _Table(layout=found.layout, frame=wanted.of(found.frame))


def _table_of(found: Any) -> _Table | None:
    objects = found if isinstance(found, list) else [found]
    if not (objects and all(isinstance(each, dict) for each in objects)):
        return None
    for layout in READABLE:
        if all(set(layout.keys) <= each.keys() for each in objects):
            return _Table(layout=layout, frame=frame_of(layout.rows(found), layout))
    return None


def _read_csv(data: bytes) -> _Table | None:
    lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    header, *rows = [line for line in lines if line]
    layout = _by_columns(header)
    if layout is None:
        return None
    columns = dict(zip(header, zip(*rows, strict=True) if rows else [()] * len(header), strict=True))
    values = {column: _from_cells(columns[column], layout.holds(column)) for column in layout.columns}
    return _Table(layout=layout, frame=frame_of_columns(values, layout))


def _read_parquet(file: Path, wanted: _Wanted) -> _Table | None:
    _, parquet = pyarrow()
    columns = parquet.read_schema(file).names
    layout = _by_columns(columns)
    if layout is None:
        return None
    table = parquet.read_table(file, filters=wanted.filters(columns))
    values = {column: _values(table[column], layout.holds(column)) for column in layout.columns}
    return _Table(layout=layout, frame=frame_of_columns(values, layout))


def _values(column: Any, holds: Holds) -> list[Any]:
    """Values of a column of a parquet file; numbers take the faster way."""
    found: list[Any] = column.to_numpy().tolist() if holds == "number" else column.to_pylist()
    return found


def _by_columns(columns: Collection[str]) -> Layout | None:
    return next((one for one in READABLE if sorted(one.columns) == sorted(columns)), None)


def _from_cells(cells: Sequence[str], holds: Holds) -> list[Any]:
    if holds == "text":
        return [from_cell(cell) for cell in cells]
    if holds == "truth":
        return [_TRUTHS[cell] if cell else None for cell in cells]
    return [float(cell) if cell else None for cell in cells]


def _shown(file: Path) -> str:
    return printable(file.name)
