"""`symmetry audit`: what a photo can show before it is trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

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
from symmetry.cli.running import check_targets, table_from, with_progress
from symmetry.errors import SymmetryError

if TYPE_CHECKING:
    from symmetry.measure.audit import Audit, Trial


@click.command()
@click.argument("photo", type=GivenPath())
@click.option(
    "--figure",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    callback=check_figure,
    help="Draw the face with the spots and how much of each movement is seen: .png, .jpg, .pdf or .svg.",
)
@table_option
@measuring_options
@output_options
def audit(
    photo: Path,
    figure: Path | None,
    reliability: Path | None,
    scale: str,
    mirrored: bool,
    face: Literal["largest", "only"],
    landmarks_only: bool,
    output: Path | None,
    format_: str | None,
) -> None:
    """Try out what a photo can show: the tool's test of itself, on your photo.

    Moves spots of the photo by 1, 2 and 3 mm on either side, measures it anew and compares: how much of each movement
    is seen, and from how many millimetres on it is called real. Takes about half a minute.

    \b
    Example:
      symmetry audit me.jpg --figure audit.png
    """
    wanted = chosen_format(format_, output)
    if scale == "none":
        raise click.UsageError("spots are moved by millimetres; use --scale iris or --scale ipd=MM")
    check_targets(output, figure, inputs=(photo, *([reliability] if reliability else [])))
    tables = table_from(reliability)
    from symmetry.errors import PhotoError
    from symmetry.measure.analysis import analyze
    from symmetry.measure.audit import MILLIMETRES, OWN_SIDES, SITES, Audit, run_trials
    from symmetry.measure.quality.flags import ALL, rejecting

    trials: list[Trial] = []
    total = len(SITES) * len(OWN_SIDES) * len(MILLIMETRES)
    stopped = False
    try:
        measured = analyze(
            photo, scale=scale, mirrored=mirrored, face=face, landmarks_only=landmarks_only, reliability=tables
        )
        if (flag := rejecting(measured.flags, ALL)) is not None:
            raise PhotoError(f"nothing can be tried on this photo. {flag.advice}")
        for trial in with_progress(
            run_trials(measured, millimetres=MILLIMETRES, reliability=tables), total, "moving and measuring"
        ):
            trials.append(trial)
    except SymmetryError as error:
        complain(str(photo), error)
        with complaining(output):
            _deliver_failure(str(photo), str(error), wanted, output)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        stopped = True
        say(f"symmetry: stopped; {len(trials)} of {total} movements are done")
    if trials:
        found = Audit(face=measured, trials=tuple(trials))
        with complaining(output):
            _deliver(found, wanted, output)
        if figure is not None:
            from symmetry.output.figures import draw_audit, save_figure

            with complaining(figure):
                save_figure(draw_audit(found), figure)
            say(f"wrote {figure}")
    if stopped:
        raise SystemExit(130)


def _deliver(found: Audit, wanted: str, output: Path | None) -> None:
    if wanted != "table":
        from symmetry.tabular import AUDITS

        deliver_data(found.to_dict(), AUDITS, wanted, output)
    else:
        from symmetry.output.tables.audit import audit_table

        deliver_table(audit_table(found), output)


def _deliver_failure(photo: str, error: str, wanted: str, output: Path | None) -> None:
    """Leave the reason in the output too, for programs that read only that."""
    if wanted != "table":
        from symmetry.tabular import AUDITS, failed_audit

        deliver_data(failed_audit(photo, error), AUDITS, wanted, output)
