"""Speed as ratios within one run: `python tests/benchmarks/speed.py [PHOTO [LATER]]`. Not a test: machines are noisy.

Prints, on one core, each with its limit:
- scoring one photo by its landmarks (decode to scores, no figure) over decoding it plus the mesh passes that it makes;
- scoring one photo and comparing two, with registration, beside landmarks alone and beside the flow's own time;
- the quality gate and the errors of one photo over all that `analyze` does;
- faces a second from landmarks to region scores and clinical measures;
- `symmetry --help` over `python -c "import click"`.
"""

from __future__ import annotations

import os

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_threads] = "1"  # before NumPy loads: one core means one core

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import symmetry
from symmetry import analyze, compare, read_photo
from symmetry.landmarks import detection
from symmetry.landmarks.frame import asymmetry_field, fit_frame
from symmetry.landmarks.mesh import REFERENCE
from symmetry.landmarks.networks import mesh_pass
from symmetry.landmarks.scale import interpupillary_distance
from symmetry.measure.conditions import photo_conditions
from symmetry.measure.measures import clinical_measures
from symmetry.measure.quality import check_photo
from symmetry.measure.reliability_table import of_method
from symmetry.measure.scores import score_regions
from symmetry.measure.uncertainty import photo_difficulty, photo_sds, unseen_part
from symmetry.registration import standardize
from symmetry.registration.flow import symmetric_flow

PASSES = 2 * (len(detection.FIRST_CROPS) + len(detection.SECOND_CROPS))


def seconds(*runs: Callable[[], object], rounds: int) -> list[float]:
    """Median time of each, taken in turn so that a slow moment hits all alike."""
    for run in runs:
        run()
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for run, taken in zip(runs, times, strict=True):
            start = time.perf_counter()
            run()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def face_crop(photo: Path) -> np.ndarray:
    """The first crop that the mesh sees of a photo: on anything but a face it stops halfway."""
    view = detection._View(read_photo(photo).pixels)
    landmarks = analyze(photo).landmarks[: len(REFERENCE) - 10, :2]
    return view.cut(detection._crop_to_image(REFERENCE[: len(landmarks), :2], landmarks, *detection.FIRST_CROPS[0]))


def score_one_photo(photo: Path, rounds: int = 25) -> None:
    crop = face_crop(photo)
    whole, decode, one_pass = seconds(
        lambda: analyze(photo, landmarks_only=True),
        lambda: read_photo(photo),
        lambda: mesh_pass(crop),
        rounds=rounds,
    )
    least = decode + PASSES * one_pass
    print(
        f"one photo by its landmarks, {PASSES} mesh passes: {whole / least:.2f} times decode plus passes (at most 1.3)"
    )
    print(f"  {whole * 1e3:.0f} ms; decode {decode * 1e3:.1f} ms, a pass {one_pass * 1e3:.1f} ms")


def register_photos(before: Path, after: Path, rounds: int = 15) -> None:
    face = analyze(before)
    pattern = standardize(face.photo, face.landmarks).pattern
    everywhere = np.ones_like(pattern)
    one, one_plain, two, two_plain, flow = seconds(
        lambda: analyze(before),
        lambda: analyze(before, landmarks_only=True),
        lambda: compare(before, after),
        lambda: compare(before, after, landmarks_only=True),
        lambda: symmetric_flow(pattern, pattern[:, ::-1], everywhere),
        rounds=rounds,
    )
    width, height = face.photo.size
    print(f"registration, {width} x {height} pixels:")
    print(f"  score {one * 1e3:.0f} ms, {one / one_plain:.2f} times landmarks alone (at most 120 ms for 1350 x 1350)")
    print(f"  compare {two * 1e3:.0f} ms, {two / two_plain:.2f} times landmarks alone (at most 250 ms)")
    print(f"  one flow {flow * 1e3:.0f} ms; a comparison makes three")


def check_and_errors(photo: Path, rounds: int = 15) -> None:
    face = analyze(photo)
    portrait, table = face.portrait, of_method(None, "registration")
    assert portrait is not None
    whole, gate, errors = seconds(
        lambda: analyze(photo),
        lambda: check_photo(portrait),
        lambda: photo_sds(
            table,
            difficulty=photo_difficulty(photo_conditions(face), face.flags),
            jitter=face.detection.jitter(face.interpupillary),
            interpupillary=face.interpupillary,
            unseen=unseen_part(face.asymmetry),
        ),
        rounds=rounds,
    )
    share = errors / (whole - errors)
    print(f"errors of one photo: {errors * 1e3:.1f} ms, {share:.2f} of the rest of analyze (at most 0.5)")
    print(f"  quality gate {gate * 1e3:.1f} ms, {gate / whole:.2f} of analyze")


def score_landmarks(faces: int = 500, rounds: int = 9) -> None:
    noise = np.random.default_rng(0).normal(scale=0.5, size=(faces, *REFERENCE.shape))
    points = (REFERENCE + noise) * [3.0, -3.0, -3.0] + [500, 600, 0]

    def run() -> None:
        placed = fit_frame(points).place(points)
        score_regions(asymmetry_field(placed), interpupillary_distance(points))
        clinical_measures(points, placed)

    taken, in_pieces = seconds(run, lambda: symmetry.score_landmarks(points), rounds=rounds)
    print(f"landmarks to scores and measures: {faces / taken:,.0f} faces a second (at least 10,000)")
    print(f"  score_landmarks, piece by piece: {taken / in_pieces:.1f} times that")


def show_help(rounds: int = 15) -> None:
    def call(*command: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *command], check=True, capture_output=True)

    helped, click = seconds(
        call("-c", "from symmetry.cli import main; main(['--help'])"), call("-c", "import click"), rounds=rounds
    )
    print(f"symmetry --help: {helped / click:.2f} times importing click (at most 2.5)")


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    samples = Path(__file__).parents[2] / "sample_images"
    photos = [Path(given) for given in sys.argv[1:3]] or [samples / "before.jpg", samples / "after.jpg"]
    score_one_photo(photos[0])
    register_photos(photos[0], photos[-1])
    check_and_errors(photos[0])
    score_landmarks()
    show_help()
