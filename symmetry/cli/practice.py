"""What the commands about clients share: the practice's folder, its errors in one line, dates, questions."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symmetry.cli.options import GivenPath, complain, complaining, deliver_data, deliver_table, say
from symmetry.errors import InvalidRecordError, SymmetryError, TakenIdError, UnknownIdError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from symmetry.practice.reading import PracticeReader
    from symmetry.practice.records import ClientPage
    from symmetry.practice.store import Practice
    from symmetry.tabular import Layout

Result = TypeVar("Result")

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d))?)?")
_NOON = time(12)
_SAY_WHAT = (InvalidRecordError, TakenIdError, UnknownIdError)
"""Errors that say by themselves what they are about."""

practice_option = click.option(
    "--practice",
    type=GivenPath(),
    envvar="SYMMETRY_PRACTICE",
    show_envvar=True,
    metavar="DIR",
    help="Folder of the practice. [default: one among your own data]",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
note_option = click.option("--note", default="", help="Anything else.")
client_argument = click.argument("client", metavar="CLIENT")


class NumberOf(click.IntRange):
    """The number of something that a client has, as lists show it."""

    def __init__(self, what: str, *, see: str) -> None:
        super().__init__(min=1)
        self.what, self.see = what, see

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a number from 1 on, or refuse it."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"'{value}' is no number of {self.what}; `{self.see}` shows them", param, ctx)


def read_date(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """Read a day, or a day and a time, as a person types it, in this machine's zone; it is not yet to come.

    Raises
    ------
    click.BadParameter
        If it is no date, or one in the future.
    """
    if value is None:
        return None
    from symmetry.photos.capture_time import aware

    present = now()
    zone = present.tzinfo or timezone.utc
    text = " ".join(value.split()).casefold()
    if text in ("today", "now"):
        return present
    if text == "yesterday":
        return aware(datetime.combine(present.date() - timedelta(days=1), _NOON), zone)
    match = _DAY.fullmatch(text.upper())
    if match is None:
        raise click.BadParameter(f"'{value}' is no date; write 2026-04-06, '2026-04-06 08:10', today or yesterday")
    year, month, day, hour, minute, second = (None if part is None else int(part) for part in match.groups())
    try:
        at = datetime(year or 0, month or 0, day or 0)
        if hour is None and at.date() == present.date():
            return present
        clock = _NOON if hour is None else time(hour, minute or 0, second or 0)
        at = aware(datetime.combine(at, clock), zone)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"there is no '{value}'; check day, month and time") from None
    if at > present:
        raise click.BadParameter(f"'{value}' is yet to come; check the year")
    return at


date_option = click.option(
    "--date",
    "at",
    metavar="DATE",
    callback=read_date,
    help="When: 2026-04-06, '2026-04-06 08:10', today or yesterday. [default: now]",
)


def now() -> datetime:
    """Give the time in this machine's zone."""
    from symmetry.practice import times

    return times.now()


def zone_of(at: datetime) -> str:
    """Name the zone of a time, as the practice keeps it."""
    from symmetry.photos.capture_time import zone_name

    return zone_name(at)


@contextlib.contextmanager
def minding(practice: Path | None) -> Iterator[None]:
    """Turn an error of this package into its line and exit status 1."""
    try:
        yield
    except SymmetryError as error:
        if isinstance(error, _SAY_WHAT):
            say(f"symmetry: {error}")
        else:
            from symmetry.practice.storage.folders import practice_folder

            complain(str(practice_folder(practice)), error)
        raise SystemExit(1) from None


@contextlib.contextmanager
def opened(practice: Path | None) -> Iterator[Practice]:
    """Open the practice to write to it; what goes wrong is one line and exit status 1."""
    with minding(practice):
        from symmetry.practice.store import open_practice

        with open_practice(practice) as store:
            yield store


def quickly(practice: Path | None, read: Callable[[PracticeReader], Result]) -> Result:
    """Read from the practice without the weight of its store, unless it must be brought up to date first."""
    from symmetry.errors import PracticeNotReadyError
    from symmetry.practice.reading import PracticeReader

    with minding(practice):
        reader = PracticeReader(practice)
        try:
            return read(reader)
        except PracticeNotReadyError:
            with opened(practice):
                pass
            return read(reader)


def confirm(question: str, *, yes: bool, undone: str) -> None:
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
    from symmetry.tabular.text import printable

    question = printable(question)
    if not _can_ask():
        raise click.UsageError(f"{question} There is nobody to ask; add --yes")
    if not click.confirm(question, err=True):
        say(undone)
        raise SystemExit(1)


def present(
    wanted: str,
    output: Path | None,
    *,
    table: Callable[[ModuleType], RenderableType],
    data: object,
    layout: Layout,
) -> None:
    """Print a list or write it to a file, in the form wanted.

    Parameters
    ----------
    wanted : {"table", "json", "csv", "parquet"}
    output : Path or None
    table : callable
        Makes the table for people, of `symmetry.output.tables.practice`, which is loaded for it alone.
    data : JSON object, or list of them
    layout : Layout
        Of `data`.
    """
    with complaining(output):
        if wanted == "table":
            from symmetry.output.tables import practice as tables

            deliver_table(table(tables), output)
        else:
            deliver_data(data, layout, wanted, output)


def page_of(client: str, practice: Path | None) -> ClientPage:
    """Give everything about a client except the pictures."""
    return quickly(practice, lambda reader: reader.page(client))


def _can_ask() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def tell(message: str) -> None:
    """Print what was done."""
    from symmetry.tabular.text import printable

    click.echo(printable(message))


def counted(number: int, one: str, many: str | None = None) -> str:
    """Count things in words."""
    return f"{number} {one if number == 1 else many or one + 's'}"
