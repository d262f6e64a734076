"""From what people have to a study: their own tables, what the commands wrote, or results in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import pandas as pd

from symmetry.cohort.cells import ABOUT_PEOPLE, text_of
from symmetry.cohort.files import read_table, tables_below
from symmetry.cohort.kinds import Said, grouped, is_score, said_by
from symmetry.cohort.study import Study
from symmetry.errors import TableError
from symmetry.tabular import SERIES_COLUMNS, series_rows
from symmetry.tabular.reading import DAMAGED

Data = Any
"""DataFrame, path or paths of tables, or mapping of person to Change, Series or DataFrame."""


_UNUSED = "The column {} is not looked at; if it tells groups apart, say so with --group (group=)."


def study_of(
    data: Data,
    *,
    group: str | None = None,
    people: pd.DataFrame | str | Path | None = None,
    regions: Sequence[str] | None = None,
    planned: int | None = None,
    mdc: float | None = None,
) -> Study:
    """Bring what is known of many people into the form of a study.

    Parameters
    ----------
    data : Study, DataFrame, path, paths, or mapping of person to Change, Series or DataFrame
        Tables have a row a person and region, with `change` and `mdc` or with `before`, `after` and `mdc`; or a row a
        person, region and session (`session`, `weeks` or `day`) with `value` and `error`; or are what `symmetry
        compare`, `series` or `score` wrote. Without a column `person` a file is a person, of scores a folder of photos.
    group : str, optional
        Column that tells the groups apart; by default `group`, if there is one.
    people : DataFrame or path, optional
        A row a person with what else is known of them: `group`, `planned`, `minutes`, `adherence`, `rating`.
    regions : sequence of str, optional
        Regions or clinical measures to look at; all regions by default.
    planned, mdc
        As for `Study.of`.

    Raises
    ------
    TableError
        If a table cannot be read, or nothing can be made of it.
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
    parts = [_said(about, frame, group) for about, frame in _frames(data, group)]
    changes = pd.concat([part.changes for part in parts], ignore_index=True)
    sessions = pd.concat([part.sessions for part in parts], ignore_index=True)
    told = _told(pd.concat([part.people for part in parts], ignore_index=True), facts, group)
    study = Study.of(
        changes=_of_regions(changes, wanted),
        sessions=_of_regions(sessions, wanted),
        people=told,
        planned=planned,
        mdc=mdc,
    )
    groupings = () if "group" in told else tuple(dict.fromkeys(name for part in parts for name in part.groupings))
    return study.noting(*(_UNUSED.format(name) for name in groupings)).of_regions(wanted or study.regions)


def _of_regions(frame: pd.DataFrame, wanted: Sequence[str] | None) -> pd.DataFrame:
    """Leave out clinical measures that nobody has asked for."""
    if wanted or "kind" not in frame:
        return frame
    return frame.loc[frame["kind"] != "measure"]


def _said(about: str, table: pd.DataFrame, group: str | None) -> Said:
    """Take a table apart; what is wrong with it is said of its file."""
    try:
        return said_by(table, group)
    except TableError as error:
        raise TableError(f"{about}: {error}" if about else str(error)) from None
    except DAMAGED:
        where = f"{about}: " if about else ""
        raise TableError(f"{where}its cells cannot be understood; each must hold one number or one text") from None


def _frames(data: Data, group: str | None) -> list[tuple[str, pd.DataFrame]]:
    """Give the tables, each with the name of its file or person."""
    if isinstance(data, pd.DataFrame):
        return [("", data)]
    if isinstance(data, Mapping):
        if not data:
            raise TableError("nobody is in it; give one comparison or series a person")
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
    """Give the table of what a comparison, a series or a table says of a person."""
    if isinstance(result, pd.DataFrame):
        frame = result
    elif hasattr(result, "sessions"):
        frame = pd.DataFrame(series_rows(result.to_dict()), columns=SERIES_COLUMNS)
    else:
        frame = result.to_frame()
    return frame.assign(person=person)


def facts_of(people: pd.DataFrame | str | Path | None, group: str | None) -> pd.DataFrame | None:
    """Give the table about people, with the column that tells the groups apart called `group`."""
    if people is None:
        return None
    if not isinstance(people, (pd.DataFrame, str, PurePath)):
        raise TableError("the people must be a table, or the path of one, with a row a person")
    if isinstance(people, pd.DataFrame):
        frame, about = people, "the table of people"
    else:
        frame, about = read_table(Path(people), texts=[group] if group else []), str(people)
    if "person" not in frame:
        raise TableError(f'{about}: there is no column "person"; name the people in one')
    return grouped(frame.drop(columns=[name for name in ("file",) if name in frame]), group)


def _told(people: pd.DataFrame, facts: pd.DataFrame | None, group: str | None) -> pd.DataFrame:
    """Gather what is said of each person; where the table of people speaks, that one counts."""
    given = people.dropna(axis="columns", how="all").drop_duplicates() if len(people) else people
    given = given.groupby("person", sort=False, observed=True).first().reset_index() if len(given) else given
    if facts is not None:
        known = facts.assign(person=text_of(facts["person"])).set_index("person")
        if known.index.duplicated().any():
            person = known.index[known.index.duplicated()][0]
            raise TableError(f'"{person}" stands twice in the table of people; give each person one row')
        known = known.loc[:, [name for name in ABOUT_PEOPLE if name in known]]
        given = known.combine_first(given.set_index("person")).reset_index()
    if group is not None and "group" not in given:
        raise TableError(
            f'there is no column "{group}" that tells groups apart, in what was measured or in the table of people'
        )
    return given


def _with_facts(study: Study, facts: pd.DataFrame) -> Study:
    told = _told(study.people.drop(columns="sessions"), facts, None)
    without = [frame.drop(columns="group") for frame in (study.changes, study.sessions)]
    return Study.of(changes=without[0], sessions=without[1], people=told)
