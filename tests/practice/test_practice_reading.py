"""A reader gives what an open practice gives, writes nothing, and waits for nothing."""

from __future__ import annotations

import runpy
from datetime import timedelta
from pathlib import Path

import pytest
from helpers.practice_samples import START, moment, photo

from symmetry.errors import PracticeNotReadyError, UnknownIdError
from symmetry.practice.reading import PracticeReader
from symmetry.practice.records import ClientLine, Step, Treatment
from symmetry.practice.storage.folders import ENVIRONMENT
from symmetry.practice.store import open_practice


@pytest.fixture
def practice(tmp_path):
    with open_practice(tmp_path / "practice") as opened:
        opened.add_client("Berta", note="a note")
        opened.add_client("anna")
        opened.add_client("Cleo")
        opened.add_protocol("Lift", [Step(name="Warm", minutes=2)], times_per_week=2)
        opened.add_scale("Tension")
        opened.add_scale("mood")
        for day in (8, 0, 3):
            opened.add_session("berta", [photo(day), photo(day + 0.5)], **moment(day), note=f"day {day}")
            opened.add_treatment("berta", Treatment(**moment(day), protocol="lift", zones=("jaw",)))
            opened.add_entry("berta", **moment(day), values={"tension": day, "mood": 1})
        opened.add_treatment("berta", Treatment(**moment(1), minutes=3))
        opened.add_session("anna", [photo(1)], **moment())
        yield opened


def test_list_counts_what_there_is(practice):
    anna, berta, cleo = PracticeReader(practice.folder).overview()
    assert [line.client for line in (anna, berta, cleo)] == list(practice.clients())
    assert cleo == ClientLine(
        client=practice.client("cleo"), sessions=0, photos=0, treatments=0, entries=0, first=None, last=None
    )
    assert (anna.sessions, anna.photos, anna.treatments, anna.entries) == (1, 1, 0, 0)
    assert (berta.sessions, berta.photos, berta.treatments, berta.entries) == (3, 6, 4, 3)
    assert (berta.first, berta.last) == (START, START + timedelta(days=8))
    assert berta.first.tzinfo == START.tzinfo


def test_page_is_what_the_practice_gives(practice, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, str(practice.folder))
    until = START + timedelta(days=15)
    for client_id in ("BERTA", "anna", "cleo"):
        page = PracticeReader().page(client_id, until=until)
        assert page.client == practice.client(client_id)
        assert page.sessions == practice.sessions(client_id)
        assert page.treatments == practice.treatments(client_id)
        assert page.entries == practice.diary(client_id)
        assert page.adherence == practice.adherence(client_id, until=until)
    assert PracticeReader().page("berta", until=until).adherence[0].share == pytest.approx(3 / 4)
    assert PracticeReader().page("berta").adherence[0].since == START.date()
    with pytest.raises(UnknownIdError, match="did you mean berta"):
        PracticeReader().page("bertha")


def test_overview_writes_nothing_and_reads_one_moment(practice):
    before = {path: path.stat().st_mtime_ns for path in practice.folder.rglob("*")}
    PracticeReader(practice.folder).overview()
    PracticeReader(practice.folder).page("berta")
    assert {path: path.stat().st_mtime_ns for path in practice.folder.rglob("*")} == before


def test_overview_waits_for_a_restore_to_be_finished(practice):
    (practice.folder / "restored").mkdir()
    with pytest.raises(PracticeNotReadyError, match="being restored"):
        PracticeReader(practice.folder).overview()
    open_practice(practice.folder).close()
    assert len(PracticeReader(practice.folder).overview()) == 3


def test_benchmark_prints_its_figures(capsys):
    benchmark = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "practice.py"))
    benchmark["measure"](clients=2, sessions=1, size=100, rounds=1)
    printed = capsys.readouterr().out
    assert "2 clients, 1 sessions each, 4 photos of 100 bytes" in printed
    assert "times `symmetry --help`" in printed
    assert "MB searched" in printed
