"""`symmetry backup` and `symmetry restore`: the whole practice in one file."""

from __future__ import annotations

from pathlib import Path

import click

from symmetry.cli.options import GivenPath, complaining, say
from symmetry.cli.practice import confirm, counted, minding, opened, practice_option, tell, yes_option
from symmetry.cli.running import check_targets


@click.command()
@click.argument("file", type=GivenPath(dir_okay=False), metavar="FILE")
@practice_option
def backup(file: Path, practice: Path | None) -> None:
    """Write the whole practice to one file: clients, photos, results.

    The file is a zip and not encrypted: keep it where only you can read it.

    \b
    Example:
      symmetry backup practice-2026-04-06.zip
    """
    if file.suffix.lower() != ".zip":
        raise click.UsageError(f"'{file.name}' does not end in .zip; rename it")
    check_targets(file, inputs=())
    with opened(practice) as store, complaining(file):
        made = store.backup(file)
    say(f"wrote {file}: {counted(made.clients, 'client')}, {counted(made.photos, 'photo')}")
    for name in made.damaged:
        say(f"symmetry: missing or damaged in the practice, so in the backup too: {name}")
    if made.damaged:
        raise SystemExit(1)


@click.command()
@click.argument("file", type=GivenPath(dir_okay=False), metavar="FILE")
@click.option("--replace", is_flag=True, help="Replace the practice that is in the folder; it is lost.")
@yes_option
@practice_option
def restore(file: Path, replace: bool, yes: bool, practice: Path | None) -> None:
    """Bring back a practice that `symmetry backup` wrote.

    \b
    Example:
      symmetry restore practice-2026-04-06.zip --practice restored/
    """
    with minding(practice):
        from symmetry.practice.storage.folders import practice_folder
        from symmetry.practice.store import restore_practice

        folder = practice_folder(practice)
        if replace:
            _ask(folder, file, yes=yes)
        from symmetry.errors import BackupError

        try:
            brought = restore_practice(file, practice, replace=replace)
        except BackupError as error:
            say(f"symmetry: {file}: {error}")
            raise SystemExit(1) from None
    tell(f"restored into {folder}: {counted(brought.clients, 'client')}, {counted(brought.photos, 'photo')}")
    for name in brought.damaged:
        say(f"symmetry: missing or damaged in the backup, so in the practice too: {name}")
    if brought.damaged:
        raise SystemExit(1)


def _ask(folder: Path, file: Path, *, yes: bool) -> None:
    """Say whose practice will be lost, if there is one, and ask."""
    from symmetry.errors import NoPracticeError, SymmetryError
    from symmetry.practice.reading import PracticeReader

    try:
        there = counted(len(PracticeReader(folder).clients()), "client")
    except NoPracticeError:
        return
    except SymmetryError:
        there = "an unknown number of clients"  # damaged: what a backup is for
    confirm(
        f"The practice in {folder}, with {there}, will be lost. Replace it by {file}?",
        yes=yes,
        undone="nothing was replaced",
    )
