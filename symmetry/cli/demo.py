"""`symmetry demo`: the main job on drawn faces."""

from __future__ import annotations

from pathlib import Path

import click

from symmetry import measure, synthetic, tabular
from symmetry.cli.messages import errors_in_one_line, say
from symmetry.cli.options import GivenPath
from symmetry.cli.output import Output
from symmetry.files import make_folder
from symmetry.output import figures, tables


@click.command()
@click.option(
    "-o",
    "--output",
    "folder",
    type=GivenPath(file_okay=False),
    metavar="DIR",
    default=Path("demo_output"),
    show_default=True,
    help="Folder for the figures.",
)
def demo(folder: Path) -> None:
    """Compare two drawn faces, print the result and draw the figures.

    Uses sample_images/ of the source tree, or draws the faces again.

    \b
    Example:
      symmetry demo
    """
    with errors_in_one_line(folder):
        make_folder(folder)
        before, after = _samples(folder)
        change = measure.compare(before, after)
        Output(None, "table").deliver(change.to_dict, tabular.CHANGES, lambda: tables.change_tables(change))
        for figure, name in (
            (figures.draw_change(change), "change.png"),
            (figures.draw_face(change.before), "before.png"),
            (figures.draw_composites(change.before), "before-halves.png"),
        ):
            figures.save_figure(figure, folder / name)
            say(f"wrote {folder / name}")


def _samples(folder: Path) -> tuple[Path, Path]:
    """Find the two drawn photos, or draw them: an installed package has no sample_images/ beside it."""
    shipped = Path(__file__).parents[2] / "sample_images"
    names = ("before.jpg", "after.jpg")
    if all((shipped / name).is_file() for name in names):
        return shipped / names[0], shipped / names[1]
    say("drawing the sample photos")
    synthetic.write_samples(folder / "sample_images")
    return folder / "sample_images" / names[0], folder / "sample_images" / names[1]
