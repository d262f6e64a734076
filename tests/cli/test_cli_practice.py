"""`symmetry client`, `backup` and `restore`: names of any kind, lists in every form, forgetting, what goes wrong."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import click
import pytest
from helpers.command_line import manual, run, saved
from helpers.examples import examples
from helpers.faces import drawn
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from symmetry.cli import main
from symmetry.practice.listing import (
    ADHERENCE_COLUMNS,
    CLIENT_COLUMNS,
    DIARY_COLUMNS,
    HISTORY_COLUMNS,
    JOURNAL_COLUMNS,
    OVERVIEW_COLUMNS,
    PEOPLE_COLUMNS,
    PROTOCOL_COLUMNS,
    SCALE_COLUMNS,
    SESSION_COLUMNS,
    TREATMENT_COLUMNS,
)
from symmetry.practice.records import (
    Adherence,
    DiaryScale,
    Entry,
    JournalEntry,
    Person,
    Protocol,
    Step,
    StoredPhoto,
    StoredSession,
    Treatment,
    Week,
)

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "quotes": 'O\'Brien "Bo" `x` $(y)',
    "formula": "=HYPERLINK(1)",
    "minus": "-2+3",
    "right to left": "\u202egnp.exe \u05d0\u05d1\u05d2",
    "emoji": "\U0001f469\u200d\u2695\ufe0f Ana",
    "terminal": "\x1b[31mred\x1b]0;title\x07",
    "markup": "[bold red]Ana[/bold red] [link=x]",
    "long": "x" * 200,
    "lines": "Ana\n\r\nMaria\u2028Luz",
    "chinese": "\u738b\u5c0f\u660e",
}


@pytest.fixture
def practice(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "practice"
    monkeypatch.setenv("SYMMETRY_PRACTICE", str(folder))
    return folder


def done(*arguments: object) -> str:
    """What a command prints that must succeed."""
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def rows(*arguments: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(done(*arguments, "-f", "csv"))))


def one_line(result, status: int = 1) -> str:
    assert result.exit_code == status
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("symmetry: ")
    return line


@pytest.fixture
def filled(practice) -> Path:
    """A practice with one client, without photos."""
    done("client", "add", "Anna Kov\u00e1cs", "--note", "first line\nsecond line")
    done("protocol", "add", "ritual", "--step", "warm: hands, 0.5 min", "--step", "hold", "--times-per-week", 2)
    done("treatment", "add", "anna-kovacs", "--protocol", "Ritual", "--date", "2026-04-06 08:10", "--by", "Mara")
    done("diary", "scale", "tension")
    done("diary", "add", "anna-kovacs", "tension=4", "--date", "2026-04-05", "--note", "slept badly")
    return practice


# Clients


def test_a_client_is_added_listed_shown_changed(practice):
    assert done("client", "add", "Anna Kov\u00e1cs") == "client anna-kovacs added: Anna Kov\u00e1cs\n"
    assert done("client", "add", "Anna Kov\u00e1cs", "--id", "Anna2", "--note", "the other") != ""
    assert [row["id"] for row in rows("client", "list")] == ["anna-kovacs", "anna2"]
    assert "anna2" in done("client", "edit", "ANNA2", "--name", "Anna Szab\u00f3", "--note", "")
    (first, second) = json.loads(done("client", "list", "-f", "json"))
    assert set(first) == set(CLIENT_COLUMNS)
    assert (second["name"], second["note"], second["sessions"], second["first"]) == ("Anna Szab\u00f3", "", 0, None)
    table = done("client", "list")
    assert "Anna Szab\u00f3" in table
    assert "anna-kovacs" in table
    assert "no sessions yet" in done("client", "show", "anna2")
    assert json.loads(done("client", "show", "Anna2", "-f", "json"))["name"] == "Anna Szab\u00f3"
    assert done("client", "edit", "anna2", "--id", "szabo").startswith("client szabo changed")
    assert json.loads(done("client", "show", "szabo", "-f", "json"))["id"] == "szabo"


def test_everything_about_a_client(filled):
    shown = done("client", "show", "anna-kovacs")
    for text in (
        "Anna Kov\u00e1cs",
        "first line",
        "second line",
        "Treatments",
        "ritual",
        "Mara",
        "Diary",
        "slept badly",
    ):
        assert text in shown
    page = json.loads(done("client", "show", "anna-kovacs", "-f", "json"))
    (treatment,) = page["treatments"]
    assert treatment["at"].startswith("2026-04-06T08:10:00")
    assert treatment["minutes"] == 0.5
    assert page["entries"][0]["values"] == {"tension": 4.0}
    assert page["adherence"][0]["weeks"][0] == {"start": "2026-04-06", "done": 1}
    events = rows("client", "show", "anna-kovacs")
    assert tuple(events[0]) == HISTORY_COLUMNS
    assert [(row["kind"], row["what"], row["value"], row["minutes"]) for row in events] == [
        ("entry", "tension", "4", ""),
        ("treatment", "ritual", "", "0.5"),
    ]


@pytest.mark.parametrize("kind", HOSTILE)
def test_names_of_any_kind_do_no_harm(practice, kind):
    name = HOSTILE[kind]
    done("client", "add", "--id", "c", "--note", name, "--", name)
    done("protocol", "add", "--step", f"{name.replace(':', ' ')}: 1 min", "--note", name, "--", name)
    done("diary", "scale", "--note", name, "--", name)
    kept = json.loads(done("protocol", "list", "-f", "json"))[0]["name"]
    done("treatment", "add", "c", f"--protocol={kept}", f"--product={name}", f"--by={name}", f"--note={name}")
    done("diary", "add", "c", f"--note={name}", "--", f"{kept}=3")
    folded = json.loads(done("client", "list", "-f", "json"))[0]["name"]
    assert folded == " ".join("".join(c for c in name if c.isspace() or not re.match(r"[\x00-\x1f]", c)).split())
    for command in (
        ["client", "list"],
        ["client", "show", "c"],
        ["protocol", "list"],
        ["protocol", "show", f"--practice={practice}", "--", kept],
        ["treatment", "list", "c"],
        ["diary", "scales"],
        ["diary", "list", "c"],
    ):
        at = command.index("--") if "--" in command else len(command)
        for form in ("table", "json", "csv"):
            shown = done(*command[:at], "-f", form, *command[at:])
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e\u2028]", shown), (command, form)
            if form == "json":
                json.loads(shown)
            elif form == "csv":
                for cell in (cell for row in csv.reader(io.StringIO(shown)) for cell in row):
                    assert not cell.startswith(("=", "+", "-", "@"))
            elif kind in ("script", "markup") and "list" in command:
                assert name.split()[0][:8] in shown


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names, note=names)
@example(name="0", note="sqlite")  # what every database begins with
@example(name="Sessions Clients", note="source_sha256")
def test_any_name_is_kept_or_refused_in_one_line(practice, name, note):
    result = run("client", "add", f"--note={note}", "--", name)
    if result.exit_code == 1:
        assert len(result.stderr.splitlines()) == 1
        return
    assert result.exit_code == 0
    added = result.stdout.split()[1]
    page = json.loads(done("client", "show", "-f", "json", "--", added))
    assert page["id"] == added
    assert "\x1b" not in done("client", "show", "--", added)
    done("client", "forget", "--yes", "--", added)


def test_output_files_take_their_form_from_the_suffix_and_are_private(filled, tmp_path):
    for name, starts in (("list.csv", "id,"), ("list.json", "["), ("list.txt", "")):
        assert done("client", "list", "-o", tmp_path / name) == ""
        assert (tmp_path / name).read_text().startswith(starts)
        if os.name == "posix":
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert run("client", "list", "-o", tmp_path / "list.doc").exit_code == 2
    assert "folder does not exist" in one_line(run("client", "list", "-o", tmp_path / "no" / "list.csv"))


# What goes wrong


def test_no_practice_yet(practice):
    for command in (["client", "list"], ["client", "show", "anna"], ["treatment", "list", "anna"]):
        line = one_line(run(*command))
        assert str(practice) in line
        assert "add a client" in line
    assert not practice.exists()


def test_unknown_clients_are_said_with_what_may_be_meant(filled):
    for command in (
        ["client", "show", "ana-kovacs"],
        ["client", "edit", "ana-kovacs", "--note", "x"],
        ["client", "forget", "ana-kovacs", "--yes"],
        ["client", "export", "ana-kovacs", filled.parent / "x.zip"],
        ["session", "add", "ana-kovacs", "missing.jpg"],
        ["session", "list", "ana-kovacs"],
        ["session", "remove", "ana-kovacs", "1", "--yes"],
        ["treatment", "add", "ana-kovacs"],
        ["treatment", "list", "ana-kovacs"],
        ["diary", "add", "ana-kovacs", "tension=3"],
        ["diary", "list", "ana-kovacs"],
    ):
        line = one_line(run(*command))
        assert 'no client "ana-kovacs"; did you mean anna-kovacs?' in line, command
    assert not (filled.parent / "x.zip").exists()


def test_wrong_usage(filled, tmp_path):
    for command in (
        ["client", "add"],
        ["client", "add", "x", "--practice", ""],
        ["client", "edit", "anna-kovacs"],
        ["client", "export", "anna-kovacs", "anna.rar"],
        ["client", "list", "-f", "xml"],
        ["session", "remove", "anna-kovacs", "0"],
        ["session", "remove", "anna-kovacs", "one"],
    ):
        result = run(*command)
        assert result.exit_code == 2, command
        assert "Error" in result.stderr
    for command, words in (
        (["client", "add", "  "], "name is empty"),
        (["client", "add", "x" * 201], "200"),
        (["client", "add", "x", "--id", "a b"], "letters"),
        (["client", "add", "x", "--id", "anna-kovacs"], "another client has the id"),
        (["session", "remove", "anna-kovacs", "7", "--yes"], "no session 7"),
    ):
        assert words in one_line(run(*command)), command


@pytest.mark.parametrize(
    "content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000], ids=["empty", "text", "broken"]
)
def test_a_damaged_database_is_one_line(practice, content):
    practice.mkdir()
    (practice / "practice.sqlite").write_bytes(content)
    (practice / "clients" / ("0" * 32)).mkdir(parents=True)
    for command in (["client", "list"], ["client", "show", "a"], ["client", "add", "Ana"], ["diary", "scales"]):
        line = one_line(run(*command))
        assert str(practice) in line


def test_a_database_damaged_in_the_middle_is_one_line(filled):
    file = filled / "practice.sqlite"
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    file.write_bytes(bytes(data))
    for command in (["client", "list"], ["client", "add", "Ana"]):
        one_line(run(*command))


def test_folders_that_cannot_be_used_are_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("dear")
    Path("other").mkdir()
    Path("other/letters.txt").write_text("dear")
    for folder in ("file", "file/below", "other", "/proc/none"):
        assert folder in one_line(run("client", "add", "Ana", "--practice", folder))
    assert [path.name for path in Path("other").iterdir()] == ["letters.txt"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_one_line(filled):
    for folder in (filled / "backups", filled / "clients", filled):
        folder.chmod(0o500)
    try:
        assert str(filled) in one_line(run("client", "add", "Ana"))
    finally:
        for folder in (filled, filled / "backups", filled / "clients"):
            folder.chmod(0o700)


def test_a_practice_that_is_not_up_to_date_is_brought_up_to_date_first(filled, monkeypatch):
    from symmetry import practice
    from symmetry.errors import PracticeNotReadyError
    from symmetry.practice.reading import PracticeReader

    steps: list[str] = []
    read, open_ = PracticeReader.overview, practice.open_practice

    def not_ready(reader: PracticeReader) -> object:
        steps.append("read")
        if "open" not in steps:
            raise PracticeNotReadyError("open it once")
        return read(reader)

    def opening(folder: Path | None) -> object:
        steps.append("open")
        return open_(folder)

    monkeypatch.setattr(PracticeReader, "overview", not_ready)
    monkeypatch.setattr(practice, "open_practice", opening)
    assert "anna-kovacs" in done("client", "list")
    assert steps == ["read", "open", "read"]


# Forgetting


def test_forgetting_needs_a_yes(filled):
    result = run("client", "forget", "anna-kovacs")
    assert result.exit_code == 2
    assert "1 treatment, 1 diary entry" in result.stderr
    assert "--yes" in result.stderr
    assert len(rows("client", "list")) == 1


def test_forgetting_asks(filled, monkeypatch):
    asked: list[str] = []

    def answer(yes: bool):
        def confirm(question: str, **_: object) -> bool:
            asked.append(question)
            return yes

        return confirm

    monkeypatch.setattr("symmetry.cli.practice.can_ask", lambda: True)
    monkeypatch.setattr(click, "confirm", answer(False))
    result = run("client", "forget", "anna-kovacs")
    assert result.exit_code == 1
    assert "nothing was removed" in result.stderr
    assert "Anna Kov\u00e1cs (anna-kovacs): 0 sessions with 0 photos, 1 treatment, 1 diary entry" in asked[0]
    monkeypatch.setattr(click, "confirm", answer(True))
    assert "anna-kovacs is forgotten" in done("client", "forget", "anna-kovacs")


def test_forgetting_removes_and_proves(filled):
    done("client", "add", "Berta", "--note", "sister of Anna Kov\u00e1cs")
    result = run("client", "forget", "ANNA-kovacs", "--yes")
    assert result.exit_code == 0
    assert "searching all files" in result.stderr
    proof = result.stdout
    assert "anna-kovacs is forgotten: 0 sessions, 1 treatment, 1 diary entry" in proof
    assert re.search(r"searched \d+ files? .* nothing found", proof)
    assert "look at this yourself" in proof
    assert [row["id"] for row in rows("client", "list")] == ["berta"]
    assert b"slept badly" not in (filled / "practice.sqlite").read_bytes()


def test_forgetting_clears_the_cache_outside_the_practice_of_the_client_s_photos_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("SYMMETRY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SYMMETRY_PRACTICE", str(tmp_path / "practice"))
    (tmp_path / "cache").mkdir()
    done("client", "add", "Anna", "--id", "anna")
    photo = saved(drawn(), tmp_path / "a.png")
    done("session", "add", "anna", photo)
    stored = [one["sha256"] for one in json.loads(done("session", "list", "anna", "-f", "json"))[0]["photos"]]
    original = hashlib.sha256(photo.read_bytes()).hexdigest()
    names = {f"{digest}{rest}.npz" for digest in (original, *stored) for rest in ("", "-mirrored", f"-{'0' * 64}-12ab")}
    others = {f"{'0' * 64}.npz", f"{'0' * 64}-{'1' * 64}-34cd.npz"}
    for name in names | others:
        (tmp_path / "cache" / name).touch()
    proof = done("client", "forget", "anna", "--yes")
    assert {path.name for path in (tmp_path / "cache").iterdir()} == others
    assert f"{len(names)} files with faces of these photos removed from the cache" in proof
    assert "--cache" in proof


# Export, backup, restore


def test_export_of_a_client(filled, tmp_path):
    target = tmp_path / "anna.zip"
    result = run("client", "export", "anna-kovacs", target)
    assert result.exit_code == 0
    assert f"wrote {target}" in result.stderr
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        tables = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(tables) == {"client.json", "sessions.csv", "treatments.csv", "adherence.csv", "diary.csv"}
    assert json.loads(tables["client.json"])["id"] == "anna-kovacs"
    for name, columns in (
        ("sessions.csv", SESSION_COLUMNS),
        ("treatments.csv", TREATMENT_COLUMNS),
        ("adherence.csv", ADHERENCE_COLUMNS),
        ("diary.csv", DIARY_COLUMNS),
    ):
        assert tables[name].splitlines()[0] == ",".join(columns)
    weeks = list(csv.DictReader(io.StringIO(tables["adherence.csv"])))
    assert weeks[0] == {
        **{"client": "anna-kovacs", "protocol": "ritual", "week": "2026-04-06"},
        **{"over": "True", "done": "1", "planned": "2"},
    }
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []
    assert "folder does not exist" in one_line(run("client", "export", "anna-kovacs", tmp_path / "no" / "a.zip"))


def test_backup_and_restore(filled, tmp_path, monkeypatch):
    file = tmp_path / "backup.zip"
    result = run("backup", file)
    assert result.exit_code == 0
    assert f"wrote {file}: 1 client, 0 photos" in result.stderr
    assert "belongs outside" in run("backup", filled / "backup.zip").stderr
    assert done("restore", file, "--practice", tmp_path / "new").startswith("restored into")
    assert done("client", "show", "anna-kovacs", "--practice", tmp_path / "new") == done(
        "client", "show", "anna-kovacs"
    )
    assert "already" in one_line(run("restore", file))
    result = run("restore", file, "--replace")
    assert result.exit_code == 2
    assert "with 1 client, will be replaced" in result.stderr
    done("client", "add", "Berta")
    done("restore", file, "--replace", "--yes")
    assert [row["id"] for row in rows("client", "list")] == ["anna-kovacs"]
    (filled / "practice.sqlite").write_bytes(b"damaged")
    done("restore", file, "--replace", "--yes")
    assert [row["id"] for row in rows("client", "list")] == ["anna-kovacs"]


def test_what_cannot_be_read_replaces_nothing(filled, tmp_path):
    file = tmp_path / "backup.zip"
    with contextlib.closing(sqlite3.connect(filled / "practice.sqlite")) as db:
        (added,) = db.execute("SELECT added FROM clients").fetchone()
        for value in ("x", added):
            db.execute("UPDATE clients SET added = ?", (value,))
            db.commit()
            if value == "x":
                assert run("backup", file).exit_code == 0
    before = done("client", "list")
    line = one_line(run("restore", file, "--replace", "--yes"))
    assert line.endswith('client "anna-kovacs" cannot be read: it is damaged or was changed; use another backup')
    assert done("client", "list") == before


def test_restore_says_what_was_lost_before(filled, tmp_path):
    with contextlib.closing(sqlite3.connect(filled / "practice.sqlite")) as db:
        client, uid = db.execute("SELECT key, uid FROM clients").fetchone()
        db.execute("UPDATE clients SET last_session = 1")
        db.execute("INSERT INTO sessions VALUES (1, ?, 1, '2026-04-06T08:00:00+02:00', 'Europe/Berlin', '')", (client,))
        values = ("0" * 64, "0" * 64)
        db.execute("INSERT INTO photos VALUES (1, 1, 1, 'a.jpg', '.jpg', ?, 9, ?, NULL, NULL, NULL, 0, '')", values)
        db.commit()
    assert run("backup", tmp_path / "backup.zip").exit_code == 1
    result = run("restore", tmp_path / "backup.zip", "--practice", tmp_path / "new")
    assert result.exit_code == 1
    assert "restored into" in result.stdout
    assert f"missing or damaged in the backup, so in the practice too: clients/{uid}/photos/000" in result.stderr


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04broken"])
def test_what_is_no_backup_is_one_line(practice, tmp_path, content):
    file = tmp_path / "backup.zip"
    file.write_bytes(content)
    assert "backup.zip" in one_line(run("restore", file))
    assert "missing.zip" in one_line(run("restore", tmp_path / "missing.zip"))


# Speed, the README


def test_lists_load_nothing_heavy(filled):
    code = (
        "import sys; from symmetry.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code\n"
        "print([m for m in ('numpy', 'cv2', 'ai_edge_litert', 'matplotlib', 'sqlalchemy', 'PIL') if m in sys.modules])"
    )
    for command in (["client", "list"], ["client", "show", "anna-kovacs"], ["client", "list", "-f", "csv"]):
        call = [sys.executable, "-c", code, *command]
        shown = subprocess.run(call, capture_output=True, text=True, check=True)
        assert shown.stdout.splitlines()[-1] == "[]", command


def subcommands() -> list[tuple[str, click.Command]]:
    found = []
    for name in ("client", "session", "photo", "protocol", "treatment", "diary", "people", "practice"):
        group = main.get_command(click.Context(main), name)
        assert isinstance(group, click.Group)
        for sub, command in group.commands.items():
            below = command.commands.items() if isinstance(command, click.Group) else [("", command)]
            found += [(f"{name} {sub} {last}".strip(), each) for last, each in below]
    single = ("backup", "restore", "history", "undo", "visit")
    return [*found, *((name, main.get_command(click.Context(main), name)) for name in single)]


@pytest.mark.parametrize(("name", "command"), subcommands())
def test_every_command_about_clients_has_help_an_example_and_its_place_in_the_readme(name, command):
    readme = manual()
    assert re.search(rf"^symmetry {name}\b", readme, re.MULTILINE)
    assert "Example" in (command.help or "")
    assert f"symmetry {name}" in command.help
    assert "--practice" in [name for parameter in command.params for name in parameter.opts]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert re.search(rf"{max(parameter.opts, key=len)}\b", readme), parameter.opts


def test_the_readme_lists_every_column_of_the_tables_about_clients():
    readme = re.sub(r"\s+", " ", manual())
    for columns in (
        *(CLIENT_COLUMNS, HISTORY_COLUMNS, SESSION_COLUMNS, PROTOCOL_COLUMNS),
        *(
            TREATMENT_COLUMNS,
            SCALE_COLUMNS,
            DIARY_COLUMNS,
            ADHERENCE_COLUMNS,
            JOURNAL_COLUMNS,
            PEOPLE_COLUMNS,
            OVERVIEW_COLUMNS,
        ),
    ):
        assert f" {', '.join(columns)} " in readme, columns


def test_the_readme_names_every_key_about_clients():
    readme = manual()
    kinds = (
        JournalEntry,
        Person,
        StoredSession,
        StoredPhoto,
        Treatment,
        Adherence,
        Week,
        Entry,
        Protocol,
        Step,
        DiaryScale,
    )
    keys = {name for kind in kinds for name in kind.__dataclass_fields__} | set(CLIENT_COLUMNS) | {"adherence"}
    assert {key for key in keys - {"source_sha256"} if f"`{key}`" not in readme} == set()


def test_the_future_is_refused_and_so_is_what_is_no_date(filled):
    tomorrow = datetime.now() + timedelta(days=1)
    for command in (["treatment", "add", "anna-kovacs"], ["diary", "add", "anna-kovacs", "tension=3"]):
        for date, words in (
            (f"{tomorrow:%Y-%m-%d}", "in the future"),
            ("2926-04-06", "in the future"),
            ("9999-12-31 23:59", "in the future|does not exist"),
            ("2026-02-30", "does not exist"),
            ("2026-04-06 25:10", "does not exist"),
            ("0000-00-00", "does not exist"),
            ("3/4/2026", "may be"),
            ("31.04.2026", "does not exist"),
            ("soon", "not a date"),
            ("", "not a date"),
        ):
            result = run(*command, f"--date={date}")
            assert result.exit_code == 2, date
            assert re.search(words, result.stderr), result.stderr
        result = run(*command, "--date", f"{datetime.now() + timedelta(minutes=5):%Y-%m-%d %H:%M}")
        assert result.exit_code == 2
        before = len(json.loads(done("client", "show", "anna-kovacs", "-f", "json"))["treatments"])
        assert before == 1
    for date, expected in (
        ("today", f"{datetime.now():%Y-%m-%d}"),
        ("Yesterday", f"{datetime.now() - timedelta(days=1):%Y-%m-%d}T12:00"),
        ("2026-4-6", "2026-04-06T12:00"),
        ("2026-04-06  8:10", "2026-04-06T08:10"),
        ("2026-04-06T08:10:30", "2026-04-06T08:10:30"),
        (f"{datetime.now():%Y-%m-%d}", f"{datetime.now():%Y-%m-%d}"),
    ):
        done("diary", "add", "anna-kovacs", "tension=3", "--date", date)
        latest = max(json.loads(done("diary", "list", "anna-kovacs", "-f", "json")), key=lambda entry: entry["number"])
        assert latest["at"].startswith(expected)


def test_a_second_client_of_one_name_is_said(tmp_path):
    practice = tmp_path / "p"
    assert run("client", "add", "Ida Nagy", "--practice", practice).stderr == ""
    again = run("client", "add", "IDA NAGY", "--practice", practice)
    assert again.exit_code == 0
    assert "there is another of that name, ida-nagy" in again.stderr


def test_a_backup_is_a_zip(tmp_path):
    practice = tmp_path / "p"
    run("client", "add", "Ida", "--practice", practice)
    assert run("backup", tmp_path / "b.tar", "--practice", practice).exit_code == 2
    assert not (tmp_path / "b.tar").exists()
