"""`symmetry session`: photos of a client, taken on one occasion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from symmetry import practice
from symmetry.cli.intake import ask_about, say_photo, say_session
from symmetry.cli.messages import say, tell
from symmetry.cli.options import Decorator, Photos, face_options, photos_options, record
from symmetry.cli.output import Output
from symmetry.cli.practice import (
    client_argument,
    confirm,
    date_option,
    given,
    into_argument,
    list_options,
    new_date_option,
    new_note_option,
    note_option,
    number_argument,
    opened,
    page_of,
    practice_option,
    removal_options,
    when,
    yes_option,
)
from symmetry.cli.running import with_progress
from symmetry.output import tables
from symmetry.tabular.text import counted

if TYPE_CHECKING:
    from symmetry.practice import Doubt, IntakeOptions, PhotoIntake, SessionIntake, Verdict


class Answers(NamedTuple):
    """Answers to doubts that were given before."""

    keep: bool
    same_person: bool

    def to_ask(self, name: str) -> Callable[[Doubt], Verdict]:
        """Give who answers doubts: the options, else the person at the terminal, else nobody, which is no."""

        def ask(doubt: Doubt) -> Verdict:
            if doubt.kind == "person" and self.same_person:
                return "confirm"
            return "keep" if self.keep else ask_about(doubt, name)

        return ask


answers_options: Decorator[Any] = record(
    "answers",
    Answers,
    click.option(
        "--keep", is_flag=True, help="Keep also what is doubtful; photos of someone else without measuring them."
    ),
    click.option("--same-person", is_flag=True, help="All photos show the client, whatever they look like."),
)
"""Gives `answers`."""


@click.group()
def session() -> None:
    """Manage sessions: photos of a client that were taken on one occasion.

    \b
    Examples:
      symmetry session add anna-kovacs monday1.jpg monday2.jpg
      symmetry session list anna-kovacs
    """


@session.command()
@client_argument
@photos_options
@record(
    "options",
    lambda **given: practice.IntakeOptions(**given),
    date_option,
    note_option,
    click.option("--to", "session", type=click.IntRange(min=1), metavar="N", help="Add the photos to this session."),
    *face_options,
)
@answers_options
@practice_option
def add(client: str, photos: Photos, options: IntakeOptions, answers: Answers, folder: Path | None) -> None:
    """Add a session, or one for each day of the photos: clean the photos, measure the faces, and keep both.

    PHOTO is a photo or a folder of photos. Places, names and the camera's notes are removed from what is kept; the
    files given stay as they are. Flags are shown at once, so that another photo can be taken. Without --date, the day
    of a photo comes from its metadata or name, else it is today; photos of several days make several sessions.

    A photo that seems to be someone else than in the client's first session, or that cannot be measured, and a date a
    year or more from all others, are asked about; without a terminal they are not kept, unless --keep is given.

    \b
    Examples:
      symmetry session add anna-kovacs monday/ --note "after the holidays"
      symmetry session add anna-kovacs one-more.jpg --to 3
    """
    added: list[int] = []

    def report(outcome: PhotoIntake | SessionIntake) -> None:
        if isinstance(outcome, practice.PhotoIntake):
            say_photo(outcome)
        else:
            say_session(owner.id, outcome)
            if outcome.session is not None:
                added.append(outcome.session.number)

    with opened(folder) as store:
        owner = store.client(client)
        asking = replace(options, ask=answers.to_ask(owner.name))
        try:
            taken = practice.take_in_photos(store, owner.id, photos.paths, asking, watch=with_progress, tell=report)
        except KeyboardInterrupt:
            say("symmetry: stopped" if added else "symmetry: stopped; no session was added")
            raise SystemExit(130) from None
        if not added:
            tell(f"no session of {owner.id} was added")
    if not taken.complete:
        raise SystemExit(1)


@session.command("list")
@client_argument
@list_options
def list_(client: str, folder: Path | None, output: Output) -> None:
    """List a client's sessions with their photos.

    \b
    Example:
      symmetry session list anna-kovacs
    """
    page = page_of(client, folder)
    output.deliver(
        lambda: [each.to_dict() for each in page.sessions],
        practice.session_layout(page.client.id),
        lambda: tables.sessions_table(page.sessions),
    )


@session.command()
@client_argument
@number_argument("a session", see="symmetry session list CLIENT")
@new_date_option
@new_note_option
@yes_option
@practice_option
def edit(client: str, number: int, at: datetime | None, note: str | None, yes: bool, folder: Path | None) -> None:
    """Change the date or the note of a session. Its date counts, not that of the camera.

    A date a year or more from all other sessions is asked about.

    \b
    Example:
      symmetry session edit anna-kovacs 3 --date 22.10.2025 --note "after the holidays"
    """
    changes = {**when(at), **given(note=note)}
    if not changes:
        raise click.UsageError("nothing to change; give --date or --note")
    with opened(folder) as store:
        owner = store.client(client)
        others = [each for each in store.sessions(owner.id) if each.number != number]
        if at is not None and (doubt := practice.far_off(at, others)) is not None:
            confirm(f"{doubt.why.partition(';')[0]}. Is the year right?", yes=yes)
        changed = store.edit_session(owner.id, number, **changes)
    tell(
        f"session {number} of {owner.id} changed: {changed.at:%Y-%m-%d %H:%M}"
        + (f", {changed.note}" if changed.note else "")
    )


@session.command()
@client_argument
@number_argument("a session", see="symmetry session list CLIENT")
@into_argument
@practice_option
def move(client: str, number: int, into: str, folder: Path | None) -> None:
    """Give a session to another client, whose photos they are; it gets the next number there.

    \b
    Example:
      symmetry session move anna-kovacs 3 dora
    """
    with opened(folder) as store:
        owner, other = store.client(client), store.client(into)
        moved = store.move_session(owner.id, number, other.id)
    tell(f"session {number} of {owner.id} is session {moved.number} of {other.id} now")


@session.command()
@removal_options("a session", see="symmetry session list CLIENT")
def remove(client: str, number: int, yes: bool, folder: Path | None) -> None:
    """Remove a session with its photos; asks first. `symmetry undo` brings it back for 30 days.

    \b
    Example:
      symmetry session remove anna-kovacs 3
    """
    with opened(folder) as store:
        owner, found = store.client(client), store.session(client, number)
        confirm(
            f"Session {number} of {owner.id}, {found.at:%Y-%m-%d %H:%M}, {counted(len(found.photos), 'photo')}: "
            "remove it?",
            yes=yes,
            undone="nothing was removed",
        )
        store.remove_session(owner.id, number)
    tell(
        f"session {number} of {owner.id} removed: {counted(len(found.photos), 'photo')}; `symmetry undo` brings it back"
    )
