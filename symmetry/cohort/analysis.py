"""Group statistics of a study."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from symmetry.cohort.cohort import Cohort
from symmetry.cohort.effects import (
    DOSES,
    Correction,
    contrasts,
    dose_response,
    mean_changes,
    not_corrected,
    rating_agreement,
)
from symmetry.cohort.missing import missing_frame
from symmetry.cohort.mixed import mixed_model
from symmetry.cohort.panel import Panel
from symmetry.cohort.reading import Data, study_of
from symmetry.cohort.regression_to_mean import withheld
from symmetry.cohort.responders import any_by_noise, responders
from symmetry.cohort.study import CONTROLS, Study
from symmetry.errors import TableError
from symmetry.stats.multiple_testing import holm as holm_corrected
from symmetry.tabular.cohort import COLUMNS, typed

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from symmetry.cohort.reading import StudyOptions

_TABLES: Final = ("responders", "means", "contrasts", "missing", "dose", "ratings", "mixed")
_FEW: Final = 4
_ALL_BETTER: Final = (
    "All ratings are above 0, so everyone counts as rated better. If they are states, such as 1 to 5, give the last "
    "less the first."
)


def analyze_cohort(
    data: Data,
    *,
    control: str | None = None,
    rating: Literal["higher", "lower"] = "higher",
    holm: bool = True,
    mixed: bool = False,
    seed: int = 0,
    **options: Unpack[StudyOptions],
) -> Cohort:
    """Group statistics of a before-and-after study: responders, mean changes, contrasts, dose-response, ratings.

    Parameters
    ----------
    data : Study, DataFrame, path, paths, or mapping of person to Change, Series or DataFrame
        See `symmetry.cohort.reading.study_of`.
    control : str, optional
        Name of the control group; by default the one called control, placebo, sham, untreated or waiting list.
    rating : {"higher", "lower"}
        Which ratings mean that the person finds the face more even.
    holm : bool
        Correct p for the number of regions (Holm 1979), within one group and one dose; if not, `p_holm` is NaN and
        verdicts go by `p`.
    mixed : bool
        Also fit a mixed model over all sessions; needs statsmodels.
    seed : int
        Of the random permutations.
    **options
        `group`, `people`, `regions`, `planned` and `mdc`, as for `symmetry.cohort.reading.study_of`.

    Raises
    ------
    TableError
        If a table cannot be read or understood, or no group has the name given.
    MissingExtraError
        If a mixed model is asked for and statsmodels is not installed.

    Notes
    -----
    A responder is a person whose change is beyond the person's own minimal detectable change. Mean changes are tested
    by sign flips, differences between groups by permutation (`symmetry.stats.permutation_tests`).

    Examples
    --------
    >>> from symmetry.cohort import simulate_study
    >>> cohort = analyze_cohort(simulate_study(people=40, effect=2.0), regions=["mouth"])
    >>> cohort.groups, cohort.contrasts["verdict"].tolist()
    (('treated', 'placebo'), ['improved'])
    """
    if rating not in ("higher", "lower"):
        raise TableError(f'better ratings are "higher" or "lower", not "{rating}"')
    if seed < 0:
        raise TableError(f"a seed must be 0 or more, not {seed}")
    return _analyzed(study_of(data, **options), control, rating=rating, holm=holm, mixed=mixed, seed=seed)


def _analyzed(study: Study, control: str | None, *, rating: str, holm: bool, mixed: bool, seed: int) -> Cohort:
    if mixed and not len(study.sessions):
        raise TableError("a mixed model needs sessions; give a table with one row for each session, or leave it out")
    control, notes = _control(study, control)
    groups = tuple(sorted(study.groups, key=lambda name: (name == control, name)))
    panel = Panel.of(study, higher_is_better=rating == "higher")
    correct: Correction = holm_corrected if holm else not_corrected
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in _TABLES}
    for table, part in _of_groups(panel, groups, control, correct, seed):
        parts[table].append(part)
    parts["missing"].append(missing_frame(study, groups))
    if mixed:
        parts["mixed"].append(mixed_model(study.sessions, control=control, regions=study.regions, correct=correct))
    if control is None and len(groups) == 1:
        judged, regressed = withheld(parts["means"][0], panel)
        parts["means"], notes = [judged], notes + regressed
    if (panel.rating > 0).sum() > _FEW and not (panel.rating <= 0).any():
        notes += (_ALL_BETTER,)
    return Cohort(
        study=study,
        groups=groups,
        control=control,
        regions=study.regions,
        unit=next(iter(panel.units.values())),
        holm=holm,
        notes=(*study.notes, *notes),
        **{name: typed(name, _by_region(frames, COLUMNS[name])) for name, frames in parts.items()},
    )


def _of_groups(
    panel: Panel, groups: Sequence[str], control: str | None, correct: Correction, seed: int
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Parts of the tables, group by group, each with the name of its table."""
    any_noise = any_by_noise(panel.change, tuple(panel.units), panel.group == control)
    for name in groups:
        own = panel.of_groups(name)
        yield "responders", responders(own.change, own.mdc, tuple(panel.units), any_noise=any_noise).assign(group=name)
        yield "means", mean_changes(panel, name, correct=correct, seed=seed)
        yield "ratings", rating_agreement(panel, name, correct=correct)
        if name != control:
            for dose in DOSES:
                yield "dose", dose_response(panel, name, dose, correct=correct)
            if control is not None:
                yield "contrasts", contrasts(panel, name, control, correct=correct, seed=seed)


def _control(study: Study, control: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Find the control group, and note what its absence means."""
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
    return None, ("Groups are not compared; name the control group with --control (control=).",)


def _by_region(parts: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Stack the tables of all groups and sort them by region."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=list(columns))
    frame = pd.concat(filled, ignore_index=True)
    order = {name: place for place, name in enumerate(dict.fromkeys(frame["region"]))}
    return frame.sort_values("region", key=lambda names: names.map(order), kind="stable", ignore_index=True)
