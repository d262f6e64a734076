"""`symmetry diary`: clients' own ratings, on scales that the practice defines."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symmetry import practice
from symmetry.cli.messages import tell
from symmetry.cli.output import Output
from symmetry.cli.practice import (
    client_argument,
    confirm,
    date_option,
    given,
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
from symmetry.output import tables

if TYPE_CHECKING:
    from symmetry.practice import Entry


@click.group()
def diary() -> None:
    """Manage diaries: tension, stress, sleep and the like, rated by the client.

    \b
    Examples:
      symmetry diary scale add tension
      symmetry diary add anna-kovacs tension=4
      symmetry diary list anna-kovacs
    """


class _Scales(click.Group):
    """Scales: a name that is no command adds a scale, which is what people do most."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `add` before a name."""
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["add", *args]
        return super().parse_args(ctx, args)


@diary.group(cls=_Scales)
def scale() -> None:
    """Add a scale that all clients' diaries can use, or remove one; `add` may be left out.

    \b
    Examples:
      symmetry diary scale add tension
      symmetry diary scale remove tension
    """


@scale.command("add")
@click.argument("name")
@click.option("--low", type=float, default=0.0, show_default=True, help="Lower end.")
@click.option("--high", type=float, default=10.0, show_default=True, help="Upper end.")
@note_option
@practice_option
def add_scale(name: str, low: float, high: float, note: str, folder: Path | None) -> None:
    """Add a scale.

    \b
    Example:
      symmetry diary scale add "screen hours" --high 24 --note "hours in front of a screen"
    """
    with opened(folder) as store:
        added = store.add_scale(name, low=low, high=high, note=note)
    tell(f"scale {added.name} added: {added.low:g} to {added.high:g}")


@scale.command("remove")
@click.argument("name")
@click.option("--with-ratings", is_flag=True, help="Remove its ratings from all diaries, too.")
@yes_option
@practice_option
def remove_scale(name: str, with_ratings: bool, yes: bool, folder: Path | None) -> None:
    """Remove a scale; one that was rated, only with its ratings. Asks first.

    \b
    Example:
      symmetry diary scale remove "screen hours"
    """
    with opened(folder) as store:
        found = store.scale(name)
        question = f"Remove the scale {found.name}{' with all its ratings' if with_ratings else ''}?"
        confirm(question, yes=yes, undone="nothing was removed")
        store.remove_scale(found.name, with_ratings=with_ratings)
    tell(f"scale {found.name} removed; `symmetry undo` brings it back")


@diary.command()
@list_options
def scales(folder: Path | None, output: Output) -> None:
    """List all scales.

    \b
    Example:
      symmetry diary scales
    """
    with opened(folder) as store:
        found = store.scales()
    output.deliver(lambda: [each.to_dict() for each in found], practice.SCALES, lambda: tables.scales_table(found))


@diary.command()
@client_argument
@click.argument("ratings", nargs=-1, metavar="[SCALE=VALUE]...")
@date_option
@note_option
@practice_option
def add(client: str, ratings: tuple[str, ...], at: datetime | None, note: str, folder: Path | None) -> None:
    """Add an entry: ratings on scales, or a note, or both.

    \b
    Example:
      symmetry diary add anna-kovacs tension=4 "screen hours=6.5" --date yesterday --note "slept on the left"
    """
    values = read_ratings(ratings)
    if not values and not note.strip():
        raise click.UsageError("nothing to add; give SCALE=VALUE or --note")
    with opened(folder) as store:
        owner = store.client(client)
        added = store.add_entry(owner.id, **when(at or practice.now()), values=values, note=note)
    tell(f"entry {added.number} of {owner.id} added: {_what(added)}, {added.at:%Y-%m-%d %H:%M}")


@diary.command("list")
@client_argument
@list_options
def list_(client: str, folder: Path | None, output: Output) -> None:
    """List a client's diary.

    \b
    Example:
      symmetry diary list anna-kovacs -o diary.csv
    """
    page = page_of(client, folder)
    output.deliver(
        lambda: [each.to_dict() for each in page.entries],
        practice.diary_layout(page.client.id),
        lambda: tables.diary_table(page.entries),
    )


@diary.command()
@client_argument
@number_argument("an entry", see="symmetry diary list CLIENT")
@click.argument("ratings", nargs=-1, metavar="[SCALE=VALUE]...")
@new_date_option
@new_note_option
@practice_option
def edit(
    client: str, number: int, ratings: tuple[str, ...], at: datetime | None, note: str | None, folder: Path | None
) -> None:
    """Change an entry: what is given; the rest stays. SCALE= without a value removes a rating.

    \b
    Example:
      symmetry diary edit anna-kovacs 2 tension=5 "screen hours=" --date yesterday
    """
    values: dict[str, float | None] = {each[:-1]: None for each in ratings if each.endswith("=")}
    values |= read_ratings(tuple(each for each in ratings if not each.endswith("=")))
    if not values and at is None and note is None:
        raise click.UsageError("nothing to change; give SCALE=VALUE, --date or --note")
    with opened(folder) as store:
        owner = store.client(client)
        changed = store.edit_entry(owner.id, number, **when(at), **given(note=note, values=values or None))
    tell(f"entry {number} of {owner.id} changed: {_what(changed)}, {changed.at:%Y-%m-%d %H:%M}")


@diary.command()
@removal_options("an entry", see="symmetry diary list CLIENT")
def remove(client: str, number: int, yes: bool, folder: Path | None) -> None:
    """Remove an entry that was added by mistake; asks first.

    \b
    Example:
      symmetry diary remove anna-kovacs 2
    """
    with opened(folder) as store:
        owner = store.client(client)
        found = store.page(client).entry(number)
        confirm(
            f"Entry {number} of the diary of {owner.id}, {found.at:%Y-%m-%d %H:%M}: remove it?",
            yes=yes,
            undone="nothing was removed",
        )
        store.remove_entry(owner.id, number)
    tell(f"entry {number} of {owner.id} removed; `symmetry undo` brings it back")


def _what(entry: Entry) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in entry.values) or "a note"


def read_ratings(ratings: tuple[str, ...]) -> dict[str, float]:
    """Read what a person types: tension=4."""
    values: dict[str, float] = {}
    for rating in ratings:
        name, equals, text = rating.rpartition("=")
        try:
            value = float(text.strip().replace(",", "."))
        except ValueError:
            value = math.nan
        if not equals or not name.strip() or not math.isfinite(value):
            raise click.UsageError(f"'{rating}' is not a rating; write SCALE=NUMBER such as tension=4, or use --note")
        if name in values:
            raise click.UsageError(f"'{name}' is rated twice; give one value")
        values[name] = value
    return values
