"""Tables of a comparison: the verdicts first, then what moved."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from symmetry.landmarks.mesh import WHOLES
from symmetry.measure.change import Change, MeasureChange, RegionChange
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import joined, reason_words
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE
from symmetry.measure.words import sentence, title_of
from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes
from symmetry.output.tables.layout import (
    ERRORS,
    JAWLINE,
    MESH_ALONE,
    OF_WHAT_IS_SEEN,
    SIDES,
    SIDES_MOVED,
    VERDICT_STYLES,
    circumstances,
    dash_note,
    flag_lines,
    norm_notes,
    notice,
    number,
    region_title,
    signed,
)
from symmetry.tabular import printable

_FROM = {"worse side": "worse side", "better side": "better side", "both sides": "both", None: ""}
_REASON_WIDTH = 12
_DOUBTS = {
    "different_person": "These seem to be different people.",
    "one_mirrored": "One of the two seems to be mirrored: add --mirrored-after.",
    "same_picture": "Before and after are the same picture.",
}


def change_tables(change: Change) -> Group:
    """Every region and measure: verdict, change and its error, and what each side did."""
    unit = change.before.unit
    regions, measures = list(change.regions.values()), list(change.measures.values())
    unknown = any(map(math.isnan, [*(r.change + r.lift for r in regions), *(m.change for m in measures)]))
    return Group(
        *_photos("before", change.before, change.befores),
        *_photos("after", change.after, change.afters),
        Text(),
        Text(summary(change), style="bold"),
        *flag_lines(change.flags),
        _verdicts(regions, unit),
        _movements(regions, unit),
        _measures(measures, unit),
        *notes(
            ERRORS,
            "Signed change of the asymmetry of the region, or of the part named, along the direction known best; - is "
            "more even. The verdict compares it with its error.",
            "Came from: the worse side (it hangs lower or stands out further), the better side, or both.",
            "People notice: whether the change reaches what studies found people to notice; of a region, that of the "
            "clinical measure of it that comes nearest.",
            f"Out, up: how far each side moved, {unit} (- in, down); head movement is removed.",
            *norm_notes({measure.name: measure.norm for measure in measures}),
            *_method(change),
            JAWLINE,
            *(dash_note(change.flags, change.method, two=True) if unknown else []),
            SIDES,
        ),
    )


def summary(change: Change) -> str:
    """Sum a comparison up in a sentence: "Eyes improved; no detectable change in 6 regions"."""
    by_verdict: dict[str, list[str]] = {}
    for region in change.regions.values():
        by_verdict.setdefault(region.verdict, []).append(title_of(region.region))
    improved, worse = by_verdict.get(IMPROVED, []), by_verdict.get(WORSE, [])
    same, unclear = by_verdict.get(NO_CHANGE, []), by_verdict.get(NOT_COMPARABLE, [])
    everything = len(change.regions)
    doubts = [_DOUBTS[flag.name] for flag in change.flags if flag.name in _DOUBTS]
    if len(unclear) == everything:
        return " ".join([*doubts, "The photos cannot be compared."])
    parts = []
    if improved:
        parts.append(f"{joined(improved)} improved")
    if worse:
        parts.append(f"{joined(worse)} got worse")
    if len(same) == everything:
        parts.append("no detectable change in any region")
    elif same:
        parts.append(f"no detectable change in {joined(same) if len(same) < 3 else f'{len(same)} regions'}")
    if unclear:
        parts.append(f"{joined(unclear)} cannot be compared")
    lifted = [
        title_of(r.region) for r in change.regions.values() if r.region not in WHOLES and abs(r.lift) > r.lift_error
    ]
    if lifted:
        parts.append(f"both sides of {joined(lifted)} moved up or down together")
    text = "; ".join(parts)
    return " ".join([*doubts, f"{sentence(text)}."])


def _photos(label: str, first: FaceAnalysis, every: Sequence[FaceAnalysis]) -> list[RenderableType]:
    if len(every) == 1:
        return [Text(f"{label}: {printable(first.photo.name)}"), *circumstances(first)]
    names = ", ".join(printable(face.photo.name) for face in every)
    return [Text(f"{label}, {len(every)} photos: {names}")]


def _verdicts(regions: Sequence[RegionChange], unit: str) -> FittedTable:
    table = FittedTable("region\n", [_with_part(region) for region in regions])
    table.add(f"signed change\n{unit}", [signed(region.evenness, region.evenness_error) for region in regions])
    table.add("verdict\n", [_verdict(region) for region in regions], left=True)
    table.add("came from,\nor reason", [_source(region) for region in regions], left=True)
    table.add(
        "people\nnotice",
        [
            "" if r.verdict == NOT_COMPARABLE else notice(r.noticed_change, r.noticed_error, r.noticed_from, "mm")
            for r in regions
        ],
        left=True,
    )
    return table


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
