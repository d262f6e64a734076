"""Tables of single photos: everything about one, or a line each."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.batch import Failure
from symmetry.measure.face import FaceAnalysis, Measure
from symmetry.measure.quality.flags import by_gravity, reason_words
from symmetry.measure.words import title_of, unit_sign
from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes
from symmetry.output.tables.layout import (
    ERRORS,
    JAWLINE,
    MESH_ALONE,
    OF_WHAT_IS_SEEN,
    SIDES,
    apart_from_folder,
    circumstances,
    dash_note,
    flag_lines,
    norm_notes,
    notice,
    number,
    region_title,
    side,
    signed,
)
from symmetry.tabular import printable

_OVERVIEW = (*MAIN_REGIONS, "face")


def face_tables(face: FaceAnalysis) -> Group:
    """Every region and measure of one photo, with its errors."""
    unit = face.unit
    found = [(region.in_unit(unit), region.errors_in_unit(unit)) for region in face.regions.values()]
    regions = FittedTable("region", [region_title(name) for name in face.regions])
    regions.add(f"asymmetry\n{unit}", [number(values[0], errors[0]) for values, errors in found])
    if unit == "mm":
        regions.add("% of eye\ndistance", [number(r.percent, r.percent_error) for r in face.regions.values()])
    regions.add(f"higher\nside, {unit}", [side(values[2], errors[2]) for values, errors in found])
    regions.add(f"wider\nside, {unit}", [side(values[1], errors[1]) for values, errors in found])

    taken = list(face.measures.values())
    measures = FittedTable("measure", [title_of(measure.name) for measure in taken])
    measures.add("right", [_of_side(measure, measure.subject_right) for measure in taken])
    measures.add("left", [_of_side(measure, measure.subject_left) for measure in taken])
    measures.add("left - right", [signed(measure.difference, measure.difference_error) for measure in taken])
    measures.add("unit", [unit_sign(measure.unit) for measure in taken])
    measures.add(
        "people\nnotice",
        [notice(m.difference, m.difference_error, m.noticed_from, m.unit) for m in taken],
    )
    unknown = any(map(math.isnan, [*(r.percent for r in face.regions.values()), *(m.difference for m in taken)]))
    return Group(
        Text(printable(face.photo.name), style="bold"),
        *circumstances(face),
        *flag_lines(face.flags),
        regions,
        measures,
        *notes(
            ERRORS,
            "People notice: whether a difference reaches what studies found people to notice.",
            *norm_notes({measure.name: measure.norm for measure in taken}),
            *_method(face),
            JAWLINE,
            *(dash_note(face.flags, face.method) if unknown else []),
            SIDES,
        ),
    )


def score_tables(results: Sequence[FaceAnalysis | Failure], *, details: bool = False) -> Group:
    """Show one photo with all its numbers, several with a line each; with `details` all numbers of each before that."""
    measured = [result for result in results if isinstance(result, FaceAnalysis)]
    whole = [face_tables(face) for face in measured] if details or len(results) == 1 else []
    return Group(*whole, *([overview_table(results)] if len(results) > 1 or not whole else []))


def overview_table(results: Sequence[FaceAnalysis | Failure]) -> Group:
    """One line a photo: the three main regions and the whole face."""
    measured = [result for result in results if isinstance(result, FaceAnalysis)]
    unit = measured[0].unit if measured else "mm"
    folder, names = apart_from_folder([r.photo if isinstance(r, Failure) else r.photo.name for r in results])
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("photo", overflow="fold", min_width=8)
    for name in _OVERVIEW:
        table.add_column(f"{title_of(name)}\n{unit}", justify="right", no_wrap=True)
    table.add_column("note", overflow="fold", min_width=12)
    for result, name in zip(results, names, strict=True):
        if isinstance(result, Failure):
            table.add_row(Text(printable(name)), "", "", "", "", Text(result.error, style="red"))
            continue
        scores = [result.regions[name] for name in _OVERVIEW]
        table.add_row(
            Text(printable(name)),
            *(number(score.in_unit(unit)[0], score.errors_in_unit(unit)[0]) for score in scores),
            _names_of(result),
        )
    unknown = any(math.isnan(region.percent) for face in measured for region in face.regions.values())
    flags = [flag for face in measured for flag in face.flags]
    title = [Text(printable(folder), style="bold")] if folder else []
    return Group(
        *title,
        table,
        *notes(
            "Asymmetry of each region, 0 is even.",
            ERRORS,
            *([*_method(measured[0]), JAWLINE] if measured else []),
            *(dash_note(flags, measured[0].method) if unknown else []),
            "For sides, clinical measures and what was found: one photo, or --details.",
        ),
    )


def _of_side(measure: Measure, value: float) -> str:
    """Give the value of one side; nothing for a measure of the midline, which has no sides."""
    midline = math.isfinite(measure.difference) and math.isnan(measure.subject_right)
    return "" if midline else number(value) if math.isfinite(value) else UNKNOWN


def _names_of(face: FaceAnalysis) -> Text:
    styles = {"reject": "bold red", "warn": "yellow", "info": ""}
    named = [Text(reason_words(flag.name), style=styles[flag.severity]) for flag in by_gravity(face.flags)]
    return Text(", ").join(named)


def _method(face: FaceAnalysis) -> list[str]:
    if face.method == "landmarks":
        return [MESH_ALONE]
    return ["Method: registration of a photo with its own mirror image.", OF_WHAT_IS_SEEN]
