"""Skin in words: which side has more of what, and what changed, described and not judged."""

from __future__ import annotations

import math
from typing import Final

from symmetry.skin.analysis import SkinAnalysis, SkinNumber
from symmetry.skin.change import LESS_EVEN, MORE_EVEN, NOT_COMPARABLE, SkinChange, SkinChangeNumber
from symmetry.skin.zones import ZONES

SHOWN: Final = ("tone", "redness", "pigment", "texture", "shine", "definition")
"""Numbers that answers and tables show; files hold all."""
MORE: Final = {
    "tone": "lighter",
    "redness": "redder",
    "pigment": "more yellow",
    "texture": "rougher",
    "shine": "shinier",
    "definition": "more sharply outlined",
}
"""What the side with more of a number is."""
REASONS: Final = {
    "side_light": "light from one side",
    "hair": "hair or a beard",
    "too_little_detail": "too little detail",
    "not_seen": "not seen",
    "no_error": "error not known",
    "changed_sides": "moved to the other side",
}
_MOST_NAMED: Final = 4


def shown(of: SkinAnalysis) -> list[tuple[str, str, SkinNumber]]:
    """Zone, name and number of what answers show."""
    return [(zone, name, of.zones[zone][name]) for zone in ZONES for name in SHOWN if name in of.zones[zone]]


def shown_changes(of: SkinChange) -> list[tuple[str, str, SkinChangeNumber]]:
    """Zone, name and change of what answers show."""
    return [(zone, name, of.zones[zone][name]) for zone in ZONES for name in SHOWN if name in of.zones[zone]]


def skin_sentences(skin: SkinAnalysis) -> list[str]:
    """Say what of the skin differs from left to right for sure, and what could not be told."""
    sure = [
        (abs(number.difference) / number.difference_error, zone, name, number)
        for zone, name, number in shown(skin)
        if abs(number.difference) > number.difference_error
    ]
    if not sure:
        first = "Skin: left and right differ nowhere by more than photos of the same face do."
    else:
        named = [
            _differs(zone, name, number) for _, zone, name, number in sorted(sure, reverse=True, key=lambda s: s[0])
        ]
        more = f"; and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        first = f"Skin: {'; '.join(named[:_MOST_NAMED])}{more}."
    return [first, *_unknown({number.reason for _, _, number in shown(skin) if number.reason})]


def skin_change_sentences(change: SkinChange) -> list[str]:
    """Say what of the skin became more or less even for sure, and which spots came and went."""
    said = []
    for verdict in (MORE_EVEN, LESS_EVEN):
        named = [
            f"{name} of the {zone} (by {abs(abs(n.after) - abs(n.before)):.1f} ± {n.error:.1f} {n.unit})"
            for zone, name, n in shown_changes(change)
            if n.verdict == verdict
        ]
        if named:
            more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
            said.append(f"Skin {verdict}: {', '.join(named[:_MOST_NAMED])}{more}.")
    if not said:
        told = any(not math.isnan(n.error + n.difference_change) for _, _, n in shown_changes(change))
        said.append("Skin: no detectable change." if told else "Skin: nothing could be compared.")
    return [
        *said,
        *_spots(change),
        *_unknown({n.reason for _, _, n in shown_changes(change) if n.verdict == NOT_COMPARABLE}),
    ]


def _differs(zone: str, name: str, number: SkinNumber) -> str:
    side = "left" if number.difference > 0 else "right"
    return (
        f"the {side} side of the {zone} is {MORE[name]} ({abs(number.difference):.1f} ± {number.difference_error:.1f} "
        f"{number.unit})"
    )


def _spots(change: SkinChange) -> list[str]:
    counts = [(sum(spot.change == word for spot in change.spots), word) for word in ("new", "gone")]
    named = [f"{count} {word}" for count, word in counts if count]
    return [f"Spots: {', '.join(named)}."] if named else []


def _unknown(reasons: set[str | None]) -> list[str]:
    named = sorted(REASONS.get(reason, reason.replace("_", " ")) for reason in reasons if reason)
    return [f"Part of the skin cannot be told: {', '.join(named)}."] if named else []
