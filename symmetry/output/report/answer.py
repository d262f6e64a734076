"""The answer at the head of a report: whether the face is getting more even, where, by how much, for real."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Final

from symmetry.landmarks.mesh import MAIN_REGIONS, WHOLES
from symmetry.measure.quality.flags import joined
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE, Verdict
from symmetry.output.report.words import REASONS, TITLES, days, rate_of, reason_words, sentence, size_of, unit_word, why
from symmetry.series.series import Series
from symmetry.series.wording import Outcome, outcome_in

_DOUBTS: Final = ("different_person", "one_mirrored", "same_picture")
_HOW: Final[dict[Verdict, str]] = {IMPROVED: "more", WORSE: "less"}


def headline(series: Series) -> str:
    """Answer in a few words whether the face is getting more even, and where."""
    if series.change is None:
        return "This is the first session. There is nothing to compare yet."
    outcomes = _outcomes(series, MAIN_REGIONS)
    better, worse = (_sure(outcomes, verdict) for verdict in _HOW)
    if better and worse:
        return f"Partly: {_named(better)} more even, {_named(worse)} less."
    if better:
        return f"Yes, more even: {_named(better)}."
    if worse:
        return f"No, less even: {_named(worse)}."
    perhaps = [
        f"{how} even: {_named(names)}"
        for verdict, how in _HOW.items()
        if (names := [name for name, outcome in outcomes.items() if outcome.by and outcome.verdict == verdict])
    ]
    if perhaps:
        return f"Not sure yet; perhaps {joined(perhaps)}."
    if not all(outcome.sure for outcome in outcomes.values()):
        return "Not sure yet."
    same = _sure(outcomes, NO_CHANGE)
    return "No change that can be told from chance." if same else "The photos cannot be compared."


def summary(series: Series) -> list[str]:
    """Sum a series up in a few sentences: where, by how much, and whether that is real."""
    change = series.change
    if change is None:
        return ["Courses and verdicts begin with the second session."]
    told = [f"Mind: {REASONS[flag.name]}." for flag in change.flags if flag.name in _DOUBTS]
    outcomes = _outcomes(series, MAIN_REGIONS)
    told += _real(series, outcomes)
    told += [
        sentence(f"{_the(name)} {_be(name)} perhaps {_HOW[outcome.verdict]} even: {why(outcome, None)}.")
        for name, outcome in outcomes.items()
        if outcome.by
    ]
    told += _same(series, _sure(outcomes, NO_CHANGE))
    told += [
        sentence(f"{_the(name)} {_be(name)} unclear: {why(outcome, None)}.")
        for name, outcome in outcomes.items()
        if not outcome.sure and not outcome.by
    ]
    unknown = _sure(outcomes, NOT_COMPARABLE)
    if unknown:
        whys = dict.fromkeys(reason_words(change.regions[name].reason) for name in unknown)
        told.append(sentence(f"{_named(unknown)} cannot be compared: {joined(list(whys))}."))
    others = _outcomes(series, [name for name in series.regions if name not in (*MAIN_REGIONS, *WHOLES)])
    for verdict, how in _HOW.items():
        if names := _sure(others, verdict):
            told.append(sentence(f"{_named(names)} became {how} even, too."))
    return told


def _outcomes(series: Series, names: Iterable[str]) -> dict[str, Outcome]:
    return {name: outcome_in(series, name) for name in names if name in series.regions}


def _sure(outcomes: dict[str, Outcome], verdict: Verdict) -> list[str]:
    return [name for name, outcome in outcomes.items() if outcome.sure and outcome.verdict == verdict]


def _real(series: Series, outcomes: dict[str, Outcome]) -> list[str]:
    """Say what became more or less even, by how much, and that it is real."""
    parts = []
    for verdict, how in _HOW.items():
        parts += [
            f"{_the(name)} {f'became {how} even ' if i == 0 else ''}by {_how_much(series, name)}"
            for i, name in enumerate(_sure(outcomes, verdict))
        ]
    if not parts:
        return []
    since = days(series.sessions[0].day, series.sessions[-1].day)
    is_real = "This is real" if len(parts) == 1 else "These changes are real"
    return [
        f"From {since}, {joined(parts)}.",
        f"{is_real} as far as photos can tell: photos of an unchanged face differ by less, 19 times of 20.",
    ]


def _how_much(series: Series, name: str) -> str:
    """Write the change from the first to the last sessions, or the trend where these cannot be compared."""
    change = series.change.regions[name] if series.change else None
    if change is None or change.verdict == NOT_COMPARABLE:
        return rate_of(series.regions[name].trend, series.unit)
    return size_of(change)


def _same(series: Series, names: list[str]) -> list[str]:
    if not names or series.change is None:
        return []
    told = f"In {_named(names)} no change can be told from chance"
    errors = [series.change.regions[name].evenness_error for name in names]
    if not all(map(isfinite, errors)):
        return [f"{told}."]
    apart = joined([f"{error:.1f}" for error in errors])
    return [f"{told}; only one of more than {apart} {unit_word(series.unit)} could be."]


def _named(names: list[str]) -> str:
    return joined([_the(name) for name in names])


def _the(region: str) -> str:
    return f"the {TITLES[region].lower()}"


def _be(region: str) -> str:
    return "are" if TITLES[region].partition(" ")[0].endswith("s") else "is"
