"""A large study: `python tests/benchmarks/cohort.py [--people 10000] [--sessions 10]`.

Not a test: machines are noisy. Prints how long all tables of a study take (the mixed model aside) on one core, from a
parquet file on disk to the last table and the JSON object, as seconds and over the time that reading the file with
pandas takes; and the most memory that the process held.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from symmetry.cohort import analyze_cohort
from symmetry.measure.scores import REGION_NAMES


def made(people: int, sessions: int, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row a person, region and session, and a row a person: half treated, half placebo, nobody changes."""
    rng = np.random.default_rng(seed)
    rows = people * len(REGION_NAMES) * sessions
    names = [f"person {place}" for place in range(people)]
    study = pd.DataFrame(
        {
            "person": np.repeat(names, len(REGION_NAMES) * sessions),
            "region": np.tile(np.repeat(REGION_NAMES, sessions), people),
            "session": np.tile(np.arange(sessions) + 1, people * len(REGION_NAMES)),
            "weeks": np.tile(np.arange(sessions) * 1.0, people * len(REGION_NAMES)),
            "value": np.abs(2 + rng.normal(0, 0.4, rows)),
            "error": rng.uniform(0.5, 1.0, rows),
        }
    )
    about = pd.DataFrame(
        {
            "person": names,
            "group": np.where(np.arange(people) % 2, "placebo", "treated"),
            "minutes": rng.uniform(10, 300, people),
            "adherence": rng.uniform(0, 1, people),
            "rating": rng.integers(-2, 3, people),
        }
    )
    return study, about


def measure(people: int, sessions: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {next(iter(os.sched_getaffinity(0)))})
    with tempfile.TemporaryDirectory() as folder:
        study, about = made(people, sessions)
        file, persons = Path(folder, "study.parquet"), Path(folder, "people.csv")
        study.to_parquet(file)
        about.to_csv(persons, index=False)
        del study, about
        start = time.perf_counter()
        pd.read_parquet(file)
        reading = time.perf_counter() - start
        start = time.perf_counter()
        found = analyze_cohort(file, people=persons)
        text = json.dumps(found.to_dict(), allow_nan=False)
        whole = time.perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    tables = ", ".join(f"{name} {len(found.to_frame(name))}" for name in ("responders", "means", "contrasts", "dose"))
    print(
        f"{people} people, {sessions} sessions, {len(REGION_NAMES)} regions: rows of {tables}; JSON {len(text)} bytes"
    )
    print(
        f"all tables on one core: {whole:.1f} s, {whole / reading:.0f} times reading the file; {most:.2f} GiB at most"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--sessions", type=int, default=10)
    options = parser.parse_args()
    measure(options.people, options.sessions)


if __name__ == "__main__":
    main()
