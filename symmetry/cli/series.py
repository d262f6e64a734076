"""`symmetry series`: many photos of one person."""

from __future__ import annotations

from datetime import date, datetime
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
    measuring_options,
    output_options,
    photos_argument,
    recursive_option,
    same_person_option,
    say,
    table_option,
    treatment_start_option,
)
from symmetry.cli.running import check_targets, photos_of, run_through, stopping, table_from

if TYPE_CHECKING:
    from symmetry.measure.face_cache import FaceCache
    from symmetry.series import DatedFace, LeftOut, Series

PAGE_SUFFIXES = (".html", ".htm")
WORTH_A_WORD = 30
"""Photos from which on matching them takes more than a second or two."""


def _check_report(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.suffix.lower() not in PAGE_SUFFIXES:
        raise click.BadParameter(f"'{value.name}' must end in .html")
    return value


@click.command()
@photos_argument
@recursive_option
@treatment_start_option(
    "First day of a treatment: what comes before it is the baseline that the rest is tested against."
)
@same_person_option
@click.option(
    "--pool",
    type=click.Choice(["day", "photo"]),
    default="day",
    show_default=True,
    help="What makes a session: the photos of a day, or each photo by itself.",
)
@click.option(
    "--figure",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    callback=check_figure,
    help="Draw the courses of all regions: .png, .jpg, .pdf or .svg.",
)
@click.option(
    "--report",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    callback=_check_report,
    help="Write a page with pictures and courses that opens anywhere: .html.",
)
@click.option("-d", "--details", is_flag=True, help="Print what each side did, and the clinical measures, too.")
@click.option("--title", metavar="TEXT", help="Name on the report. [default: the name of the folder]")
@click.option(
    "--cache",
    type=GivenPath(file_okay=False),
    metavar="DIR",
    envvar="SYMMETRY_CACHE",
    help="Where measured faces are kept, so that no photo is measured twice. [default: this user's cache]",
)
@click.option("--no-cache", is_flag=True, help="Keep no measured faces, and use none.")
@table_option
@measuring_options
@output_options
def series(
    photos: tuple[Path, ...],
    recursive: bool,
    treatment_start: date | None,
    same_person: bool,
    pool: Any,
    figure: Path | None,
    report: Path | None,
    details: bool,
    title: str | None,
    cache: Path | None,
    no_cache: bool,
    reliability: Path | None,
    output: Path | None,
    format_: str | None,
    **options: Any,
) -> None:
    """Follow one person through many photos and say whether the face is getting more even.

    Photos are put in order of the time they were taken, those of a day are one session, unfit ones and other people
    are left out. Each region's course has its error, a robust trend, and a verdict on what changed since the first
    sessions.

    \b
    Examples:
      symmetry series selfies/ --figure course.png
      symmetry series selfies/ --treatment-start 2026-04-20 --report report.html
    """
    wanted = chosen_format(format_, output)
    paths = photos_of(photos, recursive=recursive)
    inputs = [*paths, *([reliability] if reliability else [])]
    check_targets(output, figure, report, inputs=inputs)
    options["reliability"] = table_from(reliability)
    kept = None if no_cache else _face_cache(cache)
    dated, left_out, stopped = _measure(paths, cache=kept, **options)
    if stopped:
        raise SystemExit(130)
    failed = bool(left_out)
    if not dated:
        reason = "; ".join(f"{one.photo}: {one.advice}" for one in left_out)
        with complaining(output):
            deliver_failure([str(path) for path in paths], reason, wanted, output)
        raise SystemExit(1)

    from symmetry.errors import NothingFitError
    from symmetry.series import analyze_series

    if len(dated) >= WORTH_A_WORD:
        say(f"matching {len(dated)} photos")
    with complaining(photos[0]), stopping():
        try:
            found = analyze_series(
                [*dated, *left_out],
                treatment_start=treatment_start,
                pool=pool,
                same_person=same_person,
                reliability=options["reliability"],
                cache=kept,
            )
        except NothingFitError as error:
            deliver_failure([str(path) for path in paths], str(error), wanted, output)
            raise
    report_left_out(found, left_out)
    if kept is not None and kept.trouble:
        say(f"symmetry: {kept.folder}: nothing can be kept there ({kept.trouble}); --no-cache says nothing of it")
    with complaining(output):
        deliver_series(found, wanted, output, details=details)
    if figure is not None:
        from symmetry.output.figures import draw_series, save_figure

        with complaining(figure):
            save_figure(draw_series(found), figure)
            say(f"wrote {figure}")
    if report is not None:
        with complaining(report):
            _write_report(found, report, title or _name_of(photos), mirrored=options["mirrored"])
    if failed:
        raise SystemExit(1)


def _face_cache(folder: Path | None) -> FaceCache:
    from symmetry.measure.face_cache import FaceCache, usual_folder

    return FaceCache(folder or usual_folder())


def _measure(
    paths: list[Path], *, cache: FaceCache | None, **options: Any
) -> tuple[list[DatedFace], list[LeftOut], bool]:
    """Measure photos and find out when they were taken; tell whether the person stopped the run."""
    from symmetry.series import LeftOut, date_photos

    dated: list[DatedFace] = []
    left_out: list[LeftOut] = []

    def take(one: DatedFace | LeftOut) -> None:
        if isinstance(one, LeftOut):
            complain(one.photo, one.advice)
            left_out.append(one)
            return
        if one.note:
            complain(one.face.photo.name, f"{one.note}; the {one.source} counts instead")
        dated.append(one)

    stopped = run_through(date_photos(paths, cache=cache, **options), len(paths), take)
    return dated, left_out, stopped


def report_left_out(found: Series, said: list[LeftOut]) -> None:
    """Name the photos that do not count, if nothing was said of them before, and a start beside the series."""
    for one in found.left_out:
        if one not in said:
            complain(one.photo, f"left out ({one.reason}): {one.advice}")
    phases = {session.phase for session in found.sessions}
    if found.treatment_start is not None and len(phases) == 1:
        where = "before the first" if phases == {"treatment"} else "after the last"
        say(f"symmetry: the treatment starts {where} session ({found.treatment_start}); check the year and the day")


def deliver_series(found: Series, wanted: str, output: Path | None, *, details: bool) -> None:
    """Print or write a series."""
    if wanted != "table":
        from symmetry.tabular import SERIES

        deliver_data(found.to_dict(), SERIES, wanted, output)
    else:
        from symmetry.output.tables import series_tables

        deliver_table(series_tables(found, details=details), output)
    if output is not None:
        say(found.answer)


def deliver_failure(photos: list[str], reason: str, wanted: str, output: Path | None) -> None:
    """Leave the reason in the output too, for programs that read only that."""
    if wanted not in ("table", "html"):
        from symmetry.tabular import SERIES, failed_series

        deliver_data(failed_series(photos, reason), SERIES, wanted, output)


def _name_of(photos: tuple[Path, ...]) -> str:
    """Name a series by the folder that its photos are in."""
    first = photos[0].resolve()
    return (first if first.is_dir() else first.parent).name or "Series"


def _write_report(found: Series, target: Path, title: str, *, mirrored: bool) -> None:
    from symmetry.files import write_whole
    from symmetry.measure.analysis import turned_back
    from symmetry.output.report import Pictures, Report, render_report
    from symmetry.photos.reading import read_photo

    pictures = None
    if found.change is not None:
        photos = [read_photo(face.photo.name) for face in (found.change.before, found.change.after)]
        before, after = (turned_back(photo) if mirrored else photo for photo in photos)
        shown = found.change.with_photos(before, after)
        pictures = Pictures(before=shown.before, after=shown.after, change=shown)
    page = render_report(Report(title=title, made=datetime.now().astimezone(), series=found, pictures=pictures))
    write_whole(target, page.encode("utf-8"))
    say(f"wrote {target}")
