"""How often trends and phase tests tell a change: where there is none, and where there is one.

    python tests/benchmarks/courses.py [--courses 10000]

Sessions 3 to 10 days apart. Noise is white, an Ornstein-Uhlenbeck process whose correlation over the mean distance is
as the table says ("OU"), or autoregressive from session to session whatever the distance ("AR"). Drift and steps are
in noise of 0.4 mm, which is also the standard deviation over re-photographing unless said.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from symmetry.stats.phases import PhaseTest, compare_phases
from symmetry.stats.trends import Trends, trends

NOISE_MM = 0.4
MEAN_WEEKS = 6.5 / 7
AT_ONCE = 250
"""Courses that share their times."""
NOISES = {
    "white": ("OU", 0.0),
    "OU 0.3": ("OU", 0.3),
    "OU 0.6": ("OU", 0.6),
    "AR 0.3": ("AR", 0.3),
    "AR 0.6": ("AR", 0.6),
    "OU 0.8": ("OU", 0.8),
}
PHASES = ((3, 3), (4, 4), (3, 9), (6, 14), (10, 30))
Floats = NDArray[np.float64]


def times(sessions: int, rng: np.random.Generator) -> Floats:
    """Weeks of sessions 3 to 10 days apart."""
    return np.concatenate([[0.0], np.cumsum(rng.uniform(3, 10, sessions - 1))]) / 7


def noise(weeks: Floats, kind: str, autocorrelation: float, courses: int, rng: np.random.Generator) -> Floats:
    """Stationary noise of `NOISE_MM`, shape (n, courses)."""
    made = rng.normal(size=(len(weeks), courses))
    for row, gap in enumerate(np.diff(weeks), start=1):
        kept = autocorrelation ** (gap / MEAN_WEEKS if kind == "OU" else 1.0)
        made[row] = kept * made[row - 1] + np.sqrt(1 - kept**2) * made[row]
    return NOISE_MM * made


def batches(courses: int, *seed: int) -> Iterator[np.random.Generator]:
    for number in range(max(1, round(courses / AT_ONCE))):
        yield np.random.default_rng([*seed, number])


def told(found: Trends | PhaseTest) -> NDArray[np.bool_]:
    estimate = found.slope if isinstance(found, Trends) else found.difference
    return np.asarray((estimate.low > 0) | (estimate.high < 0))


def percent(parts: list[NDArray[np.bool_]]) -> str:
    return f"{100 * np.concatenate(parts).mean():7.2f}"


def table(title: str, rows: dict[str, Callable[[str], str]], columns: list[str]) -> None:
    print(f"\n{title}\n{'':16}" + "".join(f"{column:>8}" for column in columns))
    for name, cell in rows.items():
        print(f"{name:16}" + " ".join(f"{cell(column):>7}" for column in columns), flush=True)


def trend_rate(
    sessions: int,
    courses: int,
    noise_name: str = "white",
    *,
    drift: float = 0.0,
    weeks_long: float | None = None,
    sd: float = NOISE_MM,
    unknown: float = 0.0,
    comparisons: int = 1,
    outlier: float = 0.0,
) -> str:
    """Share of trends told, %."""
    found = []
    for rng in batches(courses, sessions):
        weeks = times(sessions, rng)
        if weeks_long:
            weeks *= weeks_long / weeks[-1]
        values = noise(weeks, *NOISES[noise_name], AT_ONCE, rng) + drift * (weeks / weeks[-1])[:, None]
        values[rng.integers(sessions, size=AT_ONCE), np.arange(AT_ONCE)] += outlier
        values[rng.random(values.shape) < unknown] = np.nan
        result = trends(weeks, values, np.full(AT_ONCE, sd), comparisons=comparisons)
        found.append(told(result)[np.isfinite(result.p)])
    return percent(found)


def phase_rate(
    sizes: tuple[int, int],
    courses: int,
    noise_name: str = "white",
    *,
    step: float = 0.0,
    sd: float = NOISE_MM,
    unknown: float = 0.0,
    comparisons: int = 1,
    drift: float = 0.0,
) -> str:
    """Share of steps told, %."""
    found = []
    for rng in batches(courses, *sizes):
        weeks = times(sum(sizes), rng)
        treated = np.arange(len(weeks)) >= sizes[0]
        values = noise(weeks, *NOISES[noise_name], AT_ONCE, rng) + step * treated[:, None]
        values += drift * (weeks / weeks[-1])[:, None]
        values[rng.random(values.shape) < unknown] = np.nan
        result = compare_phases(weeks, values, treated, np.full(AT_ONCE, sd), comparisons=comparisons)
        found.append(told(result)[np.isfinite(result.p)])
    return percent(found)


def trend_tables(courses: int) -> None:
    lengths = (5, 6, 8, 12, 20, 40)
    names = list(NOISES)
    table(
        "Trends told without a trend, %, sd known",
        {f"{n} sessions": lambda c, n=n: trend_rate(n, courses, c) for n in lengths},
        names,
    )
    table(
        "The same, sd known too small by half",
        {f"{n} sessions": lambda c, n=n: trend_rate(n, courses, c, sd=NOISE_MM / 2) for n in lengths},
        names,
    )
    table(
        "The same, a quarter of the values unknown",
        {f"{n} sessions": lambda c, n=n: trend_rate(n, courses, c, sd=0.2, unknown=0.25) for n in lengths[1:]},
        names,
    )
    table(
        "The same, 9 comparisons (0.56 % wanted)",
        {f"{n} sessions": lambda c, n=n: trend_rate(n, courses, c, comparisons=9) for n in lengths},
        names,
    )
    spans = {"8 in 6 weeks": (8, 6), "12 in 10 weeks": (12, 10), "20 in 17 weeks": (20, 17), "40 in 35 weeks": (40, 35)}
    for title, more in (("white noise", {}), ("white noise, one session off by 2.4 mm", {"outlier": 2.4})):
        table(
            f"Trends found, %, {title}, by drift in total",
            {
                name: lambda c, n=n, w=w, more=more: trend_rate(n, courses, drift=float(c[:-3]), weeks_long=w, **more)
                for name, (n, w) in spans.items()
            },
            ["0.5 mm", "1 mm", "2 mm", "3 mm", "4 mm"],
        )
    table(
        "Trends found, %, OU 0.6, by drift in total",
        {
            name: lambda c, n=n, w=w: trend_rate(n, courses, "OU 0.6", drift=float(c[:-3]), weeks_long=w)
            for name, (n, w) in spans.items()
        },
        ["0.5 mm", "1 mm", "2 mm", "3 mm", "4 mm"],
    )


def phase_tables(courses: int) -> None:
    names = list(NOISES)
    for title, more in (
        ("Steps told without a step, %, sd known", {}),
        ("The same, sd known too small by half", {"sd": NOISE_MM / 2}),
        ("The same, a tenth of the values unknown", {"sd": NOISE_MM / 2, "unknown": 0.1}),
        ("The same, 9 comparisons (0.56 % wanted)", {"comparisons": 9}),
        ("The same, a drift of 1 mm all through the series: the trap", {"drift": 1.0}),
    ):
        table(
            title,
            {f"{a} + {b}": lambda c, a=a, b=b, more=more: phase_rate((a, b), courses, c, **more) for a, b in PHASES},
            names,
        )
    for name in ("white", "OU 0.6"):
        table(
            f"Steps found, %, {name}",
            {
                f"{a} + {b}": lambda c, a=a, b=b, name=name: phase_rate((a, b), courses, name, step=float(c[:-3]))
                for a, b in PHASES
            },
            ["0.5 mm", "1 mm", "1.5 mm", "2 mm"],
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--courses", type=int, default=10000, help="simulated courses a cell")
    courses = parser.parse_args().courses
    trend_tables(courses)
    phase_tables(max(AT_ONCE, courses // 4))


if __name__ == "__main__":
    main()
