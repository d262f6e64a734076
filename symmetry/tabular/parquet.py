"""Rows of results as a parquet file, with numbers in full and typed columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symmetry.errors import MissingExtraError
from symmetry.tabular.frames import known
from symmetry.tabular.layout import Layout


def pyarrow() -> tuple[Any, Any]:
    """Import pyarrow and its module for parquet files.

    Raises
    ------
    MissingExtraError
        If it is not installed: it is as large as a sixth of everything else together.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError(
            'parquet files need pyarrow: pip install "facial-symmetry[parquet]", or pip install ".[parquet]" in a '
            "clone of this project; CSV and JSON need nothing more"
        ) from error
    return pyarrow, parquet


def to_parquet(rows: Sequence[Mapping[str, Any]], layout: Layout) -> bytes:
    """Content of a parquet file with all columns of a layout; unknown values are null.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    pa, parquet = pyarrow()
    content = pa.BufferOutputStream()
    parquet.write_table(to_table(rows, layout), content)
    return bytes(content.getvalue().to_pybytes())


def to_table(rows: Sequence[Mapping[str, Any]], layout: Layout) -> Any:
    """Arrow table of rows with all columns of a layout; unknown values are null.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    pa, _ = pyarrow()
    types = {"text": pa.string(), "truth": pa.bool_(), "count": pa.int64(), "number": pa.float64()}
    columns = {}
    for column in layout.columns:
        holds = layout.holds(column)
        columns[column] = pa.array(known([row.get(column) for row in rows], holds), types[holds])
    return pa.table(columns)
