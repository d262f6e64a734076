"""Expressions: by which site each is judged, which sites take no part in it, and which one a movement looks like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

import numpy as np

from symmetry.measure.motion.curves import Curves
from symmetry.measure.motion.movements import SiteMotion, Synkinesis
from symmetry.measure.motion.sites import SITE_NAMES
from symmetry.measure.motion.spans import shut_for_long, usual_openings
from symmetry.measure.quality.expression import GAP

Expression = Literal[
    "brows up",
    "eyes closed gently",
    "eyes closed tightly",
    "small smile",
    "big smile",
    "pucker",
    "lower teeth",
    "snarl",
    "other",
]

MAIN: Final[Mapping[str, str]] = {
    "brows up": "brow",
    "eyes closed gently": "upper_lid",
    "eyes closed tightly": "upper_lid",
    "small smile": "mouth_corner",
    "big smile": "mouth_corner",
    "pucker": "mouth_corner",
    "lower teeth": "lower_lip",
    "snarl": "upper_lip",
}
"""Site by which each expression is judged; of another one, the site that moves most."""
_MOUTH: Final = ("upper_lip", "mouth_corner", "lower_lip")
TAKES_NO_PART: Final[Mapping[str, tuple[str, ...]]] = {
    "brows up": _MOUTH,
    "eyes closed gently": _MOUTH,
    "eyes closed tightly": _MOUTH,
    "small smile": ("brow", "upper_lid"),
    "big smile": ("brow", "upper_lid"),
    "pucker": ("brow", "upper_lid"),
    "lower teeth": ("brow", "upper_lid"),
    "snarl": ("upper_lid",),
}
"""Sites that rest in each expression of a healthy face, or move alike on both sides."""
EXPRESSIONS: Final[tuple[str, ...]] = tuple(name for name in get_args(Expression) if name != "other")
PLATEAU: Final = 0.9
"""Share of the greatest movement from which on a frame counts as one at the peak."""
Z95: Final = 1.96
SYNKINESIS: Final = 0.5
"""Difference of the sides, mm, below which nothing is said of a site that takes no part."""
_SURE: Final = 1.3
"""How many times its error a synkinesis must be: two to four sites are looked at in each expression."""
_LOOKS_LIKE: Final = 0.4


def propose_expression(curves: Curves, span: slice, sites: Mapping[str, SiteMotion]) -> Expression:
    """Propose the expression that a movement looks like."""

    def most(site: str, number: str, sign: float = 1.0) -> float:
        motion = sites[site]
        return max(
            float(np.nan_to_num(sign * getattr(side, number))) for side in (motion.subject_right, motion.subject_left)
        )

    narrowed = np.nanmin(curves.openings[span], axis=0) / usual_openings(curves)
    closed = 1 - float(np.nan_to_num(narrowed.min(), nan=1.0))
    corner_up, corner_out = most("mouth_corner", "up"), most("mouth_corner", "outward")
    likeness: dict[Expression, float] = {
        "brows up": most("brow", "up") / 2.0,
        "big smile": max(corner_up, corner_out, np.hypot(max(corner_up, 0), max(corner_out, 0))) / 2.0,
        "pucker": most("mouth_corner", "outward", -1.0) / 2.0,
        "lower teeth": (most("lower_lip", "up", -1.0) - max(corner_up, 0)) / 2.0,
        "snarl": (max(most("upper_lip", "up"), 1.5 * most("nose_wing", "up")) - 1.2 * max(corner_up, corner_out)) / 1.5,
        "eyes closed gently": closed / 0.5 if shut_for_long(curves)[span].any() else 0.0,
    }
    best = max(likeness, key=likeness.__getitem__)
    if likeness[best] < _LOOKS_LIKE:
        return "other"
    if best == "eyes closed gently":
        tight = max(most("brow", "up", -1.0), most("cheek", "up")) > 1.0
        return "eyes closed tightly" if tight else best
    if best == "big smile":
        parted = np.nanmax(curves.gap[span]) - np.nanmedian(curves.gap[curves.resting]) if curves.resting.any() else 0.0
        return "big smile" if parted > GAP.by_severity["info"] else "small smile"
    return best


def find_synkinesis(curves: Curves, span: slice, expression: str, site: str) -> tuple[Synkinesis, ...]:
    """Find sites that take no part in an expression and move with it, on one side more than on the other."""
    length = np.nan_to_num(np.linalg.norm(curves.smooth[span, SITE_NAMES.index(site)], axis=-1)).max(axis=-1)
    at_peak = length >= PLATEAU * length.max()
    found = []
    for name in TAKES_NO_PART.get(expression, ()):
        place = SITE_NAMES.index(name)
        both = np.nanmean(curves.raw[span, place][at_peak], axis=0)  # side, outward and up
        apart = both[1] - both[0]
        slow = np.linalg.norm(curves.wander[span, place][at_peak], axis=(-1, -2)).max()
        fast = np.linalg.norm(curves.noise[place]) / np.sqrt(at_peak.sum())
        size, error = float(np.linalg.norm(apart)), float(Z95 * np.hypot(slow, fast))
        if size < max(SYNKINESIS, _SURE * error) or not np.isfinite(error):
            continue
        left = np.linalg.norm(both[1]) > np.linalg.norm(both[0])
        own = apart if left else -apart
        found.append(
            Synkinesis(
                site=name,
                side="subject_left" if left else "subject_right",
                outward=float(own[0]),
                up=float(own[1]),
                size=size,
                error=error,
            )
        )
    return tuple(found)
