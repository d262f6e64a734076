"""Tables written piece by piece, so that a long one never stands in memory as a whole."""

from __future__ import annotations

import csv
import io
import itertools
import json
import shutil
import tempfile
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from symmetry.errors import OutputError
from symmetry.files import check_target, written_whole
from symmetry.tabular.layout import Layout
from symmetry.tabular.parquet import pyarrow, to_table
from symmetry.tabular.text import cell_of

Objects = Iterable[Mapping[str, Any]]

_AT_ONCE: Final = 1000
"""JSON objects that are turned into rows at once."""
_IN_A_PART: Final = 20_000
"""JSON objects per file of a folder of parquet parts."""
PART: Final = "part-*.parquet"


def write_table(path: Path, format_: str, objects: Objects, layout: Layout) -> None:
    """Write the table of many results.

    Parameters
    ----------
    path : Path
        A file, or for "dataset" a folder.
    format_ : {"json", "jsonl", "csv", "parquet", "dataset"}
    objects : iterable of JSON objects
        Taken one by one; the file is the same as if they had come at once.
    layout : Layout

    Raises
    ------
    OutputError
        If it cannot be written.
    MissingExtraError
        If pyarrow is needed and not installed.
    """
    check_table(path, format_)
    if format_ == "dataset":
        _write_dataset(path, objects, layout)
        return
    write = {"json": _write_json, "jsonl": _write_json_lines, "csv": _write_csv, "parquet": _write_parquet}[format_]
    with written_whole(path) as file:
        write(file, objects, layout)


def check_table(path: Path, format_: str) -> None:
    """Check that a table can be written, before long work is done for it.

    Raises
    ------
    OutputError
        If its place cannot be written to, or holds something else.
    MissingExtraError
        If pyarrow is needed and not installed.
    """
    if format_ in ("parquet", "dataset"):
        pyarrow()
    if format_ != "dataset" or not path.exists():
        check_target(path)
    elif not (path.is_dir() and all(file.match(PART) for file in path.iterdir())):
        raise OutputError("there is something else than a table of parquet parts here; choose another name")


def _write_json(file: BinaryIO, objects: Objects, layout: Layout) -> None:
    begun = False
    for each in objects:
        text = textwrap.indent(json.dumps(each, indent=2, allow_nan=False), "  ")
        file.write(f"{',' if begun else '['}\n{text}".encode())
        begun = True
    file.write(b"\n]\n" if begun else b"[]\n")


def _write_json_lines(file: BinaryIO, objects: Objects, layout: Layout) -> None:
    for each in objects:
        file.write(f"{json.dumps(each, allow_nan=False)}\n".encode())


def _write_csv(file: BinaryIO, objects: Objects, layout: Layout) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(layout.columns)
    for rows in _rows(objects, layout):
        writer.writerows([cell_of(row.get(column)) for column in layout.columns] for row in rows)
    text.detach()


def _write_parquet(file: BinaryIO, objects: Objects, layout: Layout) -> None:
    _, parquet = pyarrow()
    with parquet.ParquetWriter(file, to_table([], layout).schema) as writer:
        for rows in _rows(objects, layout):
            writer.write_table(to_table(rows, layout))


def _write_dataset(folder: Path, objects: Objects, layout: Layout) -> None:
    """Write a folder of parts; it takes its place once all are written."""
    try:
        made = Path(tempfile.mkdtemp(dir=folder.resolve().parent, prefix=".symmetry-", suffix=".part"))
    except OSError as error:
        raise OutputError(f"it cannot be written ({error.strerror}); check the folder and the disk") from None
    try:
        for number, first, rest in _parts(objects):
            with written_whole(made / f"part-{number:05}.parquet") as file:
                _write_parquet(file, itertools.chain([first], rest), layout)
        old = made.with_suffix(".old")
        if folder.exists():
            folder.rename(old)
        made.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _parts(objects: Objects) -> Iterator[tuple[int, Mapping[str, Any], Objects]]:
    """Cut objects into parts, each given as its number, its first object and the others."""
    each = iter(objects)
    for number in itertools.count():
        first = next(each, None)
        if first is None:
            return
        yield number, first, itertools.islice(each, _IN_A_PART - 1)


def _rows(objects: Objects, layout: Layout) -> Iterator[list[dict[str, Any]]]:
    each = iter(objects)
    while some := list(itertools.islice(each, _AT_ONCE)):
        yield layout.rows(some)
