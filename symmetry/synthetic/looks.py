"""Looks: colours and proportions of a few people that do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from symmetry.synthetic.canvas import Colour

HairStyle = Literal["long", "short", "tied"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Colours and proportions of a drawn person."""

    # colours, red, green and blue from 0 to 1
    skin: Colour = (0.93, 0.755, 0.655)
    lips: Colour = (0.775, 0.40, 0.395)
    blush: Colour = (0.90, 0.50, 0.45)
    hair: Colour = (0.27, 0.165, 0.11)
    brows: Colour = (0.25, 0.155, 0.11)
    iris: Colour = (0.40, 0.46, 0.36)
    shirt: Colour = (0.22, 0.40, 0.42)
    hair_style: HairStyle = "tied"  # how the hair is worn
    jaw_width: float = 1.0  # width of the lower face relative to the average
    lip_fullness: float = 1.0  # height of the lips relative to the average
    brow_weight: float = 1.0  # thickness of the brows relative to the average
    lashes: float = 1.0  # length of the lashes and strength of the lash line relative to the average
    freckles: float = 0.45  # amount of freckles, 0 (none) to 1 (many)
    seed: int = 7  # seed of hair strands, freckles and pores


LOOKS: dict[str, Look] = {
    "hazel": Look(),
    "amber": Look(
        skin=(0.70, 0.49, 0.365),
        lips=(0.60, 0.295, 0.275),
        blush=(0.68, 0.34, 0.26),
        hair=(0.105, 0.075, 0.065),
        brows=(0.10, 0.07, 0.06),
        iris=(0.34, 0.205, 0.11),
        shirt=(0.80, 0.56, 0.28),
        hair_style="long",
        jaw_width=0.97,
        lip_fullness=1.1,
        brow_weight=1.05,
        freckles=0.25,
        seed=11,
    ),
    "slate": Look(
        skin=(0.90, 0.71, 0.60),
        lips=(0.74, 0.455, 0.425),
        blush=(0.86, 0.52, 0.45),
        hair=(0.37, 0.25, 0.15),
        brows=(0.30, 0.20, 0.13),
        iris=(0.30, 0.43, 0.56),
        shirt=(0.26, 0.30, 0.40),
        hair_style="short",
        jaw_width=1.05,
        lip_fullness=0.86,
        brow_weight=1.3,
        lashes=0.55,
        freckles=0.3,
        seed=23,
    ),
}
"""Named looks: `hazel` (hair tied back), `amber` (long hair, dark skin) and `slate` (short hair)."""
