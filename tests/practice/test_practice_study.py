"""The clients of a practice as a study: who is in it, what each did and said, and what is known of whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from helpers.made_series import FIRST as FIRST_SESSION
from helpers.made_series import made_series
from helpers.practice_samples import photo
from hypothesis import given
from hypothesis import strategies as st

from symmetry.errors import NothingFitError, TableError, UnknownIdError
from symmetry.measure.batch import Failure
from symmetry.practice import study as practice_study
from symmetry.practice.records import Entry, Step, Treatment
from symmetry.practice.store import open_practice
from symmetry.practice.study import (
    NO_CLIENT,
    NO_PHOTOS,
    UNTREATED,
    StudyOptions,
    main_protocol,
    minutes_of,
    rated_change,
    study_of_practice,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
FIRST, LAST = date(2026, 3, 11), date(2026, 3, 21)


def entry(day: int, **values: float) -> Entry:
    return Entry(number=1, at=NOON + timedelta(days=day), zone="UTC", values=tuple(values.items()), note="")


def treatment(protocol: str | None = None, minutes: float | None = None) -> Treatment:
    return Treatment(
        number=1, at=NOON, zone="UTC", protocol=protocol, minutes=minutes, zones=(), side="both", product="", by="",
        note="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rated", "change"),
    [
        ([(10, 3.0), (20, 5.0)], 2.0),
        ([(2, 1.0), (8, 3.0), (20, 5.0)], 2.0),  # what stood at the first session, not what was first of all
        ([(12, 4.0), (15, 3.0)], -1.0),  # nothing before the first session: the next one stands for it
        ([(10, 3.0), (20, 5.0), (25, 9.0)], 2.0),  # what came after the last session is of another time
        ([(10, 3.0)], None),
        ([(10, 3.0), (25, 9.0)], None),
        ([(2, 3.0), (5, 9.0)], None),  # both before the first session
        ([], None),
    ],
)
def test_a_rating_counts_from_the_first_session_to_the_last(rated, change):
    entries = [entry(day, evenness=value, tension=9 - value) for day, value in rated]
    found = rated_change(entries, "evenness", first=FIRST, last=LAST)
    assert found == change if change is not None else np.isnan(found)
    assert np.isnan(rated_change(entries, "pain", first=FIRST, last=LAST))


@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0, 10)), max_size=8), st.floats(-5, 5))
def test_a_rating_that_is_shifted_for_good_changes_by_the_same(rated, shift):
    rated = sorted(rated, key=lambda one: one[0])
    changes = [
        rated_change([entry(day, evenness=value + by) for day, value in rated], "evenness", first=FIRST, last=LAST)
        for by in (0.0, shift)
    ]
    assert changes[1] == pytest.approx(changes[0], nan_ok=True)


def test_minutes_are_known_where_every_treatment_tells_them():
    assert minutes_of([]) == 0.0
    assert minutes_of([treatment(minutes=10), treatment(minutes=2.5)]) == 12.5
    assert np.isnan(minutes_of([treatment(minutes=10), treatment()]))


def test_the_main_protocol_is_the_one_done_most():
    assert main_protocol([]) == main_protocol([treatment()]) == UNTREATED
    assert main_protocol([treatment("a"), treatment("b"), treatment("b"), treatment()]) == "b"
    assert main_protocol([treatment("b"), treatment("a")]) == "b"


ANNA, BEN, CLEO = "anna", "ben", "cleo"
SERIES = {
    ANNA: {},
    BEN: {"ends": {"mouth": (2.0, 1.9), "jawline": (2.0, 2.0)}},
    CLEO: {"days": (0,)},
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Anna and Ben were measured six times, Cleo once, of Dan no photo shows a face, Eve has none."""

    def faces_of(practice, client, **_):
        for session in practice.sessions(client):
            for each in session.photos:
                yield Failure(photo=each.name, error="no face") if client == "dan" else each

    def series_of(practice, client, faces, **_):
        if all(isinstance(face, Failure) for face in faces):
            raise NothingFitError("; ".join(face.error for face in faces))
        return made_series(**SERIES[client])

    monkeypatch.setattr(practice_study, "faces_of", faces_of)
    monkeypatch.setattr(practice_study, "series_of", series_of)
    folder = tmp_path / "practice"
    with open_practice(folder) as practice:
        practice.add_protocol("lifting", steps=[Step(name="jaw", minutes=12.0)], times_per_week=2)
        practice.add_protocol("sham", steps=[Step(name="rest", minutes=5.0)], times_per_week=1)
        practice.add_scale("Evenness")
        for name, sessions in (("Anna", 6), ("Ben", 7), ("Cleo", 1), ("Dan", 2), ("Eve", 0)):
            client = practice.add_client(name).id
            for number in range(sessions):
                practice.add_session(client, [photo(f"{client}{number}")], at=day(7 * number), zone="UTC")
        for when in (-30, 1, 8, 15, 22, 40):  # the first was before the sessions, the last came after them
            practice.add_treatment(ANNA, Treatment(at=day(when), zone="UTC", protocol="lifting"))
        for when in (2, 9):
            practice.add_treatment(BEN, Treatment(at=day(when), zone="UTC", protocol="sham"))
        practice.add_treatment(BEN, Treatment(at=day(3), zone="UTC", by="Mara"))
        for when, value in ((0, 3.0), (35, 7.0)):
            practice.add_entry(ANNA, at=day(when), zone="UTC", values={"Evenness": value})
    return folder


def day(number: int) -> datetime:
    return FIRST_SESSION.astimezone(timezone.utc) + timedelta(days=number)


def studied(folder, *, watch=None, complain=None, **options):
    with open_practice(folder) as practice:
        return study_of_practice(practice, StudyOptions(**options), watch=watch, complain=complain)


def test_everyone_is_in_the_study_with_what_they_did_and_said(folder):
    people = studied(folder, rating="evenness", by_protocol=True).people.set_index("person")
    assert list(people.index) == [ANNA, BEN, CLEO, "dan", "eve"]
    assert list(people["group"]) == ["lifting", "sham", *[UNTREATED] * 3]
    assert list(people["sessions"]) == [6, 6, 1, 0, 0]
    assert list(people["planned"]) == [6, 7, 1, 2, 0]
    anna, ben = people.loc[ANNA], people.loc[BEN]
    assert anna["minutes"] == 48.0
    assert anna["rating"] == 4.0
    assert np.isnan(ben["minutes"])  # one treatment does not tell
    assert np.isnan(ben["rating"])
    assert 0 < ben["adherence"] < 1
    assert people.loc[[CLEO, "dan", "eve"], "rating"].isna().all()


def test_adherence_is_what_was_done_of_what_was_planned_until_the_last_session(folder):
    with open_practice(folder) as practice:
        (ben,) = practice.adherence(BEN, until=day(35))
        study = study_of_practice(practice)
    found = study.people.set_index("person").loc[BEN, "adherence"]
    assert found == ben.share == 2 / 4  # 2 of one a week in the four whole weeks since the first


def test_changes_are_those_of_the_series_and_who_has_none_says_why(folder):
    changes = studied(folder).changes.set_index(["person", "region"])
    assert changes.loc[(ANNA, "mouth"), "change"] == pytest.approx(-2.5)
    assert changes.loc[(ANNA, "mouth"), "mdc"] == pytest.approx(0.4)
    assert changes.loc[(ANNA, "mouth"), "verdict"] == "improved"
    assert changes.loc[(BEN, "mouth"), "verdict"] == "no detectable change"
    assert changes.loc[(CLEO, "mouth"), "reason"] == "one session"
    assert changes.loc[("eve", "mouth"), "verdict"] == "not comparable"
    assert "commissure_height" not in set(changes.reset_index()["region"])
    assert set(studied(folder, regions=["commissure_height"]).changes["region"]) == {"commissure_height"}


def test_sessions_are_those_of_the_series(folder):
    sessions = studied(folder, regions=["mouth"]).sessions
    anna = sessions.loc[sessions["person"] == ANNA]
    assert list(anna["weeks"]) == [0, 1, 2, 3, 4, 5]
    assert list(anna["value"]) == pytest.approx([3.0, 2.5, 2.0, 1.5, 1.0, 0.5])


def test_what_is_wrong_is_said_of_whom(folder):
    told = []
    studied(folder, complain=lambda about, why: told.append((about, why)))
    assert ("eve", NO_PHOTOS) in told
    assert ("dan: IMG_dan0.jpg", "no face") in told
    assert ("dan", "no face; no face") in told
    assert {about.partition(":")[0] for about, _ in told} == {"dan", "eve"}


def test_all_photos_pass_by_who_watches(folder):
    seen = []

    def watch(photos, total):
        for each in photos:
            seen.append(each[0])
            yield each
        assert len(seen) == total

    studied(folder, watch=watch)
    assert seen == [*[ANNA] * 6, *[BEN] * 7, CLEO, "dan", "dan"]


def test_a_study_may_be_of_some_clients(folder):
    told = []
    some = pd.DataFrame({"person": ["ANNA", "eve", "stranger"]})
    study = studied(folder, facts=some, planned=8, complain=lambda about, why: told.append((about, why)))
    assert list(study.people["person"]) == [ANNA, "eve"]
    assert list(study.people["planned"]) == [8, 8]
    assert ("stranger", NO_CLIENT) in told


def test_groups_come_from_the_table_of_people_or_from_the_protocols(tmp_path):
    table = tmp_path / "people.csv"
    table.write_text("person,arm\nANNA,a\nben,b\n", encoding="utf-8")
    by_arm = StudyOptions.of(table, "arm")
    assert list(by_arm.facts["person"]) == [ANNA, BEN]
    assert list(by_arm.facts["group"]) == ["a", "b"]
    assert list(StudyOptions.of(table, None).facts["group"]) == ["all", "all"]
    assert StudyOptions.of(table, "protocol").by_protocol
    assert StudyOptions.of(None, "protocol").by_protocol
    assert not by_arm.by_protocol
    with pytest.raises(TableError, match='no column "side"'):
        StudyOptions.of(table, "side")


def test_a_scale_that_is_not_there_and_a_practice_without_faces_are_said(folder):
    with pytest.raises(UnknownIdError, match="did you mean Evenness"):
        studied(folder, rating="evenes")
    with pytest.raises(TableError, match="session add"):
        studied(folder, facts=pd.DataFrame({"person": ["dan", "eve"]}))
