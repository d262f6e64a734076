"""Many photos: what workers bring, what memory they take, and what is left of a run that dies.

    python tests/benchmarks/many.py throughput again memory kills cluster table [--photos N]

Photos are copies of the sample photos; ratios come from one run. A machine that does other things meanwhile shows less
throughput: user and system time of all processes say what the workers themselves cost.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

ROOT = Path(__file__).parents[2]
SAMPLES = [ROOT / "sample_images" / f"{name}.jpg" for name in ("before", "after", "even")]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


def laid_out(folder: Path, count: int) -> Path:
    """Lay out photos whose bytes all differ."""
    photos = folder / f"photos-{count}"
    photos.mkdir()
    for number in range(count):
        data = SAMPLES[number % len(SAMPLES)].read_bytes()
        (photos / f"{number:06}.jpg").write_bytes(data + number.to_bytes(4, "big"))  # after the end of the image
    return photos


def start(photos: Path, output: Path, *more: object) -> subprocess.Popen[str]:
    """Begin to score a folder."""
    command = [sys.executable, str(ROOT / "cli.py"), "score", str(photos), "-o", str(output), "-l", *map(str, more)]
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def score(photos: Path, output: Path, *more: object) -> tuple[float, float]:
    """Score a folder: seconds, and seconds of all its processes."""
    before, since = os.times(), time.monotonic()
    run = start(photos, output, *more)
    _, said = run.communicate()
    if run.returncode:
        raise SystemExit(said)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - since, spent


def throughput(folder: Path, count: int) -> None:
    photos = laid_out(folder, count)
    one, of_one = score(photos, folder / "one.csv", "--jobs", 1)
    two, of_two = score(photos, folder / "two.csv", "--jobs", 2)
    same = (folder / "one.csv").read_bytes() == (folder / "two.csv").read_bytes()
    print(f"2 workers over 1, {count} photos: {one / two:.2f} times as fast (at least 1.85)")
    print(f"  seconds of all processes: {of_two / of_one:.2f} times those of one worker; same table: {same}")


def again(folder: Path, count: int) -> None:
    photos = laid_out(folder, count)
    _, first = score(photos, folder / "a.csv", "--resume", "--keep", "fields")
    _, resumed = score(photos, folder / "a.csv", "--resume", "--keep", "fields")
    _, anew = score(photos, folder / "a.csv", "--restart", "--keep", "fields")
    print(f"a folder scored again, {count} photos: {resumed / first:.2f} of the first run (at most 0.15)")
    print(f"  scored anew from kept fields: {anew / first:.2f}")


def memory(folder: Path, count: int) -> None:
    most = {}
    for number in (count // 10, count):
        photos = laid_out(folder, number)
        run = start(photos, folder / f"{number}.csv", "--jobs", 2)
        seen: dict[str, int] = {}
        parent = psutil.Process(run.pid)
        reader = threading.Thread(target=run.communicate)
        reader.start()
        while reader.is_alive():
            try:
                seen["parent"] = max(seen.get("parent", 0), parent.memory_info().rss)
                workers = [one.memory_info().rss for one in parent.children(recursive=True)]
                seen["worker"] = max(seen.get("worker", 0), *workers, 0)
            except psutil.Error:
                pass
            time.sleep(0.2)
        most[number] = seen
    for who in ("parent", "worker"):
        grown = (most[count][who] - most[count // 10][who]) / 2**20
        print(f"memory of the {who}, photo {count // 10} to {count}: {grown:+.0f} MiB (less than 30)")


def kills(folder: Path, count: int, times: int = 30) -> None:
    photos = laid_out(folder, count)
    score(photos, folder / "whole.csv", "--jobs", 2)
    whole, killed = (folder / "whole.csv").read_bytes(), 0
    output = folder / "killed.csv"
    record = folder / "killed.csv.run"
    run = start(photos, output, "--jobs", 2)
    for moment in np.random.default_rng(1).uniform(0.2, 6.0, times):
        time.sleep(moment)
        if run.poll() is not None:
            break
        run.send_signal(signal.SIGKILL)
        run.communicate()
        killed += 1
        run = start(photos, output, "--jobs", 2, "--resume")
    _, said = run.communicate()
    lines = [line.split(b"\t")[0] for part in record.glob("part-*") for line in part.read_bytes().splitlines()]
    twice = len(lines) - len(set(lines))
    print(f"killed {killed} times and gone on with: table identical: {output.read_bytes() == whole}")
    print(f"  photos recorded twice: {twice} (0); {said.splitlines()[-1]}")


def cluster(folder: Path, count: int) -> None:
    photos = laid_out(folder, count)
    score(photos, folder / "whole.csv", "--jobs", 2)
    run_dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT)}
    file = folder / "scheduler.json"
    quiet = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen([*run_dask, "--no-dashboard", "--scheduler-file", str(file)], **quiet)
    command = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file), "--nthreads", "1"]
    workers = [subprocess.Popen([*command, "--no-dashboard"], **quiet) for _ in range(2)]
    try:
        while not file.exists() or not file.read_text(encoding="utf-8"):
            time.sleep(0.1)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        run = start(photos, folder / "cluster.csv", "--cluster", address)
        record = folder / "cluster.csv.run"
        while run.poll() is None and not list(record.glob("part-*")):
            time.sleep(0.1)
        for process in psutil.Process(workers[0].pid).children(recursive=True):
            process.kill()
        workers[0].kill()
        _, said = run.communicate()
        same = (folder / "cluster.csv").read_bytes() == (folder / "whole.csv").read_bytes()
        print(f"Dask over TCP, one of two workers killed: table identical: {same}; {said.splitlines()[-1]}")
    finally:
        for process in (*workers, scheduler):
            process.terminate()
            process.wait()


def table(folder: Path, count: int) -> None:
    from symmetry import read_results
    from symmetry.measure import analyze_photos
    from symmetry.tabular import SCORES
    from symmetry.tabular.streaming import write_table

    (face,) = [result.to_dict() for result in analyze_photos(SAMPLES[:1], landmarks_only=True)]
    people = max(1, count // 20)
    objects = (
        {**face, "photo": f"clinic/person-{person:06}/{number:03}.jpg"}
        for person in range(people)
        for number in range(20)
    )
    write_table(folder / "scores", "dataset", objects, SCORES)
    process, before, since = psutil.Process(), psutil.Process().memory_info().rss, time.process_time()
    found = read_results(folder / "scores", folder=f"clinic/person-{people // 2:06}", region="mouth")
    taken, grown = time.process_time() - since, (process.memory_info().rss - before) / 2**20
    print(f"one person's course out of {people * 20 * 9:,} rows: {len(found)} rows in {taken:.2f} s, {grown:+.0f} MiB")


PARTS: dict[str, tuple[Callable[[Path, int], None], int]] = {
    "throughput": (throughput, 400),
    "again": (again, 200),
    "memory": (memory, 5000),
    "kills": (kills, 200),
    "cluster": (cluster, 200),
    "table": (table, 112_000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[*PARTS])
    parser.add_argument("--photos", type=int, help="how many, instead of what the figures are asked for")
    given = parser.parse_args()
    for name in given.parts or PARTS:
        part, count = PARTS[name]
        folder = Path(tempfile.mkdtemp(prefix=f"symmetry-{name}-"))
        try:
            part(folder, given.photos or count)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
