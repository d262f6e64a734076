"""Tables of a series: what it rests on, the course of every region, and at the end the answer."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Final

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from symmetry.arrays import FloatArray
from symmetry.measure.change import RegionChange
from symmetry.measure.quality.flags import reason_words
from symmetry.measure.verdicts import NOT_COMPARABLE
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
    flag_lines,
    interval,
    number,
    region_title,
    side,
    signed,
    verdict_cell,
)
from symmetry.output.tables.skin import skin_change_table
from symmetry.output.words import probability
from symmetry.series.result import MeasureCourse, RegionCourse
from symmetry.series.series import Series
from symmetry.series.skin import SkinSeries
from symmetry.series.wording import known_sessions, part_of, photos_and_days, since, times_known
from symmetry.stats.trends import LEAST_SESSIONS
from symmetry.tabular import printable
from symmetry.tabular.text import counted

BLOCKS: Final = "▁▂▃▄▅▆▇█"
_GAP: Final = "·"
_LONGEST: Final = 12
"""Characters of a course at the most; of more sessions several share one."""
_LEAST_TOP: Final = 1.0
"""What fills a block at least, in the unit of the series: noise of an even face is not drawn as mountains."""
_PART_WIDTH: Final = 12


def series_tables(series: Series, *, details: bool = False) -> Group:
    """Lay out what a series rests on, every region, how phases differ, and whether the face is getting more even.

    Parameters
    ----------
    series : Series
    details : bool
        Add what each side did, and the clinical measures.
    """
    tables: list[RenderableType] = [_Regions(series)]
    if details:
        tables.append(_sides(series))
        if len(series.sessions) > 1:
            tables.append(_measures(series))
    if any(region.phases for region in series.regions.values()):
        tables.append(_phases(series))
    lines = _notes(series, details=details)
    skin = [] if series.skin is None else [Text(), *_skin(series.skin)]
    return Group(*_header(series), *tables, *lines, *skin, Text(), Text(series.answer, style="bold"))


def _skin(skin: SkinSeries) -> list[RenderableType]:
    """Say what the skin does over time, then what became of it since the first sessions."""
    trends = [Text(sentence) for sentence in skin.sentences]
    return [*trends, *([] if skin.change is None else [skin_change_table(skin.change)])]


def sparkline(values: Sequence[float], top: float, *, longest: int = _LONGEST) -> str:
    """Draw a course with block characters, the lowest for 0 and the highest for `top`.

    Parameters
    ----------
    values : sequence of float
        In order of time; their sizes count. NaN where a session has none.
    top : float
    longest : int
        Most characters; of more sessions, neighbours share one.
    """
    count = min(len(values), longest)
    groups = [values[i * len(values) // count : (i + 1) * len(values) // count] for i in range(count)]
    drawn = []
    for group in groups:
        known = [abs(value) for value in group if math.isfinite(value)]
        share = min(fmean(known) / top, 1.0) if known else math.nan
        drawn.append(BLOCKS[min(int(share * len(BLOCKS)), len(BLOCKS) - 1)] if known else _GAP)
    return "".join(drawn)


class _Regions:
    """The courses of all regions; drawn, too, where the encoding has blocks."""

    def __init__(self, series: Series) -> None:
        self._series = series

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        try:
            (BLOCKS + _GAP).encode(options.encoding)
        except (UnicodeEncodeError, LookupError):
            yield _regions(self._series, drawn=False)
        else:
            yield _regions(self._series, drawn=True)


def _header(series: Series) -> list[RenderableType]:
    lines = [f"times known by {times_known(series.sessions)}", f"reference {printable(series.reference.photo.name)}"]
    if series.unit == "mm":
        apart = series.scale.interpupillary_mm
        lines.append(f"scale by {series.scale.source}{f', {apart:.1f} mm between the pupils' if apart else ''}")
    else:
        lines.append("no millimetres: lengths in % IPD, percent of the distance between the pupils")
    if series.treatment_start is not None:
        phases = [session.phase for session in series.sessions]
        before, after = phases.count("baseline"), phases.count("treatment")
        lines.append(
            f"treatment from {series.treatment_start.isoformat()}: sessions before {before}, since then {after}"
        )
    return [
        Text(photos_and_days(series.sessions), style="bold"),
        *(Padding(Text(line), (0, 0, 0, 2)) for line in lines),
        *_left_out(series),
        *flag_lines(flag for flag in (series.change.flags if series.change else ()) if flag.severity != "info"),
    ]


def _left_out(series: Series) -> list[RenderableType]:
    if not series.left_out:
        return []
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_column(overflow="fold", max_width=28)
    lines.add_column()
    for one in series.left_out:
        why = f"{reason_words(one.reason)}: {one.advice}"
        lines.add_row(Text(printable(one.photo)), Text(printable(why), style="yellow"))
    count = counted(len(series.left_out), "photo")
    return [Text(f"left out, {count}:", style="bold"), Padding(lines, (0, 0, 0, 2))]


def _regions(series: Series, *, drawn: bool) -> FittedTable:
    courses = list(series.regions.values())
    table = FittedTable("region\n", [_with_part(course) for course in courses])
    if len(series.sessions) == 1:
        table.each(f"asymmetry\n{series.unit}", courses, _ends)
        return table
    changes = [series.change.regions[course.region] if series.change else None for course in courses]
    table.each("verdict,\nor reason", changes, lambda change: verdict_cell(change.verdict, _reason(change)), left=True)
    table.add(f"since the\n{_first(series)}{series.unit}", map(_since, courses, changes))
    table.each(f"{series.unit} a week\n[95 %]", courses, lambda course: _trend(course, apart="\n"))
    table.each(f"first, last\n{series.unit}", courses, _ends)
    if drawn:
        top = _top(courses)
        table.each("course\n", courses, lambda course: sparkline(course.signed_asymmetry.tolist(), top), left=True)
    table.each("moved side,\ncame from", changes, _source, left=True)
    return table


def _sides(series: Series) -> FittedTable:
    courses = list(series.regions.values())
    table = FittedTable(f"last session,\n{series.unit}", [region_title(course.region) for course in courses])
    table.each("higher side\n", courses, lambda one: side(*_last(one.vertical, one.vertical_error)), left=True)
    table.each("wider side\n", courses, lambda one: side(*_last(one.lateral, one.lateral_error)), left=True)
    if len(series.sessions) > 1:
        table.each("right\nout", courses, lambda one: signed(_last(one.right_outward)[0]))
        table.each("right\nup", courses, lambda one: signed(_last(one.right_up)[0]))
        table.each("left\nout", courses, lambda one: signed(_last(one.left_outward)[0]))
        table.each("left\nup", courses, lambda one: signed(_last(one.left_up)[0]))
        table.each("both sides\nup", courses, lambda one: signed(*_last(one.lift, one.lift_error)))
    return table


def _measures(series: Series) -> FittedTable:
    courses = list(series.measures.values())
    changes = [series.change.measures[course.name] if series.change else None for course in courses]
    table = FittedTable(f"left - right of,\n{series.unit} or °", [title_of(course.name) for course in courses])
    table.each("verdict\n", changes, lambda one: Text(one.verdict, style=VERDICT_STYLES[one.verdict]), left=True)
    table.each("last\n", courses, lambda course: signed(_last(course.difference)[0]))
    table.each(
        f"since the\n{_first(series)}{series.unit}",
        changes,
        lambda one: signed(one.evenness, one.error, "°" if one.unit == "degrees" else ""),
    )
    table.each("a week\n[95 %]", courses, lambda course: _trend(course, apart=" "))
    return table


def _phases(series: Series) -> FittedTable:
    table = FittedTable("treatment\nless baseline", [_with_part(course) for course in series.regions.values()])
    found = [course.phases for course in series.regions.values()]
    table.each("verdict\n", found, lambda one: verdict_cell(one.verdict), left=True)
    table.each(f"difference\n{series.unit} [95 %]", found, lambda one: interval(one.difference, one.low, one.high))
    table.each("p\n", found, lambda one: probability(one.p))
    table.each(
        "NAP\n[95 %]",
        found,
        lambda one: interval(one.nonoverlap, one.nonoverlap_low, one.nonoverlap_high, plain=True),
    )
    table.each(
        "standardised\n[95 %]",
        found,
        lambda one: interval(one.standardised, one.standardised_low, one.standardised_high),
    )
    table.each("sessions\n", found, lambda one: f"{one.baseline_sessions} + {one.treatment_sessions}")
    return table


def _notes(series: Series, *, details: bool) -> list[RenderableType]:
    several, count = len(series.sessions) > 1, series.change_sessions
    lines = [
        ERRORS,
        f"{'First, last' if several else 'Asymmetry'}: signed asymmetry of the region, or of the part named, along one "
        "direction; 0 is even.",
    ]
    if several:
        lines += [
            f"{sentence(since(count))}: signed change of the asymmetry up to the last {count if count > 1 else 'one'}; "
            "- is more even. The verdict compares it with its error.",
            "A week: robust trend (Theil-Sen) of the asymmetry and its interval; without 0 in it there is a trend.",
        ]
        if any(known_sessions(course) < LEAST_SESSIONS for course in series.regions.values()):
            lines.append(f"An interval takes {LEAST_SESSIONS} sessions.")
    if details:
        lines += [
            "Higher, wider side: of the last session that shows the region.",
            f"Out, up: how far each side has moved since the first session, {series.unit} (- in, down); head movement "
            "is removed.",
        ]
    if any(course.phases for course in series.regions.values()):
        lines += [
            "Treatment less baseline: - is more even; p of a permutation test that respects autocorrelation. "
            "NAP: share of pairs of sessions in which treatment is more even; 0.5 is no difference.",
            "Standardised: the difference over the spread within phases (Hedges' g).",
        ]
    if several:
        lines.append("One in twenty numbers of an unchanged face strays beyond its error: look for what several say.")
    lines += [MESH_ALONE] if series.method == "landmarks" else [OF_WHAT_IS_SEEN]
    lines += [JAWLINE, f"{UNKNOWN} means not known: not seen, stopped by a flag, or too few sessions.", SIDES]
    return notes(*lines) if details else notes(*lines, "--details shows both sides and the clinical measures.")


def _first(series: Series) -> str:
    return "first, " if series.change_sessions == 1 else f"first {series.change_sessions}, "


def _top(courses: Sequence[RegionCourse]) -> float:
    """Return the value that fills a block, the same for all regions."""
    known = [abs(value) for course in courses for value in course.signed_asymmetry.tolist() if math.isfinite(value)]
    return float(max([*known, _LEAST_TOP]))


def _with_part(course: RegionCourse) -> Text:
    title = region_title(course.region)
    lines = textwrap.wrap(part_of(course), _PART_WIDTH - 1)
    return Text("\n").join([title, *(Text(f" {line}") for line in lines)])


def _reason(change: RegionChange) -> str:
    return reason_words(change.reason) if change.verdict == NOT_COMPARABLE and change.reason else ""


def _since(course: RegionCourse, change: RegionChange | None) -> str:
    """Write a change, below it its part if that differs from the part of the course."""
    if change is None:
        return UNKNOWN
    own = change.part if change.part != course.part and math.isfinite(change.evenness) else None
    return "\n".join([signed(change.evenness, change.evenness_error), *textwrap.wrap(own or "", _PART_WIDTH)])


def _trend(course: RegionCourse | MeasureCourse, *, apart: str) -> Text:
    trend = course.trend
    return Text(interval(trend.slope, trend.low, trend.high, apart=apart), style=VERDICT_STYLES[trend.verdict])


def _ends(course: RegionCourse) -> str:
    """Write the first and the last known asymmetry, each with its error."""
    pairs = zip(course.signed_asymmetry.tolist(), course.signed_asymmetry_error.tolist(), strict=True)
    known = [number(*pair) for pair in pairs if math.isfinite(pair[0])]
    return "\n".join([known[0], known[-1]][: len(known)]) if known else UNKNOWN


def _last(values: FloatArray, errors: FloatArray | None = None) -> tuple[float, float]:
    """Return the last known number and its error."""
    known = [i for i, value in enumerate(values.tolist()) if math.isfinite(value)]
    if not known:
        return math.nan, math.nan
    return float(values[known[-1]]), math.nan if errors is None else float(errors[known[-1]])


def _source(change: RegionChange) -> str:
    """Say which side moved, and whether it was the worse one."""
    if change.moved is None:
        return UNKNOWN
    return "\n".join([SIDES_MOVED[change.moved], *([change.came_from] if change.came_from else [])])
