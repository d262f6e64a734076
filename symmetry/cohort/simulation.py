"""Simulated studies: people who really change by a known amount, measured as well as photos are.

What a rule makes of noise alone, and what it misses of a real change, can be counted in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.cohort.measuring import Conditions, Effect, Shown, measured, places_of
from symmetry.cohort.study import ONE_SESSION, Study
from symmetry.errors import PlanError
from symmetry.landmarks.mesh import MAIN_REGIONS
from symmetry.measure.reliability_table import ReliabilityTables
from symmetry.stats.proportions import wilson

if TYPE_CHECKING:
    import pandas as pd

TREATED: Final = "treated"
PLACEBO: Final = "placebo"
CURVE_COLUMNS: Final = (
    "effect_in_mdc",
    "people",
    "improved",
    "share",
    "share_low",
    "share_high",
    "naive_improved",
    "naive_share",
    "naive_low",
    "naive_high",
)
_HOPE: Final = 1.0
"""Mean rating, from -3 to 3, of people who took part whatever came of it; ratings differ by 1 between people."""
_ADHERENCE: Final = (0.75, 0.2)
_MOST_ADHERENCE: Final = 1.1
_MINUTES_A_WEEK: Final = 50.0
"""Ten minutes on five days."""


def simulate_study(
    *,
    people: int = 40,
    effect: float = 2.0,
    effect_in_mdc: float | None = None,
    spread: float = 0.0,
    placebo: float = 0.5,
    photos: int = 3,
    sessions: int = 2,
    weeks: float = 12.0,
    regions: Sequence[str] = MAIN_REGIONS,
    reliability: ReliabilityTables | None = None,
    day_to_day: float = 0.0,
    missing: float = 0.0,
    seed: int = 0,
) -> Study:
    """Simulate a before-and-after study with a treated group and a placebo group.

    Parameters
    ----------
    people : int
        In both groups together.
    effect : float
        By how many mm the left-right difference of each part of a region really gets smaller in the treated group,
        from the first session to the last; nothing changes in the placebo group.
    effect_in_mdc : float, optional
        The same as a multiple of the change that is detectable with so many photos, in place of `effect`.
    spread : float
        Standard deviation of the real change between treated people, mm.
    placebo : float
        Share of the people who are in the placebo group.
    photos : int
        Of each person in each session.
    sessions : int
        Two or more, evenly over the `weeks`; the effect comes about evenly, too.
    weeks : float
    regions : sequence of str
        Any but the whole and the lower face.
    reliability : mapping, optional
        Tables of the photos, from `read_reliability`; the shipped ones by default.
    day_to_day : float
        Standard deviation by which left-right differences really differ from day to day, mm. It is no part of a
        detectable change, which is about photos of one session.
    missing : float
        Probability with which a person misses a session after the first.
    seed : int

    Returns
    -------
    Study

    Raises
    ------
    PlanError
        If a number makes no sense, a region cannot be simulated, or nothing is known of how well it repeats.

    Notes
    -----
    Everyone begins as uneven as a healthy adult (`symmetry.cohort.measuring.HEALTHY`) and by the effect more, so that
    there is room to improve. How they are measured stands at `symmetry.cohort.measuring.measured`.

    People rate themselves by what they hope: around 1 on a scale from -3 to 3 in both groups, whatever is measured.
    They do three quarters of what they were to do, which has no influence on the effect.
    """
    if people < 1:
        raise PlanError(f"a study needs at least 1 person, not {people}")
    if sessions < 2:
        raise PlanError(f"a change takes at least 2 sessions, not {sessions}")
    if not weeks > 0:
        raise PlanError(f"a study must last longer than {weeks:g} weeks")
    for name, share in (("placebo", placebo), ("missing", missing)):
        if not 0 <= share <= 1:
            raise PlanError(f"{name} must be a share from 0 to 1, not {share:g}")
    if not regions or len(set(regions)) < len(regions):
        raise PlanError("give at least one region, and each once")
    conditions = checked_conditions(photos=photos, day_to_day=day_to_day, reliability=reliability, spread=spread)

    treated = np.arange(people) < people - round(placebo * people)
    about = np.random.default_rng([seed, 0])
    had = np.column_stack([np.ones(people, bool), about.random((people, sessions - 1)) >= missing])
    last = np.where(had, np.arange(sessions), 0).max(axis=1)
    times = np.linspace(0.0, 1.0, sessions)
    shown = {}
    for region in regions:
        rng = np.random.default_rng([seed, 1, places_of(region)[0]])  # the same whatever other regions there are
        real = effect_of(rng, treated, effect, effect_in_mdc, spread)
        shown[region] = measured(rng, region, real, conditions, times=times, last=last)
    names = np.array([f"p{number:0{len(str(people))}d}" for number in range(1, people + 1)], dtype=object)
    return Study.of(
        people=_people(about, names, treated, last == sessions - 1, weeks),
        changes=_changes(names, shown, last),
        sessions=_sessions(names, shown, had, times * weeks),
        planned=sessions,
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
    """How many people two rules call improved, by how large a change was in truth.

    Parameters
    ----------
    effects_in_mdc : sequence of float
        Real changes toward even, as multiples of the detectable change.
    people : int
        Simulated for each of them.
    photos, region, reliability, seed
        As for `simulate_study`.

    Returns
    -------
    DataFrame
        Columns `CURVE_COLUMNS`, a row an effect: how many and which share changed beyond their own detectable change
        (`improved`, `share`), and how many are more even at all (`naive_improved`, `naive_share`), with Wilson's 95 %
        intervals.

    Raises
    ------
    PlanError
        As for `simulate_study`.
    """
    import pandas as pd

    if people < 1:
        raise PlanError(f"at least 1 person is needed, not {people}")
    conditions = checked_conditions(photos=photos, day_to_day=0.0, reliability=reliability, spread=0.0)
    everyone = np.ones(people, bool)
    rows = []
    for effect in effects_in_mdc:
        rng = np.random.default_rng([seed, 2, places_of(region)[0]])
        found = measured_change(rng, region, effect_of(rng, everyone, 0.0, effect, 0.0), conditions)
        improved, naive = int((found.change < -found.error).sum()), int((found.change < 0).sum())
        low, high = wilson(np.array([improved, naive]), people)
        of_rule, of_naive = (
            (count, count / people, float(low[i]), float(high[i])) for i, count in enumerate((improved, naive))
        )
        rows.append((float(effect), people, *of_rule, *of_naive))
    return pd.DataFrame(rows, columns=list(CURVE_COLUMNS))


def measured_change(rng: np.random.Generator, region: str, effect: Effect, conditions: Conditions) -> Shown:
    """Measure everyone before and after."""
    after = np.ones(len(effect.millimetres), dtype=np.intp)
    return measured(rng, region, effect, conditions, times=np.array([0.0, 1.0]), last=after)


def effect_of(
    rng: np.random.Generator, treated: NDArray[np.bool_], millimetres: float, of_mdc: float | None, spread: float
) -> Effect:
    """Give everyone the same room to improve, and the treated their change."""
    given = 0.0 if of_mdc is not None else millimetres
    room = np.full(len(treated), max(given, 0.0)), np.full(len(treated), max(of_mdc or 0.0, 0.0))
    return Effect(
        millimetres=np.where(treated, given + spread * rng.standard_normal(len(treated)), 0.0),
        of_mdc=np.where(treated, of_mdc or 0.0, 0.0),
        start_millimetres=room[0],
        start_of_mdc=room[1],
    )


def checked_conditions(
    *, photos: int, day_to_day: float, reliability: ReliabilityTables | None, spread: float
) -> Conditions:
    """Refuse what makes no sense.

    Raises
    ------
    PlanError
    """
    if photos < 1:
        raise PlanError(f"a session takes at least 1 photo, not {photos}")
    for name, value in (("day_to_day", day_to_day), ("spread", spread)):
        if not (np.isfinite(value) and value >= 0):
            raise PlanError(f"{name} must be 0 mm or more, not {value:g}")
    return Conditions(photos=photos, day_to_day=day_to_day, reliability=reliability)


def _people(
    rng: np.random.Generator,
    names: NDArray[np.object_],
    treated: NDArray[np.bool_],
    stayed: NDArray[np.bool_],
    weeks: float,
) -> pd.DataFrame:
    """Who took part; those who were not there at the end did not rate themselves."""
    import pandas as pd

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


def _changes(names: NDArray[np.object_], shown: dict[str, Shown], last: NDArray[np.intp]) -> pd.DataFrame:
    import pandas as pd

    who = np.arange(len(names))
    frames = []
    for region, found in shown.items():
        values: dict[str, FloatArray] = {
            "before": found.values[0],
            "after": np.where(last > 0, found.values[last, who], np.nan),
            "change": found.change,
            "mdc": found.error,
        }
        reason = np.where(last > 0, "", ONE_SESSION)
        frames.append(pd.DataFrame({"person": names, "region": region, "unit": "mm", **values, "reason": reason}))
    return pd.concat(frames, ignore_index=True)


def _sessions(
    names: NDArray[np.object_], shown: dict[str, Shown], had: NDArray[np.bool_], weeks: FloatArray
) -> pd.DataFrame:
    import pandas as pd

    who, session = np.nonzero(had)
    frames = [
        pd.DataFrame(
            {
                "person": names[who],
                "region": region,
                "unit": "mm",
                "session": session + 1.0,
                "weeks": weeks[session],
                "value": found.values[session, who],
                "error": found.value_errors[who],
            }
        )
        for region, found in shown.items()
    ]
    return pd.concat(frames, ignore_index=True)
