"""Columns of a study's tables: which there are, their cells as texts and numbers, and the spelling of regions."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

import numpy as np
import pandas as pd

from symmetry.errors import TableError
from symmetry.measure.measures import DEFINITIONS
from symmetry.measure.scores import REGION_NAMES
from symmetry.tabular import printable

ABOUT_PEOPLE: Final = ("group", "planned", "minutes", "adherence", "rating")
"""What a table may say about a person, beside what was measured."""
NUMBERS: Final = ("before", "after", "change", "mdc", "session", "weeks", "value", "error")
"""What was measured."""
_NEARLY: Final = 0.8


def spelt(region: str) -> str:
    """Spell a region or measure as the tool does: "Whole Face " is "whole_face"."""
    return printable("_".join(region.casefold().split()))


def in_order(regions: Iterable[str]) -> tuple[str, ...]:
    """Regions in the order of the tool, then all others as they come."""
    given = list(dict.fromkeys(regions))
    return (*(name for name in REGION_NAMES if name in given), *(name for name in given if name not in REGION_NAMES))


def known_regions(column: pd.Series) -> pd.Series:
    """Spell regions and measures as the tool does; a near miss is refused as a typo, other names are the user's own."""
    tool = {*REGION_NAMES, *(definition.name for definition in DEFINITIONS)}
    spellings = {name: spelt(name) for name in column.unique()}
    for name in spellings.values():
        near = [] if name in tool or name == "" else get_close_matches(name, tool, n=1, cutoff=_NEARLY)
        if near:
            raise TableError(f'there is no region "{name}"; did you mean {near[0]}?')
    return column.map(spellings)


def text_of(column: pd.Series) -> pd.Series:
    """Texts without surrounding spaces, "" for missing ones; 7.0 is 7, as people are often numbered."""
    if pd.api.types.is_float_dtype(column) and not (column.dropna() % 1).any():
        column = column.astype("Int64")
    return column.astype(object).where(column.notna(), "").map(lambda value: str(value).strip()).astype(object)


def number_of(column: pd.Series, name: str) -> pd.Series:
    """Numbers, NaN for missing ones.

    Raises
    ------
    TableError
        If a cell is not a number, or infinite.
    """
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.astype(np.float64)
        wrong = np.isinf(numbers)
    else:
        texts = column.where(column.notna(), "").map(str).str.strip().str.replace("\u2212", "-", regex=False)
        numbers = pd.to_numeric(texts.where(texts != "", np.nan), errors="coerce").astype(np.float64)
        wrong = (numbers.isna() & (texts != "")) | np.isinf(numbers)
    if wrong.any():
        raise TableError(
            f'"{column[wrong].iloc[0]}" in the column "{name}" is not a number; correct it or leave it empty'
        )
    return numbers


def refuse(frame: pd.DataFrame, wrong: pd.Series, message: str) -> None:
    """Raise a TableError if any rows are wrong, its {columns} filled in from the first of them."""
    if wrong.any():
        raise TableError(message.format_map(frame.loc[wrong].iloc[0]))


def refuse_second_rows(people: pd.DataFrame) -> None:
    """Refuse a table of people in which someone has two rows."""
    message = '"{person}" has two rows in the table of people; give each person one'
    refuse(people, people.duplicated("person"), message)
