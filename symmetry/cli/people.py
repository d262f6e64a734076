"""`symmetry people`: who treats."""

from __future__ import annotations

from pathlib import Path

import click

from symmetry import practice
from symmetry.cli.messages import tell
from symmetry.cli.output import Output
from symmetry.cli.practice import confirm, list_options, opened, practice_option, quickly, yes_option
from symmetry.output import tables
from symmetry.practice import fold


@click.group()
def people() -> None:
    """Manage who treats: names, how often, and two spellings made one.

    Whoever `symmetry treatment add --by NAME` names is listed; upper and lower case are the same.

    \b
    Examples:
      symmetry people list
      symmetry people rename "Mara K." Mara
    """


@people.command("list")
@list_options
def list_(folder: Path | None, output: Output) -> None:
    """List who treats, with how many treatments of how many clients, and the last one.

    \b
    Example:
      symmetry people list
    """
    found = quickly(folder, lambda reader: reader.people())
    output.deliver(lambda: [each.to_dict() for each in found], practice.PEOPLE, lambda: tables.people_table(found))


@people.command()
@click.argument("name")
@click.argument("new_name", metavar="NEW_NAME")
@yes_option
@practice_option
def rename(name: str, new_name: str, yes: bool, folder: Path | None) -> None:
    """Rename somebody; if there is somebody of the new name, both become one: asks first.

    \b
    Example:
      symmetry people rename "Mara K." Mara
    """
    with opened(folder) as store:
        others = {fold(each.name) for each in store.people()} - {fold(name)}
        if fold(new_name) in others:
            confirm(f"There is {new_name} already. Are both one person?", yes=yes)
        store.rename_person(name, new_name)
    tell(f"{name} is {new_name} now")
