"""Card of a comparison."""

from __future__ import annotations

from math import isfinite

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.change import Change, RegionChange
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.words import DASH, REGION_TITLES, with_error
from symmetry.output.cards.drawing import WIDTH, draw_moved
from symmetry.output.cards.html import Card, Cell, flag_lines, shown_name
from symmetry.output.words import (
    HOW_SURE,
    OF_PUPILS,
    OWN_SIDES,
    day_of,
    movement_in_words,
    name_of,
    verdict_in_short,
    verdict_in_words,
    verdict_name,
    why_unknown,
)


def change_card(change: Change) -> str:
    """Show what changed between photos: a drawing with arrows, and the verdicts on the regions.

    Returns
    -------
    str
        HTML without the photos.
    """
    unit = change.before.unit
    main = [region for name, region in change.regions.items() if name in MAIN_REGIONS]
    described = ", ".join(f"{REGION_TITLES[region.region].lower()} {verdict_in_short(region)}" for region in main)
    before = _photos(change.before, change.befores, change.after)
    after = _photos(change.after, change.afters, change.before)
    names = {one.photo.name: shown_name(name_of(one)) for one in change.befores + change.afters if name_of(one)}
    return Card(
        title="What changed",
        about=" · ".join([f"{before} → {after}", *(["landmarks alone"] if change.method == "landmarks" else [])]),
        svg=draw_moved(change),
        described=f"Drawing of the face from its landmarks, with arrows where it moved: {described}.",
        width=WIDTH,
        beside=True,
        head=(f"asymmetry, {unit}", "verdict", f"what moved, {unit}"),
        rows=[_row(change, region) for region in main],
        lesser=[_lesser(region) for name, region in change.regions.items() if name not in MAIN_REGIONS],
        doubts=flag_lines(change.flags, names),
        notes=[
            "Asymmetry: typical distance of a region’s left half from its mirrored right half, before and after; the "
            "verdict is on the part that changed most surely.",
            HOW_SURE,
            OWN_SIDES,
            *([] if unit == "mm" else [OF_PUPILS]),
        ],
    ).html()


def _photos(face: FaceAnalysis, every: tuple[FaceAnalysis, ...], other: FaceAnalysis) -> str:
    """Name the first photo of a side and count the others."""
    day = day_of(face, other)
    name = shown_name(name_of(face)) or "unnamed"
    more = f" and {len(every) - 1} more" if len(every) > 1 else ""
    return f"{name}{more}{f' ({day})' if day else ''}"


def _row(change: Change, region: RegionChange) -> tuple[Cell, ...]:
    who, *where = movement_in_words(region)
    moved = tuple(line for line in where if not line.endswith(" 0.0"))
    return (
        Cell(text=REGION_TITLES[region.region], strong=True, below=(_ends(change, region),)),
        Cell(text=verdict_name(region), verdict=region.verdict, strong=True, below=(verdict_in_words(region),)),
        Cell(text=who if any(where) else DASH, below=moved),
    )


def _lesser(region: RegionChange) -> tuple[Cell, ...]:
    said = verdict_in_short(region)
    return Cell(text=REGION_TITLES[region.region]), Cell(text=said, verdict=region.verdict, across=2)


def _ends(change: Change, region: RegionChange) -> str:
    """Write the asymmetry of a region before and after, or a dash and why it is not known."""
    ends = [
        with_error(value) if isfinite(value) else f"{DASH} {why_unknown(face.flags, region.region)}"
        for value, face in ((region.before, change.before), (region.after, change.after))
    ]
    return ends[0] if ends[0] == ends[1] and not isfinite(region.before) else " → ".join(ends)
