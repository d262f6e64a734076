"""`symmetry series`: many photos of one person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from symmetry import measure, series
from symmetry.cli.following import deliver_series, follow, run_dated
from symmetry.cli.messages import errors_in_one_line, say
from symmetry.cli.options import (
    PAGE,
    GivenPath,
    Measuring,
    Photos,
    SeriesChoice,
    TakesAuto,
    details_option,
    figure_option,
    measuring_options_of_pairs,
    output_options,
    photos_options,
    record,
    series_options,
)
from symmetry.cli.output import Output, check_targets, deliver, write_figure
from symmetry.output import figures
from symmetry.output import report as reports

if TYPE_CHECKING:
    from symmetry.measure import FaceCache


class _Shown(NamedTuple):
    """What is shown of a series, besides its numbers."""

    figure: Path | None
    report: Path | None
    details: bool
    title: str | None


def _face_cache(cache: Path | None, no_cache: bool) -> FaceCache | None:
    return None if no_cache else measure.FaceCache(cache or measure.usual_folder())


@click.command("series", cls=TakesAuto)
@photos_options
@series_options(
    "First day of a treatment; the sessions before it are the baseline.",
    click.option(
        "--pool",
        type=click.Choice(["day", "photo"]),
        default="day",
        show_default=True,
        help="What counts as a session: all photos of a day, or each photo.",
    ),
)
@record(
    "shown",
    _Shown,
    figure_option("Draw the courses of all regions"),
    click.option(
        "--report",
        type=PAGE,
        metavar="FILE",
        help="Write a self-contained page with pictures and courses: .html.",
    ),
    details_option,
    click.option("--title", metavar="TEXT", help="Name on the report. [default: the name of the folder]"),
)
@record(
    "cache",
    _face_cache,
    click.option(
        "--cache",
        type=GivenPath(file_okay=False),
        metavar="DIR",
        envvar="SYMMETRY_CACHE",
        help="Folder of measured faces, so that no photo is measured twice. [default: this user's cache]",
    ),
    click.option("--no-cache", is_flag=True, help="Neither use nor keep measured faces."),
)
@measuring_options_of_pairs
@output_options
def command(
    photos: Photos, choice: SeriesChoice, shown: _Shown, cache: FaceCache | None, measuring: Measuring, output: Output
) -> None:
    """Follow one person through many photos and say whether the face is getting more even.

    Photos are sorted by the time they were taken; those of one day are a session. Unfit photos and other people are
    left out. Each region's course has its error, a robust trend, and a verdict on the change since the first sessions.

    \b
    Examples:
      symmetry series selfies/ --figure course.png
      symmetry series selfies/ --treatment-start 2026-04-20 --report report.html
      symmetry series selfies/ --skin -o courses.csv
      symmetry series smiles/ --expression "big smile"
    """
    check_targets(output.file, shown.figure, shown.report, inputs=[*photos.paths, measuring.reliability])
    options = measuring.read()
    dated = series.date_photos(photos.paths, cache=cache, **options)
    run = run_dated(series.all_posed(dated, measuring.expression, options), len(photos.paths), output=output)
    run.end_if_stopped()
    found = follow(
        run.results,
        lambda: series.analyze_series(
            run.results, cache=cache, turn_back=measuring.mirrored_auto, **choice._asdict(), **options
        ),
        about=photos.given[0],
        output=output,
    )
    if cache is not None and cache.trouble:
        say(f"symmetry: {cache.folder}: faces cannot be kept there ({cache.trouble}); --no-cache silences this")
    deliver_series(found, output, details=shown.details)
    write_figure(shown.figure, lambda: figures.draw_series(found))
    if shown.report is not None:
        title = shown.title or _name_of(photos.given[0].resolve())
        with errors_in_one_line(shown.report):
            made = datetime.now().astimezone()
            page = reports.report_of_photos(found, title=title, made=made, mirrored=measuring.mirrored)
            deliver(reports.render_report(page), shown.report)
    run.end()


def _name_of(photo: Path) -> str:
    """Name a series by the folder that its photos are in."""
    return (photo if photo.is_dir() else photo.parent).name or "Series"
