"""`symmetry protocol`, `treatment`, `diary`: steps as people type them and files hold them, what was done, ratings."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from helpers.command_line import run
from hypothesis import given
from hypothesis import strategies as st

from symmetry.errors import InvalidRecordError
from symmetry.practice.listing import DIARY_COLUMNS, PROTOCOL_COLUMNS, SCALE_COLUMNS, TREATMENT_COLUMNS
from symmetry.practice.records import Step
from symmetry.practice.steps import parse_step, read_steps


@pytest.fixture(autouse=True)
def practice(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("SYMMETRY_PRACTICE", str(tmp_path / "practice"))
    return tmp_path / "practice"


def done(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def rows(*arguments: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(done(*arguments, "-f", "csv"))))


def data(*arguments: object):
    return json.loads(done(*arguments, "-f", "json"))


@pytest.fixture
def ana() -> str:
    done("client", "add", "Ana")
    return "ana"


# Steps


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("warm the product: hands, 0.5 min", Step(name="warm the product", zones=("hands",), minutes=0.5)),
        ("hold", Step(name="hold")),
        ("hold:", Step(name="hold")),
        ("hold: 1 min", Step(name="hold", minutes=1)),
        ("pause: 30 s", Step(name="pause", minutes=0.5)),
        ("pause: 90seconds", Step(name="pause", minutes=1.5)),
        ("knead: 0,5 min,left", Step(name="knead", minutes=0.5, side="subject_left")),
        ("knead: jawline,3 mins", Step(name="knead", zones=("jawline",), minutes=3)),
        (
            " lift : cheeks to temples, forehead, right side, 2.5 minutes, with rose oil, warm",
            Step(
                name="lift",
                zones=("cheeks to temples", "forehead", "warm"),
                side="subject_right",
                minutes=2.5,
                product="rose oil",
            ),
        ),
        ("Rollen: WITH Öl, Both", Step(name="Rollen", product="Öl", side="both")),
        ("left: left", Step(name="left", side="subject_left")),
        ("rest: 1 h", Step(name="rest", minutes=60)),
        ("rest: 1,5 Hours, jaw", Step(name="rest", zones=("jaw",), minutes=90)),
        ("rest: 2hrs.", Step(name="rest", minutes=120)),
        ("90s facial, 5-min mask: 5 min", Step(name="90s facial, 5-min mask", minutes=5)),
        (
            "step 2: point 3, ST6, 2 mm below the eye, 7 sections, second chin, zygomaticus minor, with 3 min mask",
            Step(
                name="step 2",
                zones=("point 3", "ST6", "2 mm below the eye", "7 sections", "second chin", "zygomaticus minor"),
                product="3 min mask",
            ),
        ),
        ("minor lift, slowly", Step(name="minor lift, slowly")),
    ],
)
def test_steps_as_people_type_them(text, step):
    assert parse_step(text) == step


@pytest.mark.parametrize("text", ["", " ", ": 3 min", "a: 3 min, 2 min", "a: left, right", "a: with x, with y"])
def test_steps_that_say_too_little_or_too_much(text):
    with pytest.raises(ValueError, match="step"):
        parse_step(text)
    assert run("protocol", "add", "x", f"--step={text}").exit_code == 2


@pytest.mark.parametrize(
    "part",
    [
        *("three min", "chin three min", "half an hour", "a minute", "twenty-five seconds", "a couple of minutes"),
        *("-3 min", "+3 min", "\u22123 min", "~3 min", "-3", "3", "1.5", "1/2", "\u00bd", "3-4 min", "about 3 min"),
        *("3 min left", "left 3 min", "3 minutes of rest", "3 min 30 s", "zone 1,2 min", "1:30 min", "min. 3", "min=3"),
        *("h\u00e1rom min", "3 Minuten", "3 minutos", "30 sek", "30 segundos", "30 secondi"),
        *("3'", '30"', "\u00bd hour"),
    ],
)
def test_what_looks_like_a_duration_is_no_zone(practice, part):
    for text in (f"jawline: {part}", f"jawline: chin, {part}, left", f"jawline: 2 min, {part}"):
        with pytest.raises(ValueError, match=f"^'{re.escape(part)}' in the step .* write it as 3 min, 30 s or 1.5 h"):
            parse_step(text)
    result = run("protocol", "add", "x", "--step", f"jawline: {part}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert data("protocol", "list") == []


@pytest.mark.parametrize("text", ["jaw 3 min", "jaw, 3 min, left", "jaw 30s", "jaw three minutes.", "jaw 3 min: left"])
def test_a_duration_in_a_name_wants_a_colon(text):
    with pytest.raises(ValueError, match="put a colon behind the name: 'NAME: 3 min'"):
        parse_step(text)


def test_other_slips_in_a_step():
    with pytest.raises(ValueError, match="colon between digits"):
        parse_step("hold 1:30 min")
    with pytest.raises(ValueError, match="with what"):
        parse_step("hold: 1 min, with")


@given(
    st.integers(1, 9999),
    st.sampled_from(["", " ", "  "]),
    st.sampled_from([("s", 1 / 60), ("secs", 1 / 60), ("m", 1), ("Min", 1), ("minutes", 1), ("h", 60), ("hour", 60)]),
)
def test_a_duration_counts_wherever_it_stands(amount, blank, unit):
    duration = f"{amount}{blank}{unit[0]}"
    for text in (f"a: {duration}, left, jaw", f"a:left,jaw,{duration}", f"a: left, {duration}, jaw"):
        step = parse_step(text)
        assert step.minutes == pytest.approx(amount * unit[1])
        assert (step.zones, step.side) == (("jaw",), "subject_left")
    with pytest.raises(ValueError, match="colon"):
        parse_step(f"a {duration}")
    with pytest.raises(ValueError, match="looks like"):
        parse_step(f"a: -{duration}")


@given(st.text(max_size=40))
def test_any_text_is_a_step_or_a_value_error(text):
    try:
        step = parse_step(text)
    except ValueError:
        return
    assert step.name.strip()
    assert all(zone.strip() for zone in step.zones)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_show_writes_can_be_read_again(tmp_path, form):
    done("protocol", "add", "ritual", "--step", "warm: hands, 0.5 min", "--step", "=lift: left, a, b, with -oil")
    file = tmp_path / f"steps.{form}"
    done("protocol", "show", "RITUAL", "-o", file)
    done("protocol", "add", "again", "--steps", file)
    assert data("protocol", "show", "again")["steps"] == data("protocol", "show", "ritual")["steps"]
    assert data("protocol", "show", "again")["times_per_week"] is None


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_copy_keeps_the_plan_and_says_that_it_has_no_note(tmp_path, form):
    done("protocol", "add", "ritual", "--step", "a: 1 min", "--step", "b", "--times-per-week", "2.5", "--note", "x\ny")
    file = tmp_path / f"steps.{form}"
    done("protocol", "show", "ritual", "-o", file)
    result = run("protocol", "add", "copy", "--steps", file)
    assert result.stdout.splitlines()[0] == "protocol copy added: 2 steps, 1 minutes, 2.5 times a week"
    assert result.stderr == f"symmetry: {file}: its note is ignored; use --note\n"
    copy = data("protocol", "show", "copy")
    assert (copy["times_per_week"], copy["note"]) == (2.5, "")
    result = run("protocol", "add", "other", "--steps", file, "--times-per-week", "4", "--note", "z")
    assert (result.exit_code, result.stderr) == (0, "")
    other = data("protocol", "show", "other")
    assert (other["times_per_week"], other["note"], other["steps"]) == (4, "z", copy["steps"])


@pytest.mark.parametrize(
    ("name", "content", "steps"),
    [
        ("a.csv", "name\nhold\n", [Step(name="hold")]),
        ("a.csv", '\ufeffname,zones,side,minutes\nlift,jaw; chin,left,"1,5"\n\n', None),
        ("a.csv", "step,note,name,zones,side,minutes,,\n1,,lift,jaw; chin,left,1.5,,\n", None),
        ("a.json", '[{"name": "lift", "zones": ["jaw", "chin"], "side": "left", "minutes": 1.5}]', None),
        (
            "a.json",
            '{"steps": [{"name": "lift", "zones": "jaw;chin", "side": "subject_left", "minutes": "1.5"}]}',
            None,
        ),
    ],
)
def test_files_of_steps(tmp_path, name, content, steps):
    (tmp_path / name).write_text(content, encoding="utf-8")
    expected = steps or [Step(name="lift", zones=("jaw", "chin"), side="subject_left", minutes=1.5)]
    assert read_steps(tmp_path / name) == (expected, None, False)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "no column called name"),
        ("a.csv", b"zones,minutes\njaw,3\n", "no column called name"),
        ("a.csv", b"name\n", "no steps"),
        ("a.csv", b"name,zone\nlift,jaw\n", 'column "zone" that no step has; did you mean zones'),
        ("a.csv", b"name,how long\nlift,3\n", 'column "how long".*a step has name, zones, side, minutes, product'),
        ("a.csv", b"name,zones,side\nhold,,\nlift,jaw, chin,left\n", "step 2.*quotes"),
        ("a.csv", b"name,\nlift,jaw\n", "step 1.*without a column"),
        ("a.csv", b"protocol,name\na,lift\nb,hold\n", "several protocols"),
        ("a.csv", b"name,times_per_week\nlift,2\nhold,3\n", "not the same in all rows"),
        ("a.csv", b"name,times_per_week\nlift,often\n", 'times_per_week "often"'),
        ("a.json", b'[{"name": "a", "zone": ["jaw"]}]', 'key "zone" that no step has; did you mean zones'),
        ("a.json", b'[{"name": "a", "steps": []}]', 'key "steps"'),
        ("a.json", b'{"steps": [{"name": "a"}], "times_per_week": "often"}', 'times_per_week "often"'),
        ("a.csv", b"name,minutes\nlift,long\n", 'step 1.*"long"'),
        ("a.csv", b"name,minutes\nlift,nan\n", 'step 1.*"nan"'),
        ("a.csv", b"name,side\nhold,\nlift,up\n", 'step 2.*"up"'),
        ("a.csv", b'name\n"open', "not CSV"),
        ("a.csv", b"\xff\xfe\x00", "not text"),
        ("a.csv", b"x" * 1_000_001, "too large"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[" * 100_000, "not JSON"),
        ("a.json", b'"hold"', "list of objects"),
        ("a.json", b'["hold"]', "list of objects"),
        ("a.json", b'{"name": "hold"}', "list of objects"),
        ("a.json", b'[{"name": 3}]', "texts"),
        ("a.json", b'[{"name": "a", "zones": [1]}]', "zones"),
        ("a.json", b'[{"name": "a", "minutes": [1]}]', "minutes"),
    ],
)
def test_files_of_steps_that_cannot_be_read(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidRecordError, match=words):
        read_steps(tmp_path / name)
    result = run("protocol", "add", "x", "--steps", tmp_path / name)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"symmetry: {tmp_path / name}: ")


def test_a_missing_file_of_steps(tmp_path):
    with pytest.raises(InvalidRecordError, match="cannot be read"):
        read_steps(tmp_path / "missing.csv")
    with pytest.raises(InvalidRecordError, match="cannot be read"):
        read_steps(tmp_path / "nul\0.csv")


# Protocols


def test_protocols_are_added_listed_shown_removed(tmp_path):
    assert "no protocols yet" in done("protocol", "list")
    said = done(
        *("protocol", "add", "Lifting ritual", "--step", "warm: 0.5 min", "--step", "lift: jaw, 3 min, left"),
        *("--times-per-week", "2.5", "--note", "slowly"),
    )
    assert said.splitlines() == [
        "protocol Lifting ritual added: 2 steps, 3.5 minutes, 2.5 times a week",
        "  1. warm: no zones; both sides; 0.5 min",
        "  2. lift: zones jaw; left side; 3 min",
    ]
    (listed,) = data("protocol", "list")
    assert listed == data("protocol", "show", "lifting RITUAL")
    assert (listed["times_per_week"], listed["minutes"], listed["note"]) == (2.5, 3.5, "slowly")
    assert [step["name"] for step in listed["steps"]] == ["warm", "lift"]
    steps = rows("protocol", "list")
    assert tuple(steps[0]) == PROTOCOL_COLUMNS
    assert [(row["step"], row["name"], row["side"]) for row in steps] == [
        ("1", "warm", "both"),
        ("2", "lift", "subject_left"),
    ]
    shown = done("protocol", "show", "lifting ritual")
    for text in ("3.5 minutes", "2.5 times a week", "slowly", "left", "jaw"):
        assert text in shown
    assert "Remove the protocol Lifting ritual?" in run("protocol", "remove", "lifting ritual").stderr
    assert "removed" in done("protocol", "remove", "lifting ritual", "--yes")
    assert data("protocol", "list") == []


def test_steps_are_shown_as_they_were_understood():
    said = done(
        *("protocol", "add", "x", "--step", "jawline: 3min, links, chin", "--step", "hold"),
        *("--step", "rest: 20 s, right, with \x1bBalm"),
    )
    assert said.splitlines()[1:] == [
        "  1. jawline: zones links, chin; both sides; 3 min",
        "  2. hold: no zones; both sides; no minutes",
        "  3. rest: no zones; right side; 0.3333 min; with Balm",
    ]


def test_protocols_that_cannot_be(tmp_path, ana):
    done("protocol", "add", "ritual", "--step", "hold: 1 min")
    for arguments, status, words in (
        (["add", "x"], 2, "--step for each"),
        (["add", "x", "--step", "hold", "--steps", tmp_path / "a.csv"], 2, "--step for each"),
        (["add", "Ritual", "--step", "hold"], 1, "already"),
        (["add", "x", "--step", "hold: 9999 min"], 1, "minutes"),
        (["add", "x", "--step", "hold", "--times-per-week", "-1"], 1, "times per week"),
        (["add", "x", "--step", "hold", "--times-per-week", "often"], 2, "often"),
        (["show", "rituel"], 1, "did you mean ritual?"),
    ):
        result = run("protocol", *arguments)
        assert result.exit_code == status, arguments
        assert words in result.stderr
    done("treatment", "add", ana, "--protocol", "ritual")
    done("treatment", "add", ana, "--minutes", "5")
    for answer in ((), ("--yes",)):
        result = run("protocol", "remove", "RITUAL", *answer)
        assert result.exit_code == 1
        assert result.stderr == 'symmetry: "ritual" is used in 1 treatment and cannot be removed before\n'
    result = run("protocol", "remove", "rituel")
    assert (result.exit_code, "did you mean ritual?" in result.stderr) == (1, True)


# Treatments


def test_treatments_and_how_they_keep_to_the_plan(ana):
    done("protocol", "add", "ritual", "--step", "hold: 10 min", "--times-per-week", "2")
    today = datetime.now()
    for days in (15, 14, 8, 1):
        said = done("treatment", "add", ana, "--protocol", "ritual", "--date", f"{today - timedelta(days):%Y-%m-%d}")
    assert said == f"treatment 4 of ana added: ritual, {today - timedelta(1):%Y-%m-%d} 12:00\n"
    done("treatment", "add", "ANA", "--minutes", "7.5", "--zones", "jaw,, chin ", "--side", "left", "--by", "Mara")
    shown = done("treatment", "list", ana)
    assert "ritual: 3 of 4 planned in 2 weeks (75%); in the week from" in shown
    assert "1 of 2 so far." in shown
    found = data("treatment", "list", ana)
    assert [treatment["minutes"] for treatment in found["treatments"]] == [10, 10, 10, 10, 7.5]
    last = found["treatments"][-1]
    assert (last["zones"], last["side"], last["by"], last["protocol"]) == (
        ["jaw", "chin"],
        "subject_left",
        "Mara",
        None,
    )
    (kept,) = found["adherence"]
    assert (kept["done"], kept["planned"], kept["share"]) == (3, 4, 0.75)
    table = rows("treatment", "list", ana)
    assert tuple(table[0]) == TREATMENT_COLUMNS
    assert table[-1]["zones"] == "jaw; chin"
    assert "removed" in done("treatment", "remove", ana, "5", "--yes")
    assert len(rows("treatment", "list", ana)) == 4
    assert run("treatment", "remove", ana, "5", "--yes").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--date", "yesterday"),
        ("--side", "left"),
        ("--zones", " , "),
        ("--note", " "),
        ("--by", ""),
        ("--product", ""),
    ],
)
def test_a_treatment_that_says_nothing_is_not_added(ana, arguments):
    result = run("treatment", "add", ana, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing to add; give --protocol, --minutes, --zones" in result.stderr
    assert rows("treatment", "list", ana) == []


def test_one_word_about_a_treatment_is_enough(ana):
    said = [("--minutes", "5"), ("--zones", "jaw"), ("--product", "oil"), ("--by", "Mara"), ("--note", "tired")]
    for arguments in said:
        done("treatment", "add", ana, *arguments)
    assert len(rows("treatment", "list", ana)) == len(said)


@pytest.mark.parametrize("kind", ["treatment", "diary"])
def test_what_is_not_there_is_not_asked_about(ana, kind):
    done("treatment", "add", ana, "--minutes", "5", "--date", "2026-04-06 08:10")
    done("diary", "add", ana, "--note", "tired", "--date", "2026-04-06 08:10")
    what = {"treatment": "treatment", "diary": "entry"}[kind]
    for number in ("77", "9" * 30):
        for answer in ((), ("--yes",)):
            result = run(kind, "remove", ana, number, *answer)
            assert (result.exit_code, result.stdout) == (1, "")
            (line,) = result.stderr.splitlines()
            assert line.endswith(f"no {what} {number}; `symmetry {kind} list ana` shows them")
    assert run(kind, "remove", "anna", "1").exit_code == 1
    asked = run(kind, "remove", ana, "1")
    assert asked.exit_code == 2
    assert "2026-04-06 08:10: remove it? There is nobody to ask; add --yes" in asked.stderr
    assert len(rows(kind, "list", ana)) == 1


@pytest.mark.parametrize(("kind", "what"), [("treatment", "a treatment"), ("diary", "an entry")])
@pytest.mark.parametrize("number", ["x", "0", "1.5", "", "9" * 5000])
def test_what_is_no_number(ana, kind, what, number):
    result = run(kind, "remove", ana, number)
    assert result.exit_code == 2
    assert f"'{number}' is not the number of {what}; `symmetry {kind} list CLIENT` lists them" in result.stderr
    assert "integer" not in result.stderr


def test_treatments_without_a_plan_or_a_protocol(ana):
    assert "no treatments yet" in done("treatment", "list", ana)
    done("protocol", "add", "ritual", "--step", "hold")
    done("treatment", "add", ana, "--protocol", "ritual", "--date", "2026-01-05")
    shown = done("treatment", "list", ana)
    assert "ritual: 1 in " in shown
    assert "planned" not in shown
    for arguments, status in (
        (["--protocol", "rituel"], 1),
        (["--minutes", "-3"], 1),
        (["--minutes", "nan"], 1),
        (["--side", "up"], 2),
    ):
        assert run("treatment", "add", ana, *arguments).exit_code == status, arguments
    assert len(rows("treatment", "list", ana)) == 1


# Diaries


def test_scales_and_entries(ana):
    assert "no scales yet" in done("diary", "scales")
    assert "no entries yet" in done("diary", "list", ana)
    assert done("diary", "scale", "tension") == "scale tension added: 0 to 10\n"
    done("diary", "scale", "screen hours", "--low", "0", "--high", "24", "--note", "all screens")
    assert [row["high"] for row in rows("diary", "scales")] == ["24", "10"]
    assert tuple(rows("diary", "scales")[0]) == SCALE_COLUMNS
    assert data("diary", "scales")[0] == {"name": "screen hours", "low": 0, "high": 24, "note": "all screens"}
    said = done("diary", "add", ana, "Tension=4", "screen hours = 6,5", "--date", "2026-04-06 21:00")
    assert said == "entry 1 of ana added: screen hours 6.5, tension 4, 2026-04-06 21:00\n"
    assert "a note" in done("diary", "add", ana, "--note", "slept on the left")
    table = rows("diary", "list", ana)
    assert tuple(table[0]) == DIARY_COLUMNS
    assert [(row["entry"], row["scale"], row["value"]) for row in table] == [
        ("1", "screen hours", "6.5"),
        ("1", "tension", "4"),
        ("2", "", ""),
    ]
    first, second = data("diary", "list", ana)
    assert first["values"] == {"screen hours": 6.5, "tension": 4}
    assert (second["values"], second["note"]) == ({}, "slept on the left")
    shown = done("diary", "list", ana)
    for text in ("screen hours", "6.5", "slept on the left"):
        assert text in shown
    assert "removed" in done("diary", "remove", ana, "1", "--yes")
    assert run("diary", "remove", ana, "1").exit_code == 1
    assert run("diary", "remove", ana, "2").exit_code == 2
    assert [entry["number"] for entry in data("diary", "list", ana)] == [2]


def test_entries_that_cannot_be(ana):
    done("diary", "scale", "tension")
    for arguments, status, words in (
        ([], 2, "nothing to add"),
        (["tension"], 2, "not a rating"),
        (["tension="], 2, "not a rating"),
        (["=4"], 2, "not a rating"),
        (["tension=nan"], 2, "not a rating"),
        (["tension=inf"], 2, "not a rating"),
        (["tension=left"], 2, "--note"),
        (["tension=3", "tension=4"], 2, "twice"),
        (["tension=3", "TENSION=4"], 1, "twice"),
        (["tension=11"], 1, "from 0 to 10"),
        (["tensoin=3"], 1, "did you mean tension?"),
    ):
        result = run("diary", "add", ana, *arguments)
        assert result.exit_code == status, arguments
        assert words in result.stderr
    assert run("diary", "scale", "Tension").exit_code == 1
    assert run("diary", "scale", "x", "--low", "5", "--high", "5").exit_code == 1
    assert data("diary", "list", ana) == []
