"""`symmetry report`: the course of a client, as a page or a table."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import click

from symmetry import practice
from symmetry.cli.following import deliver_series, follow, run_dated
from symmetry.cli.messages import errors_in_one_line, say
from symmetry.cli.options import (
    PAGE_SUFFIXES,
    GivenPath,
    SeriesChoice,
    details_option,
    engine_option,
    read_table,
    record,
    reliability_option,
    series_options,
)
from symmetry.cli.output import FORMAT_OF, SUFFIXES, Output, check_targets, deliver
from symmetry.cli.practice import client_argument, opened, practice_option
from symmetry.output import report as reports


class _Shown(NamedTuple):
    """What is shown of a client, and where."""

    output: Path | None
    details: bool
    note: str


@click.command()
@client_argument
@record(
    "shown",
    _Shown,
    click.option(
        "-o",
        "--output",
        type=GivenPath(
            dir_okay=False, suffixes=(*PAGE_SUFFIXES, *FORMAT_OF), shown=f".html for the page, or in {SUFFIXES}"
        ),
        metavar="FILE",
        help=f"Write the report, a self-contained page: .html; or only its numbers: {SUFFIXES}.",
    ),
    details_option,
    click.option(
        "--note", default="", metavar="TEXT", help="Your own words on the page; notes in the practice are not shown."
    ),
)
@series_options("First day of the treatment phase. [default: the first treatment that is kept]")
@reliability_option
@engine_option
@practice_option
def report(client: str, shown: _Shown, choice: SeriesChoice, reliability: Path | None, folder: Path | None) -> None:
    """Report on a client: courses of all regions, what changed since the first sessions, treatments, diary.

    Without --output the numbers are printed.

    \b
    Examples:
      symmetry report anna-kovacs -o anna.html
      symmetry report anna-kovacs
    """
    output = None
    if shown.output is None or shown.output.suffix.lower() not in PAGE_SUFFIXES:
        output = Output.chosen(shown.output, None)
    check_targets(shown.output, inputs=[reliability])
    tables = read_table(reliability)
    with opened(folder) as store:
        owner = store.client(client)
        total = sum(len(session.photos) for session in store.sessions(owner.id))
        if not total:
            say(f"symmetry: {owner.id}: there are no photos yet; add some with `symmetry session add {owner.id} PHOTO`")
            raise SystemExit(1)
        run = run_dated(
            practice.faces_of(store, owner.id, same_person=choice.same_person, reliability=tables), total, output=output
        )
        run.end_if_stopped()
        found = follow(
            run.results,
            lambda: practice.series_of(
                store,
                owner.id,
                run.results,
                treatment_start=choice.treatment_start,
                same_person=choice.same_person,
                reliability=tables,
            ),
            about=owner.id,
            output=output,
        )
        if output is None:
            with errors_in_one_line(shown.output):
                page = reports.report_of(store, owner.id, found, made=practice.now(), note=shown.note)
                deliver(reports.render_report(page), shown.output)
        else:
            deliver_series(found, output, details=shown.details)
    run.end()
