"""Input to a study: a user's own tables, what the commands wrote, or results in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, Final, TypedDict

import pandas as pd

from symmetry.cohort.columns import ABOUT_PEOPLE, refuse_second_rows, text_of
from symmetry.cohort.files import read_table, tables_below
from symmetry.cohort.formats import StudyTables, grouped, is_score, study_tables
from symmetry.cohort.study import Study
from symmetry.errors import TableError
from symmetry.tabular import SERIES_COLUMNS, series_rows
from symmetry.tabular.reading import DAMAGED

Data = Any
"""Study, DataFrame, path or paths of tables, or mapping of person to Change, Series or DataFrame."""


class StudyOptions(TypedDict, total=False):
    """Keywords of `study_of`."""

    group: str | None
    """Column that names the groups; by default `group`, if there is one."""
    people: pd.DataFrame | str | Path | None
    """One row for each person: `person`, and any of `group`, `planned`, `minutes`, `adherence`, `rating`."""
    regions: Sequence[str] | None
    """Regions or clinical measures, chosen beforehand; all regions by default."""
    planned: int | None
    """Sessions that everybody was to have."""
    mdc: float | None
    """Minimal detectable change of those without their own."""


_UNUSED: Final = "The column {} is not used; if it names groups, choose it with --group (group=)."


def study_of(
    data: Data,
    *,
    group: str | None = None,
    people: pd.DataFrame | str | Path | None = None,
    regions: Sequence[str] | None = None,
    planned: int | None = None,
    mdc: float | None = None,
) -> Study:
    """Make a study of what is known about many people.

    Parameters
    ----------
    data : Study, DataFrame, path, paths, or mapping of person to Change, Series or DataFrame
        Tables have one row for each person and region, with `change` and `mdc` or with `before`, `after` and `mdc`; or
        one for each person, region and session (`session`, `weeks` or `day`) with `value` and `error`; or are what
        `symmetry compare`, `series` or `score` wrote. Without a column `person`, each file is a person; of scores,
        each folder of photos.
    group : str, optional
        Column that names the groups; by default `group`, if there is one.
    people : DataFrame or path, optional
        One row for each person: `person`, and any of `group`, `planned`, `minutes`, `adherence`, `rating`.
    regions : sequence of str, optional
        Regions or clinical measures, chosen beforehand; all regions by default.
    planned, mdc
        As for `Study.of`.

    Raises
    ------
    TableError
        If a table cannot be read or understood.

    Examples
    --------
    >>> table = pd.DataFrame({"person": ["anna", "ben"], "region": "mouth", "change": [-1.2, 0.1], "mdc": 0.8})
    >>> study_of(table).changes["verdict"].tolist()
    ['improved', 'no detectable change']
    """
    facts = facts_of(people, group)
    wanted = [regions] if isinstance(regions, str) else regions
    if isinstance(data, Study):
        if planned is not None or mdc is not None:
            raise TableError("a Study is taken as it is; give `planned` and `mdc` where it is made")
        if facts is None and group not in (None, "group"):
            raise TableError("a Study has its groups already; give a table of people for others")
        study = data if facts is None else _with_facts(data, facts)
        return study.of_regions(wanted) if wanted else study
    parts = [_taken_apart(about, frame, group) for about, frame in _frames(data, group)]
    changes = pd.concat([part.changes for part in parts], ignore_index=True)
    sessions = pd.concat([part.sessions for part in parts], ignore_index=True)
    about_people = _merged(pd.concat([part.people for part in parts], ignore_index=True), facts, group)
    if not wanted:  # measures are used only when asked for
        changes, sessions = (
            frame.loc[frame["kind"] != "measure"] if "kind" in frame else frame for frame in (changes, sessions)
        )
    study = Study.of(changes=changes, sessions=sessions, people=about_people, planned=planned, mdc=mdc)
    groupings = dict.fromkeys(name for part in parts for name in part.groupings) if "group" not in about_people else ()
    notes = (*study.notes, *(_UNUSED.format(name) for name in groupings))
    return replace(study, notes=notes).of_regions(wanted or study.regions)


def _taken_apart(about: str, table: pd.DataFrame, group: str | None) -> StudyTables:
    """Take a table apart; errors name its file."""
    where = f"{about}: " if about else ""
    try:
        return study_tables(table, group)
    except TableError as error:
        raise TableError(f"{where}{error}") from None
    except DAMAGED:
        raise TableError(f"{where}its cells cannot be understood; each must hold one number or one text") from None


def _frames(data: Data, group: str | None) -> list[tuple[str, pd.DataFrame]]:
    """Tables, each with the name of its file or person."""
    if isinstance(data, pd.DataFrame):
        return [("", data)]
    if isinstance(data, Mapping):
        if not data:
            raise TableError("there is nobody in it; give one comparison or series for each person")
        return [(str(person), of_person(str(person), result)) for person, result in data.items()]
    paths = [data] if isinstance(data, (str, PurePath)) else list(data)
    if not all(isinstance(path, (str, PurePath)) for path in paths):
        raise TableError("give a table, paths of tables, or comparisons and series by person: {name: change}")
    texts = [group] if group else []
    files = tables_below(Path(path) for path in paths)
    frames = [read_table(path, texts=texts).assign(file=path.name) for path in files]
    named = [
        path.stem for path, frame in zip(files, frames, strict=True) if "person" not in frame and not is_score(frame)
    ]
    for name in named:
        if named.count(name) > 1:
            raise TableError(f'two files are called "{name}" and would be one person; rename one, or leave it out')
    return [(str(path), frame) for path, frame in zip(files, frames, strict=True)]


def of_person(person: str, result: Any) -> pd.DataFrame:
    """Table of the comparison, series or table of one person."""
    if isinstance(result, pd.DataFrame):
        frame = result
    elif hasattr(result, "sessions"):
        frame = pd.DataFrame(series_rows(result.to_dict()), columns=SERIES_COLUMNS)
    else:
        frame = result.to_frame()
    return frame.assign(person=person)


def facts_of(people: pd.DataFrame | str | Path | None, group: str | None) -> pd.DataFrame | None:
    """Table about people, the column that names the groups renamed to `group`."""
    if people is None:
        return None
    if not isinstance(people, (pd.DataFrame, str, PurePath)):
        raise TableError("the people must be a table, or the path of one, with one row for each person")
    if isinstance(people, pd.DataFrame):
        frame, about = people, "the table of people"
    else:
        frame, about = read_table(Path(people), texts=[group] if group else []), str(people)
    if "person" not in frame:
        raise TableError(f'{about}: there is no column "person"; name the people in one')
    return grouped(frame.drop(columns="file", errors="ignore"), group)


def _merged(people: pd.DataFrame, facts: pd.DataFrame | None, group: str | None) -> pd.DataFrame:
    """Merge what the tables say about each person; the table of people takes precedence."""
    given = people.dropna(axis="columns", how="all").drop_duplicates() if len(people) else people
    given = given.groupby("person", sort=False, observed=True).first().reset_index() if len(given) else given
    if facts is not None:
        known = facts.assign(person=text_of(facts["person"]))
        refuse_second_rows(known)
        known = known.set_index("person").loc[:, [name for name in ABOUT_PEOPLE if name in known]]
        given = known.combine_first(given.set_index("person")).reset_index()
    if group is not None and "group" not in given:
        raise TableError(f'there is no column "{group}" of groups, neither in the data nor in the table of people')
    return given


def _with_facts(study: Study, facts: pd.DataFrame) -> Study:
    people = _merged(study.people.drop(columns="sessions"), facts, None)
    without = [frame.drop(columns="group") for frame in (study.changes, study.sessions)]
    return Study.of(changes=without[0], sessions=without[1], people=people)
