"""What plots need of a cohort: regions, units, and the look of its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.errors import TableError
from symmetry.output.colours import GROUP_COLOURS, QUIET

if TYPE_CHECKING:
    import pandas as pd

    from symmetry.cohort.cohort import Cohort

_MARKERS: Final = "osD^v"
_CONTROL_MARKER: Final = "s"


class Look(NamedTuple):
    """How a group is drawn."""

    colour: str
    marker: str
    dashed: bool


def check_region(cohort: Cohort, region: str) -> None:
    """Raise `TableError` if a cohort has no such region."""
    if region not in cohort.regions:
        raise TableError(f'there is no region "{region}"; it has {", ".join(cohort.regions)}')


def unit_of(cohort: Cohort, region: str) -> str:
    """Return the unit of a region: that of its changes, else that of the cohort."""
    changes = cohort.study.changes
    units = changes.loc[changes["region"] == region, "unit"]
    return str(units.iloc[0]) if len(units) else cohort.unit


def looks(cohort: Cohort) -> dict[str, Look]:
    """Return the look of each group; the control is grey and dashed."""
    found: dict[str, Look] = {}
    for group in cohort.groups:
        if group == cohort.control:
            found[group] = Look(QUIET, _CONTROL_MARKER, True)
        else:
            number = sum(not look.dashed for look in found.values()) % len(GROUP_COLOURS)
            markers = _MARKERS.replace(_CONTROL_MARKER, "") if cohort.control is not None else _MARKERS
            found[group] = Look(GROUP_COLOURS[number], markers[number % len(markers)], False)
    return found


def numbers(values: pd.Series) -> FloatArray:
    """Return a column as floats, NaN where a value is missing."""
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
