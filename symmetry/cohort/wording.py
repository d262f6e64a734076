"""What the tables of a cohort say in sentences; terminal, figure, notebook and JSON share them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symmetry.cohort.responders import ANY_REGION
from symmetry.landmarks.mesh import MAIN_REGIONS, WHOLES
from symmetry.measure.quality.flags import joined, reason_words
from symmetry.measure.verdicts import NOT_COMPARABLE
from symmetry.measure.words import HOW_EVEN, behind, decimals, percent, sentence, the

if TYPE_CHECKING:
    import pandas as pd

    from symmetry.cohort.study import Study


def contrast_sentences(contrasts: pd.DataFrame, control: str) -> list[str]:
    """Say where each treated group differs from the control group, and by how much."""
    return _group_sentences(
        contrasts,
        "difference",
        beside=f" than {control}",
        nothing=f"no difference from {control} can be told",
        too_few=f"too few people to compare with {control}",
    )


def mean_sentences(means: pd.DataFrame) -> list[str]:
    """Say where each group changed on average, and by how much."""
    nothing = "on average no change can be told"
    return _group_sentences(means, "change", beside=" on average", nothing=nothing, too_few="too few people to tell")


def responder_sentences(responders: pd.DataFrame) -> list[str]:
    """Say for each group how many improved at all and how many beyond their own error, both beside mere noise."""
    groups = responders["group"].unique()
    regions = int(responders.loc[responders["region"] != ANY_REGION, "region"].nunique())
    told = []
    for group in groups:
        one = _over_all_regions(responders, group)
        who = "" if len(groups) == 1 else f"{group}: "
        told += _of_group(one, who, regions) if one.measured else [sentence(f"{who}nobody could be compared.")]
    return told


def missing_sentences(study: Study) -> list[str]:
    """Say how many people could not be compared and why, and how many sessions are missing; empty if none."""
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


def out_of(count: float, of: float, share: float, interval: str = "") -> str:
    """Write "23 of 40 (58 %)", with the interval in the brackets if one is given."""
    inside = ", ".join(filter(None, (f"{percent(share)} %", interval)))
    return f"{count:.0f} of {of:.0f} ({inside})"


def expected(share: float, people: float) -> str:
    """Write how many people a share amounts to; small counts get more decimals."""
    count = share * people
    digits = 0 if count >= 9.95 else 1 if count >= 0.095 else 2
    return f"{count:.{digits}f}" if not count.is_integer() else f"{count:.0f}"


def reasons_line(reasons: str) -> str:
    """Write a text such as "pose_differs: 3; one session: 2" in words."""
    counts = [each.rpartition(": ") for each in reasons.split("; ") if each]
    return ", ".join(f"{reason_words(reason)} ({count})" for reason, _, count in counts)


def _over_all_regions(responders: pd.DataFrame, group: str) -> Any:
    """Give a group's row of all regions together, or of the only one."""
    rows = responders.loc[responders["group"] == group]
    over_all = rows.loc[rows["region"] == ANY_REGION]
    return next((over_all if len(over_all) else rows).itertuples(index=False))


def _of_group(one: Any, who: str, regions: int) -> list[str]:
    measured, several = int(one.measured), one.region == ANY_REGION
    where = f"in at least one of {regions} regions" if several else f"of {the(str(one.region))}"
    noise = expected(one.naive_by_noise, measured)
    low, high = (expected(share, measured) for share in (one.naive_by_noise_low, one.naive_by_noise_high))
    interval = f"95 % {percent(one.share_low)} to {percent(one.share_high)} %"
    return [
        sentence(
            f"{who}any improvement at all {where}: {out_of(one.naive_improved, measured, one.naive_share)}; "
            f"noise alone would show {noise} of {measured}{f' ({low} to {high})' if low != high else ''}."
        ),
        f"Beyond their own detectable change{f', widened for {regions} regions' if several else ''}: "
        f"{out_of(one.improved, measured, one.share, interval)}; "
        f"noise alone would show about {expected(one.by_noise, measured)} of {measured}.",
    ]


def _group_sentences(rows: pd.DataFrame, column: str, *, beside: str, nothing: str, too_few: str) -> list[str]:
    groups = rows["group"].unique()
    told = []
    for group in groups:
        own = rows.loc[rows["group"] == group]
        known = own["verdict"] != NOT_COMPARABLE
        found = (_sure(own, column, beside) or f"{nothing}{_of_few(own, known)}") if known.any() else too_few
        told.append(sentence(f"{'' if len(groups) == 1 else f'{group}: '}{found}."))
    return told


def _of_few(rows: pd.DataFrame, known: pd.Series[bool]) -> str:
    """Say of which regions a group says nothing is told, where others lack people; empty where all are known."""
    if known.all():
        return ""
    lacking = len(rows) - int(known.sum())
    return f" of {the(*rows.loc[known, 'region'])}; too few people for the other {lacking}"


def _sure(rows: pd.DataFrame, column: str, beside: str) -> str:
    """Name the regions that surely changed or differ, each with by how much; empty if there are none."""
    parts = []
    for verdict, how in HOW_EVEN.items():
        sure = [row for row in rows.itertuples(index=False) if row.verdict == verdict]
        # Regions that hold the others would say the same thing twice.
        apart = [row for row in sure if row.region not in WHOLES] or sure
        told = sorted(apart, key=lambda row: row.region not in MAIN_REGIONS)
        sizes = [f"{the(row.region)} by {_amount(getattr(row, column), row)}" for row in told]
        parts += [f"{how}{beside}: {joined(sizes)}"] if sizes else []
    return "; ".join(parts)


def _amount(value: float, row: Any) -> str:
    """Write the size of a change with its interval, the smaller bound first."""
    low, high = sorted((abs(row.low), abs(row.high)))
    digits = decimals(abs(value), (high - low) / 2)
    return f"{abs(value):.{digits}f}{behind(row.unit)} ({low:.{digits}f} to {high:.{digits}f})"
