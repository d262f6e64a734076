"""The page of a report: one HTML file that holds all it needs and loads nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.quality.flags import reason_words
from symmetry.measure.words import REGION_TITLES, change_words, sentence, unit_sign
from symmetry.output.report import notes, tables, words
from symmetry.output.report.charts import Chart, SeriesCharts
from symmetry.output.report.content import Report
from symmetry.output.report.pictures import lay_out
from symmetry.output.words import HOW_SURE, part_in_words
from symmetry.series.answer import Outcome
from symmetry.series.wording import trend_words, verdict_words, why
from symmetry.tabular.text import counted

_DIRECTIONS: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNWANTED: Final = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff{_DIRECTIONS}]")
"""Characters that would reach beyond their text, or that UTF-8 cannot hold."""
_FIRST_SHOWN: Final = 6
"""Photos left out that are listed at once; the others fold out."""
_OTHERS: Final = "Of the other regions"
_PRINTED: Final = 3
"""Rows of long lists on paper, which has two pages."""
_PHRASES: Final = (
    *(verdict_words, why, trend_words, change_words, part_in_words, reason_words, counted),
    *(words.by_words, words.moved_words, words.now_words, words.day, notes.advice_on),
)

"""Functions that templates call by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionView:
    """What the page says about a region."""

    key: str
    title: str
    outcome: Outcome
    small: Chart
    large: Chart


def render_report(report: Report) -> str:
    """Write a report as one HTML file.

    Returns
    -------
    str
        The same for the same report. The page loads nothing, sends nothing, and can be read without scripts.

    Raises
    ------
    PhotoError
        If the faces of the pictures are without their pixels.
    """
    charts = SeriesCharts(report.series, [treatment.at for treatment in report.treatments])
    return (
        environment()
        .get_template("report.html.j2")
        .render(**_page(report), **_answer(report, charts), **_rest(report, charts))
    )


def clean(text: object) -> str:
    """Text without control characters, broken bytes, and direction marks that would reach beyond its end."""
    return _UNWANTED.sub("\ufffd", str(text))


def isolated(text: object) -> Markup:
    """Text from users for HTML: escaped, and with a direction of its own."""
    return Markup("<bdi>{}</bdi>").format(clean(text))


@lru_cache
def environment() -> Environment:
    """Give the templates, with the filters and functions that they use."""
    environment = Environment(
        loader=PackageLoader("symmetry.output.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "user": isolated,
        "plain": lambda text: escape(clean(text)),
        "xy": lambda v: f"{v:.1f}",
        "sentence": sentence,
        "unbroken": words.unbroken,
    }
    environment.globals |= {phrase.__name__: phrase for phrase in _PHRASES}
    return environment


def asset(name: str) -> str:
    """Read a file beside the templates."""
    return (files("symmetry.output.report") / "templates" / name).read_text(encoding="utf-8")


def _page(report: Report) -> dict[str, Any]:
    """Collect what the page itself needs, and what its header and footer say."""
    sessions, script = report.series.sessions, asset("report.js")
    return {
        "report": report,
        "series": report.series,
        "style": Markup(asset("report.css")),  # noqa: S704 -- the package's own
        "script": Markup(script),  # noqa: S704
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "span": words.days(sessions[0].day, sessions[-1].day),
        "sessions": counted(len(sessions), "session"),
        "photos": counted(sum(len(session.faces) for session in sessions), "photo"),
        "made": notes.when_made(report.made),
        "how_sure": HOW_SURE,
        "unit": unit_sign(report.series.unit),
    }


def _answer(report: Report, charts: SeriesCharts) -> dict[str, Any]:
    """Collect the answer, the pictures and the regions."""
    headline, *summary = report.series.sentences
    if words.smiled(report.series):  # what a smile moves is no change of the other regions
        summary = [told for told in summary if not told.startswith(_OTHERS)]
        summary.append("The face smiled in one of the photos.")
    if report.series.skin is not None:
        summary += report.series.skin.sentences + report.series.skin.since_the_first
    views = [_view(name, found, charts) for name, found in report.series.outcome.regions.items()]
    return {
        "headline": headline,
        "summary": summary,
        "laid": lay_out(report.pictures) if report.pictures else None,
        "before_day": _day_of(report, last=False),
        "after_day": _day_of(report, last=True),
        "main": [view for view in views if view.key in MAIN_REGIONS],
        "others": [view for view in views if view.key not in MAIN_REGIONS],
    }


def _rest(report: Report, charts: SeriesCharts) -> dict[str, Any]:
    """Collect the courses, the treatments, the photos and the tables for the therapist."""
    series = report.series
    return {
        "movements": _movements(charts),
        "by_session": tables.courses_by_session(series),
        "moved_by_session": tables.movement_by_session(series),
        "start": words.day(series.treatment_start) if series.treatment_start else "",
        "phases": [
            words.phases_words(course)
            for name, course in series.regions.items()
            if name in MAIN_REGIONS and course.phases
        ],
        "done": notes.done(report.treatments),
        "treatments": [(treatment, words.day(treatment.at.date())) for treatment in report.treatments],
        "minutes": notes.minutes_words,
        "diary": [(course, charts.diary(f"diary-{i}", course)) for i, course in enumerate(report.diary)],
        "notes": notes.notes_on(series),
        "missing": series.left_out,
        "dating": notes.dating(series),
        "numbers": tables.all_numbers(series),
        "first_shown": _FIRST_SHOWN,
        "printed": _PRINTED,
    }


def _view(name: str, found: Outcome, charts: SeriesCharts) -> RegionView:
    title, main = REGION_TITLES[name], name in MAIN_REGIONS
    small = charts.course(f"card-{name}", name, title=title, low=True)
    large = charts.course(f"course-{name}", name, title=title, low=not main)
    return RegionView(key=name, title=title, outcome=found, small=small, large=large)


def _movements(charts: SeriesCharts) -> list[tuple[str, list[Chart]]]:
    """Charts of both sides of the main regions, upward and outward; none with one session."""
    if len(charts.weeks) < 2:
        return []
    return [
        (
            REGION_TITLES[name],
            [
                charts.movement(f"moved-{name}-{way}", name, title=REGION_TITLES[name], upward=way == "up")
                for way in ("up", "out")
            ],
        )
        for name in MAIN_REGIONS
    ]


def _day_of(report: Report, *, last: bool) -> str:
    if report.pictures is None:
        return ""
    taken = (report.pictures.after if last else report.pictures.before).photo.captured
    return words.day((taken or report.series.sessions[-1 if last else 0].at).date())
