"""JSON and CSV texts; names and counts as people read them."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of texts that a spreadsheet would run as a formula."""
_GUARDED: Final = re.compile(r"'+(?:[=+@-]|\\[tr])")
"""The same in a cell, where an apostrophe keeps it from running."""


def to_json(value: object) -> str:
    """JSON text, indented, ending in a line break."""
    return json.dumps(value, indent=2, allow_nan=False) + "\n"


def to_json_lines(value: object) -> str:
    """JSON text with an object per line, for a list of them or for one."""
    return "".join(json.dumps(each, allow_nan=False) + "\n" for each in (value if isinstance(value, list) else [value]))


def to_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """CSV text with a header; numbers have six decimals, unknown values are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell_of(row.get(column)) for column in columns])
    return text.getvalue()


def printable(name: str) -> str:
    """Escape what would confuse a terminal in a name: control characters, direction marks, invalid bytes."""
    if name.isprintable():
        return name
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in name)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write "1 photo", "3 photos", "2 copies"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def from_cell(cell: str) -> str:
    """Text of a cell that `to_csv` wrote, without the apostrophe that guards it."""
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell


def without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """Copy a mapping without some of its keys."""
    return {key: value for key, value in fields.items() if key not in names}


def flag_names(flags: Iterable[Mapping[str, Any]]) -> str:
    """Names of flags, given as JSON objects, each once, for a cell."""
    return " ".join(dict.fromkeys(flag["name"] for flag in flags))


def without_nan(fields: dict[str, Any]) -> dict[str, Any]:
    """Replace NaN and infinite numbers by None, at any depth."""

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return without_nan(value)
        if isinstance(value, (list, tuple)):
            return [clean(item) for item in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return {key: clean(value) for key, value in fields.items()}


def cell_of(value: Any) -> str:
    """Text of a value in CSV."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float):
        return f"{round(value, 6) + 0.0:.10g}"
    text = str(value)
    # A text that looks guarded already gets one more apostrophe, so that it can be read back.
    shown = printable(text)
    return f"'{shown}" if text.startswith(_FORMULA) or _GUARDED.match(shown) else shown
