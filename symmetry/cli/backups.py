"""`symmetry backup` and `symmetry restore`: the whole practice in one file."""

from __future__ import annotations

from pathlib import Path

import click

from symmetry import practice
from symmetry.cli.messages import errors_in_one_line, say, tell
from symmetry.cli.options import ZIP, GivenPath
from symmetry.cli.output import check_targets
from symmetry.cli.practice import confirm, opened, practice_errors, practice_option, yes_option
from symmetry.errors import BackupError, NoPracticeError, SymmetryError
from symmetry.tabular.text import counted


@click.command()
@click.argument("file", type=ZIP, metavar="FILE")
@practice_option
def backup(file: Path, folder: Path | None) -> None:
    """Write the whole practice to one file: clients, photos, results.

    The file is a zip and not encrypted: keep it where only you can read it.

    \b
    Example:
      symmetry backup practice-2026-04-06.zip
    """
    check_targets(file)
    with opened(folder) as store, errors_in_one_line(file):
        made = store.backup(file)
    say(f"wrote {file}: {counted(made.clients, 'client')}, {counted(made.photos, 'photo')}")
    for name in made.damaged:
        say(f"symmetry: missing or damaged in the practice, so in the backup too: {name}")
    if made.damaged:
        raise SystemExit(1)


@click.command()
@click.argument("file", type=GivenPath(dir_okay=False), metavar="FILE")
@click.option("--replace", is_flag=True, help="Replace the practice in the folder, which is then lost.")
@yes_option
@practice_option
def restore(file: Path, replace: bool, yes: bool, folder: Path | None) -> None:
    """Restore a practice from a file that `symmetry backup` wrote.

    \b
    Example:
      symmetry restore practice-2026-04-06.zip --practice restored/
    """
    with practice_errors(folder):
        place = practice.practice_folder(folder)
        if replace and (lost := _at_stake(place)):
            question = f"The practice in {place}, with {lost}, will be lost. Replace it by {file}?"
            confirm(question, yes=yes, undone="nothing was replaced")
        try:
            brought = practice.restore_practice(file, folder, replace=replace)
        except BackupError as error:
            say(f"symmetry: {file}: {error}")
            raise SystemExit(1) from None
    tell(f"restored into {place}: {counted(brought.clients, 'client')}, {counted(brought.photos, 'photo')}")
    for name in brought.damaged:
        say(f"symmetry: missing or damaged in the backup, so in the practice too: {name}")
    if brought.damaged:
        raise SystemExit(1)


def _at_stake(folder: Path) -> str | None:
    """Say how many clients a practice has; None if there is none."""
    try:
        return counted(len(practice.PracticeReader(folder).clients()), "client")
    except NoPracticeError:
        return None
    except SymmetryError:
        return "an unknown number of clients"  # damaged: what a backup is for
