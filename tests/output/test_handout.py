"""The client's edition: one sheet, in plain words, of photos that count; the first visit is worth showing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from helpers.faces import SAMPLES
from helpers.handout_sample import first_handout, hostile_handout, sample_handout
from helpers.practice_samples import ZONE, moment
from helpers.report_sample import sample_report

from symmetry.errors import UnknownIdError
from symmetry.measure.quality.flags import Flag
from symmetry.output.report import (
    Choice,
    handout_of,
    render_handout,
    render_report,
    report_of,
)
from symmetry.output.report.handout import answer_words
from symmetry.practice.follow_up import faces_of, series_of
from symmetry.practice.intake import take_in_photos
from symmetry.practice.records import Step, Treatment
from symmetry.practice.store import open_practice

STATISTICS = re.compile(r"NAP|Hedges|Theil|permutation|not known|p =|95 %|±")


def text_of(page: str) -> str:
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", page[page.index("<body") :], flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_answer_has_at_most_three_sentences_and_no_statistics():
    page = render_handout(sample_handout())
    told = answer_words(sample_handout().series)
    assert 1 <= len(told) <= 3
    text = text_of(page)
    for words in (
        "Yes, more even",
        "Studio Mara",
        "Main Street 1",
        "At home",
        "3 times a week",
        "warm the oil",
        "1 June 2026",
    ):
        assert words in text
    assert not STATISTICS.search(text)
    assert page.count("<h3>") == 3


def test_first_visit_says_what_stands_higher_and_what_to_do():
    text = text_of(render_handout(first_handout()))
    for words in (
        "What stands higher",
        "What can be followed",
        "What to expect",
        "The next photos",
        "Solid: each side",
    ):
        assert words in text
    assert re.search(r"Right 3\.4.±.0\.5.mm higher", text)


def test_a_smile_is_a_smile_and_no_change_of_other_regions():
    usual = sample_report()
    change = usual.series.change
    brows = replace(change.regions["brows"], verdict="worse")
    smile = Flag(name="expression_differs", severity="warn", advice="")
    smiling = replace(change, flags=(smile,), regions={**change.regions, "brows": brows})
    series = replace(usual.series, change=smiling)
    assert "The face smiled in one of the photos" in answer_words(series)[-1]
    for page in (
        render_report(replace(usual, series=series)),
        render_handout(replace(sample_handout(), series=series)),
    ):
        head = text_of(page)[:1500]
        assert "The face smiled in one of the photos" in head
        assert "became less even" not in head


def test_texts_stay_texts():
    page = render_handout(hostile_handout())
    assert "<script" not in page
    assert not re.search(r"<img[^>]+onerror", page)
    assert "{{ 7 * 7 }}" in page
    assert "default-src 'none'" in page


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    with open_practice(tmp_path_factory.mktemp("p") / "practice") as opened:
        opened.add_client("Ana")
        days = ("2026-04-06", "2026-04-12", "2026-05-18")
        take_in_photos(opened, "ana", [SAMPLES / "series" / f"{day}.jpg" for day in days])
        opened.add_protocol("Lift", [Step(name="jaw", zones=("jawline", "chin"), side="subject_left", minutes=3)])
        for day in (1, 2):
            opened.add_treatment("ana", Treatment(protocol="lift", by="Mara", **moment(day)))
        opened.add_treatment("ana", Treatment(minutes=10, zones=("cheeks",), **moment(3)))
        opened.edit_client("ana", home="LIFT", next_visit=date(2026, 6, 1))
        opened.change_settings(name="Studio", contact="here")
        opened.series = series_of(opened, "ana", faces_of(opened, "ana"))
        yield opened


def test_what_the_practice_knows_is_on_the_page(practice):
    made = sample_handout().made
    found = handout_of(practice, "ana", practice.series, made=made)
    assert (found.ritual.name, found.next_visit, found.letterhead.name) == ("Lift", date(2026, 6, 1), "Studio")
    report = report_of(practice, "ana", practice.series, made=made)
    assert report.work == (("cheeks", "both", 10.0), ("chin", "subject_left", 6.0), ("jawline", "subject_left", 6.0))
    text = text_of(render_report(report))
    for words in ("Minutes by zone and side", "jawline left 6", "Journal", "treatment 1 of ana added"):
        assert words in text


def test_photos_are_those_of_the_chosen_sessions(practice):
    made = sample_handout().made
    for choice, days in (
        (Choice(), ("2026-04-06", "2026-05-18")),
        (Choice(before=2), ("2026-04-12", "2026-05-18")),
        (Choice(before=1, after=2), ("2026-04-06", "2026-04-12")),
    ):
        pictures = handout_of(practice, "ana", practice.series, made=made, choice=choice).pictures
        assert tuple(f"{face.photo.captured:%Y-%m-%d}" for face in (pictures.before, pictures.after)) == days
    with pytest.raises(UnknownIdError, match="no photo of session 9 counts"):
        handout_of(practice, "ana", practice.series, made=made, choice=Choice(after=9))


def test_date_of_the_session_stands_under_the_photo(practice):
    at = moment(100)["at"]
    practice.edit_session("ana", 3, at=at, zone=ZONE)
    series = series_of(practice, "ana", faces_of(practice, "ana"))
    text = text_of(render_handout(handout_of(practice, "ana", series, made=sample_handout().made)))
    assert f"After {at.day} {at:%B %Y}" in text
    practice.undo()
