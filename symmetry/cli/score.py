"""`symmetry score`: one photo or many."""

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
    table_option,
)
from symmetry.cli.running import check_targets, photos_of, run_through, table_from
from symmetry.errors import SymmetryError

if TYPE_CHECKING:
    from symmetry.measure.batch import Failure
    from symmetry.measure.face import FaceAnalysis


@click.command()
@photos_argument
@recursive_option
@click.option("-d", "--details", is_flag=True, help="All regions and measures of every photo, not one line a photo.")
@click.option(
    "--figures",
    type=GivenPath(file_okay=False),
    metavar="DIR",
    help="Draw two pictures a photo into this folder: the asymmetry, and the two mirrored halves.",
)
@table_option
@measuring_options
@output_options
def score(
    photos: tuple[Path, ...],
    recursive: bool,
    details: bool,
    figures: Path | None,
    reliability: Path | None,
    scale: str,
    mirrored: bool,
    face: Literal["largest", "only"],
    landmarks_only: bool,
    output: Path | None,
    format_: str | None,
) -> None:
    """Score the symmetry of one or more photos.

    PHOTO is a photo or a folder of photos. One photo gives all its regions and clinical measures, several give a line
    each. Every number has its error; what speaks against a photo stands above its numbers.

    \b
    Examples:
      symmetry score me.jpg
      symmetry score selfies/ -o scores.csv
    """
    wanted = chosen_format(format_, output)
    paths = photos_of(photos, recursive=recursive)
    check_targets(output, inputs=[*paths, *([reliability] if reliability else [])])
    tables = table_from(reliability)
    if figures is not None:
        with complaining(figures):
            from symmetry.files import make_folder

            make_folder(figures)
    from symmetry.measure.batch import Failure, analyze_photos

    results: list[FaceAnalysis | Failure] = []
    pictures = _Pictures(figures, paths)

    def take(result: FaceAnalysis | Failure) -> None:
        if isinstance(result, Failure):
            results.append(result)
        else:
            pictures.draw(result)
            results.append(result.without_pixels())

    measured = analyze_photos(
        paths, scale=scale, mirrored=mirrored, face=face, landmarks_only=landmarks_only, reliability=tables
    )
    stopped = run_through(measured, len(paths), take)
    failures = [result for result in results if isinstance(result, Failure)]
    if results and not (wanted == "table" and output is None and len(failures) == len(results)):
        with complaining(output):
            _deliver(results, wanted, output, details=details or len(results) == 1)
    if pictures.written:
        say(f"wrote {pictures.written} figures into {figures}")
    if stopped:
        raise SystemExit(130)
    if pictures.failed or failures:
        raise SystemExit(1)


def _deliver(results: list[FaceAnalysis | Failure], wanted: str, output: Path | None, *, details: bool) -> None:
    from symmetry.measure.batch import Failure

    if wanted != "table":
        from symmetry.tabular import SCORES

        deliver_data([result.to_dict() for result in results], SCORES, wanted, output)
    else:
        from rich.console import Group

        from symmetry.output.tables import face_tables, overview_table

        measured = [result for result in results if not isinstance(result, Failure)] if details else []
        tables = [face_tables(face) for face in measured]
        if len(results) > 1 or not tables:
            tables.append(overview_table(results))
        deliver_table(Group(*tables), output)


class _Pictures:
    """The figures of a run, two a photo, each under a name of its own."""

    def __init__(self, folder: Path | None, photos: list[Path]) -> None:
        self.folder = folder
        self.written = 0
        self.failed = False
        self._photos = photos
        self._taken: set[str] = set()

    def draw(self, face: FaceAnalysis) -> None:
        """Draw the figures of one photo, if figures are wanted."""
        if self.folder is None:
            return
        from symmetry.files import check_target
        from symmetry.output.figures import draw_composites, draw_face, save_figure

        stem = self._name_for(Path(face.photo.name))
        try:
            for draw, kind in ((draw_face, "symmetry"), (draw_composites, "halves")):
                target = self.folder / f"{stem}-{kind}.png"
                check_target(target, inputs=self._photos)
                save_figure(draw(face), target)
                self.written += 1
        except SymmetryError as error:
            complain(str(self.folder), error)
            self.failed = True

    def _name_for(self, photo: Path) -> str:
        """Name nobody else has yet: the photo's own, with its folder's where photos share one."""
        names = [photo.stem, f"{photo.resolve().parent.name}-{photo.stem}"]
        names += [f"{names[1]}-{photo.suffix[1:]}", *(f"{names[1]}-{number}" for number in range(2, 100_000))]
        name = next(name for name in names if name.casefold() not in self._taken)
        self._taken.add(name.casefold())
        return name
