"""From the tables of a study to what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from symmetry.arrays import FloatArray
from symmetry.cohort.associations import DOSES, dose_rows, rating_rows
from symmetry.cohort.cohort import Cohort
from symmetry.cohort.effects import Correction, contrast_rows, mean_rows, not_corrected
from symmetry.cohort.missing import missing_frame
from symmetry.cohort.mixed import mixed_model
from symmetry.cohort.reading import Data, study_of
from symmetry.cohort.responders import any_by_noise, responders
from symmetry.cohort.study import CONTROLS, Study
from symmetry.errors import TableError
from symmetry.measure.verdicts import IMPROVED, NOT_COMPARABLE
from symmetry.stats.multiple_testing import holm as holm_corrected
from symmetry.tabular.cohort import TABLES, typed

_OF_GROUPS: Final = ("responders", "means", "contrasts", "dose", "ratings")
_FEW: Final = 4
_ALL_BETTER: Final = (
    "All ratings are above 0, so everyone counts as rated better. If they are states, such as 1 to 5, give the last "
    "less the first."
)


def analyze_cohort(
    data: Data,
    *,
    group: str | None = None,
    control: str | None = None,
    people: pd.DataFrame | str | Path | None = None,
    regions: Sequence[str] | None = None,
    rating: Literal["higher", "lower"] = "higher",
    planned: int | None = None,
    mdc: float | None = None,
    holm: bool = True,
    mixed: bool = False,
    seed: int = 0,
) -> Cohort:
    """Say what changed in a group of people, and whether that is more than noise.

    Parameters
    ----------
    data : Study, DataFrame, path, paths, or mapping of person to Change, Series or DataFrame
        See `symmetry.cohort.reading.study_of`.
    group : str, optional
        Column that tells the groups apart; by default `group`, if there is one.
    control : str, optional
        Name of the control group; by default one called control, placebo, sham, untreated or waiting list.
    people : DataFrame or path, optional
        A row a person with what else is known of them.
    regions : sequence of str, optional
        Regions or clinical measures to look at, chosen beforehand; all regions by default.
    rating : {"higher", "lower"}
        Which ratings mean that the person finds the face more even.
    planned : int, optional
        Sessions that everyone was to have.
    mdc : float, optional
        Minimal detectable change of those whose own is not known.
    holm : bool
        Correct p for looking at several regions (Holm 1979), within one group and one dose; if not, `p_holm` is NaN and
        verdicts go by `p`.
    mixed : bool
        Fit a mixed model over all sessions, too; needs statsmodels.
    seed : int
        Of the permutations that are drawn.

    Returns
    -------
    Cohort

    Raises
    ------
    TableError
        If a table cannot be read, nothing can be made of it, or no group has the name given.
    MissingExtraError
        If statsmodels is asked for and is not there.

    Notes
    -----
    A responder is a person whose change goes beyond this person's own minimal detectable change. The test of a mean
    change turns changes of people round at random (sign flips: of a face that did not change either sign is as
    likely); that between groups changes people's groups.
    """
    if rating not in ("higher", "lower"):
        raise TableError(f'better ratings are "higher" or "lower", not "{rating}"')
    if seed < 0:
        raise TableError(f"a seed must be 0 or more, not {seed}")
    study = study_of(data, group=group, people=people, regions=regions, planned=planned, mdc=mdc)
    control, notes = _control(study, control)
    groups = tuple(sorted(study.groups, key=lambda name: (name == control, name)))
    units = study.changes.drop_duplicates("region").set_index("region")["unit"].to_dict()
    regions_in = {name: str(units[name]) for name in study.regions}
    names = tuple(regions_in)
    wide = _Wide.of(study, names, better_ratings=1.0 if rating == "higher" else -1.0)
    correct: Correction = holm_corrected if holm else not_corrected
    by_noise = any_by_noise(wide.change, names, wide.group == control)
    rows: dict[str, list[pd.DataFrame]] = {name: [] for name in _OF_GROUPS}
    for name in groups:
        own = wide.group == name
        responding = responders(wide.change[own], wide.mdc[own], region=names, group=name, by_noise=by_noise)
        rows["responders"].append(pd.DataFrame(responding))
        for table, found in _group_tables(wide, name, control, regions_in, correct=correct, seed=seed):
            rows[table].append(found)
    if (wide.rating > 0).sum() > _FEW and not (wide.rating <= 0).any():
        notes += (_ALL_BETTER,)
    tables = {name: _by_region(parts, TABLES[name]) for name, parts in rows.items()}
    tables["missing"] = missing_frame(study, groups)
    tables["mixed"] = _mixed(study, control, correct) if mixed else _by_region([], TABLES["mixed"])
    return Cohort(
        study=study,
        groups=groups,
        control=control,
        regions=names,
        unit=next(iter(regions_in.values())),
        holm=holm,
        notes=(*study.notes, *notes),
        **{name: typed(name, frame) for name, frame in tables.items()},
    )


def _group_tables(
    wide: _Wide, name: str, control: str | None, regions: dict[str, str], *, correct: Correction, seed: int
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give what the tables say of one group, each with the name of its table."""
    own = wide.group == name
    change, better = wide.change[own], wide.better[own]
    before, after = wide.before[own], wide.after[own]
    yield "means", mean_rows(change, before, after, regions=regions, group=name, correct=correct, seed=seed)
    yield "ratings", rating_rows(change, better, wide.rating[own], regions=regions, group=name, correct=correct)
    if name == control:
        return
    for dose, amount in wide.doses.items():
        yield "dose", dose_rows(change, amount[own], name=dose, regions=regions, group=name, correct=correct)
    if control is not None:
        either = own | (wide.group == control)
        yield (
            "contrasts",
            contrast_rows(
                wide.change[either],
                wide.better[either],
                own[either],
                regions=regions,
                group=name,
                control=control,
                correct=correct,
                seed=seed,
            ),
        )


def _mixed(study: Study, control: str | None, correct: Correction) -> pd.DataFrame:
    if not len(study.sessions):
        raise TableError("a mixed model needs the sessions; give a table with a row a session, or leave it away")
    return mixed_model(study.sessions, control=control, regions=study.regions, correct=correct)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Wide:
    """The changes of a study as arrays (people, regions), and what is known of the people (people,)."""

    change: FloatArray
    mdc: FloatArray
    before: FloatArray
    after: FloatArray
    better: FloatArray  # 1 for responders, 0 for others, NaN where it is not known
    group: NDArray[np.object_]
    rating: FloatArray  # + = better
    doses: dict[str, FloatArray]

    @classmethod
    def of(cls, study: Study, regions: tuple[str, ...], *, better_ratings: float) -> _Wide:
        people = study.people
        index = pd.MultiIndex.from_product([people["person"], regions])
        table = study.changes.set_index(["person", "region"]).reindex(index)
        shape = (len(people), len(regions))
        arrays = {
            name: table[name].to_numpy(dtype=np.float64).reshape(shape) for name in ("change", "mdc", "before", "after")
        }
        verdict = table["verdict"].to_numpy().reshape(shape)
        return cls(
            **arrays,
            better=np.where(verdict == NOT_COMPARABLE, np.nan, (verdict == IMPROVED).astype(np.float64)),
            group=people["group"].to_numpy(dtype=object),
            rating=better_ratings * people["rating"].to_numpy(dtype=np.float64),
            doses={name: people[name].to_numpy(dtype=np.float64) for name in DOSES},
        )


def _control(study: Study, control: str | None) -> tuple[str | None, tuple[str, ...]]:
    groups = study.groups
    if control is not None:
        control = next((name for name in groups if name.casefold() == str(control).strip().casefold()), str(control))
        if control not in groups:
            raise TableError(f'there is no group "{control}"; there are {", ".join(groups)}')
        if len(groups) == 1:
            raise TableError(f'"{control}" is the only group; a control needs another beside it')
        return control, ()
    known = [name for name in groups if name.casefold() in CONTROLS]
    if len(groups) == 1:
        return None, ("There is no control group: what would have happened without treatment is not known.",)
    if len(known) == 1:
        return known[0], ()
    return None, ("Groups are not compared; say with --control (control=) which one is the control.",)


def _by_region(parts: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Put the tables of all groups under each other, region by region."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=list(columns))
    frame = pd.concat(filled, ignore_index=True)
    order = {name: place for place, name in enumerate(dict.fromkeys(frame["region"]))}
    return frame.sort_values("region", key=lambda names: names.map(order), kind="stable", ignore_index=True)
