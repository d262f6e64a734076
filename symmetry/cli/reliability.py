"""`symmetry reliability`: how well repeated photos of unchanged faces agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symmetry import measure, tabular
from symmetry.cli.messages import complain, errors_in_one_line, say
from symmetry.cli.options import (
    GivenPath,
    Measuring,
    Photos,
    measuring_options_without_table,
    output_options,
    photos_options,
)
from symmetry.cli.output import Output, check_targets
from symmetry.cli.running import run_through
from symmetry.output import tables

if TYPE_CHECKING:
    from symmetry.measure import GroupBy


@click.command()
@photos_options
@click.option(
    "--group-by",
    type=click.Choice(["session", "folder", "prefix"]),
    default="session",
    show_default=True,
    help="What photos of one unchanged face share: folder and day of capture, folder, or beginning of the name.",
)
@click.option(
    "--table",
    type=GivenPath(dir_okay=False, suffixes=[".csv"]),
    metavar="FILE",
    help="Write the errors of your own photos to a .csv for `--reliability` of other commands.",
)
@click.option(
    "--skin-table",
    type=GivenPath(dir_okay=False, suffixes=[".csv"]),
    metavar="FILE",
    help="Measure the skin, too, and write the errors of its numbers to a .csv for Python (`analyze_skin`).",
)
@click.option("-d", "--details", is_flag=True, help="Also print standard errors, correlations and limits of agreement.")
@measuring_options_without_table
@output_options
def reliability(
    photos: Photos, group_by: GroupBy, details: bool, measuring: Measuring, output: Output, **files: Path | None
) -> None:
    """Find out how well repeated photos of unchanged faces agree.

    PHOTO is a photo or a folder of photos: two or more of each face, taken one after the other. Says how far one photo
    lies off and from which size on a change shows; with --details the standard error of measurement, correlations and
    limits of agreement, with 95 % intervals.

    \b
    Examples:
      symmetry reliability session/
      symmetry reliability people/ -r --group-by folder --table own.csv
      symmetry reliability session/ --skin-table own-skin.csv
    """
    if measuring.scale == "none":
        raise click.UsageError("millimetres are needed here; use --scale iris or --scale ipd=MM")
    table, of_skin = files["table"], files["skin_table"]
    check_targets(output.file, table, of_skin, inputs=photos.paths)
    options = measuring.read() | {"reliability": measure.NO_TABLES, "skin": of_skin is not None}
    results = measure.analyze_photos(photos.paths, **options)
    run = run_through(measure.without_pixels(results, comparable=True), len(photos.paths))
    run.end_if_stopped()
    repeats = measure.group_repeats(run.results, group_by)
    unreadable = {result.photo for result in run.results if isinstance(result, measure.Failure)}
    for photo, reason in repeats.left_out.items():
        if photo not in unreadable:
            complain(photo, f"left out: {reason}")
    with errors_in_one_line():
        found = measure.assess_reliability(repeats)
    output.deliver(
        found.to_dict,
        tabular.RELIABILITY,
        lambda: tables.reliability_tables(found, named_above=output.file is None, details=details),
    )
    if table is not None:
        with errors_in_one_line(table):
            measure.write_reliability(found.tables, table)
        say(f"wrote {table}")
    if of_skin is not None:
        with errors_in_one_line(of_skin):
            measure.write_skin_reliability(repeats, of_skin)
        say(f"wrote {of_skin}")
    run.end()
