"""Results about moving faces: expressions, how each side moves in them, what moves with them, blinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SideMotion:
    """How one side of a site moves in one expression.

    Attributes
    ----------
    excursion : float
        Distance from rest at the peak, mm.
    excursion_error : float
        95 % half-width.
    outward, up : float
        Its parts, mm.
    time_to_peak : float
        Seconds from a tenth to nine tenths of it; NaN if it moves by less than 1 mm.
    velocity : float
        Greatest speed on the way there, mm/s.
    path : float
        Length of the way, there and back, mm.
    """

    excursion: float
    excursion_error: float
    outward: float
    up: float
    time_to_peak: float
    velocity: float
    path: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMotion:
    """How both sides of a site move in one expression.

    Attributes
    ----------
    site : str
    subject_right, subject_left : SideMotion
    difference, difference_error : float
        Excursion of the left less that of the right, mm.
    ratio, ratio_error : float
        Excursion of the side that moves less, in percent of the other's; NaN if neither moves by 1 mm.
    lag, lag_error : float
        How much later the left moves than the right, milliseconds; NaN if one of them moves by less than 1 mm.
    """

    site: str
    subject_right: SideMotion
    subject_left: SideMotion
    difference: float
    difference_error: float
    ratio: float
    ratio_error: float
    lag: float
    lag_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Synkinesis:
    """A site that takes no part in an expression and moves with it on one side.

    Attributes
    ----------
    site : str
    side : {"subject_right", "subject_left"}
        The side that moves more.
    outward, up : float
        How it moves more than the other side, mm.
    size, error : float
        Length of that, and its 95 % half-width, mm.
    """

    site: str
    side: Literal["subject_right", "subject_left"]
    outward: float
    up: float
    size: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One expression in a film, from rest to rest.

    Attributes
    ----------
    expression : str
        One of `EXPRESSIONS`, or "other".
    proposed : str
        What the measured movement looks like, whatever it was called.
    start, peak, end : float
        Seconds.
    site : str
        Site by which it is judged.
    sites : mapping of str to SiteMotion
        All sites.
    synkinesis : tuple of Synkinesis
    """

    expression: str
    proposed: str
    start: float
    peak: float
    end: float
    site: str
    sites: Mapping[str, SiteMotion]
    synkinesis: tuple[Synkinesis, ...]

    @property
    def main(self) -> SiteMotion:
        """Movement of the site by which the expression is judged."""
        return self.sites[self.site]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blink:
    """One blink.

    Attributes
    ----------
    time : float
        Seconds.
    closed_right, closed_left : float
        How far each eye closes, 0 to 1: 1 is as far as a closed eye looks in the mesh.
    """

    time: float
    closed_right: float
    closed_left: float

    @property
    def complete(self) -> tuple[bool, bool]:
        """Whether the right and the left eye close."""
        return self.closed_right >= 1.0, self.closed_left >= 1.0
