"""How many people, and photos of each, a study needs to detect a change: power by simulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from symmetry.arrays import FloatArray
from symmetry.cohort.measuring import Conditions, places_of
from symmetry.cohort.simulation import checked_conditions, effect_of, measured_change
from symmetry.errors import PlanError
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.stats.permutation_tests import sign_flip_test, two_group_permutation
from symmetry.stats.proportions import wilson
from symmetry.tabular.frames import frame_of
from symmetry.tabular.plan import PLANS
from symmetry.tabular.text import without_nan

if TYPE_CHECKING:
    import pandas as pd

MOST_PEOPLE: Final = 1000
"""In a group; a study that needs more is not planned."""
SPREAD: Final = 0.5
"""Standard deviation of the real change between people as a share of the change, where none is given."""
_LEVEL: Final = 0.05
_STUDIES: Final = 1000
"""Simulated for each number of people."""
_POOL: Final = 100_000
"""People who are measured in a group; each study draws its own from them."""
_AT_A_TIME: Final = 10_000
_ONE_BY_ONE: Final = 50
"""People up to which one fewer is tried, too: beyond it the error of simulation says more than a person does."""
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """What a study needs to detect a change.

    Attributes
    ----------
    frame : DataFrame
        Columns of `PLANS`, a row a number of photos: `change` and the median `mdc` (a person's own minimal
        detectable change) in mm; `responders`, the share of the treated who are found to have changed beyond it;
        `people` needed (a group), NaN where that is more than `MOST_PEOPLE`; the `power` of a study with so many (or
        with `MOST_PEOPLE`) and the 95 % interval that the number of simulated studies leaves it.
    region : str
    change : float
        mm toward even.
    groups : {1, 2}
        2 with a control group.
    power : float
        Wanted.
    spread, day_to_day : float
        mm.
    comparisons : int
    seed : int
    """

    frame: pd.DataFrame
    region: str
    change: float
    groups: Literal[1, 2]
    power: float
    spread: float
    day_to_day: float
    comparisons: int
    seed: int

    def to_frame(self) -> pd.DataFrame:
        """Give the rows."""
        return frame_of(PLANS.rows(self.to_dict()), PLANS)

    def to_dict(self) -> dict[str, Any]:
        """Turn the plan into a JSON object; what is not known is null."""
        asked = {name: getattr(self, name) for name in ("region", "change", "groups", "power", "spread")}
        rest = {name: getattr(self, name) for name in ("day_to_day", "comparisons", "seed")}
        rows = [
            {**row, "people": int(row["people"]) if np.isfinite(row["people"]) else None}
            for row in self.frame.to_dict("records")
        ]
        return without_nan({**asked, **rest, "plans": rows})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """People that a study needs, and how many of the simulated studies then found the change."""

    people: float
    power: float
    power_low: float
    power_high: float


def plan_study(
    change: float,
    *,
    region: str = "mouth",
    photos: int | Sequence[int] = (1, 2, 3, 4),
    power: float = 0.8,
    groups: Literal[1, 2] = 1,
    spread: float | None = None,
    day_to_day: float = 0.0,
    comparisons: int = 1,
    reliability: ReliabilityTables | None = None,
    seed: int = 0,
) -> Plan:
    """Tell how many people a study needs for each number of photos a session.

    Parameters
    ----------
    change : float
        By how many mm the left-right difference of each part of the region really gets smaller, on average.
    region : str
        Any but the whole and the lower face.
    photos : int or sequence of int
        Numbers of photos of each person in each session.
    power : float
        Share of such studies that are to find the change.
    groups : {1, 2}
        One group before and after, tested by sign flips, or two, of which one does not change, tested by permutation:
        the tests of a cohort's means and contrasts, two-sided at 5 %.
    spread : float, optional
        Standard deviation of the real change between people, mm; half the change by default.
    day_to_day : float
        Standard deviation by which left-right differences really differ from day to day, mm.
    comparisons : int
        Regions among which the result will be corrected: each is then tested at 5 % / comparisons, Holm's first step.
    reliability : mapping, optional
        Tables of the photos, from `read_reliability`; the shipped ones by default.
    seed : int

    Returns
    -------
    Plan

    Raises
    ------
    PlanError
        If a number makes no sense, the region cannot be simulated, or nothing is known of how well it repeats.

    Notes
    -----
    People are drawn and measured as in `symmetry.cohort.simulation.simulate_study`: photos that are alike in pose,
    expression and light, the best case. Nobody leaves the study; take more people for those who will.
    """
    varying = SPREAD * change if spread is None else spread
    photos = (photos,) if isinstance(photos, int) else photos
    _check(change, photos, power, groups, comparisons)
    frame_rows = []
    for count in photos:
        conditions = checked_conditions(photos=count, day_to_day=day_to_day, reliability=reliability, spread=varying)
        treated, error, untreated = _measured_pool(
            region, change, varying, conditions, with_control=groups == 2, seed=seed
        )
        draws = np.random.default_rng([seed, 4])
        studies = treated[_drawn(draws)]
        controls = untreated[_drawn(draws)] if groups == 2 else None
        found = _people_needed(studies, controls, power, _LEVEL / comparisons, seed)
        of_person = {"mdc": float(np.median(error)), "responders": float((treated < -error).mean())}
        frame_rows.append({"region": region, "change": float(change), "photos": count, **of_person, **asdict(found)})
    return Plan(
        frame=frame_of(frame_rows, PLANS),
        region=region,
        change=float(change),
        groups=groups,
        power=power,
        spread=float(varying),
        day_to_day=day_to_day,
        comparisons=comparisons,
        seed=seed,
    )


def _check(change: float, photos: Sequence[int], power: float, groups: int, comparisons: int) -> None:
    if not (np.isfinite(change) and change > 0):
        raise PlanError(f"the change to detect must be more than 0 mm, not {change:g}")
    if not photos or len(set(photos)) < len(photos):
        raise PlanError("give at least one number of photos, and each once")
    if not 0 < power < 1:
        raise PlanError(f"the power must be a share between 0 and 1, such as 0.8, not {power:g}")
    if groups not in (1, 2):
        raise PlanError(f"a study has 1 group, or 2 with a control group, not {groups}")
    if comparisons < 1:
        raise PlanError(f"at least 1 region must be tested, not {comparisons}")


def _measured_pool(
    region: str, change: float, spread: float, conditions: Conditions, *, with_control: bool, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give the changes of treated people, their own detectable changes, and the changes of untreated people."""
    rng = np.random.default_rng([seed, 3, places_of(region)[0]])  # the same people, whatever the number of photos
    untreated = _AT_A_TIME // 2 if with_control else 0
    treated = np.arange(_AT_A_TIME + untreated) < _AT_A_TIME
    parts = []
    for _ in range(_POOL // _AT_A_TIME):
        shown = measured_change(rng, region, effect_of(rng, treated, change, None, spread), conditions)
        # Of people who do not change, either sign is as likely: both make their mean 0, as it is in truth.
        noise = shown.change[~treated]
        parts.append((shown.change[treated], shown.error[treated], noise, -noise))
    found, error, *either = (np.concatenate(values) for values in zip(*parts, strict=True))
    return found, error, np.concatenate(either)


def _drawn(rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw who is in each study, shape (most people, studies): the first n rows are a study with n people."""
    return rng.integers(0, _POOL, (MOST_PEOPLE, _STUDIES))


def _people_needed(studies: FloatArray, controls: FloatArray | None, power: float, level: float, seed: int) -> _Found:
    """Search from where Student's t would have enough people on, by the test that a cohort reports."""

    def found(people: int) -> int:
        return int(_finds(studies[:people], None if controls is None else controls[:people], level, seed).sum())

    enough = power * _STUDIES
    people = _guess(studies, controls, enough, level)
    count = found(people)
    if count >= enough:
        while _FEWEST < people <= _ONE_BY_ONE and (fewer := found(people - 1)) >= enough:
            people, count = people - 1, fewer
    while count < enough and people < MOST_PEOPLE:
        people = min(people + max(1, people // _ONE_BY_ONE), MOST_PEOPLE)
        count = found(people)
    low, high = wilson(count, _STUDIES)
    return _Found(
        people=float(people) if count >= enough else np.nan,
        power=count / _STUDIES,
        power_low=float(low),
        power_high=float(high),
    )


def _finds(studies: FloatArray, controls: FloatArray | None, level: float, seed: int) -> NDArray[np.bool_]:
    """Tell which studies, columns of people, find a change toward even."""
    if controls is None:
        return np.asarray((sign_flip_test(studies, seed=seed) < level) & (studies.mean(axis=0) < 0))
    both = np.concatenate([studies, controls])
    in_group = np.arange(len(both)) < len(studies)
    better = studies.mean(axis=0) < controls.mean(axis=0)
    return np.asarray((two_group_permutation(both, in_group, seed=seed) < level) & better)


def _guess(studies: FloatArray, controls: FloatArray | None, enough: float, level: float) -> int:
    """People with whom Student's t, which can be had of every number of people at once, finds the change."""
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


def _running(values: FloatArray, people: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of the first n rows, for every n."""
    mean = np.cumsum(values, axis=0) / people
    squares = np.cumsum(values**2, axis=0) - people * mean**2
    return mean, np.maximum(squares, 0.0) / np.maximum(people - 1, 1)
