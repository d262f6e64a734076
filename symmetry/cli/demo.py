"""`symmetry demo`: the main job on drawn faces."""

from __future__ import annotations

from pathlib import Path

import click

from symmetry.cli.options import GivenPath, complaining, deliver_table, say


@click.command()
@click.option(
    "-o",
    "--output",
    type=GivenPath(file_okay=False),
    metavar="DIR",
    default=Path("demo_output"),
    show_default=True,
    help="Folder for the figures.",
)
def demo(output: Path) -> None:
    """Compare two drawn faces, print the result and draw the figures.

    The faces are those of sample_images/ where the project's folder is at hand; else they are drawn anew.

    \b
    Example:
      symmetry demo
    """
    with complaining(output):
        from symmetry.files import make_folder

        make_folder(output)
        before, after = _samples(output)
        from symmetry.measure.comparison import compare
        from symmetry.output.figures import draw_change, draw_composites, draw_face, save_figure
        from symmetry.output.tables import change_tables

        change = compare(before, after)
        deliver_table(change_tables(change), None)
        for figure, name in (
            (draw_change(change), "change.png"),
            (draw_face(change.before), "before.png"),
            (draw_composites(change.before), "before-halves.png"),
        ):
            save_figure(figure, output / name)
            say(f"wrote {output / name}")


def _samples(output: Path) -> tuple[Path, Path]:
    """Paths of the two drawn photos: an installed package has no sample_images/ beside it."""
    shipped = Path(__file__).parents[2] / "sample_images"
    names = ("before.jpg", "after.jpg")
    if all((shipped / name).is_file() for name in names):
        return shipped / names[0], shipped / names[1]
    say("drawing the sample photos")
    from symmetry.synthetic import write_samples

    write_samples(output / "sample_images")
    return output / "sample_images" / names[0], output / "sample_images" / names[1]
