"""Tables of a comparison: the verdicts first, then what moved."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from symmetry.measure.answers import ChangeAnswer, change_answer
from symmetry.measure.answers import Group as AnswerGroup
from symmetry.measure.between_days import SAME_DAY
from symmetry.measure.change import Change, MeasureChange, RegionChange
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import reason_words
from symmetry.measure.verdicts import NOT_COMPARABLE
from symmetry.measure.wording import change_sentences, lift_sentences, shift_words
from symmetry.measure.words import HOW_EVEN, amount, title_of
from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes
from symmetry.output.tables.layout import (
    ERRORS,
    JAWLINE,
    MESH_ALONE,
    OF_WHAT_IS_SEEN,
    SIDES,
    SIDES_MOVED,
    VERDICT_STYLES,
    answer_lines,
    circumstances,
    dash_note,
    flag_lines,
    norm_notes,
    notice,
    number,
    region_title,
    signed,
    title_cell,
)
from symmetry.output.tables.skin import skin_change_table
from symmetry.output.words import HOW_SURE, OVER_DAYS, days_note, part_in_words
from symmetry.tabular import printable

_FROM = {"worse side": "worse side", "better side": "better side", "both sides": "both", None: ""}
_REASON_WIDTH, _NOTICED_WIDTH = 12, 14


def change_tables(change: Change, *, details: bool = False) -> Group:
    """Lay out the answer in words and the verdicts; with `details` all numbers, and the clinical measures."""
    whole = _symmetry_tables(change, details=details)
    return whole if change.skin is None else Group(whole, Text(), skin_change_table(change.skin))


def _symmetry_tables(change: Change, *, details: bool) -> Group:
    answer = change_answer(change)
    told = [*change_sentences(answer), *lift_sentences(change)]
    if details:
        return _every_number(change, told)
    return Group(
        Text(_names("before", change.befores, change.taken[0])),
        Text(_names("after", change.afters, change.taken[1])),
        *answer_lines(told),
        *flag_lines(change.flags, brief=True),
        _summary(change, answer),
        *notes(
            HOW_SURE if change.days.source == SAME_DAY else OVER_DAYS,
            "By: change of the left-right difference of the region, or of the part named. Without a change, the "
            "least that would show.",
            *([MESH_ALONE] if change.method == "landmarks" else []),
            SIDES,
            "--details: each side's movement, clinical measures, all that was found.",
        ),
    )


def _every_number(change: Change, told: list[str]) -> Group:
    unit = change.before.unit
    regions, measures = list(change.regions.values()), list(change.measures.values())
    unknown = any(map(math.isnan, [*(r.change + r.lift for r in regions), *(m.change for m in measures)]))
    return Group(
        *_photos("before", change.before, change.befores),
        *_photos("after", change.after, change.afters),
        Text(),
        *answer_lines(told),
        *flag_lines(change.flags),
        _verdicts(regions, unit),
        _movements(regions, unit),
        _measures(measures, unit),
        *notes(
            ERRORS,
            days_note(change.days),
            "Signed change of the asymmetry of the region, or of the part named, along the direction known best; - is "
            "more even. The verdict compares it with its error.",
            "Came from: the worse side (it hangs lower or stands out further), the better side, or both.",
            "People notice: whether the change reaches what studies found people to notice; of a region, that of the "
            "clinical measure of it that comes nearest, named beside it.",
            f"Out, up: how far each side moved, {unit} (- in, down); head movement is removed.",
            *norm_notes({measure.name: measure.norm for measure in measures}),
            *_method(change),
            JAWLINE,
            *(dash_note(change.flags, change.method, two=True) if unknown else []),
            SIDES,
        ),
    )


def _summary(change: Change, answer: ChangeAnswer) -> FittedTable:
    """Give a line or two for each region, the main ones first."""
    regions = list(answer.regions.values())
    groups = [answer.group(name) for name in answer.regions]
    table = FittedTable("region\n", [_in_a_line(region) for region in regions])
    table.add(
        "verdict\n",
        [Text(*_verdict_of(region, group)) for region, group in zip(regions, groups, strict=True)],
        left=True,
    )
    table.add(f"by\n{change.before.unit}", [_by(region, group) for region, group in zip(regions, groups, strict=True)])
    table.add(
        "which side moved,\nor why not told",
        [_who(region, group) for region, group in zip(regions, groups, strict=True)],
        left=True,
    )
    return table


def _in_a_line(region: RegionChange) -> Text:
    part = part_in_words(region)
    return Text.assemble(title_cell(region.region), f"\n {part}" if part else "")


def _verdict_of(region: RegionChange, group: AnswerGroup) -> tuple[str, str]:
    if group in ("shifted", "unknown"):
        return "moved" if group == "shifted" else "cannot be told", VERDICT_STYLES[NOT_COMPARABLE]
    return HOW_EVEN.get(region.verdict, region.verdict), VERDICT_STYLES[region.verdict]


def _by(region: RegionChange, group: AnswerGroup) -> str:
    if group in ("better", "worse"):
        return amount(region.evenness, region.evenness_error, "")
    return f"± {region.evenness_error:.1f}" if group == "same" else UNKNOWN


def _who(region: RegionChange, group: AnswerGroup) -> str:
    """Say which side a change came from, or why there is no verdict."""
    if group == "shifted":
        return f"{shift_words(region)}:\ntoward even or away?"
    if group == "unknown":
        return reason_words(region.reason) if region.reason else f"error of {region.evenness_error:.1f}"
    moved = SIDES_MOVED[region.moved] if region.moved not in (None, "neither") else ""
    source = region.came_from if region.came_from not in (None, "both sides") else ""
    return ", ".join(filter(None, (moved, source)))


def _names(label: str, faces: Sequence[FaceAnalysis], taken: Sequence[datetime | None] = ()) -> str:
    several = f", {len(faces)} photos" if len(faces) > 1 else ""
    times = [f" ({at:%Y-%m-%d %H:%M})" if at else "" for at in taken] or [""] * len(faces)
    named = [f"{printable(face.photo.name)}{at}" for face, at in zip(faces, times, strict=True)]
    return f"{label}{several}: {', '.join(named)}"


def _photos(label: str, first: FaceAnalysis, every: Sequence[FaceAnalysis]) -> list[RenderableType]:
    if len(every) == 1:
        return [Text(f"{label}: {printable(first.photo.name)}"), *circumstances(first)]
    return [Text(_names(label, every))]


def _verdicts(regions: Sequence[RegionChange], unit: str) -> FittedTable:
    table = FittedTable("region\n", [_with_part(region) for region in regions])
    table.add(f"signed change\n{unit}", [signed(region.evenness, region.evenness_error) for region in regions])
    table.add("verdict\n", [_verdict(region) for region in regions], left=True)
    table.add("came from,\nor reason", [_source(region) for region in regions], left=True)
    table.add(
        "people\nnotice",
        [_noticed(region) for region in regions],
        left=True,
    )
    return table


def _noticed(region: RegionChange) -> str:
    """Say whether people notice a change, and of which clinical measure: another number than the verdict's."""
    if region.verdict == NOT_COMPARABLE or region.noticed_by is None:
        return ""
    said = notice(region.noticed_change, region.noticed_error, region.noticed_from, region.unit)
    return "\n".join([said, *textwrap.wrap(title_of(region.noticed_by), _NOTICED_WIDTH)]) if said else ""


def _movements(regions: Sequence[RegionChange], unit: str) -> FittedTable:
    table = FittedTable(f"asymmetry and\nmovement, {unit}", [region_title(region.region) for region in regions])
    table.add("before", [number(region.before) for region in regions])
    table.add("after", [number(region.after) for region in regions])
    table.add("change", [signed(region.change, region.error) for region in regions])
    table.add("right\nout", [signed(region.subject_right.outward) for region in regions])
    table.add("right\nup", [signed(region.subject_right.up) for region in regions])
    table.add("left\nout", [signed(region.subject_left.outward) for region in regions])
    table.add("left\nup", [signed(region.subject_left.up) for region in regions])
    table.add("both sides\nup", [signed(region.lift, region.lift_error) for region in regions])
    table.add("which\nside", [SIDES_MOVED[region.moved] if region.moved else UNKNOWN for region in regions])
    return table


def _measures(measures: Sequence[MeasureChange], unit: str) -> FittedTable:
    signs = ["°" if measure.unit == "degrees" else "" for measure in measures]
    table = FittedTable(f"left - right of,\n{unit} or °", [title_of(measure.name) for measure in measures])
    table.add("before", [signed(measure.before) for measure in measures])
    table.add("after", [signed(measure.after) for measure in measures])
    table.add("change", [signed(m.change, m.error, sign) for m, sign in zip(measures, signs, strict=True)])
    table.add("verdict", [_verdict(measure) for measure in measures], left=True)
    table.add("came from,\nor reason", [_source(measure) for measure in measures], left=True)
    table.add("people\nnotice", [notice(m.change, m.error, m.noticed_from, m.unit) for m in measures], left=True)
    return table


def _with_part(region: RegionChange) -> Text:
    title = region_title(region.region)
    if region.part is None or region.part == region.region:
        return title
    return Text("\n").join([title, Text(f" {region.part}")])


def _verdict(of: RegionChange | MeasureChange) -> Text:
    return Text(of.verdict, style=VERDICT_STYLES[of.verdict])


def _source(of: RegionChange | MeasureChange) -> Text:
    """Say which side a change came from, or why there is no verdict."""
    if of.reason:
        return Text(
            "\n".join(textwrap.wrap(reason_words(of.reason), _REASON_WIDTH)), style=VERDICT_STYLES[NOT_COMPARABLE]
        )
    return Text(_FROM[of.came_from])


def _method(change: Change) -> list[str]:
    if change.method == "landmarks":
        return [MESH_ALONE]
    return [
        "Method: registration of the two photos, and of each with its own mirror image.",
        OF_WHAT_IS_SEEN,
        "Before and after are measured as a pair; a photo scored alone differs.",
    ]
