"""`symmetry report`: the course of a client, to look at or to hand over."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symmetry.cli.options import (
    FORMAT_OF,
    SUFFIXES,
    GivenPath,
    chosen_format,
    complaining,
    deliver,
    same_person_option,
    say,
    table_option,
    treatment_start_option,
)
from symmetry.cli.practice import client_argument, now, opened, practice_option
from symmetry.cli.running import check_targets, run_through, stopping, table_from
from symmetry.cli.series import (
    PAGE_SUFFIXES,
    WORTH_A_WORD,
    deliver_failure,
    deliver_series,
    report_left_out,
)

if TYPE_CHECKING:
    from symmetry.measure.batch import Failure
    from symmetry.series import DatedFace, LeftOut


@click.command()
@client_argument
@click.option(
    "-o",
    "--output",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    help=f"Write the report, a page that opens anywhere: .html; or its numbers alone: {SUFFIXES}.",
)
@click.option("-d", "--details", is_flag=True, help="Print what each side did, and the clinical measures, too.")
@treatment_start_option("First day of the treatment phase. [default: the first treatment that is kept]")
@same_person_option
@click.option(
    "--note", default="", metavar="TEXT", help="Words of yours on the page; notes that you keep are not on it."
)
@table_option
@practice_option
def report(
    client: str,
    output: Path | None,
    details: bool,
    treatment_start: date | None,
    same_person: bool,
    note: str,
    reliability: Path | None,
    practice: Path | None,
) -> None:
    """Report on a client: courses of all regions, what changed since the first sessions, treatments, diary.

    Without --output the numbers are printed.

    \b
    Examples:
      symmetry report anna-kovacs -o anna.html
      symmetry report anna-kovacs
    """
    page = output is not None and output.suffix.lower() in PAGE_SUFFIXES
    if output is not None and output.suffix.lower() not in (*PAGE_SUFFIXES, *FORMAT_OF):
        raise click.UsageError(f"'{output.name}' must end in .html for the page, or in {SUFFIXES}")
    wanted = "html" if page else chosen_format(None, output)
    check_targets(output, inputs=[reliability] if reliability else [])
    tables = table_from(reliability)
    with opened(practice) as store:
        owner = store.client(client)
        total = sum(len(session.photos) for session in store.sessions(owner.id))
        if not total:
            say(f"symmetry: {owner.id}: there are no photos yet; add some with `symmetry session add {owner.id} PHOTO`")
            raise SystemExit(1)
        from symmetry.errors import NothingFitError
        from symmetry.measure.batch import Failure
        from symmetry.output.report.of_client import report_of
        from symmetry.practice.follow_up import faces_of, series_of
        from symmetry.series import left_out_for

        dated: list[DatedFace] = []
        failed: list[LeftOut] = []

        def take(result: DatedFace | Failure) -> None:
            if isinstance(result, Failure):
                failed.append(left_out_for(result))
            else:
                dated.append(result)

        if run_through(faces_of(store, owner.id, reliability=tables), total, take):
            raise SystemExit(130)
        if len(dated) >= WORTH_A_WORD:
            say(f"matching {len(dated)} photos")
        with complaining(Path(owner.id)), stopping():
            try:
                found = series_of(
                    store,
                    owner.id,
                    [*dated, *failed],
                    treatment_start=treatment_start,
                    same_person=same_person,
                    reliability=tables,
                )
            except NothingFitError as error:
                deliver_failure([one.face.photo.name for one in dated], str(error), wanted, output)
                raise
        report_left_out(found, failed)
        with complaining(output):
            if page:
                from symmetry.output.report import render_report

                deliver(render_report(report_of(store, owner.id, found, made=now(), note=note)), output)
            else:
                deliver_series(found, wanted, output, details=details)
    if failed:
        raise SystemExit(1)
