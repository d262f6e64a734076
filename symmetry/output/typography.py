"""Styles of text in figures and plots; a style measures, wraps and fits text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Literal

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import TextPath

from symmetry.output.colours import INK, QUIET

FONT: Final = "DejaVu Sans"
LINE_SPACING: Final = 1.36
"""Distance between baselines, as a multiple of the size."""
_HINTED: Final = 1.04
"""Letters aligned to whole pixels are up to this much wider than their outlines."""

Align = Literal["left", "center", "right"]
Weight = Literal["normal", "bold"]


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Size, weight and colour of text; the size is in units of the output."""

    size: float
    weight: Weight = "normal"
    colour: str = INK

    @property
    def line(self) -> float:
        """Distance between baselines."""
        return LINE_SPACING * self.size

    def but(self, **changes: Any) -> TextStyle:
        """Return a copy with changes."""
        return replace(self, **changes)

    def options(self, points: float) -> dict[str, Any]:
        """Return options for Matplotlib at a size in points."""
        return {
            "fontfamily": FONT,
            "fontsize": points,
            "fontweight": self.weight,
            "color": self.colour,
            "parse_math": False,  # dollar signs start no formula
        }

    def width(self, text: str) -> float:
        """Return the largest width of a line of text."""
        return _HINTED * self.size * sum(_advance(character, self.weight) for character in text)

    def wrap(self, text: str, width: float) -> list[str]:
        """Break text into lines that are no wider than `width`."""
        lines: list[str] = []
        for word in text.split():
            if lines and self.width(f"{lines[-1]} {word}") <= width:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    def fit(self, text: str, width: float) -> str:
        """Replace characters that cannot be drawn, and shorten a text wider than `width` in its middle."""
        known = _characters()
        text = shown = "".join(c if ord(c) in known else "?" for c in text)
        keep = len(text)
        while self.width(shown) > width and keep > 2:
            keep -= 1
            shown = f"{text[: (keep + 1) // 2]}…{text[len(text) - keep // 2 :]}"
        return shown


TITLE: Final = TextStyle(30.0, "bold")
HEADING: Final = TextStyle(21.0, "bold")
STRONG: Final = TextStyle(19.0)
BODY: Final = TextStyle(17.0)
SMALL: Final = TextStyle(16.5)
ABOUT: Final = BODY.but(colour=QUIET)
NOTE: Final = SMALL.but(colour=QUIET)


@lru_cache(maxsize=4096)
def _advance(character: str, weight: Weight) -> float:
    """Return the width of a character with its side bearings, at size 1."""
    font = FontProperties(family=FONT, weight=weight)
    # Outlines end where the ink does: a mark behind the character shows where the next one begins.
    # A dollar sign would start a formula.
    alone, behind = (
        TextPath((0, 0), text, size=100, prop=font).get_extents().x1
        for text in ("|", f"{character}|".replace("$", "S"))
    )
    return float(behind - alone) / 100


@lru_cache
def _characters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=FONT))).get_charmap())
