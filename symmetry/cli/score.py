"""`symmetry score`: one photo or many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symmetry import measure, tabular
from symmetry.cli.many import Many, many_options, score_many
from symmetry.cli.messages import complain, errors_in_one_line, say
from symmetry.cli.options import (
    GivenPath,
    Measuring,
    Photos,
    measuring_options_with_skin,
    output_options_with_dataset,
    photos_options,
)
from symmetry.cli.output import DATASET, Output, check_targets
from symmetry.cli.running import run_through
from symmetry.errors import SymmetryError
from symmetry.output import figures, tables

if TYPE_CHECKING:
    from symmetry.measure import FaceAnalysis, Failure
    from symmetry.output.figures import FigureFolder


@click.command()
@photos_options
@click.option(
    "-d", "--details", is_flag=True, help="Also print exact numbers, clinical measures and all that was found."
)
@click.option(
    "--figures",
    "folder",
    type=GivenPath(file_okay=False),
    metavar="DIR",
    help="Draw figures of each photo into this folder: the asymmetry, the two mirrored halves, with --skin the skin.",
)
@many_options
@measuring_options_with_skin
@output_options_with_dataset
def score(photos: Photos, details: bool, folder: Path | None, many: Many, measuring: Measuring, output: Output) -> None:
    """Score the symmetry of one or more photos.

    PHOTO is a photo or a folder of photos. Of one photo, says what is uneven for sure and lists all regions; several
    give one line each. Every number has its error. The symmetry index sums the whole face up, from 0 to 100.

    With --skin the skin is compared from left to right, too; CSV and parquet then hold its numbers, JSON both.

    Many photos are measured by several processes. Written to a file, their results survive a kill: --resume goes on.

    \b
    Examples:
      symmetry score me.jpg
      symmetry score selfies/ -o scores.csv
      symmetry score clinic/ -r -o scores.parquet --jobs 8 --timeout 60 --resume
      symmetry score me.jpg --skin
    """
    if many.wanted(len(photos.paths)) or output.format == DATASET:
        if folder is not None:
            raise click.UsageError("--figures needs the pixels of each photo in this process; draw in a run of its own")
        if output.file is not None and output.format != "table":
            score_many(photos, many, measuring, output.file, output.format)
            return
        many.check_printed()
    check_targets(output.file, inputs=[*photos.paths, measuring.reliability])
    results = many.analyze(photos.paths, **measuring.read())
    drawn = None if folder is None else _Drawn(folder, photos.paths)
    run = run_through(
        measure.without_pixels(results if drawn is None else drawn.on_the_way(results)), len(photos.paths)
    )
    if run.results and not (output.shown and run.failed == len(run.results)):
        output.deliver(
            lambda: [result.to_dict() for result in run.results],
            tabular.SKINS if measuring.skin else tabular.SCORES,
            lambda: tables.score_tables(run.results, details=details),
        )
    if drawn is not None and drawn.folder.written:
        say(f"wrote {drawn.folder.written} figures into {folder}")
    run.end(failed=drawn is not None and drawn.failed)


class _Drawn:
    """Figures that are drawn of faces as they come."""

    def __init__(self, folder: Path, photos: list[Path]) -> None:
        with errors_in_one_line(folder):
            self.folder: FigureFolder = figures.FigureFolder(folder, photos=photos)
        self.failed = False

    def on_the_way(self, results: Iterator[FaceAnalysis | Failure]) -> Iterator[FaceAnalysis | Failure]:
        """Draw each face before its pixels are dropped; one that cannot be drawn does not stop the others."""
        for result in results:
            if isinstance(result, measure.FaceAnalysis):
                try:
                    self.folder.draw(result)
                except SymmetryError as error:
                    complain(self.folder.folder, error)
                    self.failed = True
            yield result
