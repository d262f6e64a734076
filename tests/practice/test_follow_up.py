"""A client's photos followed through the sessions, and the report about them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from helpers.faces import SAMPLES

from symmetry.errors import NothingFitError, UnknownIdError
from symmetry.measure.batch import Failure
from symmetry.output.report import render_report
from symmetry.output.report.of_client import Choice, report_of
from symmetry.photos.cleaning import clean_photo
from symmetry.photos.reading import read_photo
from symmetry.practice.follow_up import faces_of, series_of
from symmetry.practice.records import NewPhoto, Step, Treatment
from symmetry.practice.store import Practice, open_practice

PHOTOS = sorted((SAMPLES / "series").glob("*.jpg"))[::2]
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=timezone.utc)


def fill(practice: Practice) -> None:
    practice.add_client("Ana", note="pays late")
    for path in PHOTOS:
        photo = read_photo(path)
        clean = clean_photo(path.read_bytes(), path.name)
        new = NewPhoto(name=path.name, data=clean.data, suffix=clean.suffix, source_sha256=photo.sha256)
        assert photo.captured is not None
        practice.add_session("ana", [new], at=photo.captured.astimezone(timezone.utc), zone="UTC")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("practice") / "p"
    with open_practice(folder) as practice:
        fill(practice)
        for _ in faces_of(practice, "ana"):
            pass
    return folder


def test_a_client_is_followed_through_the_sessions(folder):
    with open_practice(folder) as practice:
        series = series_of(practice, "ana", list(faces_of(practice, "ana")))
        sessions = practice.sessions("ana")
    assert [session.at for session in series.sessions] == [session.at for session in sessions]
    assert series.regions["mouth"].signed_asymmetry[-1] < series.regions["mouth"].signed_asymmetry[0] - 1
    assert series.treatment_start is None
    assert series.reference.photo.name.startswith("session ")


def test_kept_results_need_no_second_look(folder, monkeypatch):
    monkeypatch.setattr("symmetry.landmarks.detection.detect_largest_face", None)
    with open_practice(folder) as practice:  # opening clears away what no session knows: these are known
        faces = list(faces_of(practice, "ana"))
    assert len(faces) == len(PHOTOS)


def test_the_first_treatment_begins_the_treatment_phase(tmp_path, folder):
    with open_practice(folder) as practice:
        at = practice.sessions("ana")[0].at
        practice.add_treatment("ana", Treatment(at=at + timedelta(hours=1), zone="UTC", minutes=5, product="oil"))
        series = series_of(practice, "ana", list(faces_of(practice, "ana")))
        phases = series.regions["mouth"].phases
        practice.remove_treatment("ana", 1)
    assert series.treatment_start == at.date()
    assert phases is not None
    # The photo of that day was taken before the treatment.
    assert (phases.baseline_sessions, phases.treatment_sessions) == (1, len(PHOTOS) - 1)


def test_the_report_holds_pictures_treatments_and_diary_but_no_notes(folder):
    with open_practice(folder) as practice:
        practice.add_scale("tension")
        practice.add_entry("ana", at=NOW, zone="UTC", values={"tension": 4})
        practice.add_protocol("Evening <b>ritual</b>", [Step(name="jawline")], times_per_week=3)
        practice.add_treatment("ana", Treatment(at=NOW, zone="UTC", protocol="Evening <b>ritual</b>", minutes=4))
        series = series_of(practice, "ana", list(faces_of(practice, "ana")), treatment_start=NOW.date())
        report = report_of(practice, "ana", series, made=NOW, choice=Choice(note="See you <soon>"))
    assert report.title == "Ana"
    assert report.pictures is not None
    assert report.pictures.before.photo.pixels.size > 0
    assert [one.label for one in report.treatments] == ["Evening <b>ritual</b>"]
    assert [course.entries for course in report.diary] == [((NOW, 4.0),)]
    page = render_report(report)
    assert "pays late" not in page
    assert "See you &lt;soon&gt;" in page
    assert "Evening &lt;b&gt;ritual" in page
    assert "<b>ritual" not in page


def test_a_damaged_photo_is_named_and_the_others_are_followed(tmp_path):
    with open_practice(tmp_path / "p") as practice:
        fill(practice)
        victim = practice.sessions("ana")[1].photos[0]
        practice.photo_path(victim).write_bytes(b"not a photo")
        found = list(faces_of(practice, "ana"))
        failed = [one for one in found if isinstance(one, Failure)]
        assert [one.photo for one in failed] == [f"session 2: {victim.name}"]
        assert len(found) == len(PHOTOS)


def test_nobody_and_nothing(tmp_path):
    with open_practice(tmp_path / "p") as practice:
        practice.add_client("Ben")
        with pytest.raises(UnknownIdError):
            list(faces_of(practice, "ana"))
        with pytest.raises(NothingFitError):
            series_of(practice, "ben", [])
