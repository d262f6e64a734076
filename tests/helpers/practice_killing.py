"""Kill -9 at random moments: a server that imported everything once forks a child for each try, kills it and looks.

    python tests/helpers/practice_killing.py add_session 25 FOLDER [SEED [STEPS]]

prints one line of JSON: how many children were killed, what they had confirmed by then, and how long it all takes.
Others are killed before one of their steps with files: at STEPS of these, if not given at half as many as at moments.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import alembic.command
import alembic.config  # noqa: F401 -- so that a child need not

from helpers.practice_samples import MODES, assert_whole, moment, old_practice, photo, rows
from symmetry.practice.storage.searching import Traces, search_files
from symmetry.practice.store import Practice, open_practice, restore_practice

STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "sqlite3.connect"}
PHOTOS = 3
SIZE = 60_000


@dataclass(frozen=True)
class Trial:
    """Something to be killed at.

    Attributes
    ----------
    prepare : tuple of callable
        Each makes a folder that tries may begin with.
    act : callable
        Is killed; says what is confirmed.
    check : callable
        Looks at what is left, given what was confirmed.
    """

    prepare: tuple[Callable[[Path], None], ...]
    act: Callable[[Path, Callable[[int], None]], None]
    check: Callable[[Path, int], None]


def photos_of(number: int) -> list:
    return [photo(f"{number}/{each}", size=SIZE) for each in range(PHOTOS)]


def prepare_one(folder: Path) -> None:
    with open_practice(folder / "practice") as practice:
        practice.add_client("Anna Kovács")
        practice.add_session("anna-kovacs", photos_of(1), **moment())


def add_sessions(folder: Path, confirm: Callable[[int], None]) -> None:
    with open_practice(folder / "practice") as practice:
        for number in range(2, 6):
            practice.add_session("anna-kovacs", photos_of(number), **moment(number))
            confirm(number)


def check_sessions(folder: Path, confirmed: int) -> None:
    assert_whole(folder / "practice")
    with open_practice(folder / "practice") as practice:
        sessions = practice.sessions("anna-kovacs")
        numbers = [session.number for session in sessions]
        # One more may be there: on the disk, but killed before it could say so.
        assert numbers in ([*range(1, max(confirmed, 1) + 1)], [*range(1, max(confirmed, 1) + 2)])
        for session in sessions:
            kept = [practice.read_photo(each) for each in session.photos]
            assert kept == [each.data for each in photos_of(session.number)]
        added = practice.add_session("anna-kovacs", photos_of(99), **moment(99))
        assert added.number == numbers[-1] + 1


NAMES = ["Zenobia Featherstonehaugh", "Bartholomew Quackenbush", "Carla Other"]


def prepare_three(folder: Path) -> None:
    old_practice(folder / "practice", clients=0)
    with open_practice(folder / "practice") as practice:
        for number, name in enumerate(NAMES, 1):
            practice.add_client(name, id=f"client-{number}", note=f"the note about {name}")
            for session in range(2):
                numbered = photos_of(number * 10 + session)
                practice.add_session(f"client-{number}", numbered, note=f"note of {name}", **moment(session))
        uid = practice.client("client-1").uid
    copy = next((folder / "practice" / "backups").iterdir())
    with contextlib.closing(__import__("sqlite3").connect(copy)) as db:
        db.execute("INSERT INTO clients VALUES (1, ?, 'client-1', ?, '', '', 0)", (uid, NAMES[0]))
        db.commit()


def forget_two(folder: Path, confirm: Callable[[int], None]) -> None:
    with open_practice(folder / "practice") as practice:
        for number in (1, 2):
            assert practice.forget_client(f"client-{number}").clean
            confirm(number)


def check_forgotten(folder: Path, confirmed: int) -> None:
    assert_whole(folder / "practice")
    with open_practice(folder / "practice") as practice:
        there = {client.name: client for client in practice.clients()}
        assert NAMES[2] in there
        assert not set(NAMES[:confirmed]) & set(there)
        assert set(NAMES[confirmed + 1 :]) <= set(there)
        for client in there.values():
            assert [len(session.photos) for session in practice.sessions(client.id)] == [PHOTOS, PHOTOS]
    gone = [name for name in NAMES if name not in there]
    found = search_files(folder / "practice", Traces(tuple(gone), (), frozenset()))
    assert not found.found, found.found
    assert found.files > PHOTOS


def prepare_second_backup(folder: Path) -> None:
    prepare_three(folder)
    with open_practice(folder / "practice") as practice:
        practice.backup(folder / "backup.zip")


def back_up(folder: Path, confirm: Callable[[int], None]) -> None:
    with open_practice(folder / "practice") as practice:
        for number in (1, 2):
            practice.backup(folder / "backup.zip", replace=True)
            confirm(number)


def check_backup(folder: Path, confirmed: int) -> None:
    there = (folder / "backup.zip").exists()
    assert there or not confirmed
    assert_whole(folder / "practice")
    assert {each.name for each in folder.iterdir()} <= {"practice", "backup.zip"}
    if there:
        assert not MODES or (folder / "backup.zip").stat().st_mode & 0o777 == 0o600
        restore_practice(folder / "backup.zip", folder / "restored")
        assert_whole(folder / "restored")
        assert rows(folder / "restored", "SELECT count(*) FROM photos") == [(len(NAMES) * 2 * PHOTOS,)]


def prepare_nothing(folder: Path) -> None:
    pass


def prepare_old(folder: Path) -> None:
    old_practice(folder / "practice")


def migrate(folder: Path, confirm: Callable[[int], None]) -> None:
    with open_practice(folder / "practice"):
        confirm(1)


def check_migrated(folder: Path, confirmed: int) -> None:
    was_old = (folder / "practice" / "clients").exists() and any((folder / "practice" / "clients").iterdir())
    assert_whole(folder / "practice")
    with open_practice(folder / "practice") as practice:
        if was_old:
            assert any((folder / "practice" / "backups").iterdir())
            assert [client.id for client in practice.clients()] == ["client-1", "client-2"]
            for number in (1, 2):
                for session in practice.sessions(f"client-{number}"):
                    expected = [photo(f"{number}-{session.number}").data]
                    assert [practice.read_photo(each) for each in session.photos] == expected
        practice.add_client("New One")


def prepare_replacing(folder: Path) -> None:
    prepare_three(folder)
    with open_practice(folder / "practice") as practice:
        practice.backup(folder / "backup.zip")
        practice.forget_client("client-1")
        practice.add_client("Dora New")


def replace(folder: Path, confirm: Callable[[int], None]) -> None:
    restore_practice(folder / "backup.zip", folder / "practice", replace=True)
    confirm(1)


def check_replaced(folder: Path, confirmed: int) -> None:
    assert_whole(folder / "practice")
    with open_practice(folder / "practice") as practice:
        there = {client.name for client in practice.clients()}
        assert there == set(NAMES) or (not confirmed and there == {*NAMES[1:], "Dora New"})
        for client in practice.clients():
            assert len(practice.sessions(client.id)) == (0 if client.name == "Dora New" else 2)


OPERATIONS: tuple[Callable[[Practice, Path], object], ...] = (
    lambda practice, folder: practice.move_session("client-1", 1, "client-2"),
    lambda practice, folder: practice.remove_photo("client-3", 1, "2"),
    lambda practice, folder: practice.merge_clients("client-3", "client-2"),
    lambda practice, folder: practice.undo(),
    lambda practice, folder: practice.merge(folder / "other.zip", agree=lambda preview: True),
    lambda practice, folder: practice.add_photos("client-1", 2, [photo("late", size=SIZE)]),
    lambda practice, folder: practice.move_photo("client-1", 2, "1", "client-3"),
    lambda practice, folder: practice.edit_session("client-1", 2, note="mended", **moment(50)),
    lambda practice, folder: practice.remove_session("client-2", 1),
    lambda practice, folder: practice.undo(),
    lambda practice, folder: practice.clear_history(),
)


def state_of(practice: Practice) -> str:
    """Everything that a person can see, with the photos, but neither the history nor what counts up to now."""
    pages = [practice.page(client.id) for client in practice.clients()]
    told = [{**page.to_dict(), "adherence": None, "added": None} for page in pages]
    return json.dumps([told, [len(practice.read_photo(each)) for page in pages for each in page.photos]], default=str)


def prepare_operations(folder: Path) -> None:
    prepare_three(folder)
    with open_practice(folder / "other") as other:
        other.add_client("Dora Other", id="dora")
        other.add_session("dora", photos_of(77), **moment())
        other.backup(folder / "other.zip")
    shutil.rmtree(folder / "other")
    shutil.copytree(folder / "practice", folder / "rehearsal")
    with open_practice(folder / "rehearsal") as practice:
        states = [state_of(practice)]
        for operate in OPERATIONS:
            operate(practice, folder)
            states.append(state_of(practice))
    shutil.rmtree(folder / "rehearsal")
    (folder / "states.json").write_text(json.dumps(states))


def operate_all(folder: Path, confirm: Callable[[int], None]) -> None:
    with open_practice(folder / "practice") as practice:
        for number, operate in enumerate(OPERATIONS, 1):
            operate(practice, folder)
            confirm(number)


def check_operations(folder: Path, confirmed: int) -> None:
    assert_whole(folder / "practice", journal=True)
    states = json.loads((folder / "states.json").read_text())
    with open_practice(folder / "practice") as practice:
        found = state_of(practice)
        assert found in states[confirmed : confirmed + 2], confirmed
        if any(entry.can_be_undone and entry.undoes is None for entry in practice.history()):
            practice.undo()
            assert state_of(practice) != found
    assert_whole(folder / "practice", journal=True)


TRIALS = {
    "operations": Trial((prepare_operations,), operate_all, check_operations),
    "add_session": Trial((prepare_one,), add_sessions, check_sessions),
    "forget_client": Trial((prepare_three,), forget_two, check_forgotten),
    "backup": Trial((prepare_three, prepare_second_backup), back_up, check_backup),
    "migration": Trial((prepare_nothing, prepare_old, prepare_old, prepare_old), migrate, check_migrated),
    "restore": Trial((prepare_replacing,), replace, check_replaced),
}


class Steps:
    """Counts what a process does to files, and kills it before one of these steps."""

    def __init__(self, last: int | None) -> None:
        self.done, self.last = 0, last
        sys.addaudithook(self.see)

    def see(self, event: str, arguments: tuple) -> None:
        if event in STEPS or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
            if self.done == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
            self.done += 1


@dataclass(frozen=True)
class Outcome:
    """What became of a child."""

    confirmed: int
    killed: bool
    seconds: float
    steps: int


def run(trial: Trial, folder: Path, *, delay: float | None = None, step: int | None = None) -> Outcome:
    """Let a child act, and kill it after a delay or before one of its steps with files, if one is given."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(read)
            steps = Steps(step)
            os.write(write, b"0 ")
            trial.act(folder, lambda number: os.write(write, b"%d " % number))
            os.write(write, b"/%d" % steps.done)
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    said = os.read(read, 2)
    begun = time.perf_counter()
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    took = time.perf_counter() - begun
    while more := os.read(read, 100):
        said += more
    os.close(read)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    confirmed, _, steps_done = said.decode().partition("/")
    return Outcome(int(confirmed.split()[-1]), os.WIFSIGNALED(status), took, int(steps_done or 0))


def main(name: str, count: int, folder: Path, seed: int = 0, at_steps: int | None = None) -> dict[str, object]:
    """Kill at random moments, and before steps with files, evenly spaced over all that there are."""
    draw = random.Random(seed)  # noqa: S311
    trial, outcomes = TRIALS[name], Counter()
    for number, prepare in enumerate(trial.prepare):
        (folder / f"template{number}").mkdir()
        prepare(folder / f"template{number}")

    def attempt(number: int, **kill: float | None) -> Outcome:
        here = folder / "here"
        shutil.copytree(folder / f"template{number % len(trial.prepare)}", here)
        outcome = run(trial, here, **kill)
        trial.check(here, outcome.confirmed)
        shutil.rmtree(here)
        return outcome

    whole = [attempt(number) for number in range(max(3, len(trial.prepare)))]
    took = sorted(outcome.seconds for outcome in whole)[1]
    reach = took
    for number in range(count):
        outcome = attempt(number, delay=draw.uniform(0.0, reach))
        outcomes[f"killed after {outcome.confirmed} confirmed" if outcome.killed else "ended before"] += 1
        # How long it takes changes with what else the machine does: most kills shall come amid, some at the end.
        reach *= 1.05 if outcome.killed else 0.7
    steps = max(outcome.steps for outcome in whole)
    tries = min(steps, count // 2 if at_steps is None else at_steps)
    chosen = sorted({round(each * (steps - 1) / max(tries - 1, 1)) for each in range(tries)})
    for step in chosen:
        outcomes["killed at a step"] += attempt(draw.randrange(len(trial.prepare)), step=step).killed
    about = {"trial": name, "kills": count, "milliseconds": round(took * 1000), "steps": steps}
    return about | dict(sorted(outcomes.items()))


if __name__ == "__main__":
    name, count, folder, *rest = sys.argv[1:]
    print(json.dumps(main(name, int(count), Path(folder).absolute(), *map(int, rest))))
