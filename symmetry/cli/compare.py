"""`symmetry compare`: before and after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from symmetry.cli.options import (
    GivenPath,
    check_figure,
    chosen_format,
    complain,
    complaining,
    deliver_data,
    deliver_table,
    measuring_options,
    output_options,
    say,
    table_option,
)
from symmetry.cli.running import check_targets, photos_of, run_through, stopping, table_from

if TYPE_CHECKING:
    from symmetry.measure.batch import Failure
    from symmetry.measure.change import Change
    from symmetry.measure.face import FaceAnalysis
    from symmetry.measure.reliability_table import ReliabilityTables

_SEVERAL = ("--before", "--after")
_WORTH_A_WORD = 9
"""Pairs from which on comparing takes more than a second or two."""


class _TakesSeveral(click.Command):
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
                    raise click.UsageError(f"{name} needs one photo or more behind it", ctx)
            elif side and not argument.startswith("-"):
                plain += [side, argument]
            else:
                side = ""
                plain.append(argument)
        return super().parse_args(ctx, plain)


@click.command(cls=_TakesSeveral)
@click.argument("photos", nargs=-1, type=GivenPath(), metavar="[BEFORE AFTER]")
@click.option(
    "--before", multiple=True, type=GivenPath(), metavar="PHOTO...", help="Several photos before, taken in one session."
)
@click.option(
    "--after", multiple=True, type=GivenPath(), metavar="PHOTO...", help="Several photos after, taken in one session."
)
@click.option("--mirrored-after", is_flag=True, help="Only the photos after show the face as a mirror does.")
@click.option(
    "--figure",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    callback=check_figure,
    help="Draw both faces side by side, with what moved: .png, .jpg, .pdf or .svg.",
)
@table_option
@measuring_options
@output_options
def compare(
    photos: tuple[Path, ...],
    before: tuple[Path, ...],
    after: tuple[Path, ...],
    mirrored_after: bool,
    figure: Path | None,
    reliability: Path | None,
    mirrored: bool,
    output: Path | None,
    format_: str | None,
    **options: Any,
) -> None:
    """Compare photos of one person before and after.

    Gives a verdict on every region and clinical measure, the change with its error, and which side moved. Several
    photos a side, each of the same unchanged face, make the errors smaller.

    \b
    Examples:
      symmetry compare monday.jpg friday.jpg --figure change.png
      symmetry compare --before mon1.jpg mon2.jpg --after fri1.jpg fri2.jpg
    """
    wanted = chosen_format(format_, output)
    if mirrored and mirrored_after:
        raise click.UsageError("--mirrored takes all photos for mirrored, --mirrored-after only those after; give one")
    sides = _sides(photos, before, after)
    inputs = [*sides[0], *sides[1], *([reliability] if reliability else [])]
    check_targets(output, figure, inputs=inputs)
    options["reliability"] = table_from(reliability)
    measured = [
        _measure(paths, mirrored=as_in_a_mirror, **options)
        for paths, as_in_a_mirror in zip(sides, (mirrored, mirrored or mirrored_after), strict=True)
    ]
    failures = [failure for _, failed in measured for failure in failed]
    error = "; ".join(f"{failure.photo}: {failure.error}" for failure in failures) or None
    befores, afters = (faces for faces, _ in measured)
    if not (befores and afters):
        with complaining(output):
            _deliver_failure(sides, str(error), wanted, output)
        raise SystemExit(1)

    from symmetry.measure.comparison import compare as compare_faces

    if len(befores) * len(afters) >= _WORTH_A_WORD:
        say(f"comparing {len(befores)} photos before with {len(afters)} after")
    with complaining(sides[1][0]), stopping():
        change = compare_faces(befores, afters, reliability=options["reliability"])
    with complaining(output):
        _deliver(change, error, wanted, output)
    if figure is not None:
        from symmetry.output.figures import draw_change, save_figure

        with complaining(figure):
            save_figure(draw_change(change), figure)
        say(f"wrote {figure}")
    if failures:
        raise SystemExit(1)


def _sides(
    photos: tuple[Path, ...], before: tuple[Path, ...], after: tuple[Path, ...]
) -> tuple[list[Path], list[Path]]:
    """Tell the photos before from those after."""
    if before or after:
        if photos:
            raise click.UsageError(
                f"'{photos[0]}' stands neither behind --before nor behind --after; give all photos behind the two"
            )
        if not (before and after):
            there, missing = _SEVERAL if before else _SEVERAL[::-1]
            raise click.UsageError(f"{there} needs {missing} too; give one photo or more behind each")
        return photos_of(before), photos_of(after)
    if len(photos) != 2:
        raise click.UsageError(
            f"{len(photos)} photo{'' if len(photos) == 1 else 's'} given; give one before and one after, or several "
            "a side: --before PHOTO... --after PHOTO..."
        )
    return photos_of(photos[:1]), photos_of(photos[1:])


def _measure(
    paths: Sequence[Path],
    *,
    mirrored: bool,
    scale: str,
    face: Literal["largest", "only"],
    landmarks_only: bool,
    reliability: ReliabilityTables | None,
) -> tuple[list[FaceAnalysis], list[Failure]]:
    """Measure the photos of one side; copies of one picture say nothing about its error and count once."""
    from symmetry.measure.batch import Failure, analyze_photos

    faces: dict[str, FaceAnalysis] = {}
    failures: list[Failure] = []

    def take(result: FaceAnalysis | Failure) -> None:
        if isinstance(result, Failure):
            failures.append(result)
        elif (first := faces.setdefault(result.photo.sha256, result)) is not result:
            complain(result.photo.name, f"the same picture as {first.photo.name}; counted once")

    measured = analyze_photos(
        paths, scale=scale, mirrored=mirrored, face=face, landmarks_only=landmarks_only, reliability=reliability
    )
    if run_through(measured, len(paths), take):
        raise SystemExit(130)
    return list(faces.values()), failures


def _deliver(change: Change, error: str | None, wanted: str, output: Path | None) -> None:
    if wanted != "table":
        from symmetry.tabular import CHANGES

        deliver_data(change.to_dict(error), CHANGES, wanted, output)
    else:
        from symmetry.output.tables import change_tables

        deliver_table(change_tables(change), output)


def _deliver_failure(sides: tuple[list[Path], list[Path]], reason: str, wanted: str, output: Path | None) -> None:
    """Leave the reason in the output too, for programs that read only that."""
    if wanted != "table":
        from symmetry.tabular import CHANGES, failed_change

        before, after = ([str(path) for path in paths] for paths in sides)
        deliver_data(failed_change(before, after, reason), CHANGES, wanted, output)
