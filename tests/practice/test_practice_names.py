"""Names, ids and times: any text goes in and comes back, and nothing that would do harm."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from helpers.examples import examples
from helpers.practice_samples import START, photo
from hypothesis import given
from hypothesis import strategies as st

from symmetry.errors import InvalidRecordError
from symmetry.practice import names
from symmetry.practice.reading import PracticeReader
from symmetry.practice.store import open_practice
from symmetry.practice.times import captured_from_text, captured_to_text, from_text, to_text

ZONES = ["Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Monrovia", "UTC"]
texts = st.text(max_size=250)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ánna Kovács", "anna-kovacs"),
        ("  Straße-Łódź ", "strasse-lodz"),
        ("Ægir Þór", "aegir-thor"),
        ("D’Arcy O'Neill", "darcy-oneill"),
        ("İstanbul IŞIK", "istanbul-isik"),
        ("x'); DROP TABLE clients;--", "x-drop-table-clients"),
        ("../../etc/passwd", "etc-passwd"),
        ("Анна Ковач", "анна-ковач"),
        ("李小龙", "李小龙"),
        ("Ἀθηνᾶ", "ἀθηνᾶ"),
        ("007", ""),
        ("🙂", ""),
        ("a" * 50, "a" * 40),
    ],
)
def test_slug_is_what_a_person_would_type(name, slug):
    assert names.slug(name) == slug


@given(texts)
def test_slug_is_an_id_or_nothing(name):
    slug = names.slug(name)
    assert slug == "" or re.fullmatch(r"[^\W_]+(-[^\W_]+)*", slug)
    if slug:
        assert names.given_id(slug) == slug
        assert names.slug(slug) == slug


@given(texts, st.lists(texts, max_size=5))
def test_free_id_is_nobody_elses(name, others):
    taken = {names.slug(each) for each in (*others, name)} | {"client-2", "client-3"}
    made = names.free_id(name, count=1, is_taken=taken.__contains__)
    assert made not in taken
    assert names.given_id(made) == made


@given(texts)
def test_name_is_one_line_and_keeps_being_itself(text):
    try:
        kept = names.name(text, "the name")
    except InvalidRecordError:
        return
    assert kept == names.name(kept, "the name")
    assert kept == kept.strip()
    assert len(kept.splitlines()) == 1
    assert not any(unicodedata.category(sign) == "Cc" for sign in kept)
    assert unicodedata.is_normalized("NFC", kept)


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=150))
def test_letters_of_all_scripts_are_kept(text):
    assert names.name(text, "the name") == unicodedata.normalize("NFC", text)


@given(st.text(max_size=200))
def test_note_keeps_its_lines(text):
    kept = names.note(text)
    assert kept == names.note(kept)
    assert "\r" not in kept
    assert "\x1b" not in kept


@given(texts)
def test_ids_are_the_same_in_any_case(text):
    assert names.fold(text) == names.fold(names.fold(text))
    if len(text.upper().lower()) == len(text):  # not those whose capitals are other letters
        assert names.fold(text.lower()) == names.fold(text.lower().casefold())


def test_terminal_signs_do_not_get_into_a_message():
    error = names.unknown("client", "\x1b[31mred\nline", ["red"], see="the list")
    assert "\x1b" not in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    "name", ['O\'Brien "Bo" <script>', "=cmd|' /C calc'!A0", "שרה \u202eכהן", "👩🏽‍⚕️ Zoë", "%s {0} \\", "a;b,c\td"]
)
def test_odd_names_come_back_everywhere(name, tmp_path):
    expected = name.replace("\t", " ")
    with open_practice(tmp_path / "p") as practice:
        added = practice.add_client(name, note=name)
        practice.add_session(added.id, [photo(1)], at=START, zone="Europe/Berlin", note=name)
        assert practice.client(added.id).name == expected
        assert practice.sessions(added.id)[0].note == name
    page = PracticeReader(tmp_path / "p").page(added.id)
    assert (page.client.name, page.client.note, page.sessions[0].note) == (expected, name, name)


@examples(25)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30), min_size=1, max_size=4))
def test_any_names_make_clients_that_are_found(given_names):
    with TemporaryDirectory() as root, open_practice(Path(root, "p")) as practice:
        for name in given_names:
            try:
                added = practice.add_client(name)
            except InvalidRecordError:
                continue
            assert practice.client(added.id.upper()) == added
        ids = [client.id for client in practice.clients()]
        assert len(ids) == len(set(ids))
        assert {line.client for line in PracticeReader(Path(root, "p")).overview()} == set(practice.clients())


local_times = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1))


@given(local_times, st.sampled_from(ZONES), st.sampled_from([0, 1]))
def test_times_come_back_as_they_were(local, zone, fold):
    at = local.replace(tzinfo=ZoneInfo(zone) if zone != "UTC" else timezone.utc, fold=fold)
    back = from_text(to_text(at, zone), zone)
    # The wall clock and the offset, also where a clock shows an hour twice or never.
    assert back.isoformat() == at.isoformat()
    assert back.timestamp() == at.timestamp()
    assert back.tzname() == at.tzname()


@given(st.datetimes(timezones=st.just(timezone.utc), min_value=datetime(1980, 1, 1), max_value=datetime(2100, 1, 1)))
def test_time_given_by_its_offset_alone_comes_back_in_its_zone(at):
    local = at.astimezone(ZoneInfo("Europe/Berlin"))
    fixed = local.replace(tzinfo=timezone(local.utcoffset()))
    back = from_text(to_text(fixed, "Europe/Berlin"), "Europe/Berlin")
    assert back.isoformat() == fixed.isoformat()
    assert back.tzinfo == ZoneInfo("Europe/Berlin")


@given(local_times, st.none() | st.sampled_from(ZONES) | st.integers(-840, 840))
def test_capture_times_come_back_as_they_were(local, zone):
    if isinstance(zone, str):
        local = local.replace(tzinfo=ZoneInfo(zone))
    elif isinstance(zone, int):
        local = local.replace(tzinfo=timezone(timedelta(minutes=zone)))
    back = captured_from_text(*captured_to_text(local))
    assert back.isoformat() == local.isoformat()
    assert captured_from_text(*captured_to_text(None)) is None


@pytest.mark.parametrize(
    ("at", "zone", "message"),
    [
        (START.replace(tzinfo=None), "Europe/Berlin", "how far from UTC"),
        (START, "Europe/Berln", 'no time zone "Europe/Berln"'),
        (START, "", "no time zone"),
        (START, "../../etc/passwd", "no time zone"),
        (START, "Europe", "no time zone"),
        (START, "America/New_York", "not that of America/New_York"),
    ],
)
def test_time_that_does_not_fit_its_zone_is_refused(at, zone, message):
    with pytest.raises(InvalidRecordError, match=message):
        to_text(at, zone)


def test_zone_that_this_computer_has_no_data_for_is_kept_by_its_name():
    named = timezone(timedelta(hours=2), "W. Europe Summer Time")
    at = datetime(2026, 7, 1, 12, tzinfo=named)
    text = to_text(at, "W. Europe Summer Time")
    assert from_text(text, "W. Europe Summer Time") == at
