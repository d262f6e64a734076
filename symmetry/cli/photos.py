"""`symmetry photo`: photos of a session that are in the wrong place, or nobody's."""

from __future__ import annotations

from pathlib import Path

import click

from symmetry.cli.messages import tell
from symmetry.cli.practice import client_argument, confirm, opened, practice_option, yes_option
from symmetry.tabular.text import counted

_session_argument = click.argument("session", type=click.IntRange(min=1), metavar="SESSION")
_photo_argument = click.argument("name", metavar="PHOTO")


@click.group()
def photo() -> None:
    """Remove a photo of a session, move it, or say whose it is.

    SESSION is the number of a session, PHOTO the name of a photo in it or its place, from 1; `symmetry session list
    CLIENT` shows both.

    \b
    Examples:
      symmetry photo remove anna-kovacs 3 IMG_0412.jpg
      symmetry photo move anna-kovacs 3 2 --to dora
      symmetry photo confirm anna-kovacs 3 IMG_0412.jpg
    """


@photo.command()
@client_argument
@_session_argument
@_photo_argument
@yes_option
@practice_option
def remove(client: str, session: int, name: str, yes: bool, folder: Path | None) -> None:
    """Remove a photo; a session without any other goes, too. Asks first; `symmetry undo` brings it back for 30 days.

    \b
    Example:
      symmetry photo remove anna-kovacs 3 IMG_0412.jpg
    """
    with opened(folder) as store:
        owner = store.client(client)
        confirm(f"Photo {name} of session {session} of {owner.id}: remove it?", yes=yes, undone="nothing was removed")
        left = store.remove_photo(owner.id, session, name)
    rest = (
        f"the session has {counted(len(left.photos), 'photo')} left" if left else "the session had no other and is gone"
    )
    tell(f"photo {name} of session {session} of {owner.id} removed; {rest}; `symmetry undo` brings it back")


@photo.command()
@client_argument
@_session_argument
@_photo_argument
@click.option("--to", metavar="CLIENT", help="Whose photo it is. [default: the same client]")
@click.option(
    "--session", "target", type=click.IntRange(min=1), metavar="N", help="Session to get it. [default: a new one]"
)
@practice_option
def move(client: str, session: int, name: str, to: str | None, target: int | None, folder: Path | None) -> None:
    """Move a photo to another session, of this client or another one.

    A new session has the date of the old one. A session without any other photo goes.

    \b
    Examples:
      symmetry photo move anna-kovacs 3 IMG_0412.jpg --to dora
      symmetry photo move anna-kovacs 3 2 --session 4
    """
    with opened(folder) as store:
        owner, other = store.client(client), None if to is None else store.client(to)
        found = store.move_photo(owner.id, session, name, None if other is None else other.id, session=target)
    tell(f"photo {name} is in session {found.number} of {(other or owner).id} now, {found.at:%Y-%m-%d %H:%M}")


@photo.command("confirm")
@client_argument
@_session_argument
@_photo_argument
@practice_option
def confirm_photo(client: str, session: int, name: str, folder: Path | None) -> None:
    """Say that a photo, which seemed to show someone else, shows the client: results are made of it from now on.

    \b
    Example:
      symmetry photo confirm anna-kovacs 3 IMG_0412.jpg
    """
    with opened(folder) as store:
        owner = store.client(client)
        store.confirm_photo(owner.id, session, name)
    tell(f"photo {name} of session {session} shows {owner.name}")
