"""Flags: what the reader of a result should know about its photos, and which numbers it touches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["info", "warn", "reject"]

GRAVITY: Final[dict[Severity, int]] = {"reject": 0, "warn": 1, "info": 2}
"""Order of severities, the gravest first."""
ALL: Final = "all"
"""In `Flag.touches`: every result."""
_REASONS: Final = {
    "different_person": "different people",
    "not_a_face": "no face",
    "pose_differs": "head held differently",
    "no_time": "time not known",
}
"""Flags whose names make no good words as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something about a photo, or about two, that its reader should know.

    Attributes
    ----------
    name : str
        Stable, for programs.
    severity : {"info", "warn", "reject"}
        Worth knowing; makes the results touched less sure; stops the results touched.
    advice : str
        What was found and what to do about it, one sentence for a person who holds a phone.
    value, limit : float or None
        What was measured, and the value from which on this is found; None where there is no number to it.
    touches : tuple of str
        The results concerned: "all", a region ("jawline"), one number of a region ("jawline.lateral"), one number of
        all regions ("lateral"), or a clinical measure ("mouth_cant").
    """

    name: str
    severity: Severity
    advice: str
    value: float | None = None
    limit: float | None = None
    touches: tuple[str, ...] = ()

    def concerns(self, result: str) -> bool:
        """Tell whether a region ("mouth"), one of its numbers ("mouth.lateral") or a measure is touched."""
        region, _, number = result.partition(".")
        return any(touched in (ALL, result, region, number) for touched in self.touches if touched)


def by_gravity(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Put the gravest flags first."""
    return tuple(sorted(flags, key=lambda flag: GRAVITY[flag.severity]))


def joined(names: Sequence[str]) -> str:
    """List names as a sentence does."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def reason_words(reason: str) -> str:
    """Write the reason why a photo is left out or a region not comparable as words."""
    return _REASONS.get(reason, reason.replace("_", " "))


def rejecting(flags: Iterable[Flag], result: str) -> Flag | None:
    """Give the first flag that stops a result, or None."""
    return next((f for f in flags if f.severity == "reject" and f.concerns(result)), None)
