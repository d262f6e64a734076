"""What a cohort says, in words that the terminal, the picture, the notebook and the data share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from symmetry.cohort.responders import ANY_REGION
from symmetry.landmarks.mesh import MAIN_REGIONS, WHOLES
from symmetry.measure.quality.flags import joined, reason_words
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE, WORSE, Verdict, decimals
from symmetry.measure.words import percent, the

if TYPE_CHECKING:
    import pandas as pd

    from symmetry.cohort.result import CohortResult

_HOW: Final[dict[Verdict, str]] = {IMPROVED: "more even", WORSE: "less even"}


def answer(cohort: CohortResult) -> str:
    """Say whether the groups became more even, how many people did, and how many noise alone would show."""
    return " ".join(answer_sentences(cohort))


def answer_sentences(cohort: CohortResult) -> list[str]:
    """Give the answer sentence by sentence: how the groups did, then how many people, then who is missing."""
    told = _against_control(cohort) if cohort.control is not None else _before_and_after(cohort)
    told += cohort.notes
    for group in cohort.groups:
        told += responder_sentences(cohort, group)
    return [*told, *missing_sentences(cohort)]


def responder_sentences(cohort: CohortResult, group: str) -> list[str]:
    """Say how many of a group improved at all, and how many beyond their own error, each beside mere noise."""
    one = responders_of(cohort, group)
    who = "" if len(cohort.groups) == 1 else f"{group}: "
    measured = int(one.measured)
    if not measured:
        return [sentence(f"{who}nobody could be compared.")]
    several = one.region == ANY_REGION
    where = f"in at least one of {len(cohort.regions)} regions" if several else f"of {the(str(one.region))}"
    noise = expected(one.naive_by_noise, measured)
    low, high = (expected(share, measured) for share in (one.naive_by_noise_low, one.naive_by_noise_high))
    interval = f"95 % {percent(one.share_low)} to {percent(one.share_high)} %"
    return [
        sentence(
            f"{who}any improvement at all {where}: {counted(one.naive_improved, measured, one.naive_share)}; "
            f"noise alone would show {noise} of {measured}{f' ({low} to {high})' if low != high else ''}."
        ),
        f"Beyond their own detectable change{f', widened for {len(cohort.regions)} regions' if several else ''}: "
        f"{counted(one.improved, measured, one.share, interval)}; "
        f"noise alone would show about {expected(one.by_noise, measured)} of {measured}.",
    ]


def missing_sentences(cohort: CohortResult) -> list[str]:
    """Say who could not be compared at all, why, and how many sessions are missing; nothing where nothing is."""
    study = cohort.study
    compared = study.changes.loc[study.changes["verdict"] != NOT_COMPARABLE, "person"]
    without = study.changes.loc[~study.changes["person"].isin(compared)].drop_duplicates("person")
    told = []
    if len(without):
        whys = [f"{reason_words(why)} ({count})" for why, count in without["reason"].value_counts().items()]
        told.append(f"{len(without)} of {len(study.people)} people could not be compared: {', '.join(whys)}.")
    had, planned = study.people["sessions"], study.people["planned"]
    known = had.notna() & planned.notna()
    lacking = float((planned - had)[known].clip(lower=0).sum())
    if lacking:
        told.append(f"{lacking:.0f} of {planned[known].sum():.0f} planned sessions are missing.")
    return told


def responders_of(cohort: CohortResult, group: str) -> Any:
    """Give a group's row of `responders` over all regions, or over the one there is."""
    rows = cohort.responders.loc[cohort.responders["group"] == group]
    over_all = rows.loc[rows["region"] == ANY_REGION]
    return next((over_all if len(over_all) else rows).itertuples(index=False))


def counted(count: float, of: float, share: float, interval: str = "") -> str:
    """Write "23 of 40 (58 %)", in the brackets the interval, too, where one is given."""
    inside = ", ".join(filter(None, (f"{percent(share)} %", interval)))
    return f"{count:.0f} of {of:.0f} ({inside})"


def expected(share: float, people: float) -> str:
    """Write how many people a share is, the fewer the finer."""
    count = share * people
    digits = 0 if count >= 9.95 else 1 if count >= 0.095 else 2
    return f"{count:.{digits}f}" if not count.is_integer() else f"{count:.0f}"


def size_of(value: float, row: Any) -> str:
    """Write the size of a change that is sure, with its interval, the smaller bound first."""
    low, high = sorted((abs(row.low), abs(row.high)))
    digits = decimals(abs(value), (high - low) / 2)
    return f"{abs(value):.{digits}f} {unit_sign(row.unit)} ({low:.{digits}f} to {high:.{digits}f})"


def unit_sign(unit: str) -> str:
    """Write a unit as it stands behind a number."""
    return "°" if unit == "degrees" else unit


def reasons_line(reasons: str) -> str:
    """Write a text such as "pose_differs: 3; one session: 2" in words."""
    counts = [each.rpartition(": ") for each in reasons.split("; ") if each]
    return ", ".join(f"{reason_words(reason)} ({count})" for reason, _, count in counts)


def sentence(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]


def _against_control(cohort: CohortResult) -> list[str]:
    treated = [group for group in cohort.groups if group != cohort.control]
    told = []
    for group in treated:
        rows = cohort.contrasts.loc[cohort.contrasts["group"] == group]
        if (rows["verdict"] != NOT_COMPARABLE).any():
            none = f"no difference from {cohort.control} can be told"
            found = _sure(rows, "difference", f" than {cohort.control}") or none
        else:
            found = f"too few people to compare with {cohort.control}"
        told.append(sentence(f"{'' if len(treated) == 1 else f'{group}: '}{found}."))
    return told


def _before_and_after(cohort: CohortResult) -> list[str]:
    told = []
    for group in cohort.groups:
        rows = cohort.means.loc[cohort.means["group"] == group]
        if (rows["verdict"] != NOT_COMPARABLE).any():
            found = _sure(rows, "change", " on average") or "on average no change can be told"
        else:
            found = "too few people to tell"
        told.append(sentence(f"{'' if len(cohort.groups) == 1 else f'{group}: '}{found}."))
    return told


def _sure(rows: pd.DataFrame, column: str, beside: str) -> str:
    """Say which regions surely changed or differ, and by how much; nothing where none does."""
    parts = []
    for verdict, how in _HOW.items():
        sure = [row for row in rows.itertuples(index=False) if row.verdict == verdict]
        # Regions that hold the others would say the same thing twice.
        apart = [row for row in sure if row.region not in WHOLES] or sure
        told = sorted(apart, key=lambda row: row.region not in MAIN_REGIONS)
        sizes = [f"{the(row.region)} by {size_of(getattr(row, column), row)}" for row in told]
        parts += [f"{how}{beside}: {joined(sizes)}"] if sizes else []
    return "; ".join(parts)
