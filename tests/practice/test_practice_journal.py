"""Every change is put down with who made it, and can be taken back: what is left is what a plain model says."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from helpers.practice_samples import assert_whole, moment, photo, rows
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from symmetry.errors import (
    DamagedPracticeError,
    InvalidRecordError,
    PracticeError,
    TakenIdError,
    UnknownIdError,
)
from symmetry.practice.records import Step, Treatment
from symmetry.practice.store import Practice, open_practice, restore_practice


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "practice"


@pytest.fixture
def practice(folder, monkeypatch):
    monkeypatch.setenv("SYMMETRY_USER", "Mara")
    with open_practice(folder) as opened:
        opened.add_client("Anna", note="first")
        opened.add_client("Berta")
        opened.add_session("anna", [photo(1), photo(2)], **moment(), note="n")
        opened.add_session("anna", [photo(3)], **moment(7))
        opened.add_session("berta", [photo(4)], **moment())
        opened.add_scale("tension")
        opened.add_protocol("lift", [Step(name="jaw", minutes=3)], times_per_week=3)
        yield opened


def state(practice: Practice) -> str:
    """Everything that a person can see, but the history."""
    told = [practice.page(client.id).to_dict() for client in practice.clients()]
    for page in told:
        page["adherence"] = None  # counts up to now
    versions = [v.to_dict() for each in practice.protocols() for v in practice.protocol_versions(each.name)]
    rest = [[each.to_dict() for each in kind] for kind in (practice.scales(), practice.people())]
    photos = [practice.read_photo(p).hex()[:8] for c in practice.clients() for p in practice.page(c.id).photos]
    return json.dumps([told, versions, rest, photos, practice.settings()], default=str)


CHANGES = {
    "client add": lambda p: p.add_client("Dora", tags=["glp-1"]),
    "client edit": lambda p: p.edit_client("anna", name="Anna K", new_id="ak", tags=["a", "b"], home="lift"),
    "client merge": lambda p: p.merge_clients("anna", "berta"),
    "session add": lambda p: p.add_session("anna", [photo(9)], **moment(9)),
    "photos add": lambda p: p.add_photos("anna", 2, [photo(9), photo(8)]),
    "session edit": lambda p: p.edit_session("anna", 1, note="other", **moment(3)),
    "session move": lambda p: p.move_session("anna", 1, "berta"),
    "session remove": lambda p: p.remove_session("anna", 1),
    "photo remove": lambda p: p.remove_photo("anna", 1, "IMG_1.jpg"),
    "last photo remove": lambda p: p.remove_photo("anna", 2, "1"),
    "photo move": lambda p: p.move_photo("anna", 1, "2", "berta"),
    "photo move into": lambda p: p.move_photo("anna", 2, "1", session=1),
    "photo confirm": lambda p: p.confirm_photo("anna", 1, "1"),
    "scale add": lambda p: p.add_scale("sleep", low=1, high=3),
    "scale remove": lambda p: p.remove_scale("tension"),
    "protocol edit": lambda p: p.edit_protocol("lift", steps=[Step(name="brow")], times_per_week=2, new_name="Lift"),
    "protocol remove": lambda p: p.remove_protocol("lift"),
    "treatment add": lambda p: p.add_treatment("anna", Treatment(protocol="lift", by="Mara", **moment(1))),
    "diary add": lambda p: p.add_entry("anna", values={"tension": 4.1}, **moment(1)),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_taken_back_and_done_again(practice, folder, kind):
    before, changes = state(practice), len(practice.history())
    CHANGES[kind](practice)
    after = state(practice)
    assert after != before
    (made, *_) = practice.history()
    assert len(practice.history()) == changes + 1
    assert (made.by, made.can_be_undone, made.number) == ("Mara", True, changes + 1)
    assert made.told
    undo = practice.undo()
    assert state(practice) == before
    assert (undo.undoes, practice.history(number=made.number)[0].undone_by) == (made.number, undo.number)
    with open_practice(folder) as again:  # sweeps
        again.undo(undo.number)
        assert state(again) == after
        again.undo()
        assert state(again) == before
    assert_whole(folder, journal=True)


def test_treatments_and_entries_are_changed_and_removed(practice):
    practice.add_treatment("anna", Treatment(protocol="lift", by="mara", **moment(1)))
    practice.add_treatment("anna", Treatment(minutes=5, by="Mara", **moment(2)))
    practice.add_entry("anna", values={"tension": 4}, note="x", **moment(1))
    assert [(each.name, each.treatments) for each in practice.people()] == [("mara", 2)]
    before = state(practice)
    changed = practice.edit_treatment("anna", 1, by="Eva", zones=("jaw",), minutes=7, **moment(4))
    assert (changed.by, changed.minutes, changed.protocol, changed.zones) == ("Eva", 7, "lift", ("jaw",))
    practice.edit_treatment("anna", 2, protocol="lift")
    practice.rename_person("mara", "Mara Kiss")
    practice.rename_person("Eva", "MARA KISS")
    assert [(each.name, each.treatments, each.clients) for each in practice.people()] == [("MARA KISS", 2, 1)]
    assert practice.edit_entry("anna", 1, values={"tension": 5}, note="").values == (("tension", 5),)
    with pytest.raises(InvalidRecordError, match="remove the entry instead"):
        practice.edit_entry("anna", 1, values={"tension": None})
    with pytest.raises(TakenIdError, match="used in 1 entry"):
        practice.remove_scale("tension")
    practice.remove_scale("tension", with_ratings=True)
    assert practice.diary("anna")[0].values == ()
    practice.remove_treatment("anna", 1)
    practice.remove_entry("anna", 1)
    for _ in range(8):
        practice.undo()
    assert state(practice) == before


def test_versions_of_a_protocol_hold_from_their_day(practice):
    start = moment()["at"].date()
    practice.edit_protocol(
        "lift", since=start + timedelta(days=14), steps=[Step(name="brow", minutes=1)], times_per_week=1
    )
    practice.add_treatment("anna", Treatment(protocol="lift", **moment(0)))
    practice.add_treatment("anna", Treatment(protocol="lift", **moment(15)))
    assert [done.minutes for done in practice.treatments("anna")] == [3, 1]
    assert practice.protocol("lift", on=start).steps[0].name == "jaw"
    assert practice.protocol("lift").steps[0].name == "brow"
    (kept_to,) = practice.adherence("anna", until=moment(22)["at"])
    assert (kept_to.planned, kept_to.done, kept_to.times_per_week) == (3 + 3 + 1, 2, 1)
    # A treatment whose date is mended gets what held then.
    assert practice.edit_treatment("anna", 2, minutes=None, **moment(1)).minutes == 3


def test_what_builds_on_a_change_goes_first(practice):
    practice.add_client("Dora")
    (added, *_) = practice.history()
    practice.add_session("dora", [photo(7)], **moment())
    (later, *_) = practice.history()
    before = state(practice)
    with pytest.raises(
        TakenIdError, match=f"added to it since; take back change {later.number} first: session 1 of dora"
    ):
        practice.undo(added.number)
    practice.edit_session("dora", 1, note="a")
    with pytest.raises(TakenIdError, match="something of it was changed again since; take back change"):
        practice.undo(later.number)
    practice.undo()
    assert state(practice) == before
    practice.undo()
    practice.undo(added.number)
    assert [client.id for client in practice.clients()] == ["anna", "berta"]
    with pytest.raises(TakenIdError, match="taken back already"):
        practice.undo(added.number)
    with pytest.raises(UnknownIdError, match="no change 99"):
        practice.undo(99)


def test_name_that_was_taken_meanwhile_stands_in_the_way(practice):
    practice.edit_client("anna", new_id="ann")
    practice.add_client("Anna")
    with pytest.raises(TakenIdError, match="has its name now"):
        practice.undo(practice.history()[1].number)


def test_number_is_not_given_twice_though_taken_back(practice):
    assert practice.add_session("anna", [photo(7)], **moment()).number == 3
    practice.undo()
    assert practice.add_session("anna", [photo(7)], **moment()).number == 4


def test_too_old_to_be_taken_back_and_then_the_photos_go(practice, folder):
    practice.remove_session("anna", 1)
    stored = {path.name for path in (folder / "clients").rglob("*.jpg")}
    old = datetime.now().astimezone() - timedelta(days=31)
    rows(folder, "UPDATE changes SET at = ? WHERE kind = 'session remove'", old.isoformat())
    open_practice(folder).close()
    (made, *_) = practice.history()
    assert not made.can_be_undone
    with pytest.raises(TakenIdError, match="possible for 30 days"):
        practice.undo(made.number)
    # The session itself was added less than 30 days ago, which keeps them: adding it can be done again.
    assert {path.name for path in (folder / "clients").rglob("*.jpg")} == stored
    practice.clear_history()
    assert len({path.name for path in (folder / "clients").rglob("*.jpg")}) == len(stored) - 2
    with pytest.raises(UnknownIdError, match="nothing to take back"):
        practice.undo()


def test_lost_photo_and_spoilt_journal_are_told(practice, folder):
    practice.remove_session("anna", 1)
    kept = practice.photo_path(practice.sessions("berta")[0].photos[0])
    for path in (folder / "clients").rglob("*.jpg"):
        if path != kept:
            path.unlink()
    with pytest.raises(DamagedPracticeError, match="photo that is missing"):
        practice.undo()
    rows(folder, "UPDATE changes SET files = '[]', content = '{' WHERE key = 8")
    with pytest.raises(PracticeError, match="cannot be read"):
        practice.undo()


def test_forgetting_empties_the_journal_also_of_whom_was_merged(practice, folder):
    practice.add_client("Zenobia Featherstonehaugh", id="zeno", note="came twice")
    practice.edit_client("zeno", note="a secret that was removed")
    practice.edit_client("zeno", note="")
    practice.add_session("zeno", [photo(7)], **moment())
    gone = practice.client("zeno")
    practice.merge_clients("zeno", "berta")
    practice.move_session("anna", 2, "berta")
    assert practice.forget_client("berta").clean
    assert {each.told.split(" ")[1] for each in practice.history("anna")} == {"anna", "1", "2"}
    assert not [each for each in practice.history() if "zeno" in each.told or "berta" in each.told]
    data = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for text in ("Zenobia", "zeno", "a secret that was", "came twice", gone.uid):
        assert text.encode() not in data
    assert [each.name for each in (folder / "clients").iterdir()] == [practice.client("anna").uid]
    assert_whole(folder, journal=True)


def test_backup_keeps_the_journal(practice, tmp_path):
    practice.remove_session("anna", 1)
    before = state(practice)
    practice.backup(tmp_path / "backup.zip")
    restore_practice(tmp_path / "backup.zip", tmp_path / "other")
    with open_practice(tmp_path / "other") as other:
        assert state(other) == before
        other.undo()
        assert len(other.sessions("anna")) == 2
        assert other.read_photo(other.sessions("anna")[0].photos[0]) == photo(1).data


class Sequences(RuleBasedStateMachine):
    """Random changes of a practice, beside a model made of plain dictionaries."""

    clients = Bundle("clients")

    @initialize()
    def begin(self):
        self.place = TemporaryDirectory()
        self.folder = Path(self.place.name) / "practice"
        self.practice = open_practice(self.folder)
        self.people: dict[str, dict] = {}
        self.past: list[tuple[dict, dict, int]] = []  # before, after, number of the change
        self.count = 0

    def do(self, act, change):
        """Do something to both, and remember it, if it changed anything."""
        before = copy.deepcopy(self.people)
        act()
        change()
        newest = self.practice.history(limit=1)[0].number
        if before != self.people:
            self.past.append((before, copy.deepcopy(self.people), newest))

    @rule(target=clients)
    def add_client(self):
        self.count += 1
        name = f"c{self.count}"
        self.do(
            lambda: self.practice.add_client(name),
            lambda: self.people.update({name: {"sessions": {}, "last": 0, "treatments": {}, "done": 0}}),
        )
        return name

    @rule(client=clients, seeds=st.sets(st.integers(1, 6), min_size=1, max_size=3), day=st.integers(0, 50))
    def add_session(self, client, seeds, day):
        if client in self.people:
            one = self.people[client]
            given = [photo(seed, size=50) for seed in sorted(seeds)]

            def change():
                one["last"] += 1
                one["sessions"][one["last"]] = {"day": day, "photos": sorted(seeds)}

            self.do(lambda: self.practice.add_session(client, given, **moment(day)), change)

    @rule(client=clients, data=st.data(), day=st.integers(0, 50))
    def edit_session(self, client, data, day):
        if number := self.session(client, data):
            kept = self.people[client]["sessions"][number]
            self.do(lambda: self.practice.edit_session(client, number, **moment(day)), lambda: kept.update(day=day))

    @rule(client=clients, other=clients, data=st.data())
    def move_session(self, client, other, data):
        if client != other and other in self.people and (number := self.session(client, data)):
            one, two = self.people[client], self.people[other]

            def change():
                two["last"] += 1
                two["sessions"][two["last"]] = one["sessions"].pop(number)

            self.do(lambda: self.practice.move_session(client, number, other), change)

    @rule(client=clients, data=st.data())
    def remove_session(self, client, data):
        if number := self.session(client, data):
            sessions = self.people[client]["sessions"]
            self.do(lambda: self.practice.remove_session(client, number), lambda: sessions.pop(number))

    @rule(client=clients, data=st.data())
    def remove_photo(self, client, data):
        if number := self.session(client, data):
            sessions = self.people[client]["sessions"]
            place = data.draw(st.integers(1, len(sessions[number]["photos"])))

            def change():
                del sessions[number]["photos"][place - 1]
                if not sessions[number]["photos"]:
                    del sessions[number]

            self.do(lambda: self.practice.remove_photo(client, number, str(place)), change)

    @rule(client=clients, minutes=st.integers(1, 9))
    def add_treatment(self, client, minutes):
        if client in self.people:
            one = self.people[client]

            def change():
                one["done"] += 1
                one["treatments"][one["done"]] = minutes

            self.do(lambda: self.practice.add_treatment(client, Treatment(minutes=minutes, **moment())), change)

    @rule(client=clients, other=clients)
    def merge(self, client, other):
        if client != other and {client, other} <= set(self.people):
            one, two = self.people[client], self.people[other]

            def change():
                for number in sorted(one["sessions"]):
                    two["last"] += 1
                    two["sessions"][two["last"]] = one["sessions"][number]
                for number in sorted(one["treatments"]):
                    two["done"] += 1
                    two["treatments"][two["done"]] = one["treatments"][number]
                del self.people[client]

            self.do(lambda: self.practice.merge_clients(client, other), change)

    @rule()
    def undo_last(self):
        """Take back the last change that was not: numbers stay given out."""
        if self.past:
            before, after, number = self.past.pop()
            self.practice.undo(number)
            self.people = copy.deepcopy(before)
            for name, one in self.people.items():
                if name in after:
                    one["last"], one["done"] = after[name]["last"], after[name]["done"]
            # What was before knows the numbers that were given out since.
            for earlier, *_ in self.past:
                for name, one in earlier.items():
                    if name in self.people:
                        one["last"] = max(one["last"], self.people[name]["last"])
                        one["done"] = max(one["done"], self.people[name]["done"])

    @rule()
    def reopen(self):
        self.practice.close()
        self.practice = open_practice(self.folder)

    def session(self, client, data):
        numbers = sorted(self.people.get(client, {}).get("sessions", {}))
        return data.draw(st.sampled_from(numbers)) if numbers else 0

    @invariant()
    def both_are_one(self):
        found = {}
        for client in self.practice.clients():
            page = self.practice.page(client.id)
            found[client.id] = (
                {
                    s.number: ((s.at - moment()["at"]).days, [self.practice.read_photo(p) for p in s.photos])
                    for s in page.sessions
                },
                {done.number: done.minutes for done in page.treatments},
            )
        expected = {
            name: (
                {
                    n: (s["day"], [photo(seed, size=50).data for seed in s["photos"]])
                    for n, s in one["sessions"].items()
                },
                one["treatments"],
            )
            for name, one in self.people.items()
        }
        assert found == expected

    def teardown(self):
        if hasattr(self, "practice"):
            self.practice.close()
            assert_whole(self.folder, journal=True)
            self.place.cleanup()


Sequences.TestCase.settings = settings(
    max_examples=6, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestSequences = Sequences.TestCase


_WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from helpers.practice_samples import moment, photo
from symmetry.practice.store import open_practice
own, folder = sys.argv[1], Path(sys.argv[2])
for number in range(2):
    with open_practice(folder) as practice:  # each time a sweep, too
        kept = practice.add_session("shared", [photo(f"{own}{number}", size=50)], **moment(number))
        practice.edit_session("shared", kept.number, note=own)
        practice.move_session("shared", kept.number, own)
        mine = practice.history()
        practice.undo(next(e.number for e in mine if f" moved to {own}," in e.told and e.undone_by is None))
"""


def test_several_people_change_and_take_back_at_once(tmp_path):
    folder = tmp_path / "practice"
    people = ("mara", "eva", "ute")
    with open_practice(folder) as practice:
        for name in ("shared", *people):
            practice.add_client(name)
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, "-W", "error", "-c", _WRITER]
    running = [subprocess.Popen([*command, name, str(folder), tests]) for name in people]
    assert [each.wait(300) for each in running] == [0, 0, 0]
    with open_practice(folder) as practice:
        sessions = practice.sessions("shared")
        assert sorted(each.number for each in sessions) == list(range(1, 7))
        assert sorted(each.note for each in sessions) == sorted(people * 2)
        assert all(practice.read_photo(photo) for each in sessions for photo in each.photos)
        numbers = [each.number for each in practice.history()]
        assert numbers == sorted(set(numbers), reverse=True)
        assert len(numbers) == 4 + 6 * 4
    assert_whole(folder, journal=True)
