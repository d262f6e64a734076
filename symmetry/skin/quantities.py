"""The numbers of skin in a fixed order, as arrays hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from symmetry.arrays import FloatArray
from symmetry.skin import jaw
from symmetry.skin.survey import NUMBERS, UNITS, ZoneNumbers
from symmetry.skin.zones import NAMES


class Quantity(NamedTuple):
    """One number of one zone."""

    zone: str
    number: str
    unit: str


_JAW_ZONES: Final = ("jaw", *(f"jaw_{part}" for part in list(jaw.PARTS)[1:]))
QUANTITIES: Final = (
    *(Quantity(zone, number, UNITS[number]) for zone in NAMES for number in NUMBERS),
    *(Quantity(zone, number, unit) for zone in _JAW_ZONES for number, unit in jaw.JAW_UNITS.items()),
)
"""All numbers of a face, (122,)."""
ALL_ZONES: Final = tuple(dict.fromkeys(quantity.zone for quantity in QUANTITIES))
OF_ZONE: Final = np.array([NAMES.index(q.zone) if q.zone in NAMES else NAMES.index("jaw") for q in QUANTITIES])
"""Place in `NAMES` of the zone of each number; that of the jaw for its parts."""
OF_JAW: Final = np.array([quantity.number in jaw.JAW_UNITS for quantity in QUANTITIES])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbers:
    """All numbers of a face; arrays over `QUANTITIES`."""

    sides: FloatArray  # shape (122, 2); subject's right and left
    spread: FloatArray  # shape (122, 2); standard deviation over each side's patches; NaN where there is none
    seen: FloatArray  # shape (122,); share of the zone that is seen on both sides

    @property
    def difference(self) -> FloatArray:
        """Left less right, shape (122,)."""
        return np.asarray(self.sides[:, 1] - self.sides[:, 0])


def listed(zones: ZoneNumbers, jaw_numbers: FloatArray) -> Numbers:
    """List the numbers of zones and those (4, 3, 2) of the jaw."""
    of_jaw = jaw_numbers.reshape(-1, 2)
    return Numbers(
        sides=np.vstack([zones.sides.reshape(-1, 2), of_jaw]),
        spread=np.vstack([zones.spread.reshape(-1, 2), np.full_like(of_jaw, np.nan)]),
        seen=np.asarray(
            np.where(
                OF_JAW, np.isfinite(np.vstack([zones.sides.reshape(-1, 2), of_jaw])).all(axis=1), zones.seen[OF_ZONE]
            )
        ),
    )
