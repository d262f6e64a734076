"""What the commands about a practice share: its folder, its errors in one line, dates, questions, removals."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symmetry import practice
from symmetry.cli.messages import complain, say
from symmetry.cli.options import Command, GivenPath, output_options
from symmetry.errors import (
    InvalidRecordError,
    PracticeNotReadyError,
    SymmetryError,
    TakenIdError,
    UnknownIdError,
)
from symmetry.photos.capture_time import aware
from symmetry.tabular import printable

if TYPE_CHECKING:
    from symmetry.practice import ClientPage, Practice, PracticeReader

Result = TypeVar("Result")

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d))?)?")
_NOON = time(12)
_SAY_WHAT = (InvalidRecordError, TakenIdError, UnknownIdError)
"""Errors that say by themselves what they are about."""

practice_option = click.option(
    "--practice",
    "folder",
    type=GivenPath(),
    envvar="SYMMETRY_PRACTICE",
    show_envvar=True,
    metavar="DIR",
    help="Folder of the practice. [default: in your user data]",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
note_option = click.option("--note", default="", help="Anything else.")
client_argument = click.argument("client", metavar="CLIENT")


def list_options(command: Command) -> Command:
    """Give `folder` and `output`."""
    listed: Command = practice_option(output_options(command))
    return listed


class _NumberOf(click.IntRange):
    """The number of something that a client has, as lists show it."""

    def __init__(self, what: str, *, see: str) -> None:
        super().__init__(min=1)
        self.what, self.see = what, see

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a number, 1 or higher."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"'{value}' is not the number of {self.what}; `{self.see}` lists them", param, ctx)


def removal_options(what: str, *, see: str) -> Callable[[Command], Command]:
    """Give `client`, `number`, `yes` and `folder`, for something that a client has; `see` is the command to list it."""
    number = click.argument("number", type=_NumberOf(what, see=see), metavar="NUMBER")
    return lambda command: client_argument(number(yes_option(practice_option(command))))


def _read_date(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """Read a day, or a day and a time, in this machine's zone; it must not be in the future."""
    if value is None:
        return None
    present = practice.now()
    zone = present.tzinfo or timezone.utc
    text = " ".join(value.split()).casefold()
    if text in ("today", "now"):
        return present
    if text == "yesterday":
        return aware(datetime.combine(present.date() - timedelta(days=1), _NOON), zone)
    match = _DAY.fullmatch(text.upper())
    if match is None:
        raise click.BadParameter(f"'{value}' is not a date; write 2026-04-06, '2026-04-06 08:10', today or yesterday")
    year, month, day, hour, minute, second = (None if part is None else int(part) for part in match.groups())
    try:
        at = datetime(year or 0, month or 0, day or 0)
        if hour is None and at.date() == present.date():
            return present
        clock = _NOON if hour is None else time(hour, minute or 0, second or 0)
        at = aware(datetime.combine(at, clock), zone)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"'{value}' does not exist; check day, month and time") from None
    if at > present:
        raise click.BadParameter(f"'{value}' is in the future; check the year")
    return at


date_option = click.option(
    "--date",
    "at",
    metavar="DATE",
    callback=_read_date,
    help="When: 2026-04-06, '2026-04-06 08:10', today or yesterday. [default: now]",
)


@contextlib.contextmanager
def practice_errors(folder: Path | None) -> Iterator[None]:
    """Turn an error of this package into its line and exit status 1."""
    try:
        yield
    except SymmetryError as error:
        if isinstance(error, _SAY_WHAT):
            say(f"symmetry: {error}")
        else:
            complain(practice.practice_folder(folder), error)
        raise SystemExit(1) from None


@contextlib.contextmanager
def opened(folder: Path | None) -> Iterator[Practice]:
    """Open the practice to write to it; what goes wrong is one line and exit status 1."""
    with practice_errors(folder), practice.open_practice(folder) as store:
        yield store


def quickly(folder: Path | None, read: Callable[[PracticeReader], Result]) -> Result:
    """Read from the practice without the weight of its store, unless it must be brought up to date first."""
    with practice_errors(folder):
        reader = practice.PracticeReader(folder)
        try:
            return read(reader)
        except PracticeNotReadyError:
            with opened(folder):
                pass
            return read(reader)


def page_of(client: str, folder: Path | None) -> ClientPage:
    """Read everything about a client except the pictures."""
    return quickly(folder, lambda reader: reader.page(client))


def confirm(question: str, *, yes: bool, undone: str = "nothing was removed") -> None:
    """Ask before something is lost for good; without an answer it stays.

    Parameters
    ----------
    question : str
    yes : bool
        Whether the answer is known.
    undone : str
        What to say if it is no.
    """
    if yes:
        return
    question = printable(question)
    if not _can_ask():
        raise click.UsageError(f"{question} There is nobody to ask; add --yes")
    if not click.confirm(question, err=True):
        say(undone)
        raise SystemExit(1)


def _can_ask() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
