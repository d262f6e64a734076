"""The tables of a study in one form: people, what changed in each of them, and the sessions behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from symmetry.cohort.cells import ABOUT_PEOPLE, in_order, known_regions, number_of, spelt, text_of
from symmetry.errors import TableError
from symmetry.measure.verdicts import IMPROVED, NO_CHANGE, NOT_COMPARABLE, WORSE
from symmetry.tabular.cohort import CHANGE_COLUMNS, PEOPLE_COLUMNS, SESSION_COLUMNS

EVERYONE: Final = "all"
"""Name of the one group of a study without groups."""
CONTROLS: Final = ("control", "placebo", "sham", "untreated", "no protocol", "waiting list", "waitlist")
"""Names by which a control group is known."""
NO_COMPARISON: Final = "no comparison"
_MOST_ADHERENCE: Final = 5.0
"""Times what was planned; more is a percentage."""
ONE_SESSION: Final = "one session"
NOT_KNOWN: Final = "change not known"
NO_MDC: Final = "detectable change not known"
_NO_PLAN: Final = "No plan of sessions was given: as many count as planned as anybody had, {:.0f}."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """A before-and-after study over many people.

    Attributes
    ----------
    people : DataFrame
        One row a person: `person`, `group`, `sessions` (had), `planned` (sessions), `minutes` (of treatment),
        `adherence` (share of the planned treatments), `rating` (change as the person rates it, + = more even); NaN
        where it is not known.
    changes : DataFrame
        One row a person and region: `person`, `group`, `region`, `unit`, `before` and `after` (size of the left-right
        difference, 0 = even), `change` (negative = more even), `mdc` (this person's own minimal detectable change),
        `verdict`, `reason` (why not comparable, else empty).
    sessions : DataFrame
        One row a person, region and session: `person`, `group`, `region`, `unit`, `session` (from 1), `weeks` (since
        the person's first), `value` (size of the left-right difference, 0 = even), `error` (its 95 % half-width).
        Empty where only changes are known.
    notes : tuple of str
        What to know before reading.
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

    def noting(self, *notes: str) -> Study:
        """Add notes."""
        return replace(self, notes=(*self.notes, *notes))

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
        """Put a study together from tables that may lack columns.

        Parameters
        ----------
        changes : DataFrame, optional
            `person`, `region`, `change`, `mdc`, and as they are known `unit`, `before`, `after`, `reason`.
        sessions : DataFrame, optional
            `person`, `region`, `value`, `error`, `session` or `weeks`, and `unit`. Several rows of one session are
            repeated photos, whose mean counts; without numbers a session is what was at one time. Where `changes`
            tells nothing of a person and region, the last session less the first is the change.
        people : DataFrame, optional
            `person` and as they are known `group`, `planned`, `minutes`, `adherence`, `rating`. People without any
            photo are listed here, too.
        planned : int, optional
            Sessions that everyone was to have; by default what `people` says, else the most that anyone had.
        mdc : float, optional
            Minimal detectable change of those whose own is not known.

        Raises
        ------
        TableError
            If nothing can be made of the tables, with what to do.
        """
        if planned is not None and planned < 1:
            raise TableError(f"{planned} sessions cannot be planned; give 1 or more")
        if mdc is not None and not 0 < mdc < np.inf:
            raise TableError(f"a minimal detectable change of {mdc:g} makes no sense; give one above 0")
        told = _complete(changes, CHANGE_COLUMNS)
        pooled = _pooled(_complete(sessions, SESSION_COLUMNS))
        _check_once(told)
        derived = _derived(pooled)
        told = pd.concat([told, _absent_from(derived, told)], ignore_index=True) if len(derived) else told
        about = _people(people, told, pooled)
        if not len(about):
            raise TableError("nobody is in it; give a table with a row a person and region")
        assumed = planned is None and about["planned"].isna().all() and len(pooled) > 0
        about = _with_sessions(about, told, pooled, planned)
        told = _judged(_for_everyone(about, told), mdc)
        group = about.set_index("person")["group"]
        told["group"] = told["person"].map(group)
        pooled["group"] = pooled["person"].map(group)
        return cls(
            people=about.loc[:, list(PEOPLE_COLUMNS)],
            changes=told.loc[:, list(CHANGE_COLUMNS)],
            sessions=pooled.loc[:, list(SESSION_COLUMNS)],
            notes=(_NO_PLAN.format(about["planned"].max()),) if assumed and about["sessions"].nunique() > 1 else (),
        )


def _complete(frame: pd.DataFrame | None, columns: Sequence[str]) -> pd.DataFrame:
    """Give all columns, texts as texts and numbers as numbers."""
    given = pd.DataFrame() if frame is None else frame.reset_index(drop=True)
    texts = {"person", "group", "region", "unit", "verdict", "reason"}
    found: dict[str, pd.Series] = {}
    for name in columns:
        column = given[name] if name in given else pd.Series([None] * len(given), dtype=object)
        found[name] = text_of(column) if name in texts else number_of(column, name)
    complete = pd.DataFrame(found, columns=list(columns))
    complete["unit"] = complete["unit"].where(~complete["unit"].str.casefold().isin(("", "mm")), "mm")
    complete["region"] = known_regions(complete["region"])
    for name in ("person", "region"):
        if (complete[name] == "").any():
            raise TableError(f'the column "{name}" has gaps; every row needs it')
    return complete


def _check_once(changes: pd.DataFrame) -> None:
    twice = changes.duplicated(["person", "region"])
    if twice.any():
        person, region = changes.loc[twice, ["person", "region"]].iloc[0]
        raise TableError(
            f'"{person}" has two changes of {region}; give one comparison a person, or a table with a row a session'
        )


def _pooled(sessions: pd.DataFrame) -> pd.DataFrame:
    """One row a person, region and session, in order of time: repeated photos are averaged, their errors too."""
    if not len(sessions):
        return sessions
    when = sessions["session"].where(sessions["session"].notna(), sessions["weeks"])
    if when.isna().any():
        raise TableError('a row has neither "session" nor "weeks" nor "day"; say which session it belongs to')
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
    # An error that is missing for one of several photos is missing for their mean.
    pooled["error"] = spread.where(pooled["errors"] == pooled["known"])
    pooled["error"] = pooled["error"].where(pooled["error"].notna(), _by_repeats(whole, pooled))
    by_person = pooled.groupby(["person", "region"], observed=True)["weeks"]
    back = by_person.diff() < 0
    if back.any():
        raise TableError(
            f'"{pooled.loc[back, "person"].iloc[0]}" has sessions whose numbers go against their times; mend them'
        )
    first = pooled.groupby("person", observed=True)["weeks"].transform("min")
    pooled["weeks"] = pooled["weeks"] - first
    order = pooled.groupby("person", observed=True)["when"].rank(method="dense")
    pooled["session"] = pooled["session"].where(pooled["session"].notna(), order)
    return pooled.reindex(columns=list(SESSION_COLUMNS))


def _by_repeats(photos: pd.DataFrame, pooled: pd.DataFrame) -> pd.Series:
    """95 % half-width of each session's mean from how far repeated photos stray, pooled over everyone; NaN of none.

    SEM as in `stats.agreement` (Weir 2005), its quantile that of Student's t with the pooled degrees of freedom.
    """
    from scipy import special

    by = photos.groupby(["person", "region", "when"], sort=True, observed=True)["own"]
    squares, count = by.var(ddof=0) * by.count(), by.count()
    freedom = (count - 1).clip(lower=0).groupby(level="region").sum()
    variance = squares.groupby(level="region").sum() / freedom.where(freedom > 0)
    half = np.sqrt(variance) * special.stdtrit(freedom.where(freedom > 0), 0.975)
    return pooled["region"].map(half) / np.sqrt(pooled["known"].where(pooled["known"] > 0))


def _derived(sessions: pd.DataFrame) -> pd.DataFrame:
    """Last known session less the first, of each person and region."""
    if not len(sessions):
        return pd.DataFrame(columns=list(CHANGE_COLUMNS))
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
            # The error of either session is that of re-photographing: that of a difference adds both.
            "mdc": np.sqrt(first["error"] ** 2 + last["error"] ** 2).where(several),
            "reason": np.where(several, "", ONE_SESSION),
        }
    )
    every = sessions.drop_duplicates(keys).set_index(keys)[["unit"]]
    found = every.join(found.drop(columns="unit"))
    found["reason"] = found["reason"].fillna(NOT_KNOWN)
    return found.reset_index().assign(group="", verdict="").reindex(columns=list(CHANGE_COLUMNS))


def _absent_from(derived: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    keys = ["person", "region"]
    there = pd.MultiIndex.from_frame(told[keys])
    return derived.loc[~pd.MultiIndex.from_frame(derived[keys]).isin(there)]


def _people(people: pd.DataFrame | None, changes: pd.DataFrame, sessions: pd.DataFrame) -> pd.DataFrame:
    """One row a person of any of the tables, in the order in which they come."""
    about = _complete_people(people)
    seen = [frame.loc[:, ["person", "group"]].drop_duplicates() for frame in (changes, sessions)]
    rows = pd.concat([about.loc[:, ["person", "group"]], *seen], ignore_index=True)
    rows = rows.loc[rows["group"] != ""].drop_duplicates()
    both = rows.duplicated("person")
    if both.any():
        person = rows.loc[both, "person"].iloc[0]
        raise TableError(f'"{person}" is in two groups; give each person one')
    everyone = pd.unique(pd.concat([about["person"], *(frame["person"] for frame in seen)]))
    group = rows.set_index("person")["group"]
    whole = pd.DataFrame({"person": everyone}, dtype=object)
    whole["group"] = whole["person"].map(group)
    if whole["group"].isna().any() and whole["group"].notna().any():
        person = whole.loc[whole["group"].isna(), "person"].iloc[0]
        raise TableError(f'"{person}" is in no group; give everyone one, or leave the groups out')
    spellings = pd.Series(whole["group"].dropna().unique(), dtype=object)
    twice = spellings.map(str.casefold).duplicated(keep=False)
    if twice.any():
        raise TableError(f"groups are spelt in two ways, {', '.join(spellings[twice])}; make them one")
    whole["group"] = whole["group"].fillna(EVERYONE).astype(object)
    return whole.merge(about.drop(columns="group"), on="person", how="left")


def _complete_people(people: pd.DataFrame | None) -> pd.DataFrame:
    given = pd.DataFrame({"person": []}, dtype=object) if people is None else people.reset_index(drop=True)
    if "person" not in given:
        raise TableError('it has no column "person"; name the people in one')
    found = {"person": text_of(given["person"])}
    found["group"] = text_of(given["group"]) if "group" in given else pd.Series([""] * len(given), dtype=object)
    for name in ABOUT_PEOPLE[1:]:
        found[name] = number_of(given[name], name) if name in given else pd.Series(np.nan, index=given.index)
    complete = pd.DataFrame(found)
    if (complete["adherence"] > _MOST_ADHERENCE).any() or (complete["adherence"] < 0).any():
        raise TableError('the column "adherence" is a share of the planned treatments, such as 0.8 for 80 %')
    twice = complete.duplicated("person")
    if twice.any():
        raise TableError(f'"{complete.loc[twice, "person"].iloc[0]}" stands in it twice; give each person one row')
    return complete


def _with_sessions(
    people: pd.DataFrame, changes: pd.DataFrame, sessions: pd.DataFrame, planned: int | None
) -> pd.DataFrame:
    """Say how many sessions each person had, and was to have."""
    whole = people.copy()
    if planned is not None:
        whole["planned"] = float(planned)
    # A change stands for two sessions; without one, before and after do as far as they are known.
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
    """One row a person and region, those of whom nothing is known too."""
    regions = in_order(changes["region"].unique())
    if not regions:
        raise TableError("no region is in it; give a table with a row a person and region")
    units = changes.drop_duplicates("region").set_index("region")["unit"]
    wrong = changes.loc[changes["unit"] != changes["region"].map(units)]
    if len(wrong):
        person, region = wrong[["person", "region"]].iloc[0]
        raise TableError(f'"{person}" has {region} in another unit than the others; measure all with the same --scale')
    index = pd.MultiIndex.from_product([people["person"], regions], names=["person", "region"])
    whole = changes.set_index(["person", "region"]).reindex(index).reset_index()
    whole["unit"] = whole["region"].map(units)
    whole["reason"] = whole["reason"].where(whole["reason"].notna(), NO_COMPARISON)
    return whole


def _judged(changes: pd.DataFrame, mdc: float | None) -> pd.DataFrame:
    """Fill in what follows from the rest: change from before and after, verdict from change and own error."""
    whole = changes.copy()
    apart = whole["after"] - whole["before"]
    whole["change"] = whole["change"].where(whole["change"].notna(), apart)
    if mdc is not None:
        whole["mdc"] = whole["mdc"].fillna(mdc)
    if (whole["mdc"] < 0).any():
        raise TableError('a minimal detectable change ("mdc") is negative; give half-widths')
    no_error = whole["change"].notna() & whole["mdc"].isna()
    if no_error.any() and whole["mdc"].isna().all():
        raise TableError(
            "no error is known, so no change can be called real; add a column `mdc` (of changes) or `error` (of "
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
