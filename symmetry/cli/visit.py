"""`symmetry visit`: one appointment, in one command."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import click

from symmetry import practice
from symmetry.cli.diary import read_ratings
from symmetry.cli.intake import say_photo, say_session
from symmetry.cli.messages import errors_in_one_line, tell
from symmetry.cli.options import PAGE, Photos, SeriesChoice, engine_option, photos_options, record
from symmetry.cli.output import check_targets, deliver
from symmetry.cli.practice import client_argument, date_option, opened, practice_option, read_future_day, when
from symmetry.cli.report import Shown, follow_client, shown_options
from symmetry.cli.running import with_progress
from symmetry.cli.sessions import Answers, answers_options


class _Done(NamedTuple):
    """What was done at the appointment."""

    protocol: str | None
    by: str
    ratings: tuple[str, ...]
    next_visit: date | None
    remark: str
    at: datetime | None


@click.command()
@client_argument
@photos_options
@record(
    "done",
    _Done,
    click.option("--protocol", metavar="NAME", help="Protocol that was done."),
    click.option("--by", default="", metavar="NAME", help="Who treated."),
    click.option(
        "--scale", "ratings", multiple=True, metavar="SCALE=VALUE", help="A rating of the diary; several times."
    ),
    click.option("--next", "next_visit", metavar="DATE", callback=read_future_day, help="Day of the next appointment."),
    click.option("--note", "remark", default="", help="Note of the session and of the treatment."),
    date_option,
)
@answers_options
@shown_options(
    click.option("-o", "--output", type=PAGE, metavar="FILE", help="Write the report: .html."), note="--words"
)
@engine_option
@practice_option
def visit(client: str, photos: Photos, done: _Done, answers: Answers, shown: Shown, folder: Path | None) -> None:
    """Keep an appointment: photos, treatment, diary, next date; and write the report.

    Each part is kept by itself: a photo that cannot be used stops neither the treatment nor the diary.

    \b
    Example:
      symmetry visit anna-kovacs monday/ --protocol "lifting ritual" --scale tension=3 --next 2026-05-04 -o anna.html
    """
    check_targets(shown.output)
    values = read_ratings(done.ratings)
    moment = when(done.at or practice.now())
    with opened(folder) as store:
        owner = store.client(client)
        for name in values:
            store.scale(name)
        if done.protocol is not None:
            store.protocol(done.protocol)
        options = practice.IntakeOptions(at=moment["at"], note=done.remark, ask=answers.to_ask(owner.name))

        def report(outcome: practice.PhotoIntake | practice.SessionIntake) -> None:
            if isinstance(outcome, practice.PhotoIntake):
                say_photo(outcome)
            else:
                say_session(owner.id, outcome)

        taken = practice.take_in_photos(store, owner.id, photos.paths, options, watch=with_progress, tell=report)
        if done.protocol is not None or done.by:
            kept = practice.Treatment(**moment, protocol=done.protocol, by=done.by, note=done.remark)
            added = store.add_treatment(owner.id, kept)
            tell(f"treatment {added.number} of {owner.id} added: {added.label}")
        if values:
            entry = store.add_entry(owner.id, values=values, **moment)
            tell(f"entry {entry.number} of {owner.id} added")
        if done.next_visit is not None:
            store.edit_client(owner.id, next_visit=done.next_visit)
            tell(f"next appointment: {done.next_visit}")
        if shown.output is not None:
            found, _ = follow_client(store, owner.id, SeriesChoice(None, False), None, output=None)
            with errors_in_one_line(shown.output):
                deliver(shown.page(store, owner.id, found), shown.output)
    if not taken.complete:
        raise SystemExit(1)
