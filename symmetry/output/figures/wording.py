"""What only figures put into words: labels of one side, whether people notice a change, remarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Literal

from symmetry.measure.change import RegionChange
from symmetry.measure.face import RegionScore
from symmetry.measure.quality.flags import Flag
from symmetry.measure.verdicts import NO_CHANGE, NOT_COMPARABLE
from symmetry.measure.words import DASH, noticed, plain_title, with_error
from symmetry.output.figures.page import Remark
from symmetry.output.words import doubts, shows, why_unknown
from symmetry.tabular.text import counted

Side = Literal["left", "right"]

ACROSS_EDGE = "The jawline is measured across its edge only."


def leanings(score: RegionScore, unit: str, side: Side, flags: Sequence[Flag] = ()) -> list[str]:
    """Say how one side of a region lies against the other, such as "left 1.9 ± 0.4 higher", or why that is unknown."""
    asymmetry, lateral, vertical = score.in_unit(unit)
    if not isfinite(asymmetry):
        return [why_unknown(flags, score.region)]
    _, lateral_error, vertical_error = score.errors_in_unit(unit)
    own = 1 if side == "left" else -1
    lines = []
    for number, value, error, more, less, unknown in (
        ("vertical", own * vertical, vertical_error, "higher", "lower", "up or down"),
        ("lateral", own * lateral, lateral_error, "further out", "further in", "in or out"),
    ):
        if not isfinite(value):
            lines.append(f"{unknown} {DASH} {why_unknown(flags, f'{score.region}.{number}')}")
        elif shows(value):
            lines.append(f"{side} {with_error(abs(value), error)} {more if value > 0 else less}")
    return lines


def notice_in_words(change: RegionChange) -> str:
    """Say whether people would notice a change, by published studies; empty without a verdict or millimetres.

    Studies are about clinical measures, whose change is another number than that of the verdict: it is named.
    """
    if change.verdict == NOT_COMPARABLE or change.unit != "mm":
        return ""
    least = change.noticed_from
    if least is None or change.noticed_by is None:
        return "when people notice it is not published"
    what = plain_title(change.noticed_by)
    if change.verdict == NO_CHANGE:
        return f"{what}: noticed from {least:g}"
    known = noticed(abs(change.noticed_change), change.noticed_error, least)
    said = {"no": "not noticed under", "near": "may be noticed from", "yes": "noticed from"}[known]
    return f"{what} {abs(change.noticed_change):.1f}, {said} {least:g}"


def remarks(flags: Iterable[Flag], *, most: int = 4, names: Mapping[str, str] | None = None) -> list[Remark]:
    """List what casts doubt on the numbers, the gravest first.

    Parameters
    ----------
    flags : iterable of Flag
    most : int
        Most lines; the last one counts the flags left out.
    names : mapping of str to str, optional
        As for `doubts`.
    """
    lines = [Remark(text, severity) for text, severity in doubts(flags, names or {}).items()]
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], Remark(f"and {counted(len(lines) - most + 1, 'more flag')}")]
