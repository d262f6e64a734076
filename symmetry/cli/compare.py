"""`symmetry compare`: before and after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from symmetry import measure, tabular
from symmetry.cli.messages import complain, errors_in_one_line, say, stoppable
from symmetry.cli.options import (
    Decorator,
    GivenPath,
    Measuring,
    TakesAuto,
    details_option,
    figure_option,
    find_photos,
    measuring_options_of_pairs,
    output_options,
    record,
)
from symmetry.cli.output import Output, check_targets, write_figure
from symmetry.cli.practice import practice_option
from symmetry.cli.running import run_through
from symmetry.cli.sittings import faces_of_sittings, is_sitting
from symmetry.output import figures, tables

if TYPE_CHECKING:
    from symmetry.measure import Change, FaceAnalysis, Failure, MeasuringOptions

_SEVERAL = ("--before", "--after")
_NO_R = "name it to have its photos, too"
_WORTH_A_WORD = 9
"""Pairs from which on a comparison takes more than a second or two."""


class _TakesSeveral(TakesAuto):
    """A command two of whose options take all photos that follow, up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write `--before A1 A2` as click knows it: `--before A1 --before A2`."""
        plain: list[str] = []
        side = ""
        for place, argument in enumerate(args):
            name, equals, _ = argument.partition("=")
            if argument == "--":
                plain += args[place:]
                break
            if name in _SEVERAL:
                side = name
                follows = args[place + 1 : place + 2]
                if equals:
                    plain.append(argument)
                elif not follows or (follows[0].startswith("-") and len(follows[0]) > 1):
                    raise click.UsageError(f"{name} needs one or more photos after it", ctx)
            elif side and not argument.startswith("-"):
                plain += [side, argument]
            else:
                side = ""
                plain.append(argument)
        return super().parse_args(ctx, plain)


class _TwoSides(NamedTuple):
    """What is special about a side: photos that are mirrored, what a sitting is compared with, and where it is kept."""

    mirrored_after: bool
    same_day: bool
    against: str | None
    folder: Path | None


def _read_against(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is None or value in ("previous", "first") or value.isdecimal():
        return value
    raise click.BadParameter(f"'{value}' is no session; write previous, first, or the number of one")


_sides_options: Decorator[Any] = record(
    "sides",
    _TwoSides,
    click.option("--mirrored-after", is_flag=True, help="Only the photos after are mirrored."),
    click.option(
        "--same-day",
        is_flag=True,
        help="All photos are of one day: do not allow for how faces differ from day to day. [default: by their times]",
    ),
    click.option(
        "--against",
        metavar="previous|first|N",
        callback=_read_against,
        help="Of one CLIENT@N: the session to compare it with. [default: previous]",
    ),
    practice_option,
)


@click.command(cls=_TakesSeveral)
@click.argument("photos", nargs=-1, type=GivenPath(), metavar="[BEFORE AFTER]")
@click.option(
    "--before", multiple=True, type=GivenPath(), metavar="PHOTO...", help="Photos before, all of one session."
)
@click.option("--after", multiple=True, type=GivenPath(), metavar="PHOTO...", help="Photos after, all of one session.")
@_sides_options
@figure_option("Draw both faces side by side, with what moved; with --skin a second one, of its patches")
@details_option
@measuring_options_of_pairs
@output_options
def compare(
    sides: _TwoSides,
    figure: Path | None,
    details: bool,
    measuring: Measuring,
    output: Output,
    **photos: tuple[Path, ...],
) -> None:
    """Compare photos of one person before and after.

    Says what changed for sure, then gives a verdict on every region, the change with its error, and which side moved.
    Several photos per side, each of the same unchanged face, make the errors smaller. CLIENT@2 stands for the photos of
    a client's session 2 in the practice.

    \b
    Examples:
      symmetry compare monday.jpg friday.jpg --figure change.png
      symmetry compare --before mon1.jpg mon2.jpg --after fri1.jpg fri2.jpg
      symmetry compare monday.jpg friday.jpg --skin
      symmetry compare anna-kovacs@2 anna-kovacs@5
      symmetry compare anna-kovacs@5 --against previous
      symmetry compare smile1.jpg smile2.jpg --expression "big smile"
    """
    _check_mirrored(measuring, mirrored_after=sides.mirrored_after)
    sitting = [path for path in photos["photos"] if is_sitting(path)]
    before, after = ([], []) if sitting else _sides(**photos)
    second = of_skin(figure) if figure is not None and measuring.skin else None
    check_targets(output.file, figure, second, inputs=[*before, *after, measuring.reliability])
    options = measuring.read()
    if sitting:
        befores, afters = faces_of_sittings(photos["photos"], (sides.against, sides.folder), options)
        failed: list[Failure] = []
    else:
        befores, failed = _measure(before, options)
        afters, also = _measure(after, options | {"mirrored": measuring.mirrored or sides.mirrored_after})
        failed += also
    error = "; ".join(f"{one.photo}: {one.error}" for one in failed) or None
    if not (befores and afters):
        given = [str(path) for path in before], [str(path) for path in after]
        output.deliver(lambda: tabular.failed_change(*given, str(error)), tabular.CHANGES)
        raise SystemExit(1)
    if len(befores) * len(afters) >= _WORTH_A_WORD:
        say(f"comparing {len(befores)} photos before with {len(afters)} after")
    with errors_in_one_line((after or sitting)[-1]), stoppable():
        change = measure.compare(
            befores,
            afters,
            turn_back=measuring.mirrored_auto,
            same_day=sides.same_day or None,
            expression=measuring.expression,
            **options,
        )
    _say_left_out(change)
    output.deliver(
        lambda: change.to_dict(error), tabular.CHANGES, lambda: tables.change_tables(change, details=details)
    )
    write_figure(figure, lambda: figures.draw_change(change))
    write_figure(second, lambda: figures.draw_skin_change(change))
    if error:
        raise SystemExit(1)


def of_skin(figure: Path) -> Path:
    """Name the figure of the skin after that of the face: "change.png" to "change-skin.png"."""
    return figure.with_name(f"{figure.stem}-skin{figure.suffix}")


def _say_left_out(change: Change) -> None:
    for photo, reason in change.left_out.items():
        complain(photo, f"left out: {reason}")
    for photo in change.turned_back:
        complain(photo, "it seems to be mirrored, unlike the other photos; turned back")


def _check_mirrored(measuring: Measuring, *, mirrored_after: bool) -> None:
    if measuring.mirrored_auto and (measuring.mirrored or mirrored_after):
        raise click.UsageError("--mirrored auto finds out which photos are mirrored; give it alone")
    if measuring.mirrored and mirrored_after:
        raise click.UsageError("--mirrored is for all photos, --mirrored-after only for those after; give one")


def _sides(
    photos: tuple[Path, ...], before: tuple[Path, ...], after: tuple[Path, ...]
) -> tuple[list[Path], list[Path]]:
    """List the photos before, and those after."""
    if before or after:
        if photos:
            raise click.UsageError(
                f"'{photos[0]}' follows neither --before nor --after; put every photo after one of them"
            )
        if not (before and after):
            there, missing = _SEVERAL if before else _SEVERAL[::-1]
            raise click.UsageError(f"{there} needs {missing} too; give one or more photos after each")
        return find_photos(before, how=_NO_R), find_photos(after, how=_NO_R)
    if len(photos) != 2:
        raise click.UsageError(
            f"{len(photos)} photo{'' if len(photos) == 1 else 's'} given; give one before and one after, or several "
            "per side: --before PHOTO... --after PHOTO..."
        )
    return find_photos(photos[:1], how=_NO_R), find_photos(photos[1:], how=_NO_R)


def _measure(paths: list[Path], options: MeasuringOptions) -> tuple[list[FaceAnalysis], list[Failure]]:
    """Measure the photos of one side."""
    run = run_through(measure.analyze_photos(paths, **options), len(paths))
    run.end_if_stopped()
    faces = [one for one in run.results if isinstance(one, measure.FaceAnalysis)]
    return faces, [one for one in run.results if isinstance(one, measure.Failure)]
