"""`symmetry check`: whether photos are fit to be measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from symmetry.cli.options import (
    chosen_format,
    complaining,
    deliver_data,
    deliver_table,
    finding_options,
    output_options,
    photos_argument,
    recursive_option,
)
from symmetry.cli.running import check_targets, photos_of, run_through

if TYPE_CHECKING:
    from symmetry.measure.batch import Failure
    from symmetry.measure.face import FaceAnalysis


@click.command()
@photos_argument
@recursive_option
@finding_options
@output_options
def check(
    photos: tuple[Path, ...],
    recursive: bool,
    mirrored: bool,
    face: Literal["largest", "only"],
    output: Path | None,
    format_: str | None,
) -> None:
    """Check whether photos are fit to be measured, and say what to do better.

    PHOTO is a photo or a folder of photos. Nothing is scored. Pose, size, sharpness, light, expression, distance and
    what covers the face are looked at; each flag says which results it touches.

    \b
    Examples:
      symmetry check me.jpg
      symmetry check selfies/ -o flags.csv
    """
    wanted = chosen_format(format_, output)
    paths = photos_of(photos, recursive=recursive)
    check_targets(output, inputs=paths)
    from symmetry.measure.batch import Failure, analyze_photos

    results: list[FaceAnalysis | Failure] = []

    def take(result: FaceAnalysis | Failure) -> None:
        results.append(result if isinstance(result, Failure) else result.without_pixels())

    stopped = run_through(analyze_photos(paths, mirrored=mirrored, face=face, landmarks_only=True), len(paths), take)
    failed = sum(isinstance(result, Failure) for result in results)
    if results and not (wanted == "table" and output is None and failed == len(results)):
        with complaining(output):
            _deliver(results, wanted, output)
    if stopped:
        raise SystemExit(130)
    if failed:
        raise SystemExit(1)


def _deliver(results: list[FaceAnalysis | Failure], wanted: str, output: Path | None) -> None:
    if wanted != "table":
        from symmetry.tabular import CHECKS, check_object

        deliver_data([check_object(result.to_dict()) for result in results], CHECKS, wanted, output)
    else:
        from symmetry.output.tables import check_tables

        deliver_table(check_tables(results), output)
