"""`symmetry protocol` and `symmetry treatment`: ordered steps, and when they were done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symmetry import practice
from symmetry.cli.messages import errors_in_one_line, say, tell
from symmetry.cli.options import GivenPath, record
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
    yes_option,
)
from symmetry.output import tables
from symmetry.photos.capture_time import zone_name
from symmetry.tabular.text import counted

if TYPE_CHECKING:
    from symmetry.practice import Step, StepsFile

_SIDE_WORDS = {"both": "both sides", "subject_right": "right side", "subject_left": "left side"}


@click.group()
def protocol() -> None:
    """Manage protocols: ordered steps, written down once and used many times.

    \b
    Examples:
      symmetry protocol add "lifting ritual" --step "warm the product: hands, 0.5 min" \\
          --step "jawline: chin, jawline, 3 min, with rose oil" --step "closing hold: 1 min" --times-per-week 3
      symmetry protocol show "lifting ritual"
    """


def _steps(steps: tuple[str, ...], file: Path | None) -> StepsFile:
    """Read the steps of a protocol, as typed or from a file."""
    if bool(steps) == (file is not None):
        raise click.UsageError("give the steps: --step for each of them, or --steps with a file that lists them")
    if file is not None:
        with errors_in_one_line(file):
            return practice.read_steps(file)
    try:
        return practice.StepsFile([practice.parse_step(step) for step in steps])
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@protocol.command()
@click.argument("name")
@click.option(
    "--step",
    "steps",
    multiple=True,
    metavar="STEP",
    help="One step, in order: 'NAME: zone, zone, 2 min, left, with PRODUCT'; only the name is required.",
)
@click.option(
    "--steps",
    "file",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    help="Take the steps from a table (.csv, .xlsx, .ods) or .json file: name, zones, side, minutes, product.",
)
@click.option("--times-per-week", type=float, metavar="N", help="Plan for adherence.")
@note_option
@practice_option
def add(
    name: str,
    steps: tuple[str, ...],
    file: Path | None,
    times_per_week: float | None,
    note: str,
    folder: Path | None,
) -> None:
    """Add a protocol.

    The steps are shown as they were understood. Sides are the client's own. `symmetry protocol show NAME -o
    steps.csv` writes a file that --steps reads, with its times per week.

    \b
    Example:
      symmetry protocol add "jaw release" --step "knead: jawline, 3 min, left" --step "hold: 1 min"
    """
    taken = _steps(steps, file)
    plan = taken.times_per_week if times_per_week is None else times_per_week
    with opened(folder) as store:
        added = store.add_protocol(name, taken.steps, times_per_week=plan, note=note)
    minutes = f", {added.minutes:.4g} minutes" if added.minutes else ""
    weekly = f", {added.times_per_week:g} times a week" if added.times_per_week else ""
    tell(f"protocol {added.name} added: {counted(len(added.steps), 'step')}{minutes}{weekly}")
    for number, step in enumerate(added.steps, 1):
        tell(f"  {number}. {_as_understood(step)}")
    if taken.has_note and not note:
        say(f"symmetry: {file}: its note is ignored; use --note")


@protocol.command("list")
@list_options
def list_protocols(folder: Path | None, output: Output) -> None:
    """List all protocols.

    \b
    Example:
      symmetry protocol list
    """
    with opened(folder) as store:
        found = store.protocols()
    output.deliver(
        lambda: [each.to_dict() for each in found], practice.PROTOCOLS, lambda: tables.protocols_table(found)
    )


@protocol.command()
@click.argument("name")
@list_options
def show(name: str, folder: Path | None, output: Output) -> None:
    """Show the steps of a protocol.

    \b
    Example:
      symmetry protocol show "lifting ritual"
    """
    with opened(folder) as store:
        found = store.protocol(name)
    output.deliver(lambda: found.to_dict(), practice.PROTOCOLS, lambda: tables.protocol_table(found))


@protocol.command("remove")
@click.argument("name")
@yes_option
@practice_option
def remove_protocol(name: str, yes: bool, folder: Path | None) -> None:
    """Remove a protocol that no treatment has used; asks first.

    \b
    Example:
      symmetry protocol remove "jaw release"
    """
    with opened(folder) as store:
        found = store.protocol(name)
        uses = sum(done.protocol == found.name for each in store.clients() for done in store.treatments(each.id))
        if uses:
            raise practice.in_use(found.name, uses, ("treatment", "treatments"))
        confirm(f"Remove the protocol {found.name}?", yes=yes)
        store.remove_protocol(found.name)
    tell(f"protocol {found.name} removed")


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
        callback=lambda context, parameter, value: tuple(zone.strip() for zone in value.split(",") if zone.strip()),
        help="Where on the face, with commas between.",
    ),
    click.option(
        "--side",
        type=click.Choice(["both", "right", "left"]),
        default="both",
        show_default=True,
        callback=lambda context, parameter, value: practice.side_of(value),
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
            f"Treatment {number} of {owner.id}, {found.at:%Y-%m-%d %H:%M}{what}: remove it for good?",
            yes=yes,
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
