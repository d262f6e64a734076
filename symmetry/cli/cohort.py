"""`symmetry cohort`: many people, before and after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symmetry import cohort, practice, tabular
from symmetry.cli.messages import complain, errors_in_one_line, say, stoppable
from symmetry.cli.options import GivenPath, figure_option, output_options, read_table, reliability_option
from symmetry.cli.output import Output, check_targets, write_figure
from symmetry.cli.practice import opened
from symmetry.cli.running import with_progress
from symmetry.output import plots, tables

if TYPE_CHECKING:
    from symmetry.cohort import Study
    from symmetry.practice import StudyOptions


@click.command("cohort")
@click.argument("sources", nargs=-1, type=GivenPath(), metavar="[SOURCE]...")
@click.option(
    "-g",
    "--group",
    metavar="COLUMN",
    help="Column that names the groups; of a practice also `protocol`, the one done most often. [default: group]",
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
    help="A table with one row per person: person and, as far as known, group, planned, minutes, adherence, rating.",
)
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="NAME",
    help="Analyse only this region or clinical measure, chosen before you saw the numbers; can be repeated.",
)
@click.option(
    "--rating", "scale", metavar="SCALE", help="Of a practice: the diary scale on which people rated evenness."
)
@click.option(
    "--rating-better",
    "rating",
    type=click.Choice(["higher", "lower"]),
    default="higher",
    show_default=True,
    help="Which ratings mean more even.",
)
@click.option("--sessions", "planned", type=click.IntRange(1), metavar="N", help="Sessions planned for everyone.")
@click.option(
    "--mdc",
    type=click.FloatRange(0, min_open=True),
    metavar="MM",
    help="Minimal detectable change of people whose own is unknown.",
)
@click.option("--no-holm", is_flag=True, help="Do not correct p for testing several regions.")
@click.option("--mixed", is_flag=True, help="Fit a mixed model over all sessions, too; needs statsmodels.")
@click.option("--who", is_flag=True, help="Name each person, with the regions that changed, instead of counting them.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the permutations.")
@figure_option("Draw who changed, and by how much")
@reliability_option
@output_options
def command(
    sources: tuple[Path, ...],
    group: str | None,
    people: Path | None,
    figure: Path | None,
    reliability: Path | None,
    output: Output,
    **options: Any,
) -> None:
    """Analyze a study: who became more even, and how much of that is noise.

    SOURCE is a table with one row per person and region, a table that score, compare or series wrote for each person,
    a folder of these, or the folder of a practice; by default your own practice. Counts who changed beyond their own
    error, beside any improvement at all and what noise alone would show; compares groups with a control.

    \b
    Examples:
      symmetry cohort study.csv --group treatment --control placebo --figure cohort.pdf
      symmetry cohort people/ --people groups.csv -o cohort.json
      symmetry cohort --group protocol --rating evenness
      symmetry cohort study.csv --who
    """
    folder = _practice_in(sources)
    _check_usage(options, group, people, reliability, folder=folder)
    with errors_in_one_line():
        inputs = [] if folder else _tables(sources)
    check_targets(output.file, figure, inputs=[*inputs, people, reliability])
    options["holm"] = not options.pop("no_holm")
    scale, who = options.pop("scale"), options.pop("who")
    failed = False
    with stoppable(), errors_in_one_line():
        if folder is None:
            found = cohort.analyze_cohort(list(sources), group=group, people=people, **options)
        else:
            of_study = practice.StudyOptions.of(
                people,
                group,
                rating=scale,
                reliability=read_table(reliability),
                regions=options["regions"],
                planned=options.pop("planned"),
            )
            study, failed = _study(folder, of_study)
            found = cohort.analyze_cohort(study, people=of_study.facts, **options)
    shown = tables.cohort_people if who else tables.cohort_tables
    output.deliver(found.to_dict, tabular.COHORTS, lambda: shown(found))
    if output.file is not None:
        say(found.answer)
    write_figure(figure, lambda: plots.draw_cohort(found))
    if failed:
        raise SystemExit(1)


def _tables(sources: tuple[Path, ...]) -> list[Path]:
    from symmetry.cohort.files import tables_below

    return tables_below(sources)


def _practice_in(sources: tuple[Path, ...]) -> Path | None:
    """Find the folder of the practice that is named, or the usual one if nothing is named."""
    places = [practice.Places(practice.practice_folder(path)) for path in (sources or (None,))]
    practices = [each.root for each in places if each.database.is_file() or each.restored.is_file()]
    if practices and len(places) > 1:
        raise click.UsageError(f"'{practices[0]}' is a practice; give it alone")
    if not practices and not sources:
        raise click.UsageError("there is no practice yet; name a table with one row per person and region")
    return practices[0] if practices else None


def _check_usage(
    options: dict[str, Any], group: str | None, people: Path | None, reliability: Path | None, *, folder: Path | None
) -> None:
    if folder is None:
        if options["scale"] is not None:
            raise click.UsageError("--rating is for a practice; a table has ratings in the column `rating`")
        if reliability is not None:
            raise click.UsageError("--reliability is for a practice; the errors of a table are in it")
    elif options["mdc"] is not None:
        raise click.UsageError("--mdc is for a table; in a practice the errors come from the photos")
    elif people is None and group not in (None, practice.BY_PROTOCOL):
        raise click.UsageError(
            f"of a practice take --group {practice.BY_PROTOCOL}, or name the groups with --people FILE"
        )


def _study(folder: Path, options: StudyOptions) -> tuple[Study, bool]:
    """Follow the clients of a practice; say, too, whether something could not be done."""
    failures = []

    def tell(about: str, why: str) -> None:
        complain(about, why)
        if why not in (practice.NO_PHOTOS, practice.NO_CLIENT):
            failures.append(about)

    with opened(folder) as store:
        study = practice.study_of_practice(store, options, watch=with_progress, complain=tell)
    return study, bool(failures)
