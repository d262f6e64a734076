"""How well repeated photos agree, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from symmetry.output.text import without_nan
from symmetry.reliability import Reliability
from symmetry.repeatability import OF_PHOTO

FIGURES: Final = ("sem", "mdc95", "icc_2_1", "icc_3_1", "bias", "lower_limit", "upper_limit")
RELIABILITY_COLUMNS: Final = (
    "kind",
    "name",
    "number",
    "unit",
    "sittings",
    "freedom",
    *(f"{figure}{end}" for figure in FIGURES for end in ("", "_low", "_high")),
)
SOURCES: Final = (
    "SEM: standard deviation within sittings, pooled; MDC95 = 1.96 sqrt(2) SEM (Weir 2005).",
    "ICC(2,1), ICC(3,1): Shrout & Fleiss 1979; their intervals: McGraw & Wong 1996.",
    "Bias, 95 % limits of agreement: second photo of a sitting less the first, Bland & Altman 1986; the intervals of "
    "the limits: Carkeet 2015.",
)


def agreement_rows(found: Reliability) -> list[dict[str, Any]]:
    """One row per number of a region and per clinical measure."""
    agreed, rows = found.agreement, []
    for place, quantity in enumerate(OF_PHOTO):
        if quantity.number == "field":
            continue  # behind the correction of asymmetry for noise; no number that is reported
        row: dict[str, Any] = {
            "kind": "measure" if quantity.number == "difference" else "region",
            "name": quantity.name,
            "number": quantity.number,
            "unit": quantity.unit,
            "sittings": int(agreed.sittings[place]),
            "freedom": int(agreed.freedom[place]),
        }
        for figure in FIGURES:
            estimate = getattr(agreed, figure)
            row[figure] = float(estimate.value[place])
            row[f"{figure}_low"], row[f"{figure}_high"] = float(estimate.low[place]), float(estimate.high[place])
        rows.append(row)
    return rows


def reliability_to_dict(
    found: Reliability, groups: Mapping[str, Sequence[str]], left_out: Mapping[str, str]
) -> dict[str, Any]:
    """Turn the agreement of repeated photos into a JSON object.

    Parameters
    ----------
    found : Reliability
    groups : mapping of str to sequence of str
        Photos of each sitting.
    left_out : mapping of str to str
        Photos that were not used, with the reason.
    """
    regions: dict[str, dict[str, Any]] = {}
    measures: dict[str, Any] = {}
    for row in agreement_rows(found):
        numbers = {key: row[key] for key in ("unit", "sittings", "freedom")}
        numbers |= {
            figure: {"value": row[figure], "low": row[f"{figure}_low"], "high": row[f"{figure}_high"]}
            for figure in FIGURES
        }
        if row["kind"] == "region":
            regions.setdefault(row["name"], {})[row["number"]] = numbers
        else:
            measures[row["name"]] = numbers
    return without_nan(
        {
            "photos": found.photos,
            "sittings": found.sittings,
            "groups": [{"sitting": label, "photos": list(photos)} for label, photos in groups.items()],
            "left_out": [{"photo": photo, "reason": reason} for photo, reason in left_out.items()],
            "regions": regions,
            "measures": measures,
            "sources": list(SOURCES),
        }
    )
