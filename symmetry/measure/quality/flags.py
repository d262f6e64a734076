"""Flags: what the reader of a result should know about its photos, and which numbers it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
    "wanders": "the face wanders for about as long as the series lasts",
    "time_of_day_differs": "another time of day",
    "no_time": "time not known",
    "side_unsure": "moved, but unsure which way",
}
"""Flags whose names do not read well as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A finding about a photo, or about two as a pair.

    Attributes
    ----------
    name : str
        Stable, for programs.
    severity : {"info", "warn", "reject"}
        Worth knowing; makes the results concerned less certain; stops them.
    advice : str
        What was found and what to do about it, in one sentence for a person who holds a phone.
    value, limit : float or None
        What was measured, and from which value on the flag is raised; None where no number is behind it.
    touches : tuple of str
        Results concerned: "all", a region ("jawline"), one number of a region ("jawline.lateral"), one number of all
        regions ("lateral"), or a clinical measure ("mouth_cant").

    Examples
    --------
    >>> flag = Flag(name="head_turned", severity="reject", advice="Look straight.", touches=("jawline.lateral",))
    >>> flag.concerns("jawline.lateral"), flag.concerns("jawline.vertical")
    (True, False)
    """

    name: str
    severity: Severity
    advice: str
    value: float | None = None
    limit: float | None = None
    touches: tuple[str, ...] = ()

    def concerns(self, result: str) -> bool:
        """Whether it concerns a region ("mouth"), one of its numbers ("mouth.lateral") or a measure."""
        region, _, number = result.partition(".")
        return any(touched in (ALL, result, region, number) for touched in self.touches if touched)


@dataclass(frozen=True, slots=True)
class Limits:
    """Values from which on a flag is raised."""

    by_severity: Mapping[Severity, float]
    digits: int  # decimals of the value in the flag
    below: bool = False  # whether small values are bad rather than large ones

    def reached_by(self, value: float) -> tuple[Severity, float] | None:
        """Gravest severity whose limit the size of a value reaches, with that limit; None if there is none."""
        reached: list[tuple[Severity, float]] = [
            (severity, limit)
            for severity, limit in self.by_severity.items()
            if (abs(value) <= limit if self.below else abs(value) >= limit)
        ]
        return min(reached, key=lambda found: GRAVITY[found[0]], default=None)

    def flag(self, name: str, value: float, touches: tuple[str, ...], advice: str) -> tuple[Flag, ...]:
        """Raise a flag if a value reaches a limit; empty if not."""
        reached = self.reached_by(value)
        if reached is None:
            return ()
        severity, limit = reached
        value = round(value, self.digits)
        return (Flag(name=name, severity=severity, advice=advice, value=value, limit=limit, touches=touches),)


def by_gravity(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Sort flags, the gravest first."""
    return tuple(sorted(flags, key=lambda flag: GRAVITY[flag.severity]))


def degrees(angle: float) -> str:
    """Write the size of an angle as its flag holds it: "2.5 degrees", "1 degree"."""
    text = f"{abs(angle):.1f}".removesuffix(".0")
    return f"{text} degree{'' if text == '1' else 's'}"


def joined(names: Sequence[str]) -> str:
    """Join names as in a sentence: "eyes, nose and mouth"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def reason_words(reason: str) -> str:
    """Put into words why a photo is left out or a region not comparable."""
    return _REASONS.get(reason, reason.replace("_", " "))


def in_comparison(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Let the flags of a photo count as they do beside another photo of the person.

    A turned head stops nothing then, as long as it shows both sides: how far the turns differ counts, and has a flag.
    """
    return tuple(
        replace(flag, severity="warn") if flag.name == "head_turned" and _stops_some(flag) else flag for flag in flags
    )


def _stops_some(flag: Flag) -> bool:
    return flag.severity == "reject" and ALL not in flag.touches


def rejecting(flags: Iterable[Flag], result: str) -> Flag | None:
    """First flag that stops a result, or None."""
    return next((f for f in flags if f.severity == "reject" and f.concerns(result)), None)
