"""Client's editions to be rendered: usual, of a first visit, doubtful, and with hostile texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

from helpers.report_sample import HOSTILE, doubtful_report, faces, first_session, sample_report
from symmetry.output.report import Handout, Letterhead, Pictures
from symmetry.practice.records import Protocol, Step

RITUAL = Protocol(
    name="Evening ritual",
    steps=(Step(name="warm the oil", zones=("hands",), minutes=0.5), Step(name="hold", side="subject_left", minutes=1)),
    times_per_week=3,
    note="",
)


@lru_cache
def sample_handout() -> Handout:
    usual = sample_report()
    return Handout(
        title=usual.title,
        made=usual.made,
        series=usual.series,
        pictures=usual.pictures,
        letterhead=Letterhead(name="Studio Mara", contact="Main Street 1\nmara@example.org"),
        ritual=RITUAL,
        home="evening ritual",
        next_visit=date(2026, 6, 1),
        note="Sleep on your back.",
    )


@lru_cache
def first_handout() -> Handout:
    before, *_ = faces()
    pictures = Pictures(before=before, after=before)
    return replace(sample_handout(), title="Ben", series=first_session().series, pictures=pictures)


def hostile_handout() -> Handout:
    text = " ".join(HOSTILE)
    steps = tuple(Step(name=bad, zones=(bad,), product=bad) for bad in HOSTILE)
    return replace(
        sample_handout(),
        title=text,
        letterhead=Letterhead(name=text, contact=text, logo="javascript:alert(1)"),
        ritual=Protocol(name=text, steps=steps, times_per_week=1, note=text),
        note=text,
    )


HANDOUTS = {
    "usual": sample_handout,
    "first": first_handout,
    "doubtful": lambda: replace(sample_handout(), series=doubtful_report().series),
    "hostile": hostile_handout,
}
