"""How often courses of a wandering face tell a trend: `python tests/benchmarks/wandering.py [--courses 2000]`.

A face wanders (Ornstein-Uhlenbeck, 0.2 mm or as the column says) with a correlation time, and each session is off by
re-photographing. Rows are 6 and 12 weekly and 40 and 100 daily sessions. Printed: trends told without one, in %; in
brackets the share of which nothing can be told as they wander for as long as they last; in any of seven regions, each
corrected for seven; and how often a trend of 1.5 mm in 12 weekly sessions is found.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from symmetry.stats.trends import trends

COURSES = {6: np.arange(6.0), 12: np.arange(12.0), 40: np.arange(40) / 7, 100: np.arange(100) / 7}
NOISES = ((0.2, 0.13), (0.3, 0.13), (0.2, 0.3), (0.3, 0.3))
TIMES = (0.0, 0.5, 2.0)
REGIONS = 7
Floats = NDArray[np.float64]


def photographed(weeks: Floats, time: float, noise: tuple[float, float], courses: int, seed: list[int]) -> Floats:
    rng = np.random.default_rng(seed)
    made = rng.normal(size=(len(weeks), courses))
    for row, gap in enumerate(np.diff(weeks), start=1):
        kept = np.exp(-gap / time) if time else 0.0
        made[row] = kept * made[row - 1] + np.sqrt(1 - kept**2) * made[row]
    return np.asarray(noise[0] * made + noise[1] * rng.normal(size=made.shape))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--courses", type=int, default=2000, help="simulated courses a cell")
    courses = parser.parse_args().courses // REGIONS * REGIONS
    print(f"{'sessions':>8} {'weeks':>6} {'wander':>7} {'photo':>6} {'told':>6} {'(nothing)':>10} {'any of 7':>9}")
    for count, weeks in COURSES.items():
        for time in TIMES:
            for place, noise in enumerate(NOISES):
                values = photographed(weeks, time, noise, courses, [count, int(2 * time), place])
                found = trends(weeks, values, np.full(courses, noise[1]))
                told, any_told = found.p < 0.05, (found.p < 0.05 / REGIONS).reshape(-1, REGIONS).any(axis=1)
                print(
                    f"{count:8} {time:6} {noise[0]:7} {noise[1]:6} {100 * told.mean():6.1f} "
                    f"{100 * found.wanders.mean():10.0f} {100 * any_told.mean():9.1f}",
                    flush=True,
                )
    print("\n1.5 mm in 12 weekly sessions: found, %")
    for time in TIMES:
        for noise in NOISES:
            weeks = COURSES[12]
            values = photographed(weeks, time, noise, courses, [1]) - 1.5 * weeks[:, None] / weeks[-1]
            found = trends(weeks, values, np.full(courses, noise[1]))
            print(f"{time:15} {noise[0]:7} {noise[1]:6} {100 * (found.slope.high < 0).mean():6.1f}", flush=True)


if __name__ == "__main__":
    main()
