"""A study: tables of people, of the changes of each, and of the sessions behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from scipy import special

from symmetry.cohort import columns
from symmetry.cohort.columns import in_order, refuse, spelt
from symmetry.errors import TableError
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE
from symmetry.tabular.cohort import COLUMNS

EVERYONE: Final = "all"
"""Name of the only group in a study without groups."""
CONTROLS: Final = ("control", "placebo", "sham", "untreated", "no protocol", "waiting list", "waitlist")
"""Names that make a group the control."""
NO_COMPARISON: Final = "no comparison"
_MOST_ADHERENCE: Final = 5.0
"""Share of the plan; a larger one must be a percentage."""
ONE_SESSION: Final = "one session"
NOT_KNOWN: Final = "change not known"
NO_MDC: Final = "detectable change not known"
_TEXTS: Final = ("person", "group", "region", "unit", "verdict", "reason")
_NO_PLAN: Final = "No plan of sessions was given; the most that anyone had, {:.0f}, counts as planned."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """A before-and-after study over many people.

    Attributes
    ----------
    people : DataFrame
        One row for each person: `person`, `group`, `sessions` (had), `planned` (sessions), `minutes` (of treatment),
        `adherence` (share of the planned treatments), `rating` (change as the person rates it, + = more even); NaN
        where unknown.
    changes : DataFrame
        One row for each person and region: `person`, `group`, `region`, `unit`, `before` and `after` (size of the
        left-right difference, 0 = even), `change` (negative = more even), `mdc` (the person's own minimal detectable
        change), `verdict`, `reason` (why not comparable, else empty).
    sessions : DataFrame
        One row for each person, region and session: `person`, `group`, `region`, `unit`, `session` (from 1), `weeks`
        (since the person's first), `value` (size of the left-right difference, 0 = even), `error` (its 95 %
        half-width). Empty where only changes are known.
    notes : tuple of str
        Caveats.
    """

    people: pd.DataFrame
    changes: pd.DataFrame
    sessions: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions and measures, in the order of the tool."""
        return in_order(self.changes["region"].unique())

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, sorted."""
        return tuple(sorted(self.people["group"].unique()))

    def of_regions(self, wanted: Sequence[str]) -> Study:
        """Keep some regions.

        Raises
        ------
        TableError
            If one is not there.
        """
        names = {spelt(name): name for name in self.regions}
        for name in wanted:
            if spelt(name) not in names:
                raise TableError(f'there is no region "{name}" in it; it has {", ".join(self.regions)}')
        kept = [names[spelt(name)] for name in wanted]
        changes, sessions = (
            frame.loc[frame["region"].isin(kept)].reset_index(drop=True) for frame in (self.changes, self.sessions)
        )
        return replace(self, changes=changes, sessions=sessions)

    @classmethod
    def of(
        cls,
        *,
        changes: pd.DataFrame | None = None,
        sessions: pd.DataFrame | None = None,
        people: pd.DataFrame | None = None,
        planned: int | None = None,
        mdc: float | None = None,
    ) -> Study:
        """Make a study from tables, in which columns may be missing.

        Parameters
        ----------
        changes : DataFrame, optional
            `person`, `region`, `change`, `mdc`; if known `unit`, `before`, `after`, `reason`.
        sessions : DataFrame, optional
            `person`, `region`, `value`, `error`, `session` or `weeks`, and `unit`. Several rows of one session (by its
            number, else by its time) are repeated photos, and are averaged. Where `changes` lacks a person and region,
            the change is the last session less the first.
        people : DataFrame, optional
            `person`; if known `group`, `planned`, `minutes`, `adherence`, `rating`. List people without photos, too.
        planned : int, optional
            Sessions planned for everyone; by default as in `people`, else the most that anyone had.
        mdc : float, optional
            Minimal detectable change of people whose own is unknown.

        Raises
        ------
        TableError
            If the tables do not make a study.

        Examples
        --------
        >>> table = {"person": "anna", "region": "mouth", "session": [1, 2], "value": [2.0, 0.8], "error": 0.4}
        >>> Study.of(sessions=pd.DataFrame(table)).changes[["change", "mdc"]].round(2).to_numpy().tolist()
        [[-1.2, 0.57]]
        """
        if planned is not None and planned < 1:
            raise TableError(f"{planned} sessions cannot be planned; give 1 or more")
        if mdc is not None and not 0 < mdc < np.inf:
            raise TableError(f"a minimal detectable change of {mdc:g} makes no sense; give a positive one")
        given = _measured(changes, "changes")
        once = '"{person}" has two changes of {region}; give one comparison for each person, or a table of sessions'
        refuse(given, given.duplicated(["person", "region"]), once)
        pooled = _pooled(_measured(sessions, "sessions"))
        given = _with_derived(given, pooled)
        about = _people(people, given, pooled)
        if not len(about):
            raise TableError("there is nobody in it; give a table with one row for each person and region")
        assumed = planned is None and about["planned"].isna().all() and len(pooled) > 0
        about = _with_sessions(about, given, pooled, planned)
        judged = _judged(_for_everyone(about, given), mdc)
        for frame in (judged, pooled):
            frame["group"] = frame["person"].map(about.set_index("person")["group"])
        return cls(
            people=about.loc[:, list(COLUMNS["people"])],
            changes=judged.loc[:, list(COLUMNS["changes"])],
            sessions=pooled.loc[:, list(COLUMNS["sessions"])],
            notes=(_NO_PLAN.format(about["planned"].max()),) if assumed and about["sessions"].nunique() > 1 else (),
        )


def _complete(frame: pd.DataFrame | None, names: Sequence[str]) -> pd.DataFrame:
    """Add the columns that are missing; convert texts to texts and numbers to numbers."""
    given = pd.DataFrame() if frame is None else frame.reset_index(drop=True)
    found: dict[str, pd.Series] = {}
    for name in names:
        column = given[name] if name in given else pd.Series([None] * len(given), dtype=object)
        found[name] = columns.text_of(column) if name in _TEXTS else columns.number_of(column, name)
    return pd.DataFrame(found)


def _measured(frame: pd.DataFrame | None, of: str) -> pd.DataFrame:
    """Complete the changes or sessions, with regions and units as the tool spells them."""
    complete = _complete(frame, COLUMNS[of])
    complete["unit"] = complete["unit"].where(~complete["unit"].str.casefold().isin(("", "mm")), "mm")
    complete["region"] = columns.known_regions(complete["region"])
    for name in ("person", "region"):
        refuse(complete, complete[name] == "", f'the column "{name}" has gaps; fill it in every row')
    return complete


def _pooled(sessions: pd.DataFrame) -> pd.DataFrame:
    """One row for each person, region and session, in order of time; values and errors of repeated photos averaged."""
    if not len(sessions):
        return sessions
    when = sessions["session"].where(sessions["session"].notna(), sessions["weeks"])
    message = 'a row has neither "session" nor "weeks" nor "day"; fill in which session it belongs to'
    refuse(sessions, when.isna(), message)
    numbered = sessions["session"].notna().groupby(sessions["person"]).agg(["any", "all"])
    mixed = numbered.index[numbered["any"] != numbered["all"]]
    if len(mixed):
        raise TableError(f'"{mixed[0]}" has rows with a "session" and rows without; number all of them or none')
    known = sessions["value"].notna()
    whole = sessions.assign(
        when=when,
        square=sessions["error"].where(known) ** 2,
        own=sessions["value"].where(known),
        known=known.astype(np.float64),
    )
    keys = ["person", "region", "when"]
    by = whole.groupby(keys, sort=True, observed=True)
    pooled = by.agg(
        **{name: (name, "first") for name in ("group", "unit", "session")},
        weeks=("weeks", "mean"),
        value=("own", "mean"),
        square=("square", "sum"),
        errors=("square", "count"),
        known=("known", "sum"),
    ).reset_index()
    spread = np.sqrt(pooled["square"].where(pooled["errors"] > 0)) / pooled["known"].where(pooled["known"] > 0)
    # Where the error of one photo is missing, that of the mean is.
    pooled["error"] = spread.where(pooled["errors"] == pooled["known"])
    pooled["error"] = pooled["error"].where(pooled["error"].notna(), _by_repeats(whole, pooled))
    back = pooled.groupby(["person", "region"], observed=True)["weeks"].diff() < 0
    refuse(pooled, back, '"{person}" has sessions whose numbers go against their times; correct them')
    first = pooled.groupby("person", observed=True)["weeks"].transform("min")
    pooled["weeks"] = pooled["weeks"] - first
    order = pooled.groupby("person", observed=True)["when"].rank(method="dense")
    pooled["session"] = pooled["session"].where(pooled["session"].notna(), order)
    return pooled.reindex(columns=list(COLUMNS["sessions"]))


def _by_repeats(photos: pd.DataFrame, pooled: pd.DataFrame) -> pd.Series:
    """95 % half-width of each session's mean from its repeated photos, the variance pooled over everyone.

    SEM as in `stats.agreement` (Weir 2005), with Student's t for the pooled degrees of freedom; NaN without any.
    """
    by = photos.groupby(["person", "region", "when"], sort=True, observed=True)["own"]
    squares, count = by.var(ddof=0) * by.count(), by.count()
    freedom = (count - 1).clip(lower=0).groupby(level="region").sum()
    variance = squares.groupby(level="region").sum() / freedom.where(freedom > 0)
    half = np.sqrt(variance) * special.stdtrit(freedom.where(freedom > 0), 0.975)
    return pooled["region"].map(half) / np.sqrt(pooled["known"].where(pooled["known"] > 0))


def _with_derived(changes: pd.DataFrame, sessions: pd.DataFrame) -> pd.DataFrame:
    """Add the last session less the first of each person and region of whom there is no change."""
    if not len(sessions):
        return changes
    keys = ["person", "region"]
    known = sessions.loc[sessions["value"].notna()]
    first, last = (known.drop_duplicates(keys, keep=end).set_index(keys) for end in ("first", "last"))
    several = (first["session"] != last["session"]).to_numpy()
    found = pd.DataFrame(
        {
            "unit": first["unit"],
            "before": first["value"],
            "after": last["value"].where(several),
            "change": (last["value"] - first["value"]).where(several),
            # Re-photographing errors of both sessions add up.
            "mdc": np.sqrt(first["error"] ** 2 + last["error"] ** 2).where(several),
            "reason": np.where(several, "", ONE_SESSION),
        }
    )
    every = sessions.drop_duplicates(keys).set_index(keys)[["unit"]]
    found = every.join(found.drop(columns="unit"))
    found["reason"] = found["reason"].fillna(NOT_KNOWN)
    absent = found.loc[~found.index.isin(pd.MultiIndex.from_frame(changes[keys]))].reset_index()
    derived = absent.assign(group="", verdict="").reindex(columns=list(COLUMNS["changes"]))
    return pd.concat([changes, derived], ignore_index=True)


def _people(people: pd.DataFrame | None, changes: pd.DataFrame, sessions: pd.DataFrame) -> pd.DataFrame:
    """One row for each person of any of the tables, in the order in which they come."""
    about = _about(people)
    seen = [frame.loc[:, ["person", "group"]].drop_duplicates() for frame in (changes, sessions)]
    rows = pd.concat([about.loc[:, ["person", "group"]], *seen], ignore_index=True)
    rows = rows.loc[rows["group"] != ""].drop_duplicates()
    refuse(rows, rows.duplicated("person"), '"{person}" is in two groups; give each person one')
    everyone = pd.unique(pd.concat([about["person"], *(frame["person"] for frame in seen)]))
    group = rows.set_index("person")["group"]
    whole = pd.DataFrame({"person": everyone}, dtype=object)
    whole["group"] = whole["person"].map(group)
    if whole["group"].notna().any():
        message = '"{person}" is in no group; give everyone one, or leave the groups out'
        refuse(whole, whole["group"].isna(), message)
    spellings = pd.Series(whole["group"].dropna().unique(), dtype=object)
    twice = spellings.map(str.casefold).duplicated(keep=False)
    if twice.any():
        raise TableError(f"groups are spelt in two ways, {', '.join(spellings[twice])}; use one")
    whole["group"] = whole["group"].fillna(EVERYONE).astype(object)
    return whole.merge(about.drop(columns="group"), on="person", how="left")


def _about(people: pd.DataFrame | None) -> pd.DataFrame:
    """Complete the table of people."""
    if people is not None and "person" not in people:
        raise TableError('there is no column "person"; name the people in one')
    complete = _complete(people, ("person", *columns.ABOUT_PEOPLE))
    share = 'the column "adherence" is a share of the planned treatments, such as 0.8 for 80 %'
    refuse(complete, (complete["adherence"] > _MOST_ADHERENCE) | (complete["adherence"] < 0), share)
    columns.refuse_second_rows(complete)
    return complete


def _with_sessions(
    people: pd.DataFrame, changes: pd.DataFrame, sessions: pd.DataFrame, planned: int | None
) -> pd.DataFrame:
    """Add the sessions that each person had, and those planned."""
    whole = people.copy()
    if planned is not None:
        whole["planned"] = float(planned)
    # A change stands for two sessions; without it, `before` and `after` stand for one each.
    ends = changes["before"].notna().astype(np.float64) + changes["after"].notna()
    by_changes = ends.where(changes["change"].isna(), 2.0).groupby(changes["person"]).max()
    known = sessions.loc[sessions["value"].notna()].drop_duplicates(["person", "session"])
    had = whole["person"].map(known.groupby("person", observed=True).size())
    followed = whole["person"].isin(set(sessions["person"]))
    whole["sessions"] = had.where(followed, whole["person"].map(by_changes)).fillna(0.0).astype(np.float64)
    if len(sessions):
        whole["planned"] = whole["planned"].fillna(whole["sessions"].max())
    whole["sessions"] = whole["sessions"].where(whole["planned"].notna())
    return whole


def _for_everyone(people: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """One row for each person and region, also where nothing is known."""
    regions = in_order(changes["region"].unique())
    if not regions:
        raise TableError("there is no region in it; give a table with one row for each person and region")
    units = changes.drop_duplicates("region").set_index("region")["unit"]
    other_unit = changes["unit"] != changes["region"].map(units)
    refuse(changes, other_unit, '"{person}" has {region} in another unit than the others; use one --scale for all')
    index = pd.MultiIndex.from_product([people["person"], regions], names=["person", "region"])
    whole = changes.set_index(["person", "region"]).reindex(index).reset_index()
    whole["unit"] = whole["region"].map(units)
    whole["reason"] = whole["reason"].where(whole["reason"].notna(), NO_COMPARISON)
    return whole


def _judged(changes: pd.DataFrame, mdc: float | None) -> pd.DataFrame:
    """Fill in the change, from before and after, and the verdict, from the change and the own error."""
    whole = changes.copy()
    apart = whole["after"] - whole["before"]
    whole["change"] = whole["change"].where(whole["change"].notna(), apart)
    if mdc is not None:
        whole["mdc"] = whole["mdc"].fillna(mdc)
    refuse(whole, whole["mdc"] < 0, 'a minimal detectable change ("mdc") is negative; give half-widths')
    no_error = whole["change"].notna() & whole["mdc"].isna()
    if no_error.any() and whole["mdc"].isna().all():
        raise TableError(
            "no error is known, so no change can be called real; add a column `mdc` (to changes) or `error` (to "
            "sessions), give repeated photos of each session, or --mdc"
        )
    stopped = (whole["reason"] != "") & (whole["reason"] != NO_COMPARISON)
    whole["change"] = whole["change"].where(~stopped)
    known = whole["change"].notna() & whole["mdc"].notna()
    beyond = whole["change"].abs() > whole["mdc"]
    verdict = np.where(beyond, np.where(whole["change"] < 0, IMPROVED, WORSE), NO_CHANGE)
    whole["verdict"] = np.where(known, verdict, NOT_COMPARABLE)
    why = np.where(whole["change"].notna(), NO_MDC, np.where(whole["reason"] == "", NOT_KNOWN, whole["reason"]))
    whole["reason"] = np.where(known, "", why)
    return whole
