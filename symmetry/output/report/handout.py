"""The client's edition of the report: one page that prints on one sheet, in words that need no statistics."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from markupsafe import Markup

from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.quality.flags import by_gravity, reason_words
from symmetry.measure.verdicts import NO_CHANGE, NOT_COMPARABLE
from symmetry.measure.words import HOW_EVEN, REGION_TITLES, sentence, the
from symmetry.output.report import words
from symmetry.output.report.content import Pictures
from symmetry.output.report.page import asset, environment
from symmetry.output.report.pictures import lay_out
from symmetry.output.words import sides_in_words
from symmetry.practice.records import Protocol, Step
from symmetry.series.answer import Outcome
from symmetry.series.series import Series

_MOST_STEPS: Final = 8
_TIPS: Final = (
    "The same place, the same lamp or window in front of you, no light from one side.",
    "The camera at eye height and at arm’s length or more, always the same one.",
    "Look straight into the lens; hair, glasses and hands away from the face.",
    "A relaxed face, mouth closed, no smile; breathe out before you press.",
    "Three photos each time, at the same time of day.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who hands the page over."""

    name: str = ""
    contact: str = ""
    logo: str = ""  # a picture as a data URI


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Handout:
    """Everything that the client's edition shows. Texts may contain anything; nothing in them is taken for HTML."""

    title: str  # name of the person
    made: datetime
    series: Series
    pictures: Pictures | None = None  # with one session, the same photo twice
    letterhead: Letterhead = Letterhead()
    ritual: Protocol | None = None  # what the person does at home, or
    home: str = ""  # the same in words
    next_visit: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    key: str
    title: str
    verdict: str
    amount: str
    now: str
    outcome: Outcome


def render_handout(handout: Handout) -> str:
    """Write the client's edition as one HTML file that loads nothing and prints on one A4 sheet.

    Raises
    ------
    PhotoError
        If the faces of the pictures are without their pixels.
    """
    first = handout.series.change is None
    return environment().get_template("first.html.j2" if first else "client.html.j2").render(**_content(handout))


def _content(handout: Handout) -> dict[str, Any]:
    series = handout.series
    outcome = series.outcome
    regions = [_region(name, outcome.regions[name], series) for name in MAIN_REGIONS]
    pictures = handout.pictures
    return {
        "handout": handout,
        "logo": handout.letterhead.logo if handout.letterhead.logo.startswith("data:image/") else "",
        "style": Markup(asset("report.css") + asset("client.css")),  # noqa: S704 -- the package's own
        "span": words.days(series.sessions[0].day, series.sessions[-1].day),
        "told": answer_words(series),
        "laid": None if pictures is None else lay_out(pictures),
        "before_day": "" if pictures is None else _day(pictures.before.photo.captured, series, last=False),
        "after_day": "" if pictures is None else _day(pictures.after.photo.captured, series, last=True),
        "regions": regions,
        "steps": () if handout.ritual is None else [_step(step) for step in handout.ritual.steps[:_MOST_STEPS]],
        "more_steps": 0 if handout.ritual is None else max(len(handout.ritual.steps) - _MOST_STEPS, 0),
        "weekly": _weekly(handout.ritual),
        "next_visit": "" if handout.next_visit is None else words.day(handout.next_visit),
        "made": words.day(handout.made.date()),
        "sides": _standing(series),
        "followed": [REGION_TITLES[name].lower() for name in _followed(series)],
        "unfollowed": _unfollowed(series),
        "advice": _advice(series),
        "tips": _TIPS,
    }


def answer_words(series: Series) -> list[str]:
    """Answer in at most three sentences, without errors or statistics."""
    headline, *_ = series.sentences
    outcome = series.outcome
    told = [headline]
    sure = [*outcome.main("better"), *outcome.main("worse")]
    if sure:
        changes = ", ".join(f"{the(one.name)} by {_millimetres(one)}" for one in sure if _millimetres(one))
        if changes:
            told.append(sentence(f"since the first photos, {changes}: more than photos of an unchanged face differ."))
    elif outcome.answer == "no change":
        told.append("Nothing changed by more than photos of an unchanged face differ.")
    elif outcome.answer == "not sure":
        told.append("More photos will tell.")
    if words.smiled(series):
        told.append("The face smiled in one of the photos: what a smile moves is no change.")
    return told[:3]


def _region(name: str, found: Outcome, series: Series) -> _Region:
    verdict, size = "Cannot be compared", ""
    if found.group in ("better", "worse"):
        verdict, size = f"{sentence(HOW_EVEN[found.verdict])}", _millimetres(found)
    elif found.group == "perhaps":
        verdict = f"Perhaps {HOW_EVEN[found.verdict]}"
    elif found.verdict == NO_CHANGE:
        verdict = "No change to be seen" if found.sure else "Not sure yet"
    now = words.now_words(series.regions[name], series.sessions)
    return _Region(key=name, title=REGION_TITLES[name], verdict=verdict, amount=size, now=_now(now), outcome=found)


def _millimetres(found: Outcome) -> str:
    change = found.change
    if change is None or change.verdict == NOT_COMPARABLE or change.evenness != change.evenness:
        return ""
    unit = " mm" if change.unit == "mm" else f" {change.unit}"
    return f"{abs(change.evenness):.1f}{unit}"


def _now(text: str) -> str:
    """Write "Right 1.0 ± 0.4 mm higher" as "Now right 1.0 mm higher"."""
    plain = _plain(text)
    return f"Now {plain[0].lower()}{plain[1:]}" if text.lower().startswith(("left", "right", "neither")) else plain


def _plain(text: str) -> str:
    """Leave out errors: "left 1.9 ± 0.4 mm higher" is "left 1.9 mm higher"."""
    return re.sub(r"\s*±\s*[\d.]+", "", text)


def _standing(series: Series) -> list[tuple[str, str]]:
    """Say of each main region what stands higher or further out, with its error."""
    told = []
    for name in MAIN_REGIONS:
        course = series.regions[name]
        values = (course.vertical[-1], course.vertical_error[-1], course.lateral[-1], course.lateral_error[-1])
        vertical, vertical_error, lateral, lateral_error = map(float, values)
        sides = sides_in_words(vertical, vertical_error, lateral, lateral_error, course.unit)
        known = any(value == value for value in (values[0], values[2]))
        even = "even, as far as this photo can tell" if known else "cannot be told from this photo"
        told.append((REGION_TITLES[name], ", ".join(sides) or even))
    return told


def _followed(series: Series) -> list[str]:
    return [name for name, course in series.regions.items() if course.asymmetry[-1] == course.asymmetry[-1]]


def _unfollowed(series: Series) -> list[str]:
    followed = _followed(series)
    face = series.sessions[-1].faces[0]
    told = []
    for name in series.regions:
        if name not in followed:
            flag = next((flag for flag in face.flags if flag.concerns(name)), None)
            why = reason_words(flag.name) if flag is not None else "too little can be seen there"
            told.append(f"{REGION_TITLES[name].lower()} ({why})")
    return told


def _advice(series: Series) -> list[str]:
    """Give what to do better next time, by the flags of the photos, the two gravest."""
    flags = by_gravity([flag for face in series.sessions[-1].faces for flag in face.flags])
    return list(dict.fromkeys(flag.advice for flag in flags if flag.advice and flag.severity != "info"))[:2]


def _step(step: Step) -> str:
    side = {"both": "", "subject_left": "left side", "subject_right": "right side"}[step.side]
    minutes = "" if step.minutes is None else f"{step.minutes:g} min"
    product = f"with {step.product}" if step.product else ""
    return ": ".join(filter(None, (step.name, ", ".join(filter(None, (*step.zones, side, minutes, product))))))


def _weekly(ritual: Protocol | None) -> str:
    if ritual is None:
        return ""
    plan = f"{ritual.times_per_week:g} times a week" if ritual.times_per_week else ""
    minutes = f"{ritual.minutes:g} minutes" if ritual.minutes else ""
    return ", ".join(filter(None, (plan, minutes)))


def _day(taken: datetime | None, series: Series, *, last: bool) -> str:
    return words.day((taken or series.sessions[-1 if last else 0].at).date())
