"""Tables of series, from the JSON object of `series`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from symmetry.landmarks.networks import engine_label
from symmetry.tabular.layout import Layout
from symmetry.tabular.text import flag_names
from symmetry.version import __version__

_OF_ALL: Final = ("method", "version", "engine")
NUMBERS: Final = (
    "signed_asymmetry",
    "signed_asymmetry_error",
    "asymmetry",
    "asymmetry_error",
    "lateral",
    "lateral_error",
    "vertical",
    "vertical_error",
    "lift",
    "lift_error",
    "right_outward",
    "right_up",
    "left_outward",
    "left_up",
)
"""Numbers of a region in each session."""
_DIFFERENCE: Final = ("difference", "difference_error")
_TREND: Final = ("slope", "low", "high", "p", "verdict", "crosses", "wanders")
_PHASES: Final = (
    "difference",
    "low",
    "high",
    "p",
    "nonoverlap",
    "nonoverlap_low",
    "nonoverlap_high",
    "standardised",
    "standardised_low",
    "standardised_high",
    "baseline_sessions",
    "treatment_sessions",
    "verdict",
    "drifts",
)
_CHANGE: Final = ("before", "after", "evenness", "evenness_error", "verdict", "reason", "part", "came_from", "moved")
_DAYS: Final = ("change_same_day_error", "change_days")
SERIES_COLUMNS: Final = (
    "of",
    "kind",
    "name",
    "unit",
    "part",
    "session",
    "day",
    "at",
    "weeks",
    "phase",
    "photos",
    "times_from",
    "reason",
    "error",
    *NUMBERS,
    *_DIFFERENCE,
    *(f"trend_{name}" for name in _TREND),
    *(f"phases_{name}" for name in _PHASES),
    *(f"change_{name}" for name in _CHANGE),
    *_DAYS,
    "flags",
    *_OF_ALL,
)
_KEYS: Final = (
    "answer",
    "unit",
    "scale",
    "method",
    "reference",
    "treatment_start",
    "sessions",
    "regions",
    "measures",
    "change",
)


def failed_series(photos: Sequence[str], error: str) -> dict[str, Any]:
    """Object for a series without a usable photo: the usual keys, all None but the photos and the reason."""
    return {
        "version": __version__,
        "engine": engine_label(),
        "error": error,
        **dict.fromkeys(_KEYS),
        "left_out": [{"photo": photo, "at": None, "reason": None, "advice": None} for photo in photos],
        "turned_back": [],
    }


def series_rows(series: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of three kinds, told apart by `of`.

    "session" is one region or measure in one session, "series" is its trend, phases and change over the whole series,
    and "left_out" is a photo that was not used, with the reason.
    """
    of_all = {name: series[name] for name in _OF_ALL}
    rows = [*_sessions(series), *_courses(series), *(_left_out(one, series["error"]) for one in series["left_out"])]
    return [{**of_all, **row} for row in rows]


def _rows_of(of: str, series: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [row for row in series_rows(series) if row["of"] == of]


def _sessions(series: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for place, session in enumerate(series["sessions"] or ()):
        when = {
            "of": "session",
            **{name: session[name] for name in ("session", "day", "at", "weeks", "phase")},
            "photos": "; ".join(photo["photo"] for photo in session["photos"]),
            "times_from": "; ".join(session["times_from"]),
            "flags": flag_names(flag for photo in session["photos"] for flag in photo["flags"]),
        }
        for what, course in _all(series):
            yield {**when, **what, **{name: values[place] for name, values in course["course"].items()}}


def _courses(series: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    flags = flag_names(series["change"]["flags"]) if series["change"] else None
    for what, course in _all(series):
        row = {"of": "series", "flags": flags, **what}
        row |= {f"trend_{name}": course["trend"][name] for name in _TREND}
        if course["phases"] is not None:
            row |= {f"phases_{name}": course["phases"][name] for name in _PHASES}
        if course["change"] is not None:
            change = course["change"]
            row |= {f"change_{name}": change.get(name) for name in _CHANGE}
            if what["kind"] == "measure":
                # The difference is one number: its size is as uncertain as itself.
                row["change_evenness_error"] = change["error"]
            row |= {
                "change_same_day_error": change["same_day_error"],
                "change_days": series["change"]["days"]["source"],
            }
        yield row


def _all(series: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Every region and measure, with the columns that identify it."""
    for name, region in (series["regions"] or {}).items():
        yield {"kind": "region", "name": name, "unit": region["unit"], "part": region["part"]}, region
    for name, measure in (series["measures"] or {}).items():
        yield {"kind": "measure", "name": name, "unit": measure["unit"]}, measure
    skin = series.get("skin") or {"zones": {}, "change": None}
    for zone, numbers in skin["zones"].items():
        for name, course in numbers.items():
            found = {
                "course": {of: course[of] for of in _DIFFERENCE},
                "trend": course["trend"],
                "phases": None,
                "change": skin["change"] and _skin_change(skin["change"]["zones"][zone][name]),
            }
            yield {"kind": "skin", "name": f"{zone} {name}", "unit": course["unit"]}, found


def _skin_change(change: Mapping[str, Any]) -> dict[str, Any]:
    """Bring the change of a number of the skin into the columns of a series; it has no error for one day alone."""
    before, after = change["before"], change["after"]
    return {
        **{name: change[name] for name in ("before", "after", "verdict", "reason", "error")},
        "evenness": None if before is None or after is None else abs(after) - abs(before),
        "evenness_error": change["error"],
        "same_day_error": change["error"],
    }


def _left_out(one: Mapping[str, Any], error: str | None) -> dict[str, Any]:
    """Row of a photo; `error` is the reason why no photo of the series could be used, if so."""
    return {
        "of": "left_out",
        "day": one["at"][: len("2026-04-06")] if one["at"] else None,
        "at": one["at"],
        "photos": one["photo"],
        "reason": one["reason"],
        "error": error or one["advice"],
    }


SERIES: Final = Layout(
    name="series",
    columns=SERIES_COLUMNS,
    texts=(
        *("of", "kind", "name", "unit", "part", "day", "at", "phase", "photos", "times_from", "reason", "error"),
        *("trend_verdict", "phases_verdict", "change_verdict", "change_reason", "change_part", "change_came_from"),
        *("change_moved", "change_days", "flags", "method", "version", "engine"),
    ),
    truths=("trend_crosses", "trend_wanders", "phases_drifts"),
    rows=series_rows,
    keys=("answer", "reference", "sessions", "left_out", "regions", "measures", "change"),
)
_OVER_ALL: Final = tuple(name for name in SERIES_COLUMNS if name.startswith(("trend_", "phases_", "change_")))
SERIES_TABLES: Final = {
    of: replace(SERIES, columns=columns, rows=partial(_rows_of, of))
    for of, columns in {
        "session": tuple(name for name in SERIES_COLUMNS if name not in ("of", "reason", "error", *_OVER_ALL)),
        "series": ("kind", "name", "unit", "part", *_OVER_ALL, "flags", *_OF_ALL),
        "left_out": ("photos", "day", "at", "reason", "error", *_OF_ALL),
    }.items()
}
"""Tables of the three kinds of rows, each with the columns that it fills."""
