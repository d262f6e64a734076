"""Regression to the mean: people who are enrolled for being uneven come out less uneven, whatever is done to them.

Their first measurement was high partly by chance. Without a control group nothing else tells that part from an effect.
Of people chosen by a first measurement, the second lies nearer to the mean of the population by the share of its
variance that is error (Barnett, van der Pols & Dobson 2005, Int J Epidemiol 34:215).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from symmetry.arrays import FloatArray
from symmetry.cohort.panel import Panel
from symmetry.cohort.simulated_people import HEALTHY
from symmetry.landmarks.mesh import PARTS
from symmetry.measure.quality.flags import joined
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE
from symmetry.measure.words import the
from symmetry.stats.estimates import Z95, mean_and_squares

_MEAN: Final = 0.8
"""Mean of a normal variable's size over its root mean square: sqrt(2 / pi)."""
_NOTE: Final = (
    "These people were more uneven than healthy adults at the start, and there is no control group: people chosen for "
    "being uneven come out less uneven untreated, too (regression to the mean). Improvement of {} is no larger than "
    "that could be."
)


def withheld(means: pd.DataFrame, panel: Panel) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Withhold mean improvements of a study without a control group that regression to the mean explains.

    Returns
    -------
    means : DataFrame
        As given, "not comparable" where an improvement is withheld.
    notes : tuple of str
    """
    by_chance = dict(zip(panel.units, expected(panel), strict=True))
    judged = means.copy()
    chance = judged["region"].map(by_chance).to_numpy(dtype=np.float64)
    unsure = (judged["verdict"] == IMPROVED).to_numpy() & (chance < 0) & (judged["high"].to_numpy() > chance)
    judged.loc[unsure, "verdict"] = NOT_COMPARABLE
    regions = list(dict.fromkeys(judged.loc[unsure, "region"]))
    return judged, (_NOTE.format(joined([the(name) for name in regions])),) if regions else ()


def expected(panel: Panel) -> FloatArray:
    """Mean change (k,) of people chosen for being so uneven, untreated; 0 where they are not, or it is not known."""
    known = np.isfinite(panel.change) & np.isfinite(panel.before) & np.isfinite(panel.mdc)
    start = np.nan_to_num(mean_and_squares(np.where(known, panel.before, np.nan))[0])
    # The half-width of a change holds the errors of two measurements.
    error = np.nan_to_num(mean_and_squares(np.where(known, panel.mdc**2, np.nan))[0]) / (2 * Z95**2)
    of_healthy = np.array([_size(name) if unit == "mm" else np.nan for name, unit in panel.units.items()])
    share = error / (of_healthy**2 + error)
    # The signed difference is 0 on average, so that of chosen people shrinks toward 0, not toward the mean of sizes.
    return np.where(start > _MEAN * np.sqrt(of_healthy**2 + error), -share * start, 0.0)


def _size(region: str) -> float:
    """Root mean square left-right difference of the parts of a region in healthy adults, mm; NaN where not known."""
    sizes = [np.hypot(*HEALTHY[region, part][:2]) for part in PARTS.get(region, ()) if (region, part) in HEALTHY]
    return float(np.mean(sizes)) if sizes else float("nan")
