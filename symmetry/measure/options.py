"""How photos are measured: the options that every function which measures photos takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict

from symmetry.landmarks.scale import IRIS, Scale
from symmetry.measure.reliability_table import ReliabilityTables


class MeasuringOptions(TypedDict, total=False):
    """Keywords of the functions that measure photos; `symmetry.analyze` describes each."""

    scale: Scale | str
    """Where millimetres come from: "iris" (the default), "ipd=MM", or "none"."""
    mirrored: bool
    """The photos show the face as a mirror does."""
    face: Literal["largest", "only"]
    """With several faces in a photo: take the largest (the default), or refuse the photo."""
    landmarks_only: bool
    """Use the face mesh alone."""
    skin: bool
    """Measure the skin, too."""
    reliability: ReliabilityTables | None
    """Tables behind the errors; by default those that come with the package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """The same options once they are checked, as they travel from function to function."""

    scale: Scale = IRIS
    mirrored: bool = False
    face: Literal["largest", "only"] = "largest"
    landmarks_only: bool = False
    skin: bool = False
    reliability: ReliabilityTables | None = None  # None for the tables that come with the package

    @classmethod
    def of(cls, *, scale: Scale | str = "iris", **others: Any) -> Measuring:
        """Check the options of a function that measures photos.

        Raises
        ------
        ScaleError
            If `scale` is not understood.
        TypeError
            If there is no such option.
        """
        return cls(scale=Scale.parse(scale) if isinstance(scale, str) else scale, **others)

    def unmirrored(self) -> Measuring:
        """Return the same options for photos that show the face as others see it."""
        return replace(self, mirrored=False)
