"""`symmetry treatment`: what was done for a client, and when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from symmetry import practice
from symmetry.cli.messages import tell
from symmetry.cli.options import record
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
)
from symmetry.output import tables
from symmetry.photos.capture_time import zone_name

_SIDES = ["both", "right", "left"]


def _read_zones(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(zone.strip() for zone in value.split(",") if zone.strip())


def _read_side(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    return None if value is None else practice.side_of(value)


@click.group()
def treatment() -> None:
    """Manage treatments: what was done for a client, when, and how that compares with the plan.

    \b
    Examples:
      symmetry treatment add anna-kovacs --protocol "lifting ritual" --by Mara
      symmetry treatment list anna-kovacs
    """


@treatment.command("add")
@client_argument
@record(
    "done",
    dict,
    click.option("--protocol", metavar="NAME", help="Protocol that was done."),
    date_option,
    click.option("--minutes", type=float, metavar="N", help="How long it took. [default: as long as the protocol]"),
    click.option(
        "--zones",
        default="",
        metavar="ZONES",
        callback=_read_zones,
        help="Where on the face, with commas between.",
    ),
    click.option(
        "--side",
        type=click.Choice(_SIDES),
        default="both",
        show_default=True,
        callback=_read_side,
        help="The client's own side that was treated.",
    ),
    click.option("--product", default="", help="What was used."),
    click.option("--by", default="", metavar="NAME", help="Who treated."),
    note_option,
)
@practice_option
def add_treatment(client: str, done: dict[str, Any], folder: Path | None) -> None:
    """Add a treatment of a client.

    \b
    Example:
      symmetry treatment add anna-kovacs --date yesterday --minutes 20 --zones "jawline, cheeks" --side left
    """
    done["at"] = done["at"] or practice.now()
    with opened(folder) as store:
        owner = store.client(client)
        said = done["zones"] or any(done[key].strip() for key in ("product", "by", "note"))
        if not said and done["protocol"] is None and done["minutes"] is None:
            raise click.UsageError("nothing to add; give --protocol, --minutes, --zones, --product, --by or --note")
        added = store.add_treatment(owner.id, practice.Treatment(zone=zone_name(done["at"]), **done))
    what = f": {added.protocol}" if added.protocol else ""
    tell(f"treatment {added.number} of {owner.id} added{what}, {added.at:%Y-%m-%d %H:%M}")


@treatment.command("list")
@client_argument
@list_options
def list_treatments(client: str, folder: Path | None, output: Output) -> None:
    """List a client's treatments, and how often each protocol was done against its plan.

    \b
    Example:
      symmetry treatment list anna-kovacs
    """
    page = page_of(client, folder)
    output.deliver(
        lambda: {key: page.to_dict()[key] for key in ("treatments", "adherence")},
        practice.treatment_layout(page.client.id),
        lambda: tables.treatments_table(page.treatments, page.adherence),
    )


@treatment.command("edit")
@client_argument
@number_argument("a treatment", see="symmetry treatment list CLIENT")
@record(
    "changes",
    given,
    click.option("--protocol", metavar="NAME", help="Another protocol; '' for none."),
    click.option("--minutes", type=float, metavar="N", help="How long it took."),
    click.option(
        "--zones", metavar="ZONES", callback=_read_zones, help="Other zones, with commas between; '' for none."
    ),
    click.option("--side", type=click.Choice(_SIDES), callback=_read_side, help="The client's own side."),
    click.option("--product", help="Another product; '' for none."),
    click.option("--by", metavar="NAME", help="Who treated; '' for nobody named."),
    new_note_option,
)
@new_date_option
@practice_option
def edit_treatment(client: str, number: int, changes: dict[str, Any], at: datetime | None, folder: Path | None) -> None:
    """Change a treatment: what is given; the rest stays.

    \b
    Example:
      symmetry treatment edit anna-kovacs 4 --date yesterday --minutes 25 --by Mara
    """
    changes |= when(at)
    if not changes:
        raise click.UsageError("nothing to change; give --date, --protocol, --minutes, --zones, --side, --product, ...")
    if changes.get("protocol") == "":
        changes["protocol"] = None
    with opened(folder) as store:
        owner = store.client(client)
        changed = store.edit_treatment(owner.id, number, **changes)
    tell(f"treatment {number} of {owner.id} changed: {changed.label}, {changed.at:%Y-%m-%d %H:%M}")


@treatment.command("remove")
@removal_options("a treatment", see="symmetry treatment list CLIENT")
def remove_treatment(client: str, number: int, yes: bool, folder: Path | None) -> None:
    """Remove a treatment that was added by mistake; asks first.

    \b
    Example:
      symmetry treatment remove anna-kovacs 4
    """
    with opened(folder) as store:
        owner = store.client(client)
        found = store.page(client).treatment(number)
        what = f", {found.protocol}" if found.protocol else ""
        confirm(
            f"Treatment {number} of {owner.id}, {found.at:%Y-%m-%d %H:%M}{what}: remove it?",
            yes=yes,
            undone="nothing was removed",
        )
        store.remove_treatment(owner.id, number)
    tell(f"treatment {number} of {owner.id} removed; `symmetry undo` brings it back")
