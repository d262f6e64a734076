"""Tables of single photos: everything about one, or a line each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from symmetry.landmarks.mesh import MAIN_REGIONS, WHOLES
from symmetry.measure.answers import OF_REGIONS, face_answer, finding_of, tells
from symmetry.measure.batch import Failure
from symmetry.measure.face import FaceAnalysis, Measure
from symmetry.measure.quality.flags import by_gravity, reason_words
from symmetry.measure.symmetry_index import HEALTHY_RANGE
from symmetry.measure.wording import face_sentences, index_words, overview_sentences, standing_words
from symmetry.measure.words import title_of, unit_sign, with_error
from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes
from symmetry.output.tables.layout import (
    ERRORS,
    JAWLINE,
    MESH_ALONE,
    OF_WHAT_IS_SEEN,
    SIDES,
    answer_lines,
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
    title_cell,
)
from symmetry.output.tables.skin import skin_table
from symmetry.output.words import HOW_SURE
from symmetry.tabular import printable

_STANDINGS: Final = {"uneven": "", "even": "", "unknown": "yellow"}


def face_summary(face: FaceAnalysis) -> Group:
    """Lay out the answer of one photo in words, and a line for each region: one screen of 80 columns."""
    answer = face_answer(face)
    wide = (*OF_REGIONS, *WHOLES)
    findings = [answer.findings.get(name) or finding_of(face, name) for name in wide]
    table = FittedTable("region", [title_cell(name) for name in wide])
    scores = [
        (face.regions[name].in_unit(face.unit)[0], face.regions[name].errors_in_unit(face.unit)[0]) for name in wide
    ]
    table.add(f"asymmetry\n{face.unit}", [_told(*score, face.unit) for score in scores])
    table.add(
        f"left and right\n{face.unit}",
        [Text(standing_words(one, ""), style=_STANDINGS[one.standing]) for one in findings],
        left=True,
    )
    return Group(
        Text(printable(face.photo.name), style="bold"),
        *answer_lines([*face_sentences(answer), index_words(answer.index)]),
        *flag_lines(face.flags, brief=True),
        table,
        *notes(
            "Asymmetry: typical distance of a region's left half from its mirrored right half; 0 is even.",
            HOW_SURE,
            *([MESH_ALONE] if face.method == "landmarks" else []),
            SIDES,
            "--details: clinical measures, exact numbers, all that was found.",
        ),
    )


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
    answer = face_answer(face)
    return Group(
        Text(printable(face.photo.name), style="bold"),
        *answer_lines([*face_sentences(answer), index_words(answer.index)]),
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
    """Show the answer of one photo, or several with a line each; with `details` all numbers of each before that."""
    measured = [result for result in results if isinstance(result, FaceAnalysis)]
    write = face_tables if details else face_summary
    whole = [_with_skin(face, write(face)) for face in measured] if details or len(results) == 1 else []
    return Group(*whole, *([overview_table(results)] if len(results) > 1 or not whole else []))


def _with_skin(face: FaceAnalysis, whole: Group) -> Group:
    return whole if face.skin is None else Group(whole, Text(), skin_table(face.skin))


def overview_table(results: Sequence[FaceAnalysis | Failure]) -> Group:
    """Lay out the answer of several photos, and a line each: the three main regions and the symmetry index."""
    measured = [result for result in results if isinstance(result, FaceAnalysis)]
    unit = measured[0].unit if measured else "mm"
    folder, names = apart_from_folder([r.photo if isinstance(r, Failure) else r.photo.name for r in results])
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("photo", overflow="fold", min_width=8)
    for name in MAIN_REGIONS:
        table.add_column(f"{title_of(name)}\n{unit}", justify="right", no_wrap=True)
    table.add_column("index\nof 100", justify="right", no_wrap=True)
    table.add_column("note", overflow="fold", min_width=12)
    for result, name in zip(results, names, strict=True):
        if isinstance(result, Failure):
            table.add_row(Text(printable(name)), "", "", "", "", Text(result.error, style="red"))
            continue
        scores = [result.regions[name] for name in MAIN_REGIONS]
        table.add_row(
            Text(printable(name)),
            *(_told(score.in_unit(unit)[0], score.errors_in_unit(unit)[0], unit) for score in scores),
            with_error(result.index.value, result.index.error, digits=0),
            _names_of(result),
        )
    title = [Text(printable(folder), style="bold")] if folder else []
    low, high = HEALTHY_RANGE
    return Group(
        *title,
        *answer_lines(overview_sentences([face.index for face in measured], len(results))),
        table,
        *notes(
            "Asymmetry of each region: 0 is even.",
            f"Index: 100 is perfectly even, most healthy adults have {low} to {high}.",
            f"{UNKNOWN} cannot be told: not seen, stopped by a flag, or the error is too wide.",
            HOW_SURE,
            *([MESH_ALONE] if measured and measured[0].method == "landmarks" else []),
            "For sides, the other regions and clinical measures: one photo, or --details.",
        ),
    )


def _told(value: float, error: float, unit: str) -> str:
    """Write a number with its error; a dash where nothing is known, or the error so wide that nothing can be told."""
    return with_error(value, error) if tells(value, error, unit) else UNKNOWN


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
