"""`symmetry backup` and `symmetry restore`: the whole practice in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symmetry import practice
from symmetry.cli.messages import errors_in_one_line, say, tell
from symmetry.cli.options import ZIP, GivenPath
from symmetry.cli.output import check_targets
from symmetry.cli.practice import confirm, opened, practice_errors, practice_option, yes_option
from symmetry.errors import BackupError, FullerBackupError, NoPracticeError, OutputError, SymmetryError
from symmetry.tabular.text import counted

if TYPE_CHECKING:
    from symmetry.practice import Brought


@click.command()
@click.argument("file", type=ZIP, metavar="FILE")
@click.option("--replace", is_flag=True, help="Replace the file if it is there; asks if that backup has more in it.")
@yes_option
@practice_option
def backup(file: Path, replace: bool, yes: bool, folder: Path | None) -> None:
    """Write the whole practice to one file: clients, photos, results.

    The file is a zip and not encrypted: keep it where only you can read it. `symmetry practice backups DIR` has one
    made every day.

    \b
    Example:
      symmetry backup practice-2026-04-06.zip
    """
    check_targets(file)
    with opened(folder) as store, errors_in_one_line(file):
        if file.exists() and not replace:
            raise OutputError("there is a file already; choose another name, or add --replace")
        try:
            made = store.backup(file, replace=replace)
        except FullerBackupError as error:
            confirm(f"{file}: {error}. Replace it all the same?", yes=yes, undone="nothing was written")
            made = store.backup(file, replace=True, fewer=True)
    say(f"wrote {file}: {counted(made.clients, 'client')}, {counted(made.photos, 'photo')}")
    for name in made.damaged:
        say(f"symmetry: missing or damaged in the practice, so in the backup too: {name}")
    if made.damaged:
        raise SystemExit(1)


@click.command()
@click.argument("file", type=GivenPath(dir_okay=False), metavar="FILE")
@click.option("--replace", is_flag=True, help="Replace the practice in the folder; it is kept beside it for 30 days.")
@click.option("--merge", is_flag=True, help="Bring the clients of the file into the practice that is there.")
@yes_option
@practice_option
def restore(file: Path, replace: bool, merge: bool, yes: bool, folder: Path | None) -> None:
    """Restore a practice or a client from a file of `symmetry backup` or `symmetry client export`.

    The export of a client is brought into the practice that is there, and so is a whole practice with --merge. What
    would be added is shown, and asked about; what is there already is not added twice.

    \b
    Examples:
      symmetry restore practice-2026-04-06.zip --practice restored/
      symmetry restore anna.zip
      symmetry restore other-practice.zip --merge
    """
    if replace and merge:
        raise click.UsageError("--replace and --merge exclude each other; choose one")
    with practice_errors(folder):
        place = practice.practice_folder(folder)
        try:
            if merge or practice.is_export(file):
                _merge(file, folder, yes=yes)
                return
            if replace and (lost := _at_stake(place)):
                question = f"The practice in {place}, with {lost}, will be replaced by {file}. Go on?"
                confirm(question, yes=yes, undone="nothing was replaced")
            brought = practice.restore_practice(file, folder, replace=replace)
        except BackupError as error:
            say(f"symmetry: {file}: {error}")
            raise SystemExit(1) from None
    tell(f"restored into {place}: {counted(brought.clients, 'client')}, {counted(brought.photos, 'photo')}")
    if brought.kept is not None:
        tell(f"the practice that was there is kept for 30 days in {brought.kept}")
    for name in brought.damaged:
        say(f"symmetry: missing or damaged in the backup, so in the practice too: {name}")
    if brought.damaged:
        raise SystemExit(1)


def _merge(file: Path, folder: Path | None, *, yes: bool) -> None:
    def agree(preview: tuple[Brought, ...]) -> bool:
        for one in preview:
            say(f"  {_line(one)}")
        confirm("Add this to the practice?", yes=yes, undone="nothing was added")
        return True

    with practice.open_practice(folder) as store:
        added = store.merge(file, agree=agree) or ()
    if not any(one.into is None or one.sessions or one.treatments or one.entries for one in added):
        tell("everything is here already; nothing was added")
        return
    new = sum(one.into is None for one in added)
    tell(f"{counted(new, 'client')} added, {len(added) - new} known; `symmetry undo` takes it back")


def _line(one: Brought) -> str:
    entries = counted(one.entries, "entry", "entries")
    what = f"{counted(one.sessions, 'session')}, {counted(one.treatments, 'treatment')}, {entries}"
    return f"{one.name}: new client, {what}" if one.into is None else f"{one.name}: joins {one.into}, {what} new"


def _at_stake(folder: Path) -> str | None:
    """Say how many clients a practice has; None if there is none."""
    try:
        return counted(len(practice.PracticeReader(folder).clients()), "client")
    except NoPracticeError:
        return None
    except SymmetryError:
        return "an unknown number of clients"  # damaged: what a backup is for
