"""`symmetry diary`: what clients say of themselves, on scales that the practice defines."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path

import click

from symmetry.cli.options import chosen_format, output_options
from symmetry.cli.practice import (
    NumberOf,
    client_argument,
    confirm,
    date_option,
    note_option,
    now,
    opened,
    page_of,
    practice_option,
    present,
    tell,
    yes_option,
    zone_of,
)
from symmetry.cli.running import check_targets


@click.group()
def diary() -> None:
    """Keep diaries: tension, stress, sleep and the like, rated by the client.

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
def scale(name: str, low: float, high: float, note: str, practice: Path | None) -> None:
    """Add a scale that all clients' diaries can use.

    \b
    Example:
      symmetry diary scale "screen hours" --high 24 --note "hours in front of a screen"
    """
    with opened(practice) as store:
        added = store.add_scale(name, low=low, high=high, note=note)
    tell(f"scale {added.name} added: {added.low:g} to {added.high:g}")


@diary.command()
@practice_option
@output_options
def scales(practice: Path | None, output: Path | None, format_: str | None) -> None:
    """List all scales.

    \b
    Example:
      symmetry diary scales
    """
    from symmetry.practice.listing import SCALES

    wanted = chosen_format(format_, output)
    check_targets(output, inputs=())
    with opened(practice) as store:
        found = store.scales()
    present(
        wanted,
        output,
        table=lambda tables: tables.scales_table(found),
        data=[each.to_dict() for each in found],
        layout=SCALES,
    )


@diary.command()
@client_argument
@click.argument("ratings", nargs=-1, metavar="[SCALE=VALUE]...")
@date_option
@note_option
@practice_option
def add(client: str, ratings: tuple[str, ...], at: datetime | None, note: str, practice: Path | None) -> None:
    """Add an entry: ratings on scales, or a note, or both.

    \b
    Example:
      symmetry diary add anna-kovacs tension=4 "screen hours=6.5" --date yesterday --note "slept on the left"
    """
    values = _values(ratings)
    if not values and not note.strip():
        raise click.UsageError("nothing to add; give SCALE=VALUE or --note")
    when = at or now()
    with opened(practice) as store:
        added = store.add_entry(client, at=when, zone=zone_of(when), values=values, note=note)
        owner = store.client(client)
    what = ", ".join(f"{name} {value:g}" for name, value in added.values) or "a note"
    tell(f"entry {added.number} of {owner.id} added: {what}, {added.at:%Y-%m-%d %H:%M}")


@diary.command("list")
@client_argument
@practice_option
@output_options
def list_(client: str, practice: Path | None, output: Path | None, format_: str | None) -> None:
    """List a client's diary.

    \b
    Example:
      symmetry diary list anna-kovacs -o diary.csv
    """
    from symmetry.practice.listing import diary_layout

    wanted = chosen_format(format_, output)
    check_targets(output, inputs=())
    page = page_of(client, practice)
    present(
        wanted,
        output,
        table=lambda tables: tables.diary_table(page.entries),
        data=[each.to_dict() for each in page.entries],
        layout=diary_layout(page.client.id),
    )


@diary.command()
@client_argument
@click.argument("number", type=NumberOf("an entry", see="symmetry diary list CLIENT"), metavar="NUMBER")
@yes_option
@practice_option
def remove(client: str, number: int, yes: bool, practice: Path | None) -> None:
    """Remove an entry that was added by mistake; asks first.

    \b
    Example:
      symmetry diary remove anna-kovacs 2
    """
    with opened(practice) as store:
        owner = store.client(client)
        found = store.entry(owner.id, number)
        confirm(
            f"Entry {number} of the diary of {owner.id}, {found.at:%Y-%m-%d %H:%M}: remove it for good?",
            yes=yes,
            undone="nothing was removed",
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
            raise click.UsageError(f"'{rating}' is no rating; write SCALE=NUMBER such as tension=4, or use --note")
        if name in values:
            raise click.UsageError(f"'{name}' is rated twice; give one value")
        values[name] = value
    return values
