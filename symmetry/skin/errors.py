"""How far the numbers of skin differ between photos of an unchanged face, and the errors that follow.

The shipped table is made by `tests/benchmarks/skin.py`.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.errors import TableError
from symmetry.skin.quantities import QUANTITIES
from symmetry.stats.estimates import half_width

COLUMNS: Final = ("of", "zone", "number", "unit", "sd", "freedom", "light")
_KINDS: Final = ("photo", "pair", "spread")
_LEAST_SEEN: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SkinReliability:
    """Standard deviations over re-photographing an unchanged face; arrays (122,), NaN where unknown.

    Attributes
    ----------
    photo : ndarray
        Of left less right of one photo.
    pair : ndarray
        Of its change between two.
    spread : ndarray
        Of the change of the spread within a zone.
    light : ndarray
        What each unit of side light (natural logarithm of left over right) adds to the first two.
    freedom : ndarray
        Degrees of freedom.
    """

    photo: FloatArray
    pair: FloatArray
    spread: FloatArray
    light: FloatArray
    freedom: FloatArray

    def photo_error(self, light: FloatArray, seen: FloatArray) -> FloatArray:
        """95 % half-width of left less right, by the side light on each zone and the share seen of it, all (122,)."""
        return self._half_width(self.photo, light, seen)

    def pair_error(self, light: FloatArray, seen: FloatArray) -> FloatArray:
        """95 % half-width of its change, by the change of the side light."""
        return self._half_width(self.pair, light, seen)

    def spread_error(self, seen: FloatArray) -> FloatArray:
        """95 % half-width of the change of the spread."""
        return self._half_width(self.spread, np.zeros_like(self.spread), seen)

    def _half_width(self, sd: FloatArray, light: FloatArray, seen: FloatArray) -> FloatArray:
        lit = np.nan_to_num(self.light) * np.abs(light)
        whole = np.sqrt(sd**2 / np.clip(seen, _LEAST_SEEN, 1.0) + lit**2)
        return np.asarray(half_width(whole, self.freedom))

    def rows(self) -> list[dict[str, Any]]:
        """Rows of the table's file."""
        return [
            {
                **{"of": kind, "zone": q.zone, "number": q.number, "unit": q.unit},
                **{"sd": float(sd), "freedom": float(freedom), "light": float(light) if kind != "spread" else ""},
            }
            for kind, sds in (("photo", self.photo), ("pair", self.pair), ("spread", self.spread))
            for q, sd, freedom, light in zip(QUANTITIES, sds, self.freedom, self.light, strict=True)
            if np.isfinite(sd)
        ]


@lru_cache(maxsize=1)
def shipped() -> SkinReliability:
    """Return the table that comes with the package."""
    return _parsed(files("symmetry.skin").joinpath("skin_reliability.csv").read_text(encoding="utf-8"))


def read_skin_reliability(path: Path) -> SkinReliability:
    """Read a table of the errors of skin.

    Raises
    ------
    TableError
        If the file cannot be read or holds something else.
    """
    try:
        return _parsed(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise TableError("there is no such file; check the name and the folder") from None
    except (OSError, UnicodeDecodeError):
        raise TableError("it cannot be read as a table of skin") from None


def _parsed(text: str) -> SkinReliability:
    rows = csv.DictReader(io.StringIO(text), strict=True)
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise TableError("it is not a table of the reliability of skin")
    place = {(q.zone, q.number): i for i, q in enumerate(QUANTITIES)}
    sds = {kind: np.full(len(QUANTITIES), np.nan) for kind in _KINDS}
    light, freedom = np.zeros(len(QUANTITIES)), np.zeros(len(QUANTITIES))
    try:
        for row in rows:
            at = place[row["zone"], row["number"]]
            sds[row["of"]][at] = float(row["sd"])
            freedom[at] = float(row["freedom"])
            if row["light"]:
                light[at] = float(row["light"])
    except (KeyError, TypeError, ValueError, csv.Error):
        raise TableError("a row of it is damaged") from None
    return SkinReliability(light=light, freedom=freedom, **sds)
