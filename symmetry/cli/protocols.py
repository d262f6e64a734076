"""`symmetry protocol`: ordered steps, written down once, in versions."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from symmetry import practice
from symmetry.cli.messages import errors_in_one_line, say, tell
from symmetry.cli.options import Decorator, GivenPath, record
from symmetry.cli.output import Output
from symmetry.cli.practice import (
    confirm,
    given,
    list_options,
    new_note_option,
    note_option,
    opened,
    practice_option,
    read_future_day,
    yes_option,
)
from symmetry.output import tables
from symmetry.tabular.text import counted

if TYPE_CHECKING:
    from symmetry.practice import Protocol, Step, StepsFile

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


_STEP = click.option(
    "--step",
    "steps",
    multiple=True,
    metavar="STEP",
    help="One step, in order: 'NAME: zone, zone, 2 min, left, with PRODUCT'; only the name is required.",
)
_STEPS = click.option(
    "--steps",
    "file",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    help="Take the steps from a table (.csv, .xlsx, .ods) or .json file: name, zones, side, minutes, product.",
)


class _Taken(NamedTuple):
    """Steps and a plan as they were typed."""

    steps: tuple[str, ...]
    file: Path | None
    times_per_week: float | None

    def read(self) -> StepsFile:
        """Read the steps and the plan."""
        found = _steps(self.steps, self.file)
        return found if self.times_per_week is None else found._replace(times_per_week=self.times_per_week)


def steps_options(plan: str) -> Decorator[Any]:
    """Give `taken`, the steps and the plan that were typed, and their file; `plan` is the help of --times-per-week."""
    weekly = click.option("--times-per-week", type=float, metavar="N", help=plan)
    return record("taken", _Taken, _STEP, _STEPS, weekly)


@protocol.command()
@click.argument("name")
@steps_options("Plan for adherence.")
@note_option
@practice_option
def add(name: str, taken: _Taken, note: str, folder: Path | None) -> None:
    """Add a protocol.

    The steps are shown as they were understood. Sides are the client's own. `symmetry protocol show NAME -o
    steps.csv` writes a file that --steps reads, with its times per week.

    \b
    Example:
      symmetry protocol add "jaw release" --step "knead: jawline, 3 min, left" --step "hold: 1 min"
    """
    found = taken.read()
    with opened(folder) as store:
        added = store.add_protocol(name, found.steps, times_per_week=found.times_per_week, note=note)
    _tell_steps(f"protocol {added.name} added", added)
    if found.has_note and not note:
        say(f"symmetry: {taken.file}: its note is ignored; use --note")


@protocol.command()
@click.argument("name")
@steps_options("Another plan for adherence.")
@record(
    "changes",
    given,
    click.option("--name", "new_name", metavar="NAME", help="Another name."),
    new_note_option,
)
@click.option(
    "--from", "since", metavar="DATE", callback=read_future_day, help="First day of the new version. [default: today]"
)
@practice_option
def edit(name: str, taken: _Taken, changes: dict[str, Any], since: date | None, folder: Path | None) -> None:
    """Change a protocol: its name, its note, or, from a day on, its steps and its plan.

    Treatments before that day keep the steps and the plan that they had.

    \b
    Example:
      symmetry protocol edit "jaw release" --step "knead: jawline, 4 min, left" --from 2026-05-01
    """
    changes |= given(times_per_week=taken.times_per_week)
    if taken.steps or taken.file:
        found = taken.read()
        changes |= {"steps": found.steps} | given(times_per_week=found.times_per_week)
    if not changes:
        raise click.UsageError("nothing to change; give --step, --steps, --times-per-week, --name or --note")
    with opened(folder) as store:
        changed = store.edit_protocol(name, since=since, **changes)
    is_new = "steps" in changes or "times_per_week" in changes
    _tell_steps(f"protocol {changed.name} changed" + (f", from {changed.since}" if is_new else ""), changed)


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
@click.option("--on", metavar="DATE", callback=read_future_day, help="As it is on this day. [default: today]")
@list_options
def show(name: str, on: date | None, folder: Path | None, output: Output) -> None:
    """Show the steps of a protocol, and since when it has them.

    \b
    Example:
      symmetry protocol show "lifting ritual"
    """
    with opened(folder) as store:
        found = store.protocol(name, on=on)
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
        confirm(f"Remove the protocol {found.name}?", yes=yes, undone="nothing was removed")
        store.remove_protocol(found.name)
    tell(f"protocol {found.name} removed; `symmetry undo` brings it back")


def _tell_steps(what: str, kept: Protocol) -> None:
    minutes = f", {kept.minutes:.4g} minutes" if kept.minutes else ""
    weekly = f", {kept.times_per_week:g} times a week" if kept.times_per_week else ""
    tell(f"{what}: {counted(len(kept.steps), 'step')}{minutes}{weekly}")
    for number, step in enumerate(kept.steps, 1):
        tell(f"  {number}. {_as_understood(step)}")


def _as_understood(step: Step) -> str:
    """Say all of a step on one line, so that a slip in typing is seen."""
    parts = (
        f"zones {', '.join(step.zones)}" if step.zones else "no zones",
        _SIDE_WORDS[step.side],
        "no minutes" if step.minutes is None else f"{step.minutes:.4g} min",
        f"with {step.product}" if step.product else "",
    )
    return f"{step.name}: {'; '.join(part for part in parts if part)}"
