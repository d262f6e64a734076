"""`symmetry report`: the course of a client, as a page or a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click

from symmetry import practice
from symmetry.cli.following import deliver_series, follow, run_dated
from symmetry.cli.messages import errors_in_one_line, say
from symmetry.cli.options import (
    PAGE_SUFFIXES,
    Basis,
    Decorator,
    GivenPath,
    SeriesChoice,
    basis_options,
    details_option,
    engine_option,
    read_table,
    record,
    series_options,
)
from symmetry.cli.output import FORMAT_OF, SUFFIXES, Output, check_targets, deliver
from symmetry.cli.practice import client_argument, opened, practice_option
from symmetry.output import report as reports

if TYPE_CHECKING:
    from symmetry.cli.running import Run
    from symmetry.measure import ReliabilityTables
    from symmetry.practice import Practice
    from symmetry.series import DatedFace, LeftOut, Series


class Shown(NamedTuple):
    """What is shown of a client, and where."""

    output: Path | None
    edition: Literal["client", "therapist"]
    note: str
    before: int | None
    after: int | None

    def page(self, store: Practice, client: str, found: Series) -> str:
        """Render the edition that is asked for."""
        choice = reports.Choice(note=self.note, before=self.before, after=self.after)
        if self.edition == "client":
            return reports.render_handout(reports.handout_of(store, client, found, made=practice.now(), choice=choice))
        return reports.render_report(reports.report_of(store, client, found, made=practice.now(), choice=choice))


_EDITION = click.option(
    "--edition",
    type=click.Choice(["client", "therapist"]),
    default="client",
    show_default=True,
    help="The page for the client, one sheet, or for the therapist, with everything.",
)
_SESSION = click.IntRange(1)
_BEFORE = click.option(
    "--before",
    type=_SESSION,
    metavar="N",
    help="Session of the photo before. [default: the first that can be compared]",
)
_AFTER = click.option(
    "--after", type=_SESSION, metavar="N", help="Session of the photo after. [default: the last that can be compared]"
)


def shown_options(output: Decorator[Any], *, note: str = "--note") -> Decorator[Any]:
    """Give `shown`: the file and what is on the page; `note` names the option for one's own words."""
    words = "Your own words on the page; notes in the practice are not shown."
    own = click.option(note, "note", default="", metavar="TEXT", help=words)
    return record("shown", Shown, output, _EDITION, own, _BEFORE, _AFTER)


@click.command()
@client_argument
@shown_options(
    click.option(
        "-o",
        "--output",
        type=GivenPath(
            dir_okay=False, suffixes=(*PAGE_SUFFIXES, *FORMAT_OF), shown=f".html for the page, or in {SUFFIXES}"
        ),
        metavar="FILE",
        help=f"Write the report, a self-contained page: .html; or only its numbers: {SUFFIXES}.",
    )
)
@details_option
@series_options("First day of the treatment phase. [default: the first treatment that is kept]")
@basis_options
@engine_option
@practice_option
def report(client: str, shown: Shown, details: bool, choice: SeriesChoice, basis: Basis, folder: Path | None) -> None:
    """Report on a client: what changed since the first sessions, before and after, what to do at home.

    The client's edition is one page that prints on one sheet; the therapist's has the courses of all regions,
    treatments, diaries and every number. Without --output the numbers are printed.

    \b
    Examples:
      symmetry report anna-kovacs -o anna.html
      symmetry report anna-kovacs --edition therapist -o anna-all.html
      symmetry report anna-kovacs --before 2 --after 5 -o anna.html
      symmetry report anna-kovacs --skin --edition therapist -o anna-all.html
    """
    output = None
    if shown.output is None or shown.output.suffix.lower() not in PAGE_SUFFIXES:
        output = Output.chosen(shown.output, None)
    check_targets(shown.output, inputs=[basis.reliability])
    with opened(folder) as store:
        owner = store.client(client)
        tables = read_table(basis.reliability)
        found, run = follow_client(store, owner.id, choice, tables, output=output, skin=basis.skin)
        if output is None:
            with errors_in_one_line(shown.output):
                deliver(shown.page(store, owner.id, found), shown.output)
        else:
            deliver_series(found, output, details=details)
    run.end()


def follow_client(
    store: Practice,
    client: str,
    choice: SeriesChoice,
    tables: ReliabilityTables | None,
    *,
    output: Output | None,
    skin: bool = False,
) -> tuple[Series, Run[DatedFace | LeftOut]]:
    """Measure a client's photos, as far as they are not yet, and follow them; what goes wrong is said."""
    total = sum(len(session.photos) for session in store.sessions(client))
    if not total:
        say(f"symmetry: {client}: there are no photos yet; add some with `symmetry session add {client} PHOTO`")
        raise SystemExit(1)
    faces = practice.faces_of(store, client, same_person=choice.same_person, reliability=tables, skin=skin)
    run = run_dated(faces, total, output=output)
    run.end_if_stopped()
    found = follow(
        run.results,
        lambda: practice.series_of(
            store,
            client,
            run.results,
            treatment_start=choice.treatment_start,
            same_person=choice.same_person,
            reliability=tables,
        ),
        about=client,
        output=output,
    )
    if tables is None and not choice.same_person:
        practice.keep_standing(store, store.page(client), practice.standing_of(found))
    return found, run
