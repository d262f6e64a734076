"""The skin of one person over time: the left-right differences of each session, their trends, what changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict
from symmetry.series.judgement import Times, sizes_of_courses, toward_even
from symmetry.series.result import TrendOf
from symmetry.skin.change import PairNumbers, SkinChange, mean_known, pair_numbers
from symmetry.skin.errors import shipped
from symmetry.skin.quantities import OF_ZONE, QUANTITIES
from symmetry.skin.wording import SHOWN, skin_change_sentences
from symmetry.skin.zones import ZONES
from symmetry.stats.estimates import Z95
from symmetry.stats.trends import trends

NAN: Final = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SkinCourse:
    """One number of a zone over time.

    Attributes
    ----------
    unit : str
    difference, error : ndarray, shape (sessions,)
        Left less right of each session, over the patches that it shares with the reference, and its 95 % half-width.
    trend : TrendOf
        Of the size of the difference, unit a week.
    """

    unit: str
    difference: FloatArray
    error: FloatArray
    trend: TrendOf


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SkinSeries:
    """The skin of a series.

    Attributes
    ----------
    zones : mapping of str to mapping of str to SkinCourse
    change : SkinChange or None
        The last sessions against the first, or the baseline.
    """

    zones: Mapping[str, Mapping[str, SkinCourse]]
    change: SkinChange | None

    @property
    def sentences(self) -> list[str]:
        """What of the skin becomes more or less even over time, beyond its errors."""
        said = []
        for verdict, words in ((IMPROVED, "more even"), (WORSE, "less even")):
            named = [
                f"{name} of the {zone} ({self.zones[zone][name].trend.slope:+.2f} {self.zones[zone][name].unit} a week)"
                for zone in ZONES
                for name in SHOWN
                if name in self.zones[zone] and self.zones[zone][name].trend.verdict == verdict
            ]
            if named:
                said.append(f"Skin becoming {words}: {', '.join(named)}.")
        return said

    @property
    def since_the_first(self) -> list[str]:
        """What changed from the first sessions to the last, beyond its error."""
        return [] if self.change is None else skin_change_sentences(self.change)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON object; arrays have one entry a session."""
        return {
            "zones": {
                zone: {
                    name: {
                        "unit": course.unit,
                        "difference": course.difference.tolist(),
                        "difference_error": course.error.tolist(),
                        "trend": asdict(course.trend),
                    }
                    for name, course in courses.items()
                }
                for zone, courses in self.zones.items()
            },
            "change": None if self.change is None else self.change.to_dict(),
        }


def skin_series(
    sessions: Sequence[Sequence[FaceAnalysis]], reference: FaceAnalysis, times: Times, change: SkinChange | None
) -> SkinSeries | None:
    """Follow the skin over sessions; None unless the skin of all photos was measured.

    Every photo is compared with the reference over the patches that both show, under the same white balance.
    """
    if reference.skin is None or any(face.skin is None for faces in sessions for face in faces):
        return None
    own = reference.skin.survey
    pairs = [[pair_numbers(own, face.skin.survey) for face in faces if face.skin] for faces in sessions]
    level = mean_known(np.array([pair.before.difference for of_session in pairs for pair in of_session]))
    moved = [mean_known(np.array([_moved(pair) for pair in of_session])) for of_session in pairs]
    errors = np.array([_error(of_session) for of_session in pairs])
    values = level + np.array(moved)
    errors = np.where(np.isfinite(values), errors, NAN)
    sizes, crossing = sizes_of_courses(times.weeks, toward_even(values))
    found = trends(times.weeks, sizes, errors / Z95)
    zones: dict[str, dict[str, SkinCourse]] = {}
    for i, quantity in enumerate(QUANTITIES):
        slope, low, high, p = (float(v[i]) for v in (found.slope.value, found.slope.low, found.slope.high, found.p))
        verdict: Verdict = (
            NOT_COMPARABLE if np.isnan(low) else IMPROVED if high < 0 else WORSE if low > 0 else NO_CHANGE
        )
        trend = TrendOf(slope=slope, low=low, high=high, p=p, verdict=verdict, crosses=bool(crossing[i]))
        zones.setdefault(quantity.zone, {})[quantity.number] = SkinCourse(
            unit=quantity.unit, difference=values[:, i], error=errors[:, i], trend=trend
        )
    return SkinSeries(zones=zones, change=change)


def _moved(pair: PairNumbers) -> FloatArray:
    return pair.after.difference - pair.before.difference


def _error(pairs: Sequence[PairNumbers]) -> FloatArray:
    """95 % half-width of a session's difference: that of its photos, as if each stood alone."""
    table = shipped()
    each = [table.photo_error(pair.light[OF_ZONE], pair.after.seen) for pair in pairs]
    return np.asarray(mean_known(np.array(each)) / np.sqrt(len(pairs)))
