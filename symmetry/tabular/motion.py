"""Tables of films, from the JSON objects of `motion`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from symmetry.tabular.layout import Layout
from symmetry.tabular.text import flag_names

_SIDE: Final = ("excursion", "excursion_error", "outward", "up", "time_to_peak", "velocity", "path")
_BOTH: Final = ("difference", "difference_error", "ratio", "ratio_error", "lag", "lag_error")
MOTION_COLUMNS: Final = (
    *("film", "error", "expression", "proposed", "start", "peak", "end", "site", "judged"),
    *(f"{number}_{side}" for side in ("right", "left") for number in _SIDE),
    *_BOTH,
    *("synkinesis", "synkinesis_error", "synkinesis_side", "flags"),
)


def failed_motion(film: str, error: str) -> dict[str, Any]:
    """Object for a film that could not be measured: the usual keys, None or empty but the film and the reason."""
    numbers = ("answer", "frames", "no_face", "seconds", "rest", "mm_per_pixel", "scale_source", "blinks_a_minute")
    return {"film": film, "error": error, **dict.fromkeys(numbers), "movements": [], "blinks": [], "flags": []}


def motion_rows(films: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per expression and site; one row for a film without any."""
    rows: list[dict[str, Any]] = []
    for film in films:
        of_film = {"film": film["film"], "error": film["error"], "flags": flag_names(film["flags"])}
        found = [
            {**of_film, **_row(movement, name, site)}
            for movement in film["movements"]
            for name, site in movement["sites"].items()
        ]
        rows += found or [of_film]
    return rows


def _row(movement: Mapping[str, Any], name: str, site: Mapping[str, Any]) -> dict[str, Any]:
    along = next((one for one in movement["synkinesis"] if one["site"] == name), None)
    sides = {f"{number}_{side}": site[f"subject_{side}"][number] for side in ("right", "left") for number in _SIDE}
    return {
        **{key: movement[key] for key in ("expression", "proposed", "start", "peak", "end")},
        "site": name,
        "judged": name == movement["site"],
        **sides,
        **{number: site[number] for number in _BOTH},
        "synkinesis": along["size"] if along else None,
        "synkinesis_error": along["error"] if along else None,
        "synkinesis_side": along["side"] if along else None,
    }


MOTIONS: Final = Layout(
    name="motion",
    columns=MOTION_COLUMNS,
    texts=("film", "error", "expression", "proposed", "site", "synkinesis_side", "flags"),
    truths=("judged",),
    rows=motion_rows,
    keys=("film", "error", "movements", "blinks"),
)
