"""Studies of many people, from the JSON object of `cohort`."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from symmetry.tabular.frames import with_types
from symmetry.tabular.layout import Layout

if TYPE_CHECKING:
    from pandas import DataFrame

RESPONDER_COLUMNS: Final = (
    "region",
    "group",
    "people",
    "measured",
    "improved",
    "share",
    "share_low",
    "share_high",
    "by_noise",
    "share_of_all",
    "worse",
    "naive_improved",
    "naive_share",
    "naive_low",
    "naive_high",
    "naive_by_noise",
    "naive_by_noise_low",
    "naive_by_noise_high",
)
MEAN_COLUMNS: Final = (
    "region",
    "group",
    "unit",
    "people",
    "measured",
    "before",
    "after",
    "change",
    "low",
    "high",
    "sd",
    "effect",
    "effect_low",
    "effect_high",
    "p",
    "p_wilcoxon",
    "p_holm",
    "verdict",
)
CONTRAST_COLUMNS: Final = (
    "region",
    "unit",
    "group",
    "control",
    "difference",
    "low",
    "high",
    "effect",
    "effect_low",
    "effect_high",
    "p",
    "p_holm",
    "share_difference",
    "share_low",
    "share_high",
    "p_share",
    "p_share_holm",
    "verdict",
)
MISSING_COLUMNS: Final = (
    "region",
    "group",
    "people",
    "measured",
    "not_comparable",
    "reasons",
    "sessions",
    "planned",
    "missing_sessions",
)
DOSE_COLUMNS: Final = ("region", "dose", "unit", "group", "people", "slope", "low", "high", "tau", "p", "p_holm")
RATING_COLUMNS: Final = (
    "region",
    "group",
    "people",
    "rho",
    "low",
    "high",
    "p",
    "p_holm",
    "kappa",
    "kappa_low",
    "kappa_high",
    "both",
    "only_rated",
    "only_measured",
    "neither",
)
MIXED_COLUMNS: Final = ("region", "unit", "term", "estimate", "low", "high", "p", "p_holm", "people", "sessions")
PEOPLE_COLUMNS: Final = ("person", "group", "sessions", "planned", "minutes", "adherence", "rating")
CHANGE_COLUMNS: Final = ("person", "group", "region", "unit", "before", "after", "change", "mdc", "verdict", "reason")
SESSION_COLUMNS: Final = ("person", "group", "region", "unit", "session", "weeks", "value", "error")
TABLES: Final = {
    "responders": RESPONDER_COLUMNS,
    "means": MEAN_COLUMNS,
    "contrasts": CONTRAST_COLUMNS,
    "missing": MISSING_COLUMNS,
    "dose": DOSE_COLUMNS,
    "ratings": RATING_COLUMNS,
    "mixed": MIXED_COLUMNS,
    "people": PEOPLE_COLUMNS,
    "changes": CHANGE_COLUMNS,
}
"""Tables of a cohort, in the order in which their rows stand in a CSV, and the columns of each."""
OF_COHORT: Final = tuple(TABLES)
COHORT_COLUMNS: Final = ("of", *dict.fromkeys(name for columns in TABLES.values() for name in columns), "version")
_TEXTS: Final = (
    *("of", "region", "group", "control", "dose", "term", "person", "unit", "verdict", "reason", "reasons"),
    "version",
)
_COUNTS: Final = {
    "responders": ("people", "measured", "improved", "worse", "naive_improved"),
    "means": ("people", "measured"),
    "missing": ("people", "measured", "not_comparable"),
    "dose": ("people",),
    "ratings": ("people", "both", "only_rated", "only_measured", "neither"),
    "mixed": ("people", "sessions"),
}
"""Whole numbers that every row of a table has. Not every row of all tables together does: there they are numbers."""


def cohort_rows(cohort: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of all tables of a cohort, told apart by `of`."""
    version = cohort["version"]
    return [{**row, "of": of, "version": version} for of in OF_COHORT for row in cohort[of]]


COHORTS: Final = Layout(
    name="cohort",
    columns=COHORT_COLUMNS,
    texts=_TEXTS,
    rows=cohort_rows,
    keys=("responders", "means", "contrasts", "missing"),
)
COHORT_TABLES: Final = {
    of: Layout(name="cohort", columns=columns, texts=_TEXTS, counts=_COUNTS.get(of, ()), rows=itemgetter(of))
    for of, columns in {**TABLES, "sessions": SESSION_COLUMNS}.items()
}
"""Each table by itself, and the sessions, which are what was given and in none of the forms."""


def typed(of: str, frame: DataFrame) -> DataFrame:
    """Table of a cohort with its columns and their types, whatever it was made of; texts stay as they are.

    Parameters
    ----------
    of : str
        Its name in `COHORT_TABLES`.
    frame : DataFrame
    """
    return with_types(frame, COHORT_TABLES[of])
