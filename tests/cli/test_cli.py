"""The commands as a person meets them: names, usage, hard cases, the README, whatever they share."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import numpy as np
import pytest
from helpers.command_line import AFTER, BEFORE, EVEN, compared_samples, manual, run, scored_samples
from helpers.examples import examples
from helpers.faces import ROOT
from helpers.made_series import made_series
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from PIL import Image

from symmetry.cli import COMMANDS, main
from symmetry.landmarks.mesh import REGIONS
from symmetry.measure.measures import MEASURE_NAMES
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import PART_NAMES
from symmetry.tabular import (
    CHANGE_COLUMNS,
    CHECK_COLUMNS,
    MEASURE_COLUMNS,
    RELIABILITY_COLUMNS,
    SCORE_COLUMNS,
    SERIES_COLUMNS,
)
from symmetry.tabular.audit import AUDIT_COLUMNS


@pytest.fixture(scope="module")
def scored() -> list[dict]:
    return scored_samples()


@pytest.fixture(scope="module")
def compared() -> dict:
    return compared_samples()


@pytest.mark.parametrize(("name", "starts"), [("out.json", "["), ("out.csv", "photo,error"), ("out.txt", "")])
def test_output_takes_its_form_from_the_suffix_and_is_private(tmp_path, name, starts):
    target = tmp_path / name
    result = run("score", EVEN, "-o", target)
    assert result.exit_code == 0
    assert target.read_text().startswith(starts)
    assert "mouth" in target.read_text()
    assert result.stdout == ""
    assert f"wrote {target}" in result.stderr
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("target", ["no/such/folder/out.json", "."])
def test_an_output_that_cannot_be_written_is_one_clear_line(tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    result = run("score", EVEN, "-o", target, "-f", "json")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"symmetry: {target}: ")
    assert list(tmp_path.iterdir()) == []


def test_wrong_usage_exits_with_2_and_says_what_to_do():
    for arguments in (
        ["score"],
        ["score", EVEN, "-o", "out.doc"],
        ["score", EVEN, "--scale", "ruler"],
        ["compare", EVEN],
        ["score", EVEN, "-o", "x.csv", "-f", "json"],
        ["score", EVEN, "-o", "x.json", "-f", "table"],
        ["check", EVEN, "-o", "x.csv", "-f", "json"],
        ["check"],
        ["reliability", EVEN, "--scale", "none"],
        ["reliability", EVEN, "--table", "x.txt"],
        ["reliability", EVEN, "--group-by", "colour"],
    ):
        result = run(*arguments)
        assert result.exit_code == 2, arguments
        assert "Error" in result.stderr
    assert "ipd=63" in run("score", EVEN, "--scale", "ipd=6").stderr


def test_an_input_is_never_written_over(tmp_path):
    photo = tmp_path / "me.png"
    Image.open(EVEN).save(photo)
    before = photo.read_bytes()
    result = run("compare", photo, AFTER, "--figure", photo)
    assert result.exit_code == 1
    assert "one of the files to be read" in result.stderr
    assert photo.read_bytes() == before


@pytest.mark.parametrize("command", ["score", "check"])
def test_a_result_never_takes_the_name_of_a_photo(tmp_path, command):
    photo = tmp_path / "other.jpg"
    photo.write_bytes(b"dear")
    result = run(command, EVEN, "-o", photo, "-f", "csv")
    assert result.exit_code == 2
    assert "has the name of a photo" in result.stderr
    assert photo.read_bytes() == b"dear"


def test_an_empty_name_is_refused():
    for call in (("score", ""), ("score", EVEN, "--figures", ""), ("demo", "-o", ""), ("score", EVEN, "-o", "")):
        assert run(*call).exit_code == 2, call


def test_a_full_disk_behind_the_output_is_one_line():
    if not Path("/dev/full").exists():
        pytest.skip("no full device here")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "cli.py", "score", EVEN, "-f", "csv"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("symmetry: ")
    assert "Traceback" not in done.stderr


def test_cli_py_is_the_same_command():
    shown = [
        subprocess.run([sys.executable, *call], capture_output=True, text=True, cwd=ROOT, check=True).stdout
        for call in (
            ["cli.py", "--help"],
            ["-c", "from symmetry.cli import main; main(prog_name='symmetry')", "-h"],
        )
    ]
    assert shown[0] == shown[1]
    assert "compare" in shown[0]


def test_list_of_commands_loads_none_of_them():
    code = (
        "import sys; from symmetry.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if m.startswith('symmetry')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['symmetry', 'symmetry.cli', 'symmetry.version']"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_loads_neither_the_networks_nor_the_numbers(command):
    code = (
        "import sys; from symmetry.cli import main\n"
        f"try: main([{command!r}, '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = ('numpy', 'pandas', 'cv2', 'ai_edge_litert', 'matplotlib', 'rich', 'PIL', 'sqlalchemy', 'jinja2')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def every_command() -> list[tuple[str, click.Command]]:
    context = click.Context(main)
    return [(name, main.get_command(context, name)) for name in main.list_commands(context)]


def keys_of(value: object) -> set[str]:
    """All keys of objects, however deep."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


def listed_in_readme(*first: str) -> list[str]:
    """Names of the list in the manual that begins with these."""
    readme = manual()
    start = readme.index(f"```text\n{', '.join(first)},") + len("```text\n")
    return re.split(r",\s+", readme[start : readme.index("```", start)].strip())


def test_the_readme_lists_every_column_in_its_order():
    assert tuple(listed_in_readme("photo", "error", "region")) == SCORE_COLUMNS
    assert tuple(listed_in_readme("before_photo", "after_photo")) == CHANGE_COLUMNS
    assert tuple(listed_in_readme("photo", "error", "name")) == CHECK_COLUMNS
    assert tuple(listed_in_readme("kind", "name", "number")) == RELIABILITY_COLUMNS
    assert tuple(listed_in_readme("photo", "error", "site")) == AUDIT_COLUMNS
    assert tuple(listed_in_readme("of", "kind", "name")) == SERIES_COLUMNS
    assert tuple(listed_in_readme("photo", "error", "measure")) == MEASURE_COLUMNS


def test_the_readme_names_every_key_of_the_json(scored, compared):
    readme = manual()
    keys = {*scored[0], *scored[0]["regions"]["mouth"], *scored[0]["measures"]["mrd1"]}
    keys |= {*compared, *compared["regions"]["mouth"], *compared["measures"]["mrd1"]}
    keys |= {field.name for field in fields(Flag)}
    assert {key for key in keys if f"`{key}`" not in readme} == set()


def test_the_manual_names_every_key_of_a_series():
    found = made_series().to_dict()
    names = {*REGIONS, *MEASURE_NAMES, *(f"{region}: {part}" for region, part in PART_NAMES)}
    assert {key for key in keys_of(found) - names if key not in manual()} == set()
    told = {key for key in found if f"`{key}`" not in manual()}
    assert told == set()


def test_the_readme_names_every_flag():
    readme = manual()
    sources = [path.read_text() for path in (ROOT / "symmetry" / "measure" / "quality").glob("*.py")]
    named = {name for source in sources for name in re.findall(r'(?:name=|\.flag\(\s*)"([a-z_]+)"', source)}
    assert len(named) > 10
    assert {name for name in named if f"`{name}`" not in readme} == set()


@pytest.mark.parametrize(("name", "command"), every_command())
def test_line_in_the_list_of_commands_is_the_first_of_its_help(name, command):
    assert command.name == name
    assert COMMANDS[name][1] == command.get_short_help_str(200)


def test_command_that_is_not_there_is_wrong_usage():
    assert run("scores", EVEN).exit_code == 2


@pytest.mark.parametrize(("name", "command"), every_command())
def test_every_command_and_option_has_help_and_an_example_in_the_readme(name, command):
    readme = manual()
    assert f"symmetry {name}" in readme
    assert command.help
    assert "Example" in command.help
    assert f"symmetry {name}" in command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            longest = max(parameter.opts, key=len)
            assert re.search(rf"{longest}\b", readme), longest


def test_names_cannot_play_tricks_on_the_terminal_or_a_spreadsheet(tmp_path, monkeypatch):
    nasty = tmp_path / "a\x1b[31m\u202egpj.jpg"
    nasty.write_text("no photo")
    result = run("score", nasty)
    assert "\x1b" not in result.stderr + result.stdout
    assert "\u202e" not in result.stderr + result.stdout
    formula = tmp_path / "=1+1.jpg"
    formula.write_text("no photo")
    monkeypatch.chdir(tmp_path)
    (row,) = csv.DictReader(io.StringIO(run("score", "=1+1.jpg", "-f", "csv").stdout))
    assert row["photo"] == "'=1+1.jpg"
    for command in ("score", "check"):
        for form in ("csv", "json"):
            shown = run(command, nasty, "-f", form).stdout
            assert "\x1b" not in shown
            assert "\u202e" not in shown


names = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="/\x00"), min_size=1, max_size=30
).filter(lambda name: name not in (".", "..") and len(name.encode()) < 120)


@examples(40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names, content=st.binary(max_size=300))
def test_whatever_a_file_is_called_and_holds_it_is_one_line_and_status_1(tmp_path, name, content):
    folder = tmp_path / "fuzz"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    photo = folder / (name + ".jpg")
    photo.write_bytes(content)
    result = run("score", "-f", "json", "--", photo)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("symmetry: ")
    assert "Traceback" not in result.stderr
    (entry,) = json.loads(result.stdout)
    assert entry["photo"] == str(photo)
    assert entry["error"]


def test_hard_cases_each_get_one_line_and_leave_the_others_alone(tmp_path):
    whole = Path(BEFORE).read_bytes()
    cases = {
        "truncated.jpg": whole[: len(whole) // 2],
        "empty.jpg": b"",
        "text.jpg": b"this is text",
        "bomb.png": _png_header(30_000, 30_000),
        "gesicht mit leerzeichen \u00fc\u4e2d.jpg": b"\xff\xd8\xff",
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.jpg").mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    given_photos = [tmp_path / name for name in (*cases, "folder.jpg", "noise.png", "missing.jpg")]
    result = run("score", *given_photos, EVEN, "-f", "json")
    assert result.exit_code == 1
    entries = json.loads(result.stdout)
    assert len(entries) == len(given_photos) + 1
    assert [entry["error"] is None for entry in entries] == [False] * len(given_photos) + [True]
    assert len(result.stderr.splitlines()) == len(given_photos)
    for line, photo in zip(result.stderr.splitlines(), given_photos, strict=True):
        assert photo.name in line
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_photo_is_said(tmp_path):
    locked = tmp_path / "locked.jpg"
    shutil.copy(EVEN, locked)
    locked.chmod(0)
    result = run("score", locked)
    assert result.exit_code == 1
    assert "locked.jpg: " in result.stderr


def _png_header(width: int, height: int) -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
