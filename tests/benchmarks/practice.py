"""The practice under load: `python tests/benchmarks/practice.py [--kills 100] [--clients 30] [--sessions 40]`.

Not a test: machines are noisy. Prints
- how long it takes to add a session; with that many clients, the CPU time of listing them and of showing one as a
  multiple of `symmetry --help` (3 at most); how long it takes to open the practice, to make and to restore a backup,
  and to forget a client with the search;
- what became of kill -9 at random moments, that many of each kind, and before each step with files; see
  tests/helpers/practice_killing.py.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from helpers.practice_samples import moment, photo

from symmetry.practice.reading import PracticeReader
from symmetry.practice.records import Step, Treatment
from symmetry.practice.store import Practice, open_practice, restore_practice

PROGRAM = "import sys; from symmetry.cli import main; main(sys.argv[1:])"
TRIALS = ("add_session", "forget_client", "backup", "migration", "restore")


def timed(run: Callable[[], object], rounds: int = 5) -> float:
    """Median milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def cpu_of(rounds: int, *arguments: str) -> float:
    """Least milliseconds of CPU time that a command takes in a process of its own."""
    times = []
    for _ in range(rounds):
        before = os.times()
        subprocess.run([sys.executable, "-c", PROGRAM, *arguments], check=True, capture_output=True)
        after = os.times()
        times.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return min(times) * 1000


def fill(practice: Practice, *, clients: int, sessions: int, size: int) -> list[float]:
    """Clients with sessions of two photos, a treatment and an entry each; milliseconds for each session."""
    practice.add_protocol("Lift", [Step(name="Warm", minutes=2), Step(name="Jaw", minutes=5)], times_per_week=2)
    practice.add_scale("Tension")
    times = []
    for client in range(clients):
        name = practice.add_client(f"Client Number {client}").id
        for day in range(sessions):
            photos = [photo(f"{client}-{day}-{each}", size=size) for each in range(2)]
            start = time.perf_counter()
            practice.add_session(name, photos, **moment(day))
            times.append((time.perf_counter() - start) * 1000)
            practice.add_treatment(name, Treatment(**moment(day), protocol="Lift"))
            practice.add_entry(name, **moment(day), values={"Tension": day % 11})
    return times


def measure(*, clients: int, sessions: int, size: int = 20_000, rounds: int = 9) -> None:
    with tempfile.TemporaryDirectory() as root:
        folder, backup = Path(root, "practice"), Path(root, "backup.zip")
        with open_practice(folder) as practice:
            added = fill(practice, clients=clients, sessions=sessions, size=size)
            middle, slow = statistics.median(added), sorted(added)[int(0.99 * len(added))]
            print(f"{clients} clients, {sessions} sessions each, {2 * len(added)} photos of {size} bytes")
            print(f"add a session of two photos: median {middle:.0f} ms, 99 % within {slow:.0f} ms")
            one = practice.clients()[0].id
            show_help = cpu_of(rounds, "--help")
            for command in (["client", "list"], ["client", "show", one]):
                took = cpu_of(rounds, *command, "--practice", str(folder))
                times = took / show_help
                print(f"`symmetry {' '.join(command)}`: {took:.0f} ms of CPU, {times:.1f} times `symmetry --help`")
            print(f"overview: {timed(PracticeReader(folder).overview, rounds):.1f} ms")
            print(f"page: {timed(lambda: PracticeReader(folder).page(one), rounds):.1f} ms")
            print(f"open_practice: {timed(lambda: open_practice(folder).close(), rounds):.0f} ms")
            print(f"backup: {timed(lambda: practice.backup(backup, replace=True), 3):.0f} ms")
            print(f"restore: {timed(lambda: restore_practice(backup, Path(root, 'new')), 1):.0f} ms")
            start = time.perf_counter()
            forgotten = practice.forget_client(one)
            took = time.perf_counter() - start
            print(f"forget_client: {took * 1000:.0f} ms, {forgotten.searched_bytes / 1e6:.0f} MB searched")
            assert forgotten.clean


def kill(kills: int) -> None:
    script = str(TESTS / "helpers" / "practice_killing.py")
    for trial in TRIALS:
        with tempfile.TemporaryDirectory() as root:
            command = [sys.executable, "-W", "error", script, trial, str(kills), root, str(os.getpid()), "1000"]
            print(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


def main() -> None:
    parser = argparse.ArgumentParser(description="The practice under load.")
    for name, default in (("kills", 100), ("clients", 30), ("sessions", 40)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    measure(clients=asked.clients, sessions=asked.sessions)
    if hasattr(os, "fork") and asked.kills:
        kill(asked.kills)


if __name__ == "__main__":
    main()
