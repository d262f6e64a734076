"""`symmetry reliability`: how well repeated photos of unchanged faces agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from symmetry.cli.options import (
    GivenPath,
    chosen_format,
    complain,
    complaining,
    deliver_data,
    deliver_table,
    measuring_options,
    output_options,
    photos_argument,
    recursive_option,
    say,
)
from symmetry.cli.running import check_targets, photos_of, run_through

if TYPE_CHECKING:
    from symmetry.measure.batch import Failure
    from symmetry.measure.face import FaceAnalysis
    from symmetry.measure.reliability import Reliability
    from symmetry.measure.sessions import GroupBy


def _check_table(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.suffix.lower() != ".csv":
        raise click.BadParameter(f"'{value.name}' must end in .csv")
    return value


@click.command()
@photos_argument
@recursive_option
@click.option(
    "--group-by",
    type=click.Choice(["session", "folder", "prefix"]),
    default="session",
    show_default=True,
    help="Photos of one unchanged face: same folder and day of capture, same folder, or same beginning of the name.",
)
@click.option(
    "--table",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    callback=_check_table,
    help="Write a .csv for `--reliability` of score and compare: errors of your own photos.",
)
@measuring_options
@output_options
def reliability(
    photos: tuple[Path, ...],
    recursive: bool,
    group_by: GroupBy,
    table: Path | None,
    scale: str,
    mirrored: bool,
    face: Literal["largest", "only"],
    landmarks_only: bool,
    output: Path | None,
    format_: str | None,
) -> None:
    """Find out how well repeated photos of unchanged faces agree.

    PHOTO is a photo or a folder of photos: two or more of each face, taken one after the other. Prints the standard
    error of measurement, the minimal detectable change, correlations and limits of agreement, with 95 % intervals.

    \b
    Examples:
      symmetry reliability session/
      symmetry reliability people/ -r --group-by folder --table own.csv
    """
    wanted = chosen_format(format_, output)
    if scale == "none":
        raise click.UsageError("millimetres are needed here; use --scale iris or --scale ipd=MM")
    paths = photos_of(photos, recursive=recursive)
    check_targets(output, table, inputs=paths)
    from symmetry.measure.batch import Failure, analyze_photos
    from symmetry.measure.reliability import NO_TABLES
    from symmetry.measure.reliability import reliability as agree
    from symmetry.measure.sessions import group, unfit

    faces: list[FaceAnalysis] = []
    left_out: dict[str, str] = {}
    failures: list[Failure] = []
    pictures: dict[str, str] = {}

    def leave_out(one: FaceAnalysis, why: str) -> None:
        left_out[one.photo.name] = why
        complain(one.photo.name, f"left out: {why}")

    def take(result: FaceAnalysis | Failure) -> None:
        if isinstance(result, Failure):
            failures.append(result)
            left_out[result.photo] = result.error
        elif (flag := unfit(result)) is not None:
            leave_out(result, flag.advice)
        elif (first := pictures.setdefault(result.photo.sha256, result.photo.name)) != result.photo.name:
            leave_out(result, f"the same picture as {first}")
        else:
            faces.append(result.without_pixels(comparable=True))

    measured = analyze_photos(
        paths, scale=scale, mirrored=mirrored, face=face, landmarks_only=landmarks_only, reliability=NO_TABLES
    )
    if run_through(measured, len(paths), take):
        raise SystemExit(130)
    groups = group(faces, group_by)
    for label, alone in list(groups.items()):
        if len(alone) == 1:
            leave_out(alone[0], f"the only photo of its group ({label})")
            del groups[label]
    if not groups:
        say("symmetry: no group has two photos; take two or more of each face in one session, or change --group-by")
        raise SystemExit(1)
    used = [one for together in groups.values() for one in together]
    found = agree(used, [label for label, together in groups.items() for _ in together])
    undated = sum(one.photo.captured is None for one in used) if group_by == "session" else 0
    with complaining(output):
        _deliver(found, groups, left_out, undated, wanted, output)
    if table is not None:
        from symmetry.files import write_whole
        from symmetry.measure.reliability_table import COLUMNS, to_rows
        from symmetry.tabular import to_csv

        with complaining(table):
            write_whole(table, to_csv(to_rows(found.tables), COLUMNS).encode())
        say(f"wrote {table}")
    if failures:
        raise SystemExit(1)


def _deliver(
    found: Reliability,
    groups: dict[str, list[FaceAnalysis]],
    left_out: dict[str, str],
    undated: int,
    wanted: str,
    output: Path | None,
) -> None:
    if wanted != "table":
        from symmetry.tabular import RELIABILITY

        names = {label: [face.photo.name for face in faces] for label, faces in groups.items()}
        deliver_data(found.to_dict(names, left_out), RELIABILITY, wanted, output)
    else:
        from symmetry.output.tables import reliability_tables

        notices = [f"{len(left_out)} left out, see above."] if left_out and output is None else []
        if found.strangers:
            notices.append(f"{found.strangers} seem to show someone else than their session's first; check --group-by.")
        if undated:
            notices.append(f"{undated} of them tell no time of capture; those of one folder count as one session.")
        deliver_table(reliability_tables(found, notices), output)
