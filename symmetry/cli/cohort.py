"""`symmetry cohort`: many people, before and after."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symmetry.cli.options import (
    GivenPath,
    check_figure,
    chosen_format,
    complain,
    complaining,
    deliver_data,
    deliver_table,
    output_options,
    say,
    table_option,
)
from symmetry.cli.practice import opened
from symmetry.cli.running import check_targets, stopping, table_from, with_progress
from symmetry.errors import SymmetryError, TableError

if TYPE_CHECKING:
    import pandas as pd

    from symmetry.cohort import Cohort, Study
    from symmetry.measure.reliability_table import ReliabilityTables

BY_PROTOCOL = "protocol"
"""Group of clients of a practice: the protocol that each did most often."""


@click.command()
@click.argument("sources", nargs=-1, type=GivenPath(), metavar="[SOURCE]...")
@click.option(
    "-g",
    "--group",
    metavar="COLUMN",
    help="Column that tells the groups apart; of a practice also `protocol`, the one done most. [default: group]",
)
@click.option(
    "--control",
    metavar="NAME",
    help="The control group. [default: one called control, placebo, sham, untreated or waiting list]",
)
@click.option(
    "--people",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    help="A table with a row a person: person, and as you know them group, planned, minutes, adherence, rating.",
)
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="NAME",
    help="Look at this region or clinical measure alone, chosen before you saw the numbers; can be repeated.",
)
@click.option("--rating", metavar="SCALE", help="Of a practice: the scale of the diary that people rated evenness on.")
@click.option(
    "--rating-better",
    type=click.Choice(["higher", "lower"]),
    default="higher",
    show_default=True,
    help="Which ratings mean that people find their face more even.",
)
@click.option("--sessions", "planned", type=click.IntRange(1), metavar="N", help="Sessions that everyone was to have.")
@click.option(
    "--mdc",
    type=click.FloatRange(0, min_open=True),
    metavar="MM",
    help="Minimal detectable change of those whose own is not known.",
)
@click.option("--no-holm", is_flag=True, help="Do not correct p for looking at several regions.")
@click.option("--mixed", is_flag=True, help="Fit a mixed model over all sessions, too; needs statsmodels.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the permutations drawn.")
@click.option(
    "--figure",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    callback=check_figure,
    help="Draw who changed, and by how much: .png, .jpg, .pdf or .svg.",
)
@table_option
@output_options
def cohort(
    sources: tuple[Path, ...],
    group: str | None,
    people: Path | None,
    rating: str | None,
    figure: Path | None,
    reliability: Path | None,
    output: Path | None,
    format_: str | None,
    no_holm: bool,
    **options: Any,
) -> None:
    """Say of many people whether their faces became more even, and how much of that is noise.

    SOURCE is a table with a row a person and region, or one that score, compare or series wrote of each person, a
    folder of these, or the folder of a practice; your own practice if not given. Counts who changed beyond their own
    error beside any improvement at all, and what noise alone would show; compares groups with a control.

    \b
    Examples:
      symmetry cohort study.csv --group treatment --control placebo --figure cohort.pdf
      symmetry cohort people/ --people groups.csv -o cohort.json
      symmetry cohort --group protocol --rating evenness
    """
    wanted = chosen_format(format_, output)
    practice = _practice_in(sources)
    _check_usage(practice, group, people, rating, reliability, options["mdc"])
    inputs = [*(_tables_in(sources) if practice is None else ()), *filter(None, (people, reliability))]
    check_targets(output, figure, inputs=inputs)
    options["rating"] = options.pop("rating_better")
    failed = False
    if practice is None:
        with stopping():
            found = _analyze(list(sources), group=group, people=people, holm=not no_holm, **options)
    else:
        tables, facts = table_from(reliability), _facts(people, group)
        with stopping():
            study, failed = _study(
                practice,
                facts,
                reliability=tables,
                by_protocol=group == BY_PROTOCOL and (facts is None or "group" not in facts),
                rating=rating,
                regions=options["regions"],
                planned=options.pop("planned"),
            )
            found = _analyze(study, people=facts, holm=not no_holm, **options)
    with complaining(output):
        _deliver(found, wanted, output)
    if figure is not None:
        from symmetry.output.figures.saving import save_figure
        from symmetry.output.plots import draw_cohort

        with complaining(figure):
            save_figure(draw_cohort(found), figure)
            say(f"wrote {figure}")
    if failed:
        raise SystemExit(1)


def _tables_in(sources: tuple[Path, ...]) -> list[Path]:
    with _minding_tables():
        from symmetry.cohort.files import tables_below

        return tables_below(sources)


def _practice_in(sources: tuple[Path, ...]) -> Path | None:
    """Give the folder of a practice where that is what is to be looked at."""
    from symmetry.practice.storage.folders import Places, practice_folder

    places = [Places(practice_folder(path)) for path in (sources or (None,))]
    practices = [each.root for each in places if each.database.is_file() or each.restored.is_file()]
    if practices and len(places) > 1:
        raise click.UsageError(f"'{practices[0]}' is a practice; give it alone")
    if not practices and not sources:
        raise click.UsageError("there is no practice yet; name a table with a row a person and region")
    return practices[0] if practices else None


def _check_usage(
    practice: Path | None,
    group: str | None,
    people: Path | None,
    rating: str | None,
    reliability: Path | None,
    mdc: float | None,
) -> None:
    if practice is None and rating is not None:
        raise click.UsageError("--rating is for a practice; a table tells ratings in the column `rating`")
    if practice is None and reliability is not None:
        raise click.UsageError("--reliability is for a practice; the errors of a table are in it")
    if practice is not None and mdc is not None:
        raise click.UsageError("--mdc is for a table; the photos of a practice tell their errors")
    if practice is not None and people is None and group not in (None, BY_PROTOCOL):
        raise click.UsageError(f"of a practice take --group {BY_PROTOCOL}, or name the groups with --people FILE")


def _analyze(data: object, **options: Any) -> Cohort:
    with _minding_tables():
        from symmetry.cohort import analyze_cohort

        return analyze_cohort(data, **options)


@contextlib.contextmanager
def _minding_tables() -> Iterator[None]:
    """Turn an error into its line and exit status 1; it names the table that it is about, or is about all together."""
    try:
        yield
    except SymmetryError as error:
        say(f"symmetry: {error}")
        raise SystemExit(1) from None


def _facts(people: Path | None, group: str | None) -> pd.DataFrame | None:
    """Read what else is known of the clients of a practice."""
    with _minding_tables():
        from symmetry.cohort.reading import facts_of
        from symmetry.cohort.study import EVERYONE
        from symmetry.practice.names import fold

        facts = facts_of(people, group)
        if facts is None:
            return None
        if group not in (None, BY_PROTOCOL) and "group" not in facts:
            raise TableError(f'{people}: there is no column "{group}" that tells groups apart')
        if group is None and "group" not in facts:
            facts = facts.assign(group=EVERYONE)
        return facts.assign(person=[fold(str(person)) for person in facts["person"]])


def _study(
    practice: Path, facts: pd.DataFrame | None, *, reliability: ReliabilityTables | None, **options: Any
) -> tuple[Study, bool]:
    """Follow the clients of a practice; tell, too, whether something could not be done."""
    from symmetry.practice.study import NO_PHOTOS, StudyOptions, study_of_practice

    failures = []

    def tell(about: str, why: str) -> None:
        complain(about, why)
        if why != NO_PHOTOS:
            failures.append(about)

    with opened(practice) as store:
        if facts is not None:
            known = {client.id for client in store.clients()}
            for person in facts.loc[~facts["person"].isin(known), "person"]:
                complain(person, "no client has this id; counted as a person without photos")
        study = study_of_practice(
            store,
            StudyOptions(clients=None if facts is None else list(facts["person"]), reliability=reliability, **options),
            watch=lambda photos, total: with_progress(photos, total, "measuring"),
            complain=tell,
        )
    return study, bool(failures)


def _deliver(found: Cohort, wanted: str, output: Path | None) -> None:
    if wanted == "table":
        from symmetry.output.tables.cohort import cohort_tables

        deliver_table(cohort_tables(found), output)
    else:
        from symmetry.tabular.cohort import COHORTS

        deliver_data(found.to_dict(), COHORTS, wanted, output)
    if output is not None:
        say(found.answer)
