"""`symmetry check`: whether photos are fit to be measured."""

from __future__ import annotations

from typing import Literal

import click

from symmetry import measure, tabular
from symmetry.cli.options import Photos, engine_option, face_options, output_options, photos_options
from symmetry.cli.output import Output, check_targets
from symmetry.cli.running import run_through
from symmetry.output import tables


@click.command()
@photos_options
@face_options[0]
@face_options[1]
@engine_option
@output_options
def check(photos: Photos, mirrored: bool, face: Literal["largest", "only"], output: Output) -> None:
    """Check whether photos are fit to be measured, and say what to do better.

    PHOTO is a photo or a folder of photos. Nothing is scored. Checks pose, size, sharpness, light, expression, distance
    and what covers the face; each flag says which results it affects.

    \b
    Examples:
      symmetry check me.jpg
      symmetry check selfies/ -o flags.csv
    """
    check_targets(output.file, inputs=photos.paths)
    results = measure.analyze_photos(photos.paths, mirrored=mirrored, face=face, landmarks_only=True)
    run = run_through(measure.without_pixels(results), len(photos.paths))
    if run.results and not (output.shown and run.failed == len(run.results)):
        output.deliver(
            lambda: [tabular.check_object(result.to_dict()) for result in run.results],
            tabular.CHECKS,
            lambda: tables.check_tables(run.results),
        )
    run.end()
