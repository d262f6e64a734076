"""Sample size of a study, people and photos of each, by simulation of its power."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

import numpy as np
import pandas as pd
from scipy import special

from symmetry.arrays import BoolArray, FloatArray, IntArray
from symmetry.cohort.simulated_people import Conditions, Effect, check_millimetres, places_of
from symmetry.cohort.simulation import before_and_after
from symmetry.errors import PlanError
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.stats.permutation_tests import sign_flip_test, two_group_permutation
from symmetry.stats.proportions import wilson
from symmetry.tabular.frames import frame_of
from symmetry.tabular.plan import PLANS
from symmetry.tabular.text import without_nan

if TYPE_CHECKING:
    from typing_extensions import Unpack

MOST_PEOPLE: Final = 1000
"""In a group; larger studies are not planned."""
SPREAD: Final = 0.5
"""Default standard deviation of the real change between people, as a share of the change."""
_LEVEL: Final = 0.05
_STUDIES: Final = 1000
"""Simulated for each number of people."""
_POOL: Final = 100_000
"""People simulated in a group; each study draws its own from them."""
_AT_A_TIME: Final = 10_000
_ONE_BY_ONE: Final = 50
"""People up to whom one fewer is tried, too; beyond, simulation error is larger than the effect of one person."""
_FEWEST: Final = 2


class PlanOptions(TypedDict, total=False):
    """Keywords of `plan_study`."""

    region: str
    photos: int | Sequence[int]
    power: float
    groups: Literal[1, 2]
    spread: float | None
    day_to_day: float | None
    comparisons: int
    reliability: ReliabilityTables | None
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Request:
    """Arguments of `plan_study` with their defaults, checked."""

    change: float
    region: str = "mouth"
    photos: int | Sequence[int] = (1, 2, 3, 4)
    power: float = 0.8
    groups: Literal[1, 2] = 1
    spread: float | None = None
    day_to_day: float | None = None
    comparisons: int = 1
    reliability: ReliabilityTables | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.change) and self.change > 0):
            raise PlanError(f"the change to detect must be more than 0 mm, not {self.change:g}")
        if not self.counts or len(set(self.counts)) < len(self.counts):
            raise PlanError("give at least one number of photos, and each once")
        if not 0 < self.power < 1:
            raise PlanError(f"the power must be a share between 0 and 1, such as 0.8, not {self.power:g}")
        if self.groups not in (1, 2):
            raise PlanError(f"a study has 1 group, or 2 with a control group, not {self.groups}")
        if self.comparisons < 1:
            raise PlanError(f"at least 1 region must be tested, not {self.comparisons}")
        check_millimetres("spread", self.sd)

    @property
    def counts(self) -> Sequence[int]:
        """Numbers of photos."""
        return (self.photos,) if isinstance(self.photos, int) else self.photos

    @property
    def sd(self) -> float:
        """Standard deviation of the real change, mm."""
        return float(SPREAD * self.change if self.spread is None else self.spread)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan(_Request):
    """What a study needs to detect a change.

    Attributes
    ----------
    change, region, photos, power, groups, spread, day_to_day, comparisons, reliability, seed
        As given to `plan_study`.
    frame : DataFrame
        One row for each number of photos: `change` and the median `mdc` (minimal detectable change of one person) in
        mm; `responders`, the share of the treated beyond it; `people` needed (in a group), NaN for more than
        `MOST_PEOPLE`; the `power` of a study with so many (or with `MOST_PEOPLE`), and `power_low` and `power_high`,
        its 95 % interval from the number of simulated studies.
    """

    frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return the rows as a copy."""
        return frame_of(PLANS.rows(self.to_dict()), PLANS)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON object; unknown values are None."""
        names = ("region", "change", "groups", "power", "spread", "day_to_day", "comparisons", "seed")
        rows = [
            {**row, "people": int(row["people"]) if np.isfinite(row["people"]) else None}
            for row in self.frame.to_dict("records")
        ]
        return without_nan({**{name: getattr(self, name) for name in names}, "plans": rows})


def plan_study(change: float, **options: Unpack[PlanOptions]) -> Plan:
    """Find the number of people that a study needs, for each number of photos a session.

    Parameters
    ----------
    change : float
        Mean real decrease of the left-right difference of each part of the region, mm.
    region : str, default "mouth"
        Any but the whole and the lower face.
    photos : int or sequence of int, default (1, 2, 3, 4)
        Numbers of photos of each person in each session.
    power : float, default 0.8
        Probability with which the study is to detect the change.
    groups : {1, 2}, default 1
        One group before and after, tested by sign flips; or two, of which one does not change, tested by permutation:
        the tests of a cohort's means and contrasts, two-sided at 5 %.
    spread : float, optional
        Standard deviation of the real change between people, mm; half the change by default.
    day_to_day : float, optional
        Standard deviation of the true left-right difference from day to day, mm, which verdicts on people know; by
        default as much as is assumed of the region (`symmetry.measure.between_days`).
    comparisons : int, default 1
        Number of regions to correct for: each is tested at 5 % / comparisons, the first step of Holm's method.
    reliability : mapping, optional
        Tables from `read_reliability`; the shipped ones by default.
    seed : int, default 0

    Raises
    ------
    PlanError
        If a number makes no sense, the region cannot be simulated, or the reliability table says too little about it.

    Notes
    -----
    People are simulated as by `simulate_study`, with photos that are alike in pose, expression and light: the best
    case. Nobody drops out; recruit more people for those who will.

    Examples
    --------
    >>> plan_study(0.4, photos=(1, 4)).frame[["photos", "people"]].to_numpy().astype(int).tolist()
    [[1, 19], [4, 15]]
    """
    asked = _Request(change=float(change), **options)
    rows = [_planned(asked, count) for count in asked.counts]
    given = {field.name: getattr(asked, field.name) for field in fields(asked)}
    return Plan(**{**given, "spread": asked.sd}, frame=frame_of(rows, PLANS))


def _planned(asked: _Request, photos: int) -> dict[str, Any]:
    """Row of a plan."""
    conditions = Conditions(
        photos=photos, day_to_day=asked.day_to_day, allowed=asked.day_to_day, reliability=asked.reliability
    )
    treated, error, untreated = _measured_pool(asked, conditions)
    draws = np.random.default_rng([asked.seed, 4])
    studies = treated[_drawn(draws)]
    controls = untreated[_drawn(draws)] if asked.groups == 2 else None
    return {
        "region": asked.region,
        "change": asked.change,
        "photos": photos,
        "mdc": float(np.median(error)),
        "responders": float((treated < -error).mean()),
        **_people_needed(studies, controls, asked),
    }


def _measured_pool(asked: _Request, conditions: Conditions) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Simulate changes of treated people, their own minimal detectable changes, and the changes of untreated people."""
    # The same people for every number of photos.
    rng = np.random.default_rng([asked.seed, 3, places_of(asked.region)[0]])
    untreated = _AT_A_TIME // 2 if asked.groups == 2 else 0
    treated = np.arange(_AT_A_TIME + untreated) < _AT_A_TIME
    parts = []
    for _ in range(_POOL // _AT_A_TIME):
        effect = Effect.on(rng, treated, asked.change, None, asked.sd)
        shown = before_and_after(rng, asked.region, effect, conditions)
        # Without a real change either sign is as likely; using both makes the mean exactly 0.
        noise = shown.change[~treated]
        parts.append((shown.change[treated], shown.error[treated], noise, -noise))
    found, error, *either = (np.concatenate(values) for values in zip(*parts, strict=True))
    return found, error, np.concatenate(either)


def _drawn(rng: np.random.Generator) -> IntArray:
    """People of each study, shape (most people, studies): the first n rows are a study with n people."""
    return rng.integers(0, _POOL, (MOST_PEOPLE, _STUDIES))


def _people_needed(studies: FloatArray, controls: FloatArray | None, asked: _Request) -> dict[str, float]:
    """Search from where Student's t has the power, by the test that a cohort reports; `people` and the power."""
    level, enough = _LEVEL / asked.comparisons, asked.power * _STUDIES

    def detecting(people: int) -> int:
        return int(_detect(studies[:people], None if controls is None else controls[:people], level, asked.seed).sum())

    people = _guess(studies, controls, enough, level)
    count = detecting(people)
    if count >= enough:
        while _FEWEST < people <= _ONE_BY_ONE and (fewer := detecting(people - 1)) >= enough:
            people, count = people - 1, fewer
    while count < enough and people < MOST_PEOPLE:
        people = min(people + max(1, people // _ONE_BY_ONE), MOST_PEOPLE)
        count = detecting(people)
    power = wilson(count, _STUDIES)
    found = {"people": people if count >= enough else np.nan, **power.columns("power")}
    return {name: float(value) for name, value in found.items()}


def _detect(studies: FloatArray, controls: FloatArray | None, level: float, seed: int) -> BoolArray:
    """Which studies, columns of people, detect a change toward even."""
    if controls is None:
        return np.asarray((sign_flip_test(studies, seed=seed) < level) & (studies.mean(axis=0) < 0))
    both = np.concatenate([studies, controls])
    in_group = np.arange(len(both)) < len(studies)
    better = studies.mean(axis=0) < controls.mean(axis=0)
    return np.asarray((two_group_permutation(both, in_group, seed=seed) < level) & better)


def _guess(studies: FloatArray, controls: FloatArray | None, enough: float, level: float) -> int:
    """Find the number of people with whom Student's t, fast for all numbers at once, detects the change."""
    people = np.arange(1, MOST_PEOPLE + 1)[:, None]
    mean, variance = _running(studies, people)
    freedom = people - 1
    if controls is not None:
        other, other_variance = _running(controls, people)
        mean, variance, freedom = mean - other, variance + other_variance, 2 * freedom
    with np.errstate(divide="ignore", invalid="ignore"):
        t = mean / np.sqrt(variance / people)
    critical = special.stdtrit(np.maximum(freedom, 1), level / 2)
    many = (t[1:] < critical[1:]).sum(axis=1) >= enough
    return int(np.argmax(many)) + _FEWEST if many.any() else MOST_PEOPLE


def _running(values: FloatArray, people: IntArray) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of the first n rows, for every n."""
    mean = np.cumsum(values, axis=0) / people
    squares = np.cumsum(values**2, axis=0) - people * mean**2
    return mean, np.maximum(squares, 0.0) / np.maximum(people - 1, 1)
