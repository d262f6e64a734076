"""`symmetry motion`: how a face moves in a film."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symmetry import measure, tabular
from symmetry.cli.messages import complain, stoppable
from symmetry.cli.options import GivenPath, Measuring, details_option, figure_option, measuring_options, output_options
from symmetry.cli.output import Output, check_targets, write_figure
from symmetry.cli.running import with_progress
from symmetry.errors import SymmetryError
from symmetry.output import figures, tables

if TYPE_CHECKING:
    from symmetry.measure.motion.motion import Motion


def _seconds(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[float, float] | None:
    if value is None:
        return None
    start, dash, end = value.partition("-")
    try:
        span = float(start), float(end)
    except ValueError:
        span = (1.0, 0.0)
    if not dash or not 0 <= span[0] < span[1]:
        raise click.BadParameter(f"'{value}' is no span of time; write it as 0-1.5, in seconds")
    return span


def _names(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    from symmetry.measure.motion.motion import checked_names

    try:
        return checked_names(value.split(",")) if value else ()
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.argument("film", type=GivenPath())
@click.option(
    "--rest", metavar="FROM-TO", callback=_seconds, help="Seconds in which the face is at rest. [default: found]"
)
@click.option(
    "--expressions",
    metavar="NAMES",
    callback=_names,
    help='What the face does, in order: "rest, brows up, rest, big smile, rest". [default: what it looks like]',
)
@figure_option("Draw the film at rest and at each peak, and both sides' movement over time")
@details_option
@measuring_options
@output_options
def motion(film: Path, figure: Path | None, details: bool, measuring: Measuring, output: Output, **about: Any) -> None:
    """Measure how evenly a face moves in a film.

    Every frame is registered to one at rest, and the movement of the head is taken out. Says of each expression how far
    and how fast both sides move, which is later, and what moves along that should not; of the eyes, how they blink.

    \b
    Examples:
      symmetry motion smile.mp4 --figure smile.png
      symmetry motion visit.mov --expressions "rest, brows up, rest, big smile, rest" -o visit.json
    """
    if measuring.scale == "none":
        raise click.UsageError("movement is measured in millimetres; use --scale iris or --scale ipd=MM")
    check_targets(output.file, figure, inputs=[film, measuring.reliability])
    options: dict[str, Any] = {
        "scale": measuring.scale,
        "mirrored": measuring.mirrored,
        "landmarks_only": measuring.landmarks_only,
    }

    def watch(frames: Iterator[Any], total: int) -> Iterator[Any]:
        return with_progress(frames, total, "following the face")

    try:
        with stoppable():
            found: Motion = measure.analyze_motion(film, watch=watch, **about, **options)
    except SymmetryError as error:
        reason = str(error)
        complain(film, reason)
        if not output.shown:
            output.deliver(lambda: [tabular.failed_motion(str(film), reason)], tabular.MOTIONS)
        raise SystemExit(1) from None
    output.deliver(lambda: [found.to_dict()], tabular.MOTIONS, lambda: tables.motion_tables(found, details=details))
    write_figure(figure, lambda: figures.draw_motion(found))
