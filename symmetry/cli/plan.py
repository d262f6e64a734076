"""`symmetry plan`: how many people, and photos of each, a study needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from symmetry import cohort, tabular
from symmetry.cli.messages import stoppable
from symmetry.cli.options import output_options, read_table, reliability_option
from symmetry.cli.output import Output, check_targets
from symmetry.errors import PlanError
from symmetry.output import tables

_SOME_PHOTOS = (1, 2, 3, 4)


@click.command()
@click.option(
    "--change",
    type=click.FloatRange(0, min_open=True),
    metavar="MM",
    required=True,
    help="Change to detect: by how much people become more even on average.",
)
@click.option("--region", metavar="NAME", default="mouth", show_default=True, help="Region that changes.")
@click.option(
    "--photos",
    type=click.IntRange(1, 100),
    multiple=True,
    callback=lambda context, parameter, value: tuple(sorted(set(value))) or _SOME_PHOTOS,
    metavar="N",
    help="Photos of each person in every session; can be repeated. [default: 1, 2, 3 and 4]",
)
@click.option(
    "--groups",
    type=click.Choice(["1", "2"]),
    default="1",
    show_default=True,
    callback=lambda context, parameter, value: int(value),
    help="One group before and after, or two, of which one does not change.",
)
@click.option(
    "--power",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    default=0.8,
    show_default=True,
    help="Share of such studies that should detect the change.",
)
@click.option(
    "--spread",
    type=click.FloatRange(0),
    metavar="MM",
    help="Standard deviation of the real change between people. [default: half of --change]",
)
@click.option(
    "--day-to-day",
    type=click.FloatRange(0),
    metavar="MM",
    help="Standard deviation of real differences of a face from day to day. [default: as assumed of the region, 0.2 or "
    "0.29]",
)
@click.option(
    "--comparisons",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="Number of regions that the study will test (Bonferroni).",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the simulation.")
@reliability_option
@output_options
def plan(change: float, reliability: Path | None, output: Output, **options: Any) -> None:
    """Find out how many people, and photos of each, a study needs.

    Simulates studies in which people change by so much and are photographed before and after, and counts how many of
    these studies find the change.

    \b
    Examples:
      symmetry plan --change 0.5 --region mouth
      symmetry plan --change 0.5 --region eyes --photos 1 --photos 3 --groups 2
    """
    check_targets(output.file, inputs=[reliability])
    errors = read_table(reliability)
    try:
        with stoppable():
            found = cohort.plan_study(change, reliability=errors, **options)
    except PlanError as error:
        raise click.UsageError(str(error)) from None
    output.deliver(found.to_dict, tabular.PLANS, lambda: tables.plan_table(found))
