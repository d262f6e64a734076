"""`symmetry audit`: what a photo can show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symmetry import measure, tabular
from symmetry.cli.messages import complain
from symmetry.cli.options import GivenPath, Measuring, figure_option, measuring_options, output_options
from symmetry.cli.output import Output, check_targets, write_figure
from symmetry.cli.running import run_through
from symmetry.errors import PhotoError, SymmetryError
from symmetry.output import figures, tables

if TYPE_CHECKING:
    from symmetry.measure import FaceAnalysis, Trial


@click.command()
@click.argument("photo", type=GivenPath())
@figure_option("Draw the face with the spots and how much of each movement is seen")
@measuring_options
@output_options
def audit(photo: Path, figure: Path | None, measuring: Measuring, output: Output) -> None:
    """Test what a photo can show, by moving spots of it by known millimetres.

    Moves spots by 1, 2 and 3 mm on either side, measures the photo again and compares: how much of each movement is
    seen, and from how many millimetres on it is called real. Takes about half a minute.

    \b
    Example:
      symmetry audit me.jpg --figure audit.png
    """
    if measuring.scale == "none":
        raise click.UsageError("spots are moved by millimetres; use --scale iris or --scale ipd=MM")
    check_targets(output.file, figure, inputs=[photo, measuring.reliability])
    options = measuring.read()
    faces: list[FaceAnalysis] = []

    def trials() -> Iterator[Trial]:
        face = measure.analyze(photo, **options)
        if (flag := measure.unfit(face)) is not None:
            raise PhotoError(f"this photo cannot be tested. {flag.advice}")
        faces.append(face)
        yield from measure.run_trials(face, reliability=options["reliability"])

    try:
        run = run_through(trials(), measure.count_trials(), things="movements", doing="moving and measuring")
    except SymmetryError as error:
        reason = str(error)
        complain(photo, reason)
        output.deliver(lambda: tabular.failed_audit(str(photo), reason), tabular.AUDITS)
        raise SystemExit(1) from None
    if run.results:
        found = measure.Audit(face=faces[0], trials=tuple(run.results))
        output.deliver(found.to_dict, tabular.AUDITS, lambda: tables.audit_table(found))
        write_figure(figure, lambda: figures.draw_audit(found))
    run.end()
