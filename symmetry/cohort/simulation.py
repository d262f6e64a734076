"""Simulated studies: people whose real change is known, measured as well as photos allow.

They show how often a rule calls noise an improvement, and how often it misses a real one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from symmetry.arrays import BoolArray, FloatArray
from symmetry.cohort.simulated_people import Conditions, Effect, Measured, check_millimetres, measure_people, places_of
from symmetry.cohort.study import ONE_SESSION, Study
from symmetry.errors import PlanError
from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.stats.proportions import wilson

if TYPE_CHECKING:
    from typing_extensions import Unpack

TREATED: Final = "treated"
PLACEBO: Final = "placebo"
_HOPE: Final = 1.0
"""Mean rating, from -3 to 3, of people whatever came of it; ratings have a standard deviation of 1."""
_ADHERENCE: Final = (0.75, 0.2)
_MOST_ADHERENCE: Final = 1.1
_MINUTES_A_WEEK: Final = 50.0
"""Ten minutes on five days."""


class SimulationOptions(TypedDict, total=False):
    """Keywords of `simulate_study`."""

    people: int
    effect: float
    effect_in_mdc: float | None
    spread: float
    placebo: float
    photos: int
    sessions: int
    weeks: float
    regions: Sequence[str]
    reliability: ReliabilityTables | None
    day_to_day: float | None
    allowed: float | None
    missing: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Design:
    """Keywords of `simulate_study` with their defaults, checked."""

    people: int = 40
    effect: float = 2.0
    effect_in_mdc: float | None = None
    spread: float = 0.0
    placebo: float = 0.5
    photos: int = 3
    sessions: int = 2
    weeks: float = 12.0
    regions: Sequence[str] = MAIN_REGIONS
    reliability: ReliabilityTables | None = None
    day_to_day: float | None = None
    allowed: float | None = None
    missing: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.people < 1:
            raise PlanError(f"a study needs at least 1 person, not {self.people}")
        if self.sessions < 2:
            raise PlanError(f"a change takes at least 2 sessions, not {self.sessions}")
        if not self.weeks > 0:
            raise PlanError(f"a study must last longer than {self.weeks:g} weeks")
        for name, share in (("placebo", self.placebo), ("missing", self.missing)):
            if not 0 <= share <= 1:
                raise PlanError(f"{name} must be a share from 0 to 1, not {share:g}")
        if not self.regions or len(set(self.regions)) < len(self.regions):
            raise PlanError("give at least one region, and each once")
        check_millimetres("spread", self.spread)


def simulate_study(**options: Unpack[SimulationOptions]) -> Study:
    """Simulate a before-and-after study with a treated group and a placebo group.

    Parameters
    ----------
    people : int, default 40
        In both groups together.
    effect : float, default 2.0
        Real decrease of the left-right difference of each part of a region, mm, from the first session to the last, in
        the treated group; nothing changes in the placebo group.
    effect_in_mdc : float, optional
        The same as a multiple of the minimal detectable change with so many photos, in place of `effect`.
    spread : float, default 0.0
        Standard deviation of the real change between treated people, mm.
    placebo : float, default 0.5
        Share of the people in the placebo group.
    photos : int, default 3
        Of each person in each session.
    sessions, weeks : int and float, default 2 and 12.0
        Sessions are evenly spaced over the weeks, and so is the effect.
    regions : sequence of str
        Any but the whole and the lower face; by default jawline, eyes and mouth.
    reliability : mapping, optional
        Tables from `read_reliability`; the shipped ones by default.
    day_to_day : float, optional
        Standard deviation of the true left-right difference from day to day, mm; by default as much as verdicts assume
        of each region (`symmetry.measure.between_days`). What they assume does not depend on it.
    allowed : float, optional
        What verdicts assume instead, mm; 0 for verdicts that judge all photos as of one day.
    missing : float, default 0.0
        Probability that a person misses a session after the first.
    seed : int, default 0

    Raises
    ------
    PlanError
        If a number makes no sense, a region cannot be simulated, or the reliability table says too little about it.

    Notes
    -----
    Everyone starts as uneven as a healthy adult and by the effect more, so that there is room to improve; see
    `symmetry.cohort.simulated_people`. Ratings and adherence are independent of the effect: people rate what they hope
    for, around 1 on a scale from -3 to 3, and do three quarters of what was planned.

    Examples
    --------
    >>> study = simulate_study(people=10, effect=1.0, regions=["mouth"], seed=1)
    >>> study.groups, len(study.changes)
    (('placebo', 'treated'), 10)
    """
    return _simulated(_Design(**options))


def _simulated(design: _Design) -> Study:
    conditions = Conditions(
        photos=design.photos, day_to_day=design.day_to_day, allowed=design.allowed, reliability=design.reliability
    )
    people, count = design.people, design.sessions
    treated = np.arange(people) < people - round(design.placebo * people)
    rng = np.random.default_rng([design.seed, 0])
    had = np.column_stack([np.ones(people, bool), rng.random((people, count - 1)) >= design.missing])
    last = np.where(had, np.arange(count), 0).max(axis=1)
    times = np.linspace(0.0, 1.0, count)
    names = np.array([f"p{number:0{len(str(people))}d}" for number in range(1, people + 1)], dtype=object)
    tables = []
    for region in design.regions:
        own_rng = np.random.default_rng([design.seed, 1, places_of(region)[0]])  # independent of the other regions
        effect = Effect.on(own_rng, treated, design.effect, design.effect_in_mdc, design.spread)
        found = measure_people(own_rng, region, effect, conditions, times=times, last=last)
        tables.append(_tables(names, region, found, had, times * design.weeks))
    changes, sessions = (pd.concat(frames, ignore_index=True) for frames in zip(*tables, strict=True))
    return Study.of(
        people=_people(rng, names, treated, last == count - 1, design.weeks),
        changes=changes,
        sessions=sessions,
        planned=design.sessions,
    )


def responder_curve(
    effects_in_mdc: Sequence[float] = tuple(np.arange(0.0, 3.01, 0.25).tolist()),
    *,
    people: int = 2000,
    photos: int = 3,
    region: str = "mouth",
    reliability: ReliabilityTables | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Share of people called improved by two rules, against the size of the real change.

    Parameters
    ----------
    effects_in_mdc : sequence of float
        Real changes toward even, as multiples of the minimal detectable change.
    people : int
        Simulated for each of them.
    photos, region, reliability, seed
        As for `simulate_study`.

    Returns
    -------
    DataFrame
        One row for each effect (`effect_in_mdc`): `people`, those who changed beyond their own minimal detectable
        change (`improved`, `share`) and those who are more even at all (`naive_improved`, `naive_share`), with Wilson's
        95 % intervals (`share_low`, `share_high`, `naive_low`, `naive_high`).

    Raises
    ------
    PlanError
        As for `simulate_study`.

    Examples
    --------
    >>> curve = responder_curve([0.0, 2.0], people=500)
    >>> (curve["share"] > 0.8).tolist(), (curve["naive_share"] > 0.4).tolist()
    ([False, True], [True, True])
    """
    if people < 1:
        raise PlanError(f"at least 1 person is needed, not {people}")
    conditions = Conditions(photos=photos, reliability=reliability)
    improved, naive = [], []
    for effect in effects_in_mdc:
        rng = np.random.default_rng([seed, 2, places_of(region)[0]])
        found = before_and_after(rng, region, Effect.on(rng, np.ones(people, bool), 0.0, effect, 0.0), conditions)
        improved.append(int((found.change < -found.error).sum()))
        naive.append(int((found.change < 0).sum()))
    return pd.DataFrame(
        {
            "effect_in_mdc": np.array(effects_in_mdc, dtype=np.float64),
            "people": people,
            "improved": improved,
            **wilson(improved, people).columns("share"),
            "naive_improved": naive,
            **wilson(naive, people).columns("naive_share", prefix="naive_"),
        }
    )


def before_and_after(rng: np.random.Generator, region: str, effect: Effect, conditions: Conditions) -> Measured:
    """Measure everyone in two sessions."""
    after = np.ones(len(effect.millimetres), dtype=np.intp)
    return measure_people(rng, region, effect, conditions, times=np.array([0.0, 1.0]), last=after)


def _people(
    rng: np.random.Generator, names: NDArray[np.object_], treated: BoolArray, stayed: BoolArray, weeks: float
) -> pd.DataFrame:
    """Table of people; those who left before the end have no rating."""
    adherence = np.clip(rng.normal(*_ADHERENCE, len(names)), 0.0, _MOST_ADHERENCE)
    rating = np.clip(np.round(rng.normal(_HOPE, 1.0, len(names))), -3, 3)
    return pd.DataFrame(
        {
            "person": names,
            "group": np.where(treated, TREATED, PLACEBO),
            "minutes": adherence * weeks * _MINUTES_A_WEEK,
            "adherence": adherence,
            "rating": np.where(stayed, rating, np.nan),
        }
    )


def _tables(
    names: NDArray[np.object_], region: str, found: Measured, had: BoolArray, weeks: FloatArray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the changes and sessions of one region; `had` (people, sessions) says who came, `weeks` when."""
    last = np.where(had, np.arange(len(weeks)), 0).max(axis=1)
    changes = {
        "before": found.values[0],
        "after": np.where(last > 0, found.values[last, np.arange(len(names))], np.nan),
        "change": found.change,
        "mdc": found.error,
        "reason": np.where(last > 0, "", ONE_SESSION),
    }
    who, session = np.nonzero(had)
    sessions = {
        "session": session + 1.0,
        "weeks": weeks[session],
        "value": found.values[session, who],
        "error": found.value_errors[who],
    }
    tables = pd.DataFrame({"person": names, **changes}), pd.DataFrame({"person": names[who], **sessions})
    return tables[0].assign(region=region, unit="mm"), tables[1].assign(region=region, unit="mm")
