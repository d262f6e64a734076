"""Formats of the tables that make up a study: a user's own, or those of `compare`, `series` and `score`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import pandas as pd

from symmetry.cohort.columns import ABOUT_PEOPLE, NUMBERS, number_of, refuse, text_of
from symmetry.errors import TableError
from symmetry.measure.verdicts import NOT_COMPARABLE

_SIZES: Final = ("before", "after", "value", "mdc", "error")
_OTHERS: Final = ("person", "region", "kind", "unit", "reason", "verdict", "day", "file")
_OURS: Final = frozenset({"asymmetry_mm", "evenness", "trend_slope", "signed_asymmetry"})
"""Columns by which a table of one of our commands is recognised."""
_MOST_GROUPS: Final = 6
_ROUNDED: Final = 0.1
"""Difference that rounding to a tenth can make between a change and before less after."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StudyTables:
    """Changes, sessions and people found in a table."""

    changes: pd.DataFrame  # as `Study.of` takes them, and maybe more columns
    sessions: pd.DataFrame  # likewise
    people: pd.DataFrame  # `person` and columns of `ABOUT_PEOPLE`
    groupings: tuple[str, ...] = ()  # columns that look as if they named groups, where none has been chosen


def study_tables(table: pd.DataFrame, group: str | None = None) -> StudyTables:
    """Recognise the format of a table and take it apart.

    Parameters
    ----------
    table : DataFrame
        See `symmetry.cohort.reading.study_of`.
    group : str, optional
        Column that names the groups; by default `group`, if there is one.

    Raises
    ------
    TableError
        If its format is not known, or its contents contradict each other.
    """
    table = _with_people(table)
    columns = set(table.columns)
    changes = sessions = pd.DataFrame({"person": [], "region": []}, dtype=object)
    if {"of", "naive_share"} <= columns:
        raise TableError("it holds the result of a cohort; give the tables that this was made from")
    if is_score(table):
        sessions = _from_score(table)
    elif "of" in columns and columns & {"trend_slope", "signed_asymmetry"}:
        changes, sessions = _changes_from_series(table), _sessions_from_series(table)
    elif {"evenness", "evenness_error", "verdict"} <= columns:
        changes = _from_compare(table)
    elif {"person", "region", "value"} <= columns:
        sessions = _checked(_timed(table.drop(columns="kind", errors="ignore")))
    elif {"person", "region"} <= columns and ("change" in columns or {"before", "after"} <= columns):
        changes = _checked(table.drop(columns="kind", errors="ignore"))
    else:
        raise TableError(
            f"its columns ({', '.join(map(str, table.columns[:12]))}) do not make a study; that needs person, region, "
            "change and mdc, or person, region, session, value and error, or what `symmetry compare`, `series` or "
            "`score` wrote"
        )
    named = grouped(table.assign(person=text_of(table["person"])), group)
    if "group" in named:
        named["group"] = text_of(named["group"]).where(lambda texts: texts != "")
    about = named.loc[:, ["person", *(name for name in ABOUT_PEOPLE if name in named)]].drop_duplicates()
    _check_alike(about)
    return StudyTables(
        changes=_numbered(changes),
        sessions=_numbered(sessions),
        people=about,
        groupings=() if "group" in named or columns & _OURS else _groupings(named),
    )


def is_score(frame: pd.DataFrame) -> bool:
    """Whether `symmetry score` wrote a table."""
    return {"photo", "region", "asymmetry_mm"} <= set(frame.columns)


def grouped(frame: pd.DataFrame, group: str | None) -> pd.DataFrame:
    """Rename the column that names the groups to `group`."""
    if group == "person":
        raise TableError('the column "person" names people, not groups; name another with --group (group=)')
    if group in (None, "group"):
        return frame
    return frame.drop(columns="group", errors="ignore").rename(columns={group: "group"})


def _groupings(table: pd.DataFrame) -> tuple[str, ...]:
    """Columns that could name groups: one text for each person, and few different ones."""
    found = []
    for name in table.columns:
        if name in {*ABOUT_PEOPLE, *NUMBERS, *_OTHERS} or pd.api.types.is_numeric_dtype(table[name]):
            continue
        each = table.loc[table[name].notna(), ["person", name]].drop_duplicates()
        if not each["person"].duplicated().any() and 1 < each[name].nunique() <= min(_MOST_GROUPS, len(each) / 2):
            found.append(str(name))
    return tuple(found)


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop what is about people, convert numbers, and refuse negative sizes."""
    kept = frame.drop(columns=[name for name in ABOUT_PEOPLE if name in frame])
    kept = kept.assign(**{name: number_of(kept[name], name) for name in NUMBERS if name in kept})
    for name in [name for name in _SIZES if name in kept]:
        size = f'"{{person}}" has {{{name}:g}} in the column "{name}", which is a size: how uneven, 0 is even; '
        refuse(kept, kept[name] < 0, size + "for a difference, left less right, leave the sign out")
    return kept


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    """Refuse repeated rows, errors of 0 and changes of the wrong sign in a user's own table."""
    twice = 'a row of "{person}", {region}, is repeated; remove one, or tell two photos apart in a column `photo`'
    refuse(table, table.astype(str).duplicated(), twice)
    for name in ("mdc", "error"):
        if name in table and (number_of(table[name], name) == 0).any():
            raise TableError(f'the column "{name}" has a 0, but every photo has an error; leave it empty if unknown')
    if {"before", "after", "change"} <= set(table.columns):
        before, after, change = (number_of(table[name], name) for name in ("before", "after", "change"))
        turned = (change * (after - before) < 0) & ((change + after - before).abs() < _ROUNDED)
        refuse(table, turned, '"{person}", {region}: change is before less after; it must be after less before')
    return table


def _check_alike(about: pd.DataFrame) -> None:
    """Refuse a person whose rows disagree about the person."""
    for name in about.columns[1:]:
        each = about.loc[about[name].notna(), ["person", name]].drop_duplicates()
        message = f'"{{person}}" has several values in the column "{name}"; give each person one'
        refuse(each, each.duplicated("person"), message)


def _from_compare(frame: pd.DataFrame) -> pd.DataFrame:
    """Take the changes of `symmetry compare`; a comparison that failed leaves a person without any."""
    made = frame.loc[frame["kind"].notna()]
    return pd.DataFrame(
        {
            "person": made["person"],
            "kind": made["kind"],
            "region": made["name"],
            "unit": made["unit"],
            # A measure's difference is signed; its size is how uneven the face is.
            "before": made["before"].astype(float).abs(),
            "after": made["after"].astype(float).abs(),
            "change": made["evenness"],
            "mdc": made["evenness_error"],
            "reason": made["reason"].where(made["verdict"] == NOT_COMPARABLE, None),
        }
    )


def _changes_from_series(frame: pd.DataFrame) -> pd.DataFrame:
    whole = frame.loc[frame["of"] == "series"]
    renamed = whole.rename(columns=lambda name: name.removeprefix("change_"))
    columns = ["person", "kind", "name", "unit", "before", "after", "evenness", "evenness_error", "verdict", "reason"]
    # `reason` also says why a photo was left out; the one of the change comes last.
    renamed = renamed.loc[:, ~renamed.columns.duplicated(keep="last")].reindex(columns=columns)
    return _from_compare(renamed).loc[renamed["verdict"].notna().to_numpy()]


def _sessions_from_series(frame: pd.DataFrame) -> pd.DataFrame:
    each = frame.loc[frame["of"] == "session"]
    columns = ["signed_asymmetry", "signed_asymmetry_error", "difference", "difference_error"]
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
            # A course starts above 0 and may cross it: its size is how uneven the face is, to either side.
            "value": each["signed_asymmetry"].where(region, each["difference"]).astype(float).abs(),
            "error": each["signed_asymmetry_error"].where(region, each["difference_error"]),
        }
    )


def _with_people(table: pd.DataFrame) -> pd.DataFrame:
    """Name people by their folder of photos, or by the file, where no column does."""
    if "person" in table:
        return table
    if is_score(table):
        folders = [PurePath(str(photo)).parent.name for photo in table["photo"]]
        if "file" in table:  # scored from within the folder: the file names the person, as for a comparison
            stems = [PurePath(str(file)).stem for file in table["file"]]
            folders = [folder or stem for folder, stem in zip(folders, stems, strict=True)]
        if "" in folders:
            raise TableError('photos without a folder belong to no one; add a column "person", or a folder a person')
        return table.assign(person=folders)
    if "file" in table:  # as `read_results` gives it
        return table.assign(person=[PurePath(str(file)).stem for file in table["file"]])
    return table


def _from_score(frame: pd.DataFrame) -> pd.DataFrame:
    """Sessions of `symmetry score`: the photos of one day are one session."""
    made = frame.loc[frame["region"].notna()].drop(columns=[name for name in ("error", "value") if name in frame])
    made = made.rename(columns={"asymmetry_mm": "value", "asymmetry_error_mm": "error"})
    if not {"session", "weeks", "day"} & set(made.columns):
        message = 'it is not known when {photo} was taken; add a column "day" or "session"'
        refuse(made, made["captured"].isna(), message)
        made["day"] = made["captured"]
    return _timed(made.assign(unit="mm"))


def _timed(frame: pd.DataFrame) -> pd.DataFrame:
    """Convert days to weeks since each person's first."""
    if "day" not in frame or "weeks" in frame:
        return frame
    # The date alone: photos of one day are one session, at any time of it.
    days = pd.to_datetime(frame["day"].astype(str).str.slice(0, 10), errors="coerce", format="ISO8601")
    refuse(frame, days.isna(), '"{day}" is not a day; write it as 2026-04-20')
    first = days.groupby(frame["person"].astype(str)).transform("min")
    return frame.assign(weeks=(days - first).dt.total_seconds() / (7 * 24 * 3600.0))
