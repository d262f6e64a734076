"""The page itself: one HTML file that holds all it needs and asks for nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.verdicts import IMPROVED, WORSE
from symmetry.output.report import answer, notes, tables, words
from symmetry.output.report.charts import Chart, SeriesCharts
from symmetry.output.report.content import Report
from symmetry.output.report.pictures import lay_out
from symmetry.output.words import HOW_SURE
from symmetry.series.series import Series
from symmetry.series.wording import Outcome, outcome_in

_DIRECTIONS: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNWANTED: Final = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff{_DIRECTIONS}]")
"""What would reach beyond a text, or that a file of UTF-8 cannot hold."""
_FIRST_SHOWN: Final = 6
"""Photos left out that are named at once; the others stand in a fold-out."""
_PRINTED: Final = 3
"""Rows of lists that may be long on paper, which has two pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionView:
    """What the page says of a region."""

    key: str
    title: str
    outcome: Outcome
    verdict_words: str
    why: str
    part: str
    amount: str
    by: str
    moved: str
    now: str
    trend: tuple[str, str]
    small: Chart
    large: Chart


def render_report(report: Report) -> str:
    """Write a report as one HTML file.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        The same for the same report. It loads nothing, sends nothing, and can be read without scripts.

    Raises
    ------
    PhotoError
        If the faces of the pictures are without their pixels.
    """
    series = report.series
    charts = SeriesCharts(series, [treatment.at for treatment in report.treatments])
    views = _views(series, charts)
    script = _asset("report.js")
    photos = sum(len(session.faces) for session in series.sessions)
    dated = [(treatment, words.day(treatment.at.date())) for treatment in report.treatments]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            series=series,
            style=Markup(_asset("report.css")),  # noqa: S704 -- the package's own
            script=Markup(script),  # noqa: S704
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            span=words.days(series.sessions[0].day, series.sessions[-1].day),
            first_day=words.day(series.sessions[0].day),
            last_day=words.day(series.sessions[-1].day),
            sessions=words.counted(len(series.sessions), "session"),
            photos=words.counted(photos, "photo"),
            made=notes.when_made(report.made),
            headline=answer.headline(series),
            summary=answer.summary(series),
            laid=lay_out(report.pictures) if report.pictures else None,
            before_day=_day_of(report, last=False),
            after_day=_day_of(report, last=True),
            main=[views[name] for name in MAIN_REGIONS],
            others=[view for name, view in views.items() if name not in MAIN_REGIONS],
            how_sure=HOW_SURE,
            unit=words.unit_word(series.unit),
            movements=_movements(charts),
            by_session=tables.unevenness_by_session(series),
            moved_by_session=tables.movement_by_session(series),
            start=words.day(series.treatment_start) if series.treatment_start else "",
            phases=_phases(series),
            done=notes.done(report.treatments),
            treatments=dated,
            minutes=notes.minutes_words,
            diary=[(course, charts.diary(f"diary-{i}", course)) for i, course in enumerate(report.diary)],
            notes=notes.notes_on(series),
            missing=notes.missing(series.left_out),
            dating=notes.dating(series),
            numbers=tables.all_numbers(series),
            first_shown=_FIRST_SHOWN,
            printed=_PRINTED,
            counted=words.counted,
        )
    )


def clean(text: object) -> str:
    """Text without control characters, broken bytes, and marks that turn the writing round beyond its end."""
    return _UNWANTED.sub("\ufffd", str(text))


def isolated(text: object) -> Markup:
    """Text from users for HTML: escaped, its direction its own affair."""
    return Markup("<bdi>{}</bdi>").format(clean(text))


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("symmetry.output.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"user": isolated, "plain": lambda text: escape(clean(text)), "xy": lambda v: f"{v:.1f}"}
    return environment


def _asset(name: str) -> str:
    return (files("symmetry.output.report") / "templates" / name).read_text(encoding="utf-8")


def _views(series: Series, charts: SeriesCharts) -> dict[str, RegionView]:
    views = {}
    for name, course in series.regions.items():
        change = series.change.regions.get(name) if series.change else None
        title, outcome = words.TITLES[name], outcome_in(series, name)
        part, amount = words.part_words(change), words.amount_words(change)
        small, large = (
            charts.course(f"{kind}-{name}", name, title=title, low=low)
            for kind, low in (("card", True), ("course", name not in MAIN_REGIONS))
        )
        views[name] = RegionView(
            key=name,
            title=title,
            outcome=outcome,
            verdict_words=words.verdict_words(outcome),
            why=words.why(outcome, change),
            part=part,
            amount=amount if part else words.sentence(amount),
            by=f"by {words.size_of(change)}" if change and change.verdict in (IMPROVED, WORSE) else "",
            moved=words.moved_words(change),
            now=words.now_words(course, series.unit),
            trend=words.trend_words(course, series.unit),
            small=small,
            large=large,
        )
    return views


def _movements(charts: SeriesCharts) -> list[tuple[str, list[Chart]]]:
    """Charts of both sides of the main regions, upward and outward, once there is more than one session."""
    if len(charts.weeks) < 2:
        return []
    return [
        (
            words.TITLES[name],
            [
                charts.movement(f"moved-{name}-{way}", name, title=words.TITLES[name], upward=way == "up")
                for way in ("up", "out")
            ],
        )
        for name in MAIN_REGIONS
    ]


def _phases(series: Series) -> list[str]:
    """Say of the main regions how they differ in the weeks of treatment."""
    return [
        words.phases_words(words.TITLES[name], course.phases, series.unit)
        for name, course in series.regions.items()
        if name in MAIN_REGIONS and course.phases is not None
    ]


def _day_of(report: Report, *, last: bool) -> str:
    if report.pictures is None:
        return ""
    taken = (report.pictures.after if last else report.pictures.before).photo.captured
    return words.day((taken or report.series.sessions[-1 if last else 0].at).date())
