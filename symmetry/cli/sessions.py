"""`symmetry session`: photos of a client, taken on one occasion."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from symmetry.cli.options import (
    chosen_format,
    complain,
    finding_options,
    output_options,
    photos_argument,
    recursive_option,
    say,
)
from symmetry.cli.practice import (
    NumberOf,
    client_argument,
    confirm,
    counted,
    date_option,
    note_option,
    opened,
    page_of,
    practice_option,
    present,
    tell,
    yes_option,
)
from symmetry.cli.running import check_targets, photos_of, with_progress

if TYPE_CHECKING:
    from symmetry.practice.intake import PhotoIntake, SessionIntake


@click.group()
def session() -> None:
    """Keep sessions: photos of a client that were taken on one occasion.

    \b
    Examples:
      symmetry session add anna-kovacs monday1.jpg monday2.jpg
      symmetry session list anna-kovacs
    """


@session.command()
@client_argument
@photos_argument
@recursive_option
@date_option
@note_option
@finding_options
@practice_option
def add(
    client: str,
    photos: tuple[Path, ...],
    recursive: bool,
    at: datetime | None,
    note: str,
    mirrored: bool,
    face: Literal["largest", "only"],
    practice: Path | None,
) -> None:
    """Add a session, or one for each day of the photos: clean the photos, measure the faces, and keep both.

    PHOTO is a photo or a folder of photos. What is kept holds no place, no names and no camera's notes; the files given
    stay as they are. What speaks against a photo is said at once, so that another can be taken. Without --date each
    photo is of the day that it tells, by metadata or name, else of now; photos of several days make several sessions.

    \b
    Example:
      symmetry session add anna-kovacs monday/ --note "after the holidays"
    """
    from symmetry.practice.intake import IntakeOptions, PhotoIntake, take_in_photos

    paths = photos_of(photos, recursive=recursive)
    added: list[int] = []

    def report(outcome: PhotoIntake | SessionIntake) -> None:
        if isinstance(outcome, PhotoIntake):
            _say_photo(outcome)
        else:
            _say_session(owner.id, outcome)
            if outcome.session is not None:
                added.append(outcome.session.number)

    with opened(practice) as store:
        owner = store.client(client)
        options = IntakeOptions(at=at, note=note, mirrored=mirrored, face=face)
        watch = partial(with_progress, doing="measuring")
        try:
            taken = take_in_photos(store, owner.id, paths, options, watch=watch, tell=report)
        except KeyboardInterrupt:
            say("symmetry: stopped" if added else "symmetry: stopped; no session was added")
            raise SystemExit(130) from None
        if not added:
            tell(f"no session of {owner.id} was added")
    if not taken.complete:
        raise SystemExit(1)


@session.command("list")
@client_argument
@practice_option
@output_options
def list_(client: str, practice: Path | None, output: Path | None, format_: str | None) -> None:
    """List a client's sessions with their photos.

    \b
    Example:
      symmetry session list anna-kovacs
    """
    from symmetry.practice.listing import session_layout

    wanted = chosen_format(format_, output)
    check_targets(output, inputs=())
    page = page_of(client, practice)
    present(
        wanted,
        output,
        table=lambda tables: tables.sessions_table(page.sessions),
        data=[each.to_dict() for each in page.sessions],
        layout=session_layout(page.client.id),
    )


@session.command()
@client_argument
@click.argument("number", type=NumberOf("a session", see="symmetry session list CLIENT"), metavar="NUMBER")
@yes_option
@practice_option
def remove(client: str, number: int, yes: bool, practice: Path | None) -> None:
    """Remove a session for good, with its photos and what was measured in them; asks first.

    \b
    Example:
      symmetry session remove anna-kovacs 3
    """
    with opened(practice) as store:
        owner, found = store.client(client), store.session(client, number)
        confirm(
            f"Session {number} of {owner.id}, {found.at:%Y-%m-%d %H:%M}, {counted(len(found.photos), 'photo')}: "
            "remove it for good?",
            yes=yes,
            undone="nothing was removed",
        )
        store.remove_session(owner.id, number)
    tell(f"session {number} of {owner.id} removed: {counted(len(found.photos), 'photo')}")


def _say_photo(outcome: PhotoIntake) -> None:
    if outcome.status == "refused":
        complain(outcome.photo, outcome.reason)
    elif outcome.status == "known":
        say(f"{outcome.photo}: {outcome.reason}; not added again")
    for remark in outcome.remarks:
        say(f"{outcome.photo}: {remark}")


def _say_session(client: str, outcome: SessionIntake) -> None:
    session = outcome.session
    if session is None:
        complain(f"session of {outcome.at:%Y-%m-%d}", str(outcome.error))
        return
    photos = counted(len(session.photos), "photo")
    tell(f"session {session.number} of {client} added: {photos}, {session.at:%Y-%m-%d %H:%M}")
    if outcome.error is not None:
        complain(f"what was measured in session {session.number}", f"{outcome.error}; the photos are kept")
