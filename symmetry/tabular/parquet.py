"""Rows of results as a parquet file, with numbers in full and typed columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symmetry.tabular.frames import known
from symmetry.tabular.layout import Layout


def to_parquet(rows: Sequence[Mapping[str, Any]], layout: Layout) -> bytes:
    """Content of a parquet file with all columns of a layout; unknown values are null."""
    import pyarrow as pa
    from pyarrow import parquet

    types = {"text": pa.string(), "truth": pa.bool_(), "count": pa.int64(), "number": pa.float64()}
    columns = {}
    for column in layout.columns:
        holds = layout.holds(column)
        columns[column] = pa.array(known([row.get(column) for row in rows], holds), types[holds])
    content = pa.BufferOutputStream()
    parquet.write_table(pa.table(columns), content)
    return bytes(content.getvalue().to_pybytes())
