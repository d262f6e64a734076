"""What one table says, whichever kind it is: one's own, or what `compare`, `series` or `score` wrote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import pandas as pd

from symmetry.cohort.cells import ABOUT_PEOPLE, number_of, text_of
from symmetry.errors import TableError
from symmetry.measure.verdicts import NOT_COMPARABLE

_NUMBERS: Final = ("before", "after", "change", "mdc", "session", "weeks", "value", "error")
_SIZES: Final = ("before", "after", "value", "mdc", "error")
_OTHERS: Final = ("person", "region", "kind", "unit", "reason", "verdict", "day", "file")
_MOST_GROUPS: Final = 6
_ROUNDED: Final = 0.1
"""How far a change may lie from before less after, where people round to a tenth."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Said:
    """What a table says of changes, of sessions and of people."""

    changes: pd.DataFrame
    sessions: pd.DataFrame
    people: pd.DataFrame
    groupings: tuple[str, ...] = ()
    """Columns that look as if they told groups apart, where nobody has said which does."""


def said_by(table: pd.DataFrame, group: str | None = None) -> Said:
    """Take a table apart.

    Parameters
    ----------
    table : DataFrame
        See `symmetry.cohort.reading.study_of`.
    group : str, optional
        Column that tells the groups apart; by default `group`, if there is one.

    Raises
    ------
    TableError
        If nothing can be made of it.
    """
    nothing = pd.DataFrame({"person": [], "region": []}, dtype=object)
    table = _with_people(table)
    columns = set(table.columns)
    changes = sessions = nothing
    if {"of", "naive_share"} <= columns:
        raise TableError("it holds the result of a cohort; give the tables that this was made from")
    if is_score(table):
        sessions = _scored(table)
    elif "of" in columns and columns & {"trend_slope", "unevenness"}:
        changes, sessions = _changes_of_series(table), _sessions_of_series(table)
    elif {"evenness", "evenness_error", "verdict"} <= columns:
        changes = _compared(table)
    elif {"person", "region", "value"} <= columns:
        sessions = _checked(_timed(table.drop(columns="kind", errors="ignore")))
    elif {"person", "region"} <= columns and ("change" in columns or {"before", "after"} <= columns):
        changes = _checked(table.drop(columns="kind", errors="ignore"))
    else:
        raise TableError(
            f"nothing can be made of its columns ({', '.join(map(str, table.columns[:12]))}); a study needs person, "
            "region, change and mdc, or person, region, session, value and error, or what `symmetry compare`, `series` "
            "or `score` wrote"
        )
    named = grouped(table.assign(person=text_of(table["person"])), group)
    if "group" in named:
        named["group"] = text_of(named["group"]).where(lambda texts: texts != "")
    about = named.loc[:, ["person", *(name for name in ABOUT_PEOPLE if name in named)]].drop_duplicates()
    _check_alike(about)
    known = {*ABOUT_PEOPLE, *_NUMBERS, *_OTHERS}
    return Said(
        changes=_numbered(changes),
        sessions=_numbered(sessions),
        people=about,
        groupings=() if "group" in named or is_ours(columns) else _groupings(named, known),
    )


def is_ours(columns: set[str]) -> bool:
    """Tell whether a command wrote a table with these columns."""
    return bool(columns & {"asymmetry_mm", "evenness", "trend_slope", "unevenness"})


def _groupings(table: pd.DataFrame, known: set[str]) -> tuple[str, ...]:
    """Name the columns that look as if they told groups apart: a text for each person, and few of them."""
    found = []
    for name in table.columns:
        if name in known or pd.api.types.is_numeric_dtype(table[name]):
            continue
        each = table.loc[table[name].notna(), ["person", name]].drop_duplicates()
        if not each["person"].duplicated().any() and 1 < each[name].nunique() <= min(_MOST_GROUPS, len(each) / 2):
            found.append(str(name))
    return tuple(found)


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out what is told of people, turn numbers into such, and refuse sizes below 0."""
    kept = frame.drop(columns=[name for name in ABOUT_PEOPLE if name in frame])
    kept = kept.assign(**{name: number_of(kept[name], name) for name in _NUMBERS if name in kept})
    for name in [name for name in _SIZES if name in kept]:
        if (kept[name] < 0).any():
            row = kept.loc[kept[name] < 0].iloc[0]
            raise TableError(
                f'"{row["person"]}" has {row[name]:g} in the column "{name}", which is a size: how uneven, 0 is even; '
                "of a difference, left less right, leave the sign out"
            )
    return kept


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    """Refuse what one's own table must not hold.

    Raises
    ------
    TableError
        If a row stands twice, an error is 0, or a change has the wrong sign.
    """
    twice = table.astype(str).duplicated()
    if twice.any():
        row = table.loc[twice].iloc[0]
        raise TableError(
            f'a row of "{row["person"]}", {row["region"]}, stands twice, as if measured twice; leave one out, or tell '
            "two photos apart in a column `photo`"
        )
    for name in ("mdc", "error"):
        if name in table and (number_of(table[name], name) == 0).any():
            raise TableError(
                f'the column "{name}" has a 0; no photo is without error: leave it empty if it is not known'
            )
    if {"before", "after", "change"} <= set(table.columns):
        before, after, change = (number_of(table[name], name) for name in ("before", "after", "change"))
        turned = (change * (after - before) < 0) & ((change + after - before).abs() < _ROUNDED)
        if turned.any():
            row = table.loc[turned].iloc[0]
            raise TableError(
                f'"{row["person"]}", {row["region"]}: change is before less after; it must be after less before'
            )
    return table


def is_score(frame: pd.DataFrame) -> bool:
    """Tell whether `symmetry score` wrote a table."""
    return {"photo", "region", "asymmetry_mm"} <= set(frame.columns)


def grouped(frame: pd.DataFrame, group: str | None) -> pd.DataFrame:
    """Call the column that tells the groups apart `group`."""
    if group == "person":
        raise TableError('the column "person" names people, not groups; name another with --group (group=)')
    if group is None or group not in frame:
        return frame.drop(columns="group") if group is not None and "group" in frame else frame
    return frame.drop(columns=[name for name in ("group",) if name in frame and name != group]).rename(
        columns={group: "group"}
    )


def _check_alike(about: pd.DataFrame) -> None:
    """Refuse a person of whom rows say different things."""
    for name in about.columns[1:]:
        each = about.loc[about[name].notna(), ["person", name]].drop_duplicates()
        twice = each.duplicated("person")
        if twice.any():
            person = each.loc[twice, "person"].iloc[0]
            raise TableError(f'"{person}" has several values in the column "{name}"; give each person one')


def _compared(frame: pd.DataFrame) -> pd.DataFrame:
    """Take what `symmetry compare` says; one that could not be made leaves a person of whom nothing is known."""
    made = frame.loc[frame["kind"].notna()]
    stopped = made["verdict"] == NOT_COMPARABLE
    return pd.DataFrame(
        {
            "person": made["person"],
            "kind": made["kind"],
            "region": made["name"],
            "unit": made["unit"],
            # A measure's difference has a sign; its size says how uneven the face is.
            "before": made["before"].astype(float).abs(),
            "after": made["after"].astype(float).abs(),
            "change": made["evenness"],
            "mdc": made["evenness_error"],
            "reason": made["reason"].where(stopped, None),
        }
    )


def _changes_of_series(frame: pd.DataFrame) -> pd.DataFrame:
    whole = frame.loc[frame["of"] == "series"]
    renamed = whole.rename(
        columns={name: name.removeprefix("change_") for name in whole.columns if name.startswith("change_")}
    )
    columns = ["person", "kind", "name", "unit", "before", "after", "evenness", "evenness_error", "verdict", "reason"]
    # The reason of a row that stands for a photo left out is another matter.
    renamed = renamed.loc[:, ~renamed.columns.duplicated(keep="last")].reindex(columns=columns)
    told = _compared(renamed)
    return told.loc[renamed["verdict"].notna().to_numpy()]


def _sessions_of_series(frame: pd.DataFrame) -> pd.DataFrame:
    each = frame.loc[frame["of"] == "session"] if "of" in frame else frame
    columns = ["unevenness", "unevenness_error", "difference", "difference_error"]
    each = each.reindex(columns=list(dict.fromkeys([*each.columns, *columns])))
    region = each["kind"] == "region"
    return pd.DataFrame(
        {
            "person": each["person"],
            "kind": each["kind"],
            "region": each["name"],
            "unit": each["unit"],
            "session": each["session"],
            "weeks": each["weeks"],
            # A course begins above 0 and may pass it: its size says how uneven the face is, to whichever side.
            "value": each["unevenness"].where(region, each["difference"]).astype(float).abs(),
            "error": each["unevenness_error"].where(region, each["difference_error"]),
        }
    )


def _with_people(table: pd.DataFrame) -> pd.DataFrame:
    """Let a folder of photos stand for a person, else a file, where no column names them."""
    if "person" in table:
        return table
    if is_score(table):
        folders = [PurePath(str(photo)).parent.name for photo in table["photo"]]
        if "file" in table:  # scored from within the folder: the file stands for the person, as of a comparison
            stems = [PurePath(str(file)).stem for file in table["file"]]
            folders = [folder or stem for folder, stem in zip(folders, stems, strict=True)]
        if "" in folders:
            raise TableError('photos without a folder belong to nobody; add a column "person", or a folder a person')
        return table.assign(person=folders)
    if "file" in table:  # as `read_results` gives it
        return table.assign(person=[PurePath(str(file)).stem for file in table["file"]])
    return table


def _scored(frame: pd.DataFrame) -> pd.DataFrame:
    """Photos scored one by one: those of a day are one session."""
    made = frame.loc[frame["region"].notna()].drop(columns=[name for name in ("error", "value") if name in frame])
    made = made.rename(columns={"asymmetry_mm": "value", "asymmetry_error_mm": "error"})
    if not {"session", "weeks", "day"} & set(made.columns):
        if made["captured"].isna().any():
            photo = made.loc[made["captured"].isna(), "photo"].iloc[0]
            raise TableError(f'it is not known when {photo} was taken; add a column "day" or "session"')
        made["day"] = made["captured"]
    return _timed(made.assign(unit="mm"))


def _timed(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn days into weeks since the person's first."""
    if "day" not in frame or "weeks" in frame:
        return frame
    # The day alone: photos of one day are one session, whatever the clock says.
    days = pd.to_datetime(frame["day"].astype(str).str.slice(0, 10), errors="coerce", format="ISO8601")
    if days.isna().any():
        raise TableError(f'"{frame.loc[days.isna(), "day"].iloc[0]}" is no day; write it as 2026-04-20')
    first = days.groupby(frame["person"].astype(str)).transform("min")
    return frame.assign(weeks=(days - first).dt.total_seconds() / (7 * 24 * 3600.0))
