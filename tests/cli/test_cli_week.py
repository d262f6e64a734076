"""A therapist's week, as typed: mistakes are made, noticed and mended, and every page is there at the end."""

from __future__ import annotations

import json
import re
import shlex
import shutil

import pytest
from click.testing import CliRunner
from helpers.command_line import with_strokes
from helpers.faces import SAMPLES

from symmetry.cli import main

pytestmark = pytest.mark.slow

# A command, after "->" what must be said; "!" means that it must fail. Dora is another drawn face.
WEEK = """
practice set --name "Studio Mara" --contact "mara@example.org" -> Studio Mara
client add "Anna Kovács" --note "allergic to almond oil" --tag glp-1 -> anna-kovacs
client add "Drawn Dora" -> drawn-dora
client add 李小龙 -> 李小龙
client add "Anna Kovacs" -> anna-kovacs-2
client list -> 李小龙
client show dora -> drawn-dora
!client show anna -> 2 clients fit
session add "Anna Kovács" anna1.jpg --date 6.4.2026 -> session 1 of anna-kovacs
protocol add "lifting ritual" --step "jawline: chin, jawline, 3 min, left" --times-per-week 3 -> 1 step
diary scale add tension -> 0 to 10
treatment add anna-kovacs --protocol "lifting ritual" --by Mara --date 2026-04-06 -> treatment 1
treatment add anna-kovacs --protocol "lifting ritual" --by mara --date 2026-04-08 -> treatment 2
people list -> Mara
diary add anna-kovacs tension=7 --date 2026-04-06 -> tension 7
!session add anna-kovacs dora1.jpg --date 2026-04-12 -> not kept
session add dora dora1.jpg --date 2026-04-12 -> session 1 of drawn-dora
session add anna-kovacs anna1.jpg -> already in session 1
session add 李 anna2.jpg --date 2026-04-13 -> session 1 of 李小龙
session list 李小龙 -> anna2.jpg
session move 李小龙 1 anna-kovacs -> session 2 of anna-kovacs
session edit anna-kovacs 2 --date 12.4.2026 --note "wrong client first" -> wrong client first
undo -> session 2 of anna-kovacs changed
session edit anna-kovacs 2 --date 12.4.2026 -> 2026-04-12
!session edit anna-kovacs 2 --date 4/5/2026 -> may be
treatment edit anna-kovacs 2 --minutes 4 -> changed
treatment remove anna-kovacs 2 --yes -> symmetry undo
undo -> treatment 2 of anna-kovacs removed
diary edit anna-kovacs 1 tension=6 -> tension 6
!diary scale remove tension --yes -> used in 1 entry
protocol edit "lifting ritual" --times-per-week 2 --from 2026-05-01 -> from 2026-05-01
protocol show "lifting ritual" --on 2026-04-30 -> 3 times a week
!protocol remove "lifting ritual" --yes -> used in 2 treatments
session add anna-kovacs anna3.jpg --date 2026-05-18 -> session 3
photo move anna-kovacs 3 1 --to dora -> session 2 of drawn-dora
undo -> moved from session 3
photo remove anna-kovacs 3 anna3.jpg --yes -> the session had no other
undo -> photo anna3.jpg of session 3
!session add anna-kovacs anna4.jpg --date 2024-05-18 -> check the year
client merge anna-kovacs-2 anna-kovacs --yes -> is part of anna-kovacs
client list -> Drawn Dora
client edit anna-kovacs --home "lifting ritual" --next 2027-01-10 -> changed
practice overview -> jawline
practice overview --tag glp-1 -> Anna Kovács
!practice overview --tag -> requires an argument
compare anna-kovacs@1 anna@3 -> before
compare anna-kovacs@3 --against previous -> after
report anna-kovacs -o anna.html -> wrote
report anna-kovacs --edition therapist -o all.html -> wrote
report dora -o dora.html -> wrote
visit dora dora2.jpg --protocol "lifting ritual" --scale tension=3 --date 2026-05-20 -o dora.html -> treatment 1
backup week.zip -> 5 photos
!backup week.zip -> there is a file already
client export anna-kovacs anna.zip -> wrote
!client forget dora --yes -> give the whole id
client forget drawn-dora --yes -> nothing found
!backup week.zip --replace -> has more
history --all -> Mara
restore week.zip --merge --yes -> 1 client added
client show dora -> tension
history --client anna-kovacs --clear --yes -> cannot be taken back any more
restore week.zip --replace --yes -> kept for 30 days
people rename mara "Mara Kiss" -> is Mara Kiss now
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with photos: two drawn people."""
    folder = tmp_path_factory.mktemp("desk")
    for number, day in enumerate(("2026-04-06", "2026-04-12", "2026-05-18", "2026-04-24"), 1):
        shutil.copy(SAMPLES / "series" / f"{day}.jpg", folder / f"anna{number}.jpg")
    with_strokes(folder / "dora1.jpg")
    with_strokes(folder / "dora2.jpg", subject_left_up=6)
    return folder


def test_a_week_is_worked_without_a_loss(desk, monkeypatch):
    monkeypatch.chdir(desk)
    monkeypatch.setenv("SYMMETRY_PRACTICE", str(desk / "practice"))
    monkeypatch.setenv("SYMMETRY_USER", "Mara")
    lines = [line for line in WEEK.splitlines() if line.strip()]
    assert len(lines) >= 60
    for line in lines:
        command, _, expected = line.partition(" -> ")
        result = CliRunner().invoke(main, shlex.split(command.removeprefix("!")), catch_exceptions=False)
        said = re.sub(r"\s+", " ", result.output)
        assert expected in said, f"{line}\n{said}"
        assert (result.exit_code != 0) == command.startswith("!"), f"{line}\n{said}"
    page = CliRunner().invoke(main, ["client", "show", "anna-kovacs", "-f", "json"])
    found = json.loads(page.stdout)
    assert [each["at"][:10] for each in found["sessions"]] == ["2026-04-06", "2026-04-12", "2026-05-18"]
    assert [each["by"] for each in found["treatments"]] == ["Mara Kiss", "Mara Kiss"]
    assert found["entries"][0]["values"] == {"tension": 6.0}
    for name in ("anna.html", "dora.html", "all.html"):
        assert (desk / name).stat().st_size > 50_000
