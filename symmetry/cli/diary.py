"""`symmetry diary`: clients' own ratings, on scales that the practice defines."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path

import click

from symmetry import practice
from symmetry.cli.messages import tell
from symmetry.cli.output import Output
from symmetry.cli.practice import (
    client_argument,
    confirm,
    date_option,
    list_options,
    note_option,
    opened,
    page_of,
    practice_option,
    removal_options,
)
from symmetry.output import tables
from symmetry.photos.capture_time import zone_name


@click.group()
def diary() -> None:
    """Manage diaries: tension, stress, sleep and the like, rated by the client.

    \b
    Examples:
      symmetry diary scale tension
      symmetry diary add anna-kovacs tension=4
      symmetry diary list anna-kovacs
    """


@diary.command()
@click.argument("name")
@click.option("--low", type=float, default=0.0, show_default=True, help="Lower end.")
@click.option("--high", type=float, default=10.0, show_default=True, help="Upper end.")
@note_option
@practice_option
def scale(name: str, low: float, high: float, note: str, folder: Path | None) -> None:
    """Add a scale that all clients' diaries can use.

    \b
    Example:
      symmetry diary scale "screen hours" --high 24 --note "hours in front of a screen"
    """
    with opened(folder) as store:
        added = store.add_scale(name, low=low, high=high, note=note)
    tell(f"scale {added.name} added: {added.low:g} to {added.high:g}")


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
    values = _values(ratings)
    if not values and not note.strip():
        raise click.UsageError("nothing to add; give SCALE=VALUE or --note")
    when = at or practice.now()
    with opened(folder) as store:
        added = store.add_entry(client, at=when, zone=zone_name(when), values=values, note=note)
        owner = store.client(client)
    what = ", ".join(f"{name} {value:g}" for name, value in added.values) or "a note"
    tell(f"entry {added.number} of {owner.id} added: {what}, {added.at:%Y-%m-%d %H:%M}")


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
            f"Entry {number} of the diary of {owner.id}, {found.at:%Y-%m-%d %H:%M}: remove it for good?",
            yes=yes,
        )
        store.remove_entry(owner.id, number)
    tell(f"entry {number} of {owner.id} removed")


def _values(ratings: tuple[str, ...]) -> dict[str, float]:
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
