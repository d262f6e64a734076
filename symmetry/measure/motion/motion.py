"""The result of a film: how a face moves in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symmetry.measure.face import FaceAnalysis
from symmetry.measure.motion.curves import Curves
from symmetry.measure.motion.expressions import EXPRESSIONS, Z95
from symmetry.measure.motion.movements import Blink, Movement
from symmetry.measure.motion.sites import SITES
from symmetry.measure.motion.wording import answer
from symmetry.measure.quality.flags import Flag
from symmetry.tabular.frames import frame_of
from symmetry.tabular.motion import MOTIONS
from symmetry.tabular.text import without_nan

if TYPE_CHECKING:
    from pandas import DataFrame

_SIDES = ("subject_right", "subject_left")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Motion:
    """How a face moves in a film, as from `symmetry.analyze_motion`.

    Attributes
    ----------
    film : str
    frames, no_face : int
        Frames with a face, and those without.
    seconds : float
        Time from the first frame with a face to the last.
    rest : FaceAnalysis
        The frame at rest to which all others were registered, measured as a photo; without its pixels.
    curves : Curves
        Movement of all sites over time.
    movements : tuple of Movement
        Expressions, in order of time.
    blinks : tuple of Blink
    blinks_a_minute : float
        NaN with less than 10 s or fewer than 14 frames a second.
    flags : tuple of Flag
        About the film.

    Examples
    --------
    >>> motion = symmetry.analyze_motion("smile.mp4")  # doctest: +SKIP
    >>> smile = motion.movements[0]  # doctest: +SKIP
    >>> smile.main.subject_left.excursion, smile.main.ratio, smile.main.lag  # doctest: +SKIP
    """

    film: str
    frames: int
    no_face: int
    seconds: float
    rest: FaceAnalysis
    curves: Curves
    movements: tuple[Movement, ...]
    blinks: tuple[Blink, ...]
    blinks_a_minute: float
    flags: tuple[Flag, ...]

    def __repr__(self) -> str:
        return f"<Motion {self.sentences[0]}>"

    @property
    def sentences(self) -> list[str]:
        """How evenly the face moves, in words; the answer first."""
        return answer(self.movements, self.blinks, self.seconds)

    def to_dict(self) -> dict[str, Any]:
        """Convert the result to a JSON object, as `symmetry motion` writes it; unknown values are None."""
        curves = self.curves
        return without_nan(
            {
                "film": self.film,
                "error": None,
                "answer": " ".join(self.sentences),
                "frames": self.frames,
                "no_face": self.no_face,
                "seconds": self.seconds,
                "rest": self.rest.photo.name,
                "mm_per_pixel": self.rest.mm_per_pixel,
                "scale_source": self.rest.scale.source,
                "movements": [_movement(one) for one in self.movements],
                "blinks": [asdict(one) for one in self.blinks],
                "blinks_a_minute": self.blinks_a_minute,
                "times": np.round(curves.times, 4).tolist(),
                "curves": {
                    site.name: {
                        side: {
                            "outward": np.round(curves.smooth[:, i, j, 0], 3).tolist(),
                            "up": np.round(curves.smooth[:, i, j, 1], 3).tolist(),
                            "error": np.round(
                                Z95 * np.hypot(curves.noise[i, j], curves.wander[:, i, j]).max(axis=-1), 3
                            ).tolist(),
                        }
                        for j, side in enumerate(_SIDES)
                    }
                    for i, site in enumerate(SITES)
                },
                "flags": [asdict(flag) for flag in self.flags],
            }
        )

    def to_frame(self) -> DataFrame:
        """Convert the result to a table, one row per expression and site, as the CSV of `symmetry motion`."""
        return frame_of(MOTIONS.rows([self.to_dict()]), MOTIONS)


def checked_names(names: Sequence[str]) -> tuple[str, ...]:
    """Check names of expressions; "rest" between them is left out.

    Raises
    ------
    ValueError
        If one is not known.
    """
    kept = tuple(name.strip().lower() for name in names if name.strip().lower() not in ("rest", ""))
    for name in kept:
        if name not in EXPRESSIONS:
            raise ValueError(f"'{name}' is no expression; use rest, {', '.join(EXPRESSIONS)}")
    return kept


def _movement(one: Movement) -> dict[str, Any]:
    return {
        "expression": one.expression,
        "proposed": one.proposed,
        "start": one.start,
        "peak": one.peak,
        "end": one.end,
        "site": one.site,
        "sites": {name: asdict(site) for name, site in one.sites.items()},
        "synkinesis": [asdict(found) for found in one.synkinesis],
    }
