"""Tables of a cohort, made from the JSON object of `symmetry cohort`."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from symmetry.tabular.frames import with_types
from symmetry.tabular.layout import Layout

if TYPE_CHECKING:
    from pandas import DataFrame


def _limits(name: str, prefix: str | None = None) -> tuple[str, str, str]:
    """Columns of an estimate and its interval, named as by `Estimate.columns`."""
    prefix = f"{name}_" if prefix is None else prefix
    return name, f"{prefix}low", f"{prefix}high"


COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "responders": (
        *("region", "group", "people", "measured", "improved", *_limits("share"), "by_noise", "share_itt", "worse"),
        *("naive_improved", *_limits("naive_share", prefix="naive_"), *_limits("naive_by_noise")),
    ),
    "means": (
        *("region", "group", "unit", "people", "measured", "before", "after", *_limits("change", prefix=""), "sd"),
        *(*_limits("effect"), "p", "p_wilcoxon", "p_holm", "verdict"),
    ),
    "contrasts": (
        *("region", "unit", "group", "control", *_limits("difference", prefix=""), *_limits("effect"), "p", "p_holm"),
        *(*_limits("share_difference", prefix="share_"), "p_share", "p_share_holm", "verdict"),
    ),
    "missing": (
        *("region", "group", "people", "measured", "not_comparable", "reasons"),
        *("sessions", "planned", "missing_sessions"),
    ),
    "dose": ("region", "dose", "unit", "group", "people", *_limits("slope", prefix=""), "tau", "p", "p_holm"),
    "ratings": (
        *("region", "group", "people", *_limits("rho", prefix=""), "p", "p_holm", *_limits("kappa")),
        *("both", "only_rated", "only_measured", "neither"),
    ),
    "mixed": ("region", "unit", "term", *_limits("estimate", prefix=""), "p", "p_holm", "people", "sessions"),
    "people": ("person", "group", "sessions", "planned", "minutes", "adherence", "rating"),
    "changes": ("person", "group", "region", "unit", "before", "after", "change", "mdc", "verdict", "reason"),
    "sessions": ("person", "group", "region", "unit", "session", "weeks", "value", "error"),
}
"""Columns of each table, in the order in which the tables follow each other in a CSV."""
OF_COHORT: Final = tuple(of for of in COLUMNS if of != "sessions")
"""Tables that CSV, JSON and parquet hold; the sessions are input."""
COHORT_COLUMNS: Final = ("of", *dict.fromkeys(name for of in OF_COHORT for name in COLUMNS[of]), "version")
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
"""Whole numbers without gaps in one table; among all tables together they have gaps, and are plain numbers."""


def cohort_rows(cohort: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of all tables, the name of the table in `of`."""
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
    for of, columns in COLUMNS.items()
}


def typed(of: str, frame: DataFrame) -> DataFrame:
    """Table `of` a cohort with its columns in order and their types; texts stay as they are.

    Parameters
    ----------
    of : str
        Its name in `COHORT_TABLES`.
    frame : DataFrame
        With these columns, and maybe others.
    """
    return with_types(frame, COHORT_TABLES[of])
