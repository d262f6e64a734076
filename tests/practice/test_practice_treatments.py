"""Protocols, treatments and diaries: what is kept, and how adherence is counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from helpers.practice_samples import START, ZONE, assert_whole, moment
from hypothesis import given
from hypothesis import strategies as st

from symmetry.errors import InvalidRecordError, TakenIdError, UnknownIdError
from symmetry.practice.adherence import adherence
from symmetry.practice.records import Step, Treatment, Week
from symmetry.practice.store import open_practice

STEPS = (
    Step(name="Warm the product", minutes=1.5, product="oil"),
    Step(name="Jawline", zones=("jawline", "chin"), side="subject_left", minutes=4),
    Step(name="Pause"),
)


@pytest.fixture
def practice(tmp_path):
    with open_practice(tmp_path / "practice") as opened:
        opened.add_client("Anna")
        opened.add_client("Berta")
        yield opened
    assert_whole(tmp_path / "practice")


def test_protocol_comes_back_with_its_steps_in_order(practice):
    added = practice.add_protocol("Evening ritual", STEPS, times_per_week=3.5, note="slowly")
    assert added.steps == STEPS
    assert (added.times_per_week, added.note, added.minutes) == (3.5, "slowly", 5.5)
    assert practice.add_protocol("another", [Step(name="Rest")]).minutes is None
    assert practice.protocol("EVENING  Ritual") == added
    assert [protocol.name for protocol in practice.protocols()] == ["another", "Evening ritual"]


@pytest.mark.parametrize(
    ("name", "steps", "plan", "message"),
    [
        ("", STEPS, None, "the protocol's name is empty"),
        ("a", [], None, "at least one step"),
        ("a", [Step(name=" ")], None, "a step's name is empty"),
        ("a", [Step(name="b", minutes=0)], None, "a step's minutes must be above 0"),
        ("a", [Step(name="b", minutes=float("nan"))], None, "a step's minutes must be above 0"),
        ("a", [Step(name="b", side="left")], None, '"left" is not a side; choose one of both, subject_right'),
        ("a", [Step(name="b", zones="chin")], None, "a list of names"),
        ("a", STEPS, -1, "times per week must be above 0"),
        ("a", STEPS, float("inf"), "times per week must be above 0"),
    ],
)
def test_protocol_that_makes_no_sense_is_refused(practice, name, steps, plan, message):
    with pytest.raises(InvalidRecordError, match=message):
        practice.add_protocol(name, steps, times_per_week=plan)
    assert practice.protocols() == ()


def test_protocol_is_kept_once_and_for_as_long_as_it_is_used(practice):
    practice.add_protocol("Lift", STEPS)
    with pytest.raises(TakenIdError, match="already"):
        practice.add_protocol("LIFT", STEPS)
    with pytest.raises(UnknownIdError, match='no protocol "lifd"; did you mean Lift'):
        practice.add_treatment("anna", Treatment(**moment(), protocol="lifd"))
    done = practice.add_treatment("anna", Treatment(**moment(), protocol="lift"))
    with pytest.raises(TakenIdError, match="is used in 1 treatment and cannot be removed"):
        practice.remove_protocol("lift")
    practice.remove_treatment("anna", done.number)
    practice.remove_protocol("Lift")
    assert practice.protocols() == ()
    with pytest.raises(UnknownIdError):
        practice.protocol("Lift")


def test_treatment_comes_back_as_added_with_a_protocol_or_without(practice):
    practice.add_protocol("Lift", STEPS)
    with_it = practice.add_treatment("anna", Treatment(**moment(1), protocol="lift", by="Ms  Moss", note="calm"))
    without = practice.add_treatment(
        "ANNA",
        Treatment(
            **moment(),
            minutes=20,
            zones=(
                "cheeks",
                "mouth",
                "cheeks",
            ),
            side="subject_right",
            product="cream",
        ),
    )
    assert practice.treatments("anna") == (without, with_it)
    assert (with_it.protocol, with_it.minutes, with_it.by, with_it.number) == ("Lift", 5.5, "Ms Moss", 1)
    assert (without.protocol, without.zones, without.side) == (None, ("cheeks", "mouth"), "subject_right")
    assert (without.product, without.number, without.at, without.zone) == ("cream", 2, START, ZONE)
    assert practice.add_treatment("anna", Treatment(**moment(), protocol="lift", minutes=9)).minutes == 9
    practice.remove_treatment("anna", 3)
    assert practice.add_treatment("anna", Treatment(**moment())).number == 4
    assert practice.treatments("berta") == ()
    with pytest.raises(UnknownIdError, match="no treatment 3"):
        practice.remove_treatment("anna", 3)
    with pytest.raises(InvalidRecordError, match="the minutes must be above 0 and at most 1440"):
        practice.add_treatment("anna", Treatment(**moment(), minutes=2000))


def test_adherence_counts_whole_weeks_and_the_running_one_apart(practice):
    practice.add_protocol("Lift", STEPS, times_per_week=3)
    practice.add_protocol("Calm", [Step(name="Rest")])
    # Of the first week 2, of the second none, of the third 4, of the running one 1.
    for day in (0, 6, 14, 15, 16, 20, 21):
        practice.add_treatment("anna", Treatment(**moment(day), protocol="lift"))
    practice.add_treatment("anna", Treatment(**moment(20), protocol="calm"))
    practice.add_treatment("anna", Treatment(**moment(20), minutes=60))
    calm, lift = practice.adherence("anna", until=START + timedelta(days=23))
    assert (lift.protocol, lift.since, lift.times_per_week) == ("Lift", date(2026, 3, 2), 3)
    assert [week.done for week in lift.weeks] == [2, 0, 4]
    assert [week.start for week in lift.weeks] == [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)]
    assert (lift.done, lift.planned, lift.share) == (6, 9, pytest.approx(2 / 3))
    assert lift.running == Week(start=date(2026, 3, 23), done=1)
    assert lift.minutes == pytest.approx(7 * 5.5)
    assert (calm.planned, calm.share, calm.weeks, calm.running.done, calm.minutes) == (None, None, (), 1, 0)
    assert practice.adherence("berta") == ()
    assert practice.adherence("anna", until=START - timedelta(hours=1)) == ()


def test_days_are_those_of_the_place(practice):
    practice.add_protocol("Lift", STEPS, times_per_week=1)
    late = datetime(2026, 3, 2, 23, 30, tzinfo=ZoneInfo(ZONE))
    practice.add_treatment("anna", Treatment(at=late, zone=ZONE, protocol="lift"))
    # Six days and an hour later it is the seventh day in Berlin, still the sixth in UTC.
    (lift,) = practice.adherence("anna", until=(late + timedelta(days=6, hours=1)).astimezone(ZoneInfo("UTC")))
    assert lift.since == date(2026, 3, 2)
    assert (len(lift.weeks), lift.share) == (1, 1.0)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40), st.integers(0, 70), st.floats(0.1, 14))
def test_adherence_counts_every_treatment_once(days, until, plan):
    days.sort()
    treatments = [
        Treatment(
            number=number,
            at=START + timedelta(days=day),
            zone=ZONE,
            protocol="lift",
            minutes=10.0,
            zones=(),
            side="both",
            product="",
            by="",
            note="",
        )
        for number, day in enumerate(days)
    ]
    counted = adherence(treatments, {"lift": [(date.min, plan)]}, until=START + timedelta(days=until))
    past = [day for day in days if day <= until]
    assert len(counted) == bool(past)
    for each in counted:
        assert each.done + each.running.done == len(past)
        assert sum(week.done for week in each.weeks) == each.done
        assert len(each.weeks) == (until - past[0]) // 7
        assert each.minutes == 10 * len(past)
        assert each.planned is None if not each.weeks else each.planned == pytest.approx(plan * len(each.weeks))


def test_diary_comes_back_as_added(practice):
    practice.add_scale("Tension", note="10 = as tense as can be")
    practice.add_scale("screen hours", low=0, high=24)
    assert [(scale.name, scale.low, scale.high) for scale in practice.scales()] == [
        ("screen hours", 0, 24),
        ("Tension", 0, 10),
    ]
    late = practice.add_entry("anna", **moment(1), values={"TENSION": 0, "screen hours": 7.5}, note="tired")
    early = practice.add_entry("anna", **moment(), values={}, note="only words")
    assert practice.diary("Anna") == (early, late)
    assert late.values == (("screen hours", 7.5), ("Tension", 0.0))
    assert (late.note, late.at, late.zone, late.number) == ("tired", START + timedelta(days=1), ZONE, 1)
    practice.remove_entry("anna", 1)
    assert practice.diary("anna") == (early,)
    assert practice.diary("berta") == ()
    with pytest.raises(UnknownIdError, match="no entry 1"):
        practice.remove_entry("anna", 1)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"tension": 10.5}, InvalidRecordError, '"Tension" goes from 0 to 10, not 10.5'),
        ({"tension": float("nan")}, InvalidRecordError, "goes from 0 to 10"),
        ({"tension": 3, "Tension": 3}, InvalidRecordError, "rated twice"),
        ({"tensoin": 3}, UnknownIdError, "did you mean Tension"),
        ({}, InvalidRecordError, "at least one value or a note"),
    ],
)
def test_entry_that_makes_no_sense_is_refused(practice, values, error, message):
    practice.add_scale("Tension")
    with pytest.raises(error, match=message):
        practice.add_entry("anna", **moment(), values=values)
    assert practice.diary("anna") == ()
    assert practice.add_entry("anna", **moment(), values={"tension": 1}).number == 1


def test_scale_is_kept_once_and_for_as_long_as_it_is_used(practice):
    practice.add_scale("Tension")
    with pytest.raises(TakenIdError, match="already"):
        practice.add_scale("tension")
    for low, high in [(5, 5), (6, 5), (0, float("inf")), (float("nan"), 1)]:
        with pytest.raises(InvalidRecordError, match="has no room"):
            practice.add_scale("Stress", low=low, high=high)
    practice.add_entry("anna", **moment(), values={"Tension": 1})
    with pytest.raises(TakenIdError, match="is used in 1 entry of a diary"):
        practice.remove_scale("Tension")
    practice.remove_entry("anna", 1)
    practice.remove_scale("TENSION")
    assert practice.scales() == ()
