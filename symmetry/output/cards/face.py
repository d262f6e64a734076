"""Card of one face."""

from __future__ import annotations

from math import isfinite

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.face import FaceAnalysis, RegionScore
from symmetry.measure.words import DASH, REGION_TITLES, with_error
from symmetry.output.cards.drawing import WIDTH, draw_uneven
from symmetry.output.cards.html import Card, Cell, flag_lines, shown_name
from symmetry.output.colours import amount_colour
from symmetry.output.words import HOW_SURE, OF_PUPILS, OWN_SIDES, day_of, name_of, sides_in_words, why_unknown


def face_card(face: FaceAnalysis) -> str:
    """Show how even a face is: a drawing from its landmarks, and the numbers of its regions, main ones first.

    Returns
    -------
    str
        HTML, without the photo because notebooks store their output.
    """
    unit = face.unit
    main = {name: _number(face, region) for name, region in face.regions.items() if name in MAIN_REGIONS}
    described = ", ".join(f"{REGION_TITLES[name].lower()} {number}" for name, number in main.items())
    about = [shown_name(name_of(face)), day_of(face)]
    if face.method == "landmarks":
        about.append("landmarks alone")
    return Card(
        title="How even this face is",
        about=" · ".join(filter(None, about)),
        svg=draw_uneven(face),
        described=f"Drawing of the face from its landmarks. Left-right difference in {unit}: {described}.",
        width=WIDTH,
        beside=True,
        head=("", f"asymmetry, {unit}", f"which side, {unit}"),
        rows=[_row(face, face.regions[name]) for name in main],
        lesser=[_row(face, region) for name, region in face.regions.items() if name not in main],
        doubts=flag_lines(face.flags, {face.photo.name: shown_name(name_of(face))} if name_of(face) else {}),
        notes=[
            "Asymmetry: typical distance of a region’s left half from its mirrored right half; 0 is even.",
            HOW_SURE,
            OWN_SIDES,
            *([] if unit == "mm" else [OF_PUPILS]),
        ],
    ).html()


def _row(face: FaceAnalysis, region: RegionScore) -> tuple[Cell, ...]:
    main, colour = region.region in MAIN_REGIONS, amount_colour(region.in_unit(face.unit)[0], face.unit)
    _, lateral, vertical = region.in_unit(face.unit)
    _, lateral_error, vertical_error = region.errors_in_unit(face.unit)
    sides = sides_in_words(vertical, vertical_error, lateral, lateral_error)
    if len(sides) > 1:  # lines break only between them
        sides = [side.replace(" ", "\u00a0") for side in sides]
    return (
        Cell(text=REGION_TITLES[region.region], swatch=colour, strong=main),
        Cell(text=_number(face, region)),
        Cell(text=", ".join(sides)),
    )


def _number(face: FaceAnalysis, region: RegionScore) -> str:
    """Write the asymmetry of a region, or a dash and why it is not known."""
    value, error = region.in_unit(face.unit)[0], region.errors_in_unit(face.unit)[0]
    return with_error(value, error) if isfinite(value) else f"{DASH} {why_unknown(face.flags, region.region)}"
