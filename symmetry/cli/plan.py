"""`symmetry plan`: how many people, and photos of each, a study needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from symmetry.cli.options import (
    chosen_format,
    complaining,
    deliver_data,
    deliver_table,
    output_options,
    table_option,
)
from symmetry.cli.running import check_targets, stopping, table_from

if TYPE_CHECKING:
    from symmetry.cohort.planning import Plan

_SOME_PHOTOS = (1, 2, 3, 4)


@click.command()
@click.option(
    "--change",
    type=click.FloatRange(0, min_open=True),
    metavar="MM",
    required=True,
    help="Change to be found: by how much people get more even on average.",
)
@click.option("--region", metavar="NAME", default="mouth", show_default=True, help="Region that changes.")
@click.option(
    "--photos",
    type=click.IntRange(1, 100),
    multiple=True,
    metavar="N",
    help="Photos of each person in every session; can be repeated. [default: 1, 2, 3 and 4]",
)
@click.option(
    "--groups",
    type=click.Choice(["1", "2"]),
    default="1",
    show_default=True,
    help="One group before and after, or two, of which one does not change.",
)
@click.option(
    "--power",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    default=0.8,
    show_default=True,
    help="Share of such studies that are to find the change.",
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
    default=0.0,
    show_default=True,
    help="Standard deviation by which a face really differs from day to day.",
)
@click.option(
    "--comparisons",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="Number of regions that the study will test (Bonferroni).",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the simulation.")
@table_option
@output_options
def plan(
    change: float,
    region: str,
    photos: tuple[int, ...],
    groups: str,
    power: float,
    spread: float | None,
    day_to_day: float,
    comparisons: int,
    seed: int,
    reliability: Path | None,
    output: Path | None,
    format_: str | None,
) -> None:
    """Find out how many people, and photos of each, a study needs.

    Simulates studies in which people change by so much and are photographed before and after, and counts how many of
    these studies find the change.

    \b
    Examples:
      symmetry plan --change 0.5 --region mouth
      symmetry plan --change 0.5 --region eyes --photos 1 --photos 3 --groups 2
    """
    wanted = chosen_format(format_, output)
    check_targets(output, inputs=[reliability] if reliability else [])
    tables = table_from(reliability)
    from symmetry.cohort.planning import plan_study
    from symmetry.errors import PlanError

    try:
        with stopping():
            found = plan_study(
                change,
                region=region,
                photos=tuple(sorted(set(photos))) or _SOME_PHOTOS,
                power=power,
                groups=cast(Literal[1, 2], int(groups)),
                spread=spread,
                day_to_day=day_to_day,
                comparisons=comparisons,
                reliability=tables,
                seed=seed,
            )
    except PlanError as error:
        raise click.UsageError(str(error)) from None
    with complaining(output):
        _deliver(found, wanted, output)


def _deliver(found: Plan, wanted: str, output: Path | None) -> None:
    if wanted != "table":
        from symmetry.tabular.plan import PLANS

        deliver_data(found.to_dict(), PLANS, wanted, output)
    else:
        from symmetry.output.tables.plan import plan_table

        deliver_table(plan_table(found), output)
