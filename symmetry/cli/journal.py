"""`symmetry history` and `symmetry undo`: who changed what, and taking it back."""

from __future__ import annotations

from pathlib import Path

import click

from symmetry import practice
from symmetry.cli.messages import tell
from symmetry.cli.output import Output
from symmetry.cli.practice import confirm, list_options, opened, practice_option, quickly, yes_option
from symmetry.output import tables
from symmetry.tabular.text import counted

_SHOWN = 20


@click.command()
@click.option("--client", metavar="CLIENT", help="Only what concerns this client.")
@click.option("--all", "all_", is_flag=True, help=f"All changes, not the last {_SHOWN}.")
@click.option("--clear", is_flag=True, help="Give up that changes can be taken back, and remove what was kept for it.")
@yes_option
@list_options
def history(client: str | None, all_: bool, clear: bool, yes: bool, folder: Path | None, output: Output) -> None:
    """List what was changed in the practice, by whom and when; the latest first.

    Who is the name in SYMMETRY_USER, else that of the user on this machine. A change can be taken back for 30 days, by
    its number: `symmetry undo NUMBER`. Until then the photos of sessions that were removed stay on the disk; --clear
    removes them at once.

    \b
    Examples:
      symmetry history
      symmetry history --client anna-kovacs --all
      symmetry history --client anna-kovacs --clear
    """
    if clear:
        whose = "all clients" if client is None else client
        with opened(folder) as store:
            if client is not None:
                client = whose = store.client(client).id
            confirm(f"Nothing of {whose} that was changed so far can be taken back then. Go on?", yes=yes)
            cleared = store.clear_history(client)
        tell(f"{counted(cleared, 'change')} of {whose} cannot be taken back any more; removed photos are gone")
        return
    limit = _SHOWN if output.shown and not all_ else None
    found = quickly(folder, lambda reader: reader.history(client, limit=limit))
    output.deliver(lambda: [each.to_dict() for each in found], practice.JOURNAL, lambda: tables.journal_table(found))


@click.command()
@click.argument("number", type=click.IntRange(min=1), required=False, metavar="[NUMBER]")
@practice_option
def undo(number: int | None, folder: Path | None) -> None:
    """Take back the last change of the practice, or any other by its number.

    `symmetry history` lists the numbers. An undo is a change, too: taking it back by its number does again what was
    undone. Forgetting a client is for good.

    \b
    Examples:
      symmetry undo
      symmetry undo 17
    """
    with opened(folder) as store:
        made = store.undo(number)
    tell(f"{made.told}; `symmetry undo {made.number}` does it again")
