"""The overview says where every client stands, from what is kept, and measures only what is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from helpers.faces import SAMPLES
from helpers.practice_samples import START, moment, photo
from helpers.report_sample import sample_series

from symmetry.practice import standing
from symmetry.practice.intake import take_in_photos
from symmetry.practice.records import Step, Treatment
from symmetry.practice.standing import Filter, Standing, keep_standing, overview_of, pages_of, standing_of, work_out
from symmetry.practice.store import open_practice

TODAY = (START + timedelta(days=20)).date()


@pytest.fixture
def practice(tmp_path):
    with open_practice(tmp_path / "practice") as opened:
        for name in ("Anna", "Berta", "Carla", "Dora", "Eva", "Åsa"):
            opened.add_client(name, tags=["glp-1"] if name in "Anna Berta" else [])
        for name in ("anna", "berta", "carla", "dora", "eva"):
            opened.add_session(name, [photo(f"{name}1")], **moment())
            opened.add_session(name, [photo(f"{name}2")], **moment(10 if name != "eva" else -60))
        opened.add_protocol("Lift", [Step(name="jaw", minutes=3)], times_per_week=2)
        opened.add_treatment("berta", Treatment(protocol="lift", by="Mara", product="rose oil", **moment(1)))
        yield opened


def known(answer: str, evenness: float) -> Standing:
    return Standing(answer=answer, headline="told", region="mouth", verdict=answer, sure=True, evenness=evenness)


def keep(practice, **standings: Standing) -> None:
    for page in pages_of(practice):
        if page.client.id in standings:
            keep_standing(practice, page, standings[page.client.id])


def test_who_needs_attention_comes_first(practice):
    keep(
        practice,
        anna=known("no change", 0.0),
        berta=known("less even", 0.8),
        carla=known("less even", 1.4),
        dora=known("not sure", -0.3),
        eva=known("more even", -1.0),
    )
    found = overview_of(practice, today=TODAY)
    assert [line.id for line in found.lines] == ["carla", "berta", "dora", "eva", "anna"]
    assert found.without_photos == 1
    (berta,) = [line for line in found.lines if line.id == "berta"]
    assert (berta.protocols, berta.by, berta.products, berta.tags) == (("Lift",), ("Mara",), ("rose oil",), ("glp-1",))
    assert berta.last_seen == moment(10)["at"].date()
    assert 0 < berta.adherence < 1
    # Who was not seen for six weeks comes before those who are well.
    later = overview_of(practice, today=TODAY + timedelta(days=60))
    assert [line.id for line in later.lines][:3] == ["carla", "berta", "dora"]


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        (Filter(tag="GLP-1"), {"anna", "berta"}),
        (Filter(protocol="LIFT"), {"berta"}),
        (Filter(by="mara", product="Rose oil"), {"berta"}),
        (Filter(tag="glp-1", by="nobody"), set()),
    ],
)
def test_filters(practice, chosen, ids):
    keep(practice, **{name: known("no change", 0.0) for name in ("anna", "berta", "carla", "dora", "eva")})
    assert {line.id for line in overview_of(practice, chosen, today=TODAY).lines} == ids


def test_what_is_kept_is_not_worked_out_again_until_photos_change(practice, monkeypatch):
    worked = []

    def work(practice, page):
        worked.append(page.client.id)
        keep_standing(practice, page, known("no change", 0.0))
        return known("no change", 0.0)

    monkeypatch.setattr(standing, "work_out", work)
    overview_of(practice, today=TODAY)
    assert sorted(worked) == ["anna", "berta", "carla", "dora", "eva"]
    worked.clear()
    practice.add_treatment("anna", Treatment(minutes=3, **moment()))
    overview_of(practice, today=TODAY)
    assert worked == []
    practice.edit_session("anna", 1, **moment(2))
    practice.remove_photo("berta", 2, "1")
    practice.confirm_photo("carla", 1, "1")
    overview_of(practice, today=TODAY)
    assert sorted(worked) == ["anna", "berta", "carla"]


def test_photos_that_cannot_be_measured_are_said_and_not_tried_again(practice):
    (page,) = [page for page in pages_of(practice) if page.client.id == "anna"]
    found = work_out(practice, page)
    assert (found.answer, found.reason) == ("not measured", "no photo is fit to be measured")
    assert standing.stored_standing(practice, page) == found


def test_standing_is_that_of_the_series(tmp_path):
    series = sample_series()
    found = standing_of(series)
    assert found.answer == series.outcome.answer
    change = series.change.regions[found.region]
    assert (found.evenness, found.evenness_error) == (change.evenness, change.evenness_error)
    assert standing_of(replace(series, change=None, change_sessions=0)).region is None
    with open_practice(tmp_path / "practice") as practice:
        practice.add_client("Anna")
        take_in_photos(practice, "anna", [SAMPLES / "series" / f"{day}.jpg" for day in ("2026-04-06", "2026-05-18")])
        (line,) = overview_of(practice, today=TODAY).lines
        assert line.standing.answer != "not measured"
        assert line.standing.since.isoformat() == "2026-04-06"
