"""`symmetry compare`: before and after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from symmetry.commands.options import (
    PhotoPath,
    check_figure,
    chosen_format,
    complain,
    complaining,
    deliver,
    deliver_table,
    measuring_options,
    output_options,
    say,
)

if TYPE_CHECKING:
    from symmetry.analysis import FaceAnalysis
    from symmetry.batch import Failure


@click.command()
@click.argument("before", type=PhotoPath())
@click.argument("after", type=PhotoPath())
@click.option(
    "--figure",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    callback=check_figure,
    help="Draw both faces side by side, with what moved: .png, .jpg, .pdf or .svg.",
)
@measuring_options
@output_options
def compare(
    before: Path,
    after: Path,
    figure: Path | None,
    scale: str,
    mirrored: bool,
    face: Literal["largest", "only"],
    landmarks_only: bool,
    output: Path | None,
    format_: str | None,
) -> None:
    """Compare two photos of one person.

    Shows every region and clinical measure before and after, the change, and which side moved.

    \b
    Example:
      symmetry compare monday.jpg friday.jpg --figure change.png
    """
    wanted = chosen_format(format_, output)
    from symmetry.files import check_target

    for target in (output, figure):
        if target is not None:
            with complaining(target):
                check_target(target, inputs=(before, after))
    from symmetry.batch import Failure, analyze_photos

    faces: list[FaceAnalysis] = []
    failures: list[Failure] = []
    for result in analyze_photos(
        (before, after), scale=scale, mirrored=mirrored, face=face, landmarks_only=landmarks_only
    ):
        if isinstance(result, Failure):
            complain(result.photo, result.error)
            failures.append(result)
        else:
            faces.append(result)
    if failures:
        with complaining(output):
            _deliver_failures(failures, str(before), str(after), wanted, output)
        raise SystemExit(1)

    from symmetry.change import compare as compare_faces

    with complaining(after):
        change = compare_faces(*faces)
    with complaining(output):
        if wanted == "json":
            from symmetry.output import change_to_dict, to_json

            deliver(to_json(change_to_dict(change)), output)
        elif wanted == "csv":
            from symmetry.output import CHANGE_COLUMNS, change_rows, to_csv

            deliver(to_csv(change_rows(change), CHANGE_COLUMNS), output)
        else:
            from symmetry.tables import change_tables

            deliver_table(change_tables(change), output)
    if figure is not None:
        from symmetry.figures import draw_change, save_figure

        with complaining(figure):
            save_figure(draw_change(change), figure)
        say(f"wrote {figure}")


def _deliver_failures(failures: list[Failure], before: str, after: str, wanted: str, output: Path | None) -> None:
    """Leave the reason in the output too, for programs that read only that."""
    reason = "; ".join(f"{failure.photo}: {failure.error}" for failure in failures)
    if wanted == "json":
        from symmetry.output import failed_change_to_dict, to_json

        deliver(to_json(failed_change_to_dict(before, after, reason)), output)
    elif wanted == "csv":
        from symmetry.output import CHANGE_COLUMNS, to_csv

        deliver(to_csv([{"before_photo": before, "after_photo": after, "error": reason}], CHANGE_COLUMNS), output)
