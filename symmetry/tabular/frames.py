"""Tables of results as pandas DataFrames, with the same columns and types from whichever form they come."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from symmetry.errors import TableError
from symmetry.tabular.layout import Holds, Layout
from symmetry.tabular.text import printable

if TYPE_CHECKING:
    from pandas import DataFrame

_DTYPES: Final[dict[Holds, str]] = {"text": "object", "truth": "boolean", "count": "int64", "number": "float64"}


def to_frame(found: object, layouts: Mapping[str, Layout], of: str) -> DataFrame:
    """Table of a result.

    Parameters
    ----------
    found : JSON object, or list of them
        As the result's `to_dict` returns it.
    layouts : mapping of str to Layout
        Tables that the result has.
    of : str
        Name of one of them.

    Raises
    ------
    TableError
        If the result has no table of that name.
    """
    layout = layout_of(layouts, of)
    return frame_of(layout.rows(found), layout)


def layout_of(layouts: Mapping[str, Layout], of: str) -> Layout:
    """Layout of one of a result's tables.

    Raises
    ------
    TableError
        If the result has no table of that name.
    """
    if of not in layouts:
        raise TableError(f"there is no table '{of}' of this result; take one of: {', '.join(layouts)}")
    return layouts[of]


def frame_of(rows: Sequence[Mapping[str, Any]], layout: Layout) -> DataFrame:
    """Table of rows, with every column of the layout in its order."""
    return frame_of_columns({column: [row.get(column) for row in rows] for column in layout.columns}, layout)


def frame_of_columns(values: Mapping[str, Sequence[Any]], layout: Layout) -> DataFrame:
    """Table of columns, with every column of the layout in its order."""
    import pandas as pd

    return pd.DataFrame(
        {
            # Texts stay objects: pandas' own string type differs between versions 2 and 3.
            column: pd.Series(known(values[column], layout.holds(column)), dtype=_DTYPES[layout.holds(column)])
            for column in layout.columns
        }
    )


def with_types(frame: DataFrame, layout: Layout) -> DataFrame:
    """Give a table the columns of a layout and their types, whatever types it has; missing texts become None."""
    import pandas as pd

    columns = {}
    for column in layout.columns:
        values, holds = frame[column], layout.holds(column)
        if holds == "text":
            texts = [None if lacks else text for text, lacks in zip(values, values.isna(), strict=True)]
            columns[column] = pd.Series(texts, dtype=_DTYPES["text"], index=frame.index)
        else:
            columns[column] = values.astype(_DTYPES[holds])
    return pd.DataFrame(columns)


def known(values: Sequence[Any], holds: Holds) -> list[Any]:
    """Values of a column as tables hold them, None where one is unknown.

    Texts are as in CSV, without the apostrophe before what looks like a formula: control characters are escaped (as
    ``\\x1b``), and an empty text is None.
    """
    if holds == "text":
        shown = {value: None if value is None or value == "" else printable(str(value)) for value in set(values)}
        return [shown[value] for value in values]
    if holds == "truth":
        return [None if value is None else bool(value) for value in values]
    if holds == "count":
        return [int(value) for value in values]
    return [None if value is None or math.isnan(value) else float(value) for value in values]
