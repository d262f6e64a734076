"""What the commands about a practice share: its folder, its errors in one line, dates, questions, removals."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symmetry import practice
from symmetry.cli.messages import complain, say
from symmetry.cli.options import Command, GivenPath, output_options
from symmetry.errors import (
    AmbiguousNameError,
    InvalidRecordError,
    PracticeNotReadyError,
    SymmetryError,
    TakenIdError,
    UnknownIdError,
)
from symmetry.photos.capture_time import zone_name
from symmetry.tabular import printable

if TYPE_CHECKING:
    from symmetry.practice import ClientPage, Practice, PracticeReader

Result = TypeVar("Result")

_SAY_WHAT = (InvalidRecordError, TakenIdError, UnknownIdError)
"""Errors that say by themselves what they are about."""

practice_option = click.option(
    "--practice",
    "folder",
    type=GivenPath(),
    envvar="SYMMETRY_PRACTICE",
    show_envvar=True,
    is_eager=True,
    metavar="DIR",
    help="Folder of the practice. [default: in your user data]",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
note_option = click.option("--note", default="", help="Anything else.")


def _whom(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Ask which client is meant if several fit; everything else that may be wrong is said later."""
    try:
        practice.PracticeReader(context.params.get("folder")).client(value)
    except AmbiguousNameError as error:
        if can_ask():
            for number, found in enumerate(error.ids, 1):
                say(f"{number:>3}  {found}")
            chosen: int = click.prompt("Which one?", type=click.IntRange(1, len(error.ids)), err=True)
            return error.ids[chosen - 1]
    except SymmetryError:
        pass
    return value


client_argument = click.argument("client", metavar="CLIENT", callback=_whom)
into_argument = click.argument("into", metavar="CLIENT", callback=_whom)


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


def number_argument(what: str, *, see: str) -> Callable[[Command], Command]:
    """Give `number`, of something that a client has; `see` is the command to list it."""
    return click.argument("number", type=_NumberOf(what, see=see), metavar="NUMBER")


def removal_options(what: str, *, see: str) -> Callable[[Command], Command]:
    """Give `client`, `number`, `yes` and `folder`, for something that a client has; see `number_argument`."""
    number = number_argument(what, see=see)
    return lambda command: client_argument(number(yes_option(practice_option(command))))


def _read_date(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """Read a day, or a day and a time, in this machine's zone; it must not be in the future."""
    if value is None:
        return None
    present = practice.now()
    try:
        at = practice.read_date(value, present)
    except InvalidRecordError as error:
        raise click.BadParameter(str(error)) from None
    if at > present:
        raise click.BadParameter(f"'{value}' is in the future; check the year")
    return at


def read_future_day(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    """Read a day that may lie ahead."""
    if value is None:
        return None
    try:
        return practice.read_date(value, practice.now()).date()
    except InvalidRecordError as error:
        raise click.BadParameter(str(error)) from None


date_option = click.option(
    "--date",
    "at",
    metavar="DATE",
    callback=_read_date,
    help="When: 2026-04-06, '2026-04-06 08:10', 6.4.2026, today or yesterday. [default: now]",
)
new_date_option = click.option(
    "--date", "at", metavar="DATE", callback=_read_date, help="Another date, or date and time."
)
new_note_option = click.option("--note", default=None, help="Another note; '' for none.")


def when(at: datetime | None) -> dict[str, Any]:
    """Give the changes of a date, if there is one."""
    return {} if at is None else {"at": at, "zone": zone_name(at)}


def given(**options: Any) -> dict[str, Any]:
    """Give the options that were typed."""
    return {name: value for name, value in options.items() if value is not None}


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
        try:
            made = store.rotate_backups(practice.now().date())
        except SymmetryError as error:  # what was asked for is done
            complain("daily backup", error)
        else:
            if made is not None:
                say(f"daily backup: wrote {made}")


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


def confirm(question: str, *, yes: bool, undone: str = "nothing was changed") -> None:
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
    if not can_ask():
        raise click.UsageError(f"{question} There is nobody to ask; add --yes")
    if not click.confirm(question, err=True):
        say(undone)
        raise SystemExit(1)


def can_ask() -> bool:
    """Whether somebody sits at the terminal."""
    return sys.stdin is not None and sys.stdin.isatty()
