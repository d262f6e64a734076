"""`symmetry protocol` and `symmetry treatment`: rituals of several steps, and when they were done."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from symmetry.cli.options import GivenPath, chosen_format, complaining, output_options, say
from symmetry.cli.practice import (
    NumberOf,
    client_argument,
    confirm,
    counted,
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

if TYPE_CHECKING:
    from symmetry.practice.records import Step

_SIDES = ("both", "right", "left")
_SIDE_WORDS = {"both": "both sides", "subject_right": "right side", "subject_left": "left side"}


@click.group()
def protocol() -> None:
    """Keep protocols: rituals of ordered steps, written down once and used many times.

    \b
    Examples:
      symmetry protocol add "lifting ritual" --step "warm the product: hands, 0.5 min" \\
          --step "jawline: chin, jawline, 3 min, with rose oil" --step "closing hold: 1 min" --times-per-week 3
      symmetry protocol show "lifting ritual"
    """


@protocol.command()
@click.argument("name")
@click.option(
    "--step",
    "steps",
    multiple=True,
    metavar="STEP",
    help="One step, in order: 'NAME: zone, zone, 2 min, left, with PRODUCT'; only the name must be there.",
)
@click.option(
    "--steps",
    "file",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    help="Take the steps from a .csv or .json file: name, zones, side, minutes, product.",
)
@click.option("--times-per-week", type=float, metavar="N", help="The plan that adherence is counted against.")
@note_option
@practice_option
def add(
    name: str,
    steps: tuple[str, ...],
    file: Path | None,
    times_per_week: float | None,
    note: str,
    practice: Path | None,
) -> None:
    """Add a protocol.

    Its steps are shown as they were understood. A step's sides are the client's own. `symmetry protocol show NAME -o
    steps.csv` writes a file that --steps reads, with its times per week.

    \b
    Example:
      symmetry protocol add "jaw release" --step "knead: jawline, 3 min, left" --step "hold: 1 min"
    """
    from symmetry.cli.steps import StepsFile, parse_step, read_steps

    if bool(steps) == (file is not None):
        raise click.UsageError("give the steps: --step for each of them, or --steps with a file that lists them")
    if file is not None:
        with complaining(file):
            taken = read_steps(file)
    else:
        try:
            taken = StepsFile(steps=[parse_step(step) for step in steps], times_per_week=None, has_note=False)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    plan = taken.times_per_week if times_per_week is None else times_per_week
    with opened(practice) as store:
        added = store.add_protocol(name, taken.steps, times_per_week=plan, note=note)
    minutes = f", {added.minutes:.4g} minutes" if added.minutes else ""
    weekly = f", {added.times_per_week:g} times a week" if added.times_per_week else ""
    tell(f"protocol {added.name} added: {counted(len(added.steps), 'step')}{minutes}{weekly}")
    for number, step in enumerate(added.steps, 1):
        tell(f"  {number}. {_as_understood(step)}")
    if taken.has_note and not note:
        say(f"symmetry: {file}: its note was not taken; --note gives the protocol one")


@protocol.command("list")
@practice_option
@output_options
def list_protocols(practice: Path | None, output: Path | None, format_: str | None) -> None:
    """List all protocols.

    \b
    Example:
      symmetry protocol list
    """
    from symmetry.practice.listing import PROTOCOLS

    wanted = chosen_format(format_, output)
    check_targets(output, inputs=())
    with opened(practice) as store:
        found = store.protocols()
    present(
        wanted,
        output,
        table=lambda tables: tables.protocols_table(found),
        data=[each.to_dict() for each in found],
        layout=PROTOCOLS,
    )


@protocol.command()
@click.argument("name")
@practice_option
@output_options
def show(name: str, practice: Path | None, output: Path | None, format_: str | None) -> None:
    """Show the steps of a protocol.

    \b
    Example:
      symmetry protocol show "lifting ritual"
    """
    from symmetry.practice.listing import PROTOCOLS

    wanted = chosen_format(format_, output)
    check_targets(output, inputs=())
    with opened(practice) as store:
        found = store.protocol(name)
    present(
        wanted,
        output,
        table=lambda tables: tables.protocol_table(found),
        data=found.to_dict(),
        layout=PROTOCOLS,
    )


@protocol.command("remove")
@click.argument("name")
@yes_option
@practice_option
def remove_protocol(name: str, yes: bool, practice: Path | None) -> None:
    """Remove a protocol that no treatment has used; asks first.

    \b
    Example:
      symmetry protocol remove "jaw release"
    """
    from symmetry.practice.names import in_use

    with opened(practice) as store:
        found = store.protocol(name)
        uses = sum(done.protocol == found.name for each in store.clients() for done in store.treatments(each.id))
        if uses:
            raise in_use(found.name, uses, ("treatment", "treatments"))
        confirm(f"Remove the protocol {found.name}?", yes=yes, undone="nothing was removed")
        store.remove_protocol(found.name)
    tell(f"protocol {found.name} removed")


@click.group()
def treatment() -> None:
    """Keep treatments: what was done for a client, when, and how it keeps to the plan.

    \b
    Examples:
      symmetry treatment add anna-kovacs --protocol "lifting ritual" --by Mara
      symmetry treatment list anna-kovacs
    """


@treatment.command("add")
@client_argument
@click.option("--protocol", metavar="NAME", help="Protocol that was done.")
@date_option
@click.option("--minutes", type=float, metavar="N", help="How long it took. [default: as long as the protocol]")
@click.option("--zones", default="", metavar="ZONES", help="Where on the face, with commas between.")
@click.option(
    "--side",
    type=click.Choice(_SIDES),
    default="both",
    show_default=True,
    help="The client's own side that was treated.",
)
@click.option("--product", default="", help="What was used.")
@click.option("--by", default="", metavar="NAME", help="Who treated.")
@note_option
@practice_option
def add_treatment(
    client: str,
    protocol: str | None,
    at: datetime | None,
    minutes: float | None,
    zones: str,
    side: Literal["both", "right", "left"],
    product: str,
    by: str,
    note: str,
    practice: Path | None,
) -> None:
    """Add a treatment of a client.

    \b
    Example:
      symmetry treatment add anna-kovacs --date yesterday --minutes 20 --zones "jawline, cheeks" --side left
    """
    from symmetry.cli.steps import side_of
    from symmetry.practice.records import Treatment

    where = [zone.strip() for zone in zones.split(",") if zone.strip()]
    when = at or now()
    with opened(practice) as store:
        owner = store.client(client)
        if protocol is None and minutes is None and not (where or product.strip() or by.strip() or note.strip()):
            raise click.UsageError("nothing to add; give --protocol, --minutes, --zones, --product, --by or --note")
        given = Treatment(
            at=when,
            zone=zone_of(when),
            protocol=protocol,
            minutes=minutes,
            zones=tuple(where),
            side=side_of(side),
            product=product,
            by=by,
            note=note,
        )
        added = store.add_treatment(owner.id, given)
    what = f": {added.protocol}" if added.protocol else ""
    tell(f"treatment {added.number} of {owner.id} added{what}, {added.at:%Y-%m-%d %H:%M}")


@treatment.command("list")
@client_argument
@practice_option
@output_options
def list_treatments(client: str, practice: Path | None, output: Path | None, format_: str | None) -> None:
    """List a client's treatments, and how often each protocol was done against its plan.

    \b
    Example:
      symmetry treatment list anna-kovacs
    """
    from symmetry.practice.listing import treatment_layout

    wanted = chosen_format(format_, output)
    check_targets(output, inputs=())
    page = page_of(client, practice)
    present(
        wanted,
        output,
        table=lambda tables: tables.treatments_table(page.treatments, page.adherence),
        data={key: page.to_dict()[key] for key in ("treatments", "adherence")},
        layout=treatment_layout(page.client.id),
    )


@treatment.command("remove")
@client_argument
@click.argument("number", type=NumberOf("a treatment", see="symmetry treatment list CLIENT"), metavar="NUMBER")
@yes_option
@practice_option
def remove_treatment(client: str, number: int, yes: bool, practice: Path | None) -> None:
    """Remove a treatment that was added by mistake; asks first.

    \b
    Example:
      symmetry treatment remove anna-kovacs 4
    """
    with opened(practice) as store:
        owner = store.client(client)
        found = store.treatment(owner.id, number)
        what = f", {found.protocol}" if found.protocol else ""
        confirm(
            f"Treatment {number} of {owner.id}, {found.at:%Y-%m-%d %H:%M}{what}: remove it for good?",
            yes=yes,
            undone="nothing was removed",
        )
        store.remove_treatment(owner.id, number)
    tell(f"treatment {number} of {owner.id} removed")


def _as_understood(step: Step) -> str:
    """Say all of a step on one line, so that a slip in typing is seen."""
    parts = (
        f"zones {', '.join(step.zones)}" if step.zones else "no zones",
        _SIDE_WORDS[step.side],
        "no minutes" if step.minutes is None else f"{step.minutes:.4g} min",
        f"with {step.product}" if step.product else "",
    )
    return f"{step.name}: {'; '.join(part for part in parts if part)}"
