"""Regression to the mean: people enrolled for being uneven improve untreated, and nobody is told that they improved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from symmetry.cohort import analyze_cohort
from symmetry.cohort.study import Study
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE

PEOPLE, ERROR = 30, 0.35
HEALTHY_MOUTH = np.hypot(0.47, 0.71)


def enrolled(seed: int, effect: float = 0.0) -> Study:
    """People whose mouth was more uneven than that of three quarters, measured twice."""
    rng = np.random.default_rng(seed)
    true = HEALTHY_MOUTH * rng.normal(size=2000)
    first = np.abs(true + ERROR * rng.normal(size=2000))
    chosen = np.flatnonzero(first > np.quantile(first, 0.75))[:PEOPLE]
    after = np.abs(
        np.sign(true[chosen]) * np.maximum(np.abs(true[chosen]) - effect, 0) + ERROR * rng.normal(size=PEOPLE)
    )
    names = [f"p{number}" for number in range(PEOPLE)]
    rows = {"person": names, "region": "mouth", "before": first[chosen], "after": after, "unit": "mm"}
    return Study.of(changes=pd.DataFrame(rows | {"change": after - first[chosen], "mdc": 1.96 * np.sqrt(2) * ERROR}))


def test_people_enrolled_for_being_uneven_seldom_improve_untreated():
    found = [analyze_cohort(enrolled(seed)) for seed in range(60)]
    verdicts = [cohort.means["verdict"][0] for cohort in found]
    by_p = [float(cohort.means["p"][0]) < 0.05 and cohort.means["change"][0] < 0 for cohort in found]
    assert np.mean(by_p) > 0.5  # what the trap would say
    assert verdicts.count(IMPROVED) / len(verdicts) <= 0.05
    told = next(cohort for cohort, verdict in zip(found, verdicts, strict=True) if verdict == NOT_COMPARABLE)
    assert "regression to the mean" in told.answer


def test_an_effect_beyond_that_is_told():
    verdicts = [analyze_cohort(enrolled(seed, effect=0.8)).means["verdict"][0] for seed in range(20)]
    assert verdicts.count(IMPROVED) >= 18
