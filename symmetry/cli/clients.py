"""`symmetry client`: who is photographed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symmetry import practice
from symmetry.cli.messages import errors_in_one_line, say, tell
from symmetry.cli.options import ZIP
from symmetry.cli.output import Output, check_targets
from symmetry.cli.practice import (
    client_argument,
    confirm,
    list_options,
    note_option,
    opened,
    page_of,
    practice_option,
    quickly,
    yes_option,
)
from symmetry.cli.running import with_progress
from symmetry.output import tables
from symmetry.tabular.text import counted

if TYPE_CHECKING:
    from symmetry.practice import ClientPage, Forgotten


@click.group()
def client() -> None:
    """Manage clients: people whose photos are followed.

    CLIENT is the id that `add` gives, made of the name. All of a client's photos and notes stay in one folder of this
    machine, see --practice.

    \b
    Examples:
      symmetry client add "Anna Kovács"
      symmetry client show anna-kovacs
      symmetry client forget anna-kovacs
    """


@client.command()
@click.argument("name")
@click.option("--id", "client_id", metavar="ID", help="What you will type for this client. [default: made of the name]")
@note_option
@practice_option
def add(name: str, client_id: str | None, note: str, folder: Path | None) -> None:
    """Add a client.

    \b
    Example:
      symmetry client add "Anna Kovács" --id anna
    """
    with opened(folder) as store:
        added = store.add_client(name, id=client_id, note=note)
        alike = [
            one.id for one in store.clients() if one.name.casefold() == added.name.casefold() and one.id != added.id
        ]
    tell(f"client {added.id} added: {added.name}")
    if alike:
        undo = f"`symmetry client forget {added.id}` undoes this"
        say(f"symmetry: there is another of that name, {', '.join(alike)}; {undo}")


@client.command("list")
@list_options
def list_(folder: Path | None, output: Output) -> None:
    """List all clients: how many sessions, photos, treatments and entries, and from when to when.

    \b
    Example:
      symmetry client list
    """
    lines = quickly(folder, lambda reader: reader.overview())
    output.deliver(lambda: [line.to_dict() for line in lines], practice.CLIENTS, lambda: tables.clients_table(lines))


@client.command()
@client_argument
@list_options
def show(client: str, folder: Path | None, output: Output) -> None:
    """Show a client without the pictures: sessions, treatments, diary.

    \b
    Example:
      symmetry client show anna-kovacs
    """
    page = page_of(client, folder)
    output.deliver(lambda: page.to_dict(), practice.HISTORY, lambda: tables.page_tables(page))


@client.command()
@client_argument
@click.option("--name", help="Another name.")
@click.option("--id", "new_id", metavar="ID", help="Another id.")
@click.option("--note", help="Another note; '' for none.")
@practice_option
def edit(client: str, name: str | None, new_id: str | None, note: str | None, folder: Path | None) -> None:
    """Change a client's name, id or note.

    \b
    Example:
      symmetry client edit anna --name "Anna Szabó" --note "allergic to almond oil"
    """
    if name is None and new_id is None and note is None:
        raise click.UsageError("nothing to change; give --name, --id or --note")
    with opened(folder) as store:
        changed = store.edit_client(client, name=name, note=note, new_id=new_id)
    tell(f"client {changed.id} changed: {changed.name}")


@client.command()
@client_argument
@yes_option
@practice_option
def forget(client: str, yes: bool, folder: Path | None) -> None:
    """Remove a client with all photos and results for good, and search for anything left.

    Says what will be lost and asks first. Faces of these photos that `symmetry series` keeps in its cache are removed,
    too. Backups and exports that you made yourself are not touched.

    \b
    Example:
      symmetry client forget anna-kovacs
    """
    page = page_of(client, folder)
    confirm(f"{_at_stake(page)} Forget {page.client.id} for good?", yes=yes)
    with opened(folder) as store:
        say(f"removing {page.client.id} and searching all files of the practice; this can take a minute")
        gone = store.forget_client(page.client.id)
    for line in (*_proof(gone), *_cleared(page)):
        tell(line)
    if not gone.clean:
        for file in gone.left:
            say(f"symmetry: still there: {file}")
        raise SystemExit(1)


@client.command()
@client_argument
@click.argument("file", type=ZIP, metavar="FILE.zip")
@practice_option
def export(client: str, file: Path, folder: Path | None) -> None:
    """Write everything about a client to a zip file.

    Photos, tables of sessions, treatments, diary and scores, and the report.

    \b
    Example:
      symmetry client export anna-kovacs anna.zip
    """
    check_targets(file)
    page = page_of(client, folder)
    with opened(folder) as store, errors_in_one_line(file):
        from symmetry.output.export import export_client  # loads what measures and draws

        missing = export_client(store, page, file, watch=with_progress)
    say(f"wrote {file}")
    for line in missing:
        say(f"symmetry: not in it: {line}")
    if missing:
        raise SystemExit(1)


def _at_stake(page: ClientPage) -> str:
    photos = sum(len(session.photos) for session in page.sessions)
    parts = (
        f"{counted(len(page.sessions), 'session')} with {counted(photos, 'photo')}",
        counted(len(page.treatments), "treatment"),
        counted(len(page.entries), "diary entry", "diary entries"),
    )
    return f"{page.client.name} ({page.client.id}): {', '.join(parts)} and all results will be lost."


def _proof(gone: Forgotten) -> list[str]:
    removed = (
        counted(gone.sessions, "session"),
        counted(gone.treatments, "treatment"),
        counted(gone.entries, "diary entry", "diary entries"),
        f"{counted(gone.files, 'file')} ({_size(gone.size)})",
    )
    lines = [f"{gone.id} is forgotten: {', '.join(removed)} removed"]
    if gone.backups:
        lines.append(f"{counted(len(gone.backups), 'copy', 'copies')} of the database, made before upgrades, removed")
    lines.append(
        f"searched {counted(gone.searched_files, 'file')} ({_size(gone.searched_bytes)}) of the practice for "
        f"{counted(gone.searched_for, 'text')} of this client, such as name, id and hashes of photos: "
        + ("nothing found" if gone.clean else f"found in {counted(len(gone.left), 'file')}")
    )
    if gone.too_short:
        shown = ", ".join(f'"{text}"' for text in gone.too_short)
        lines.append(f"too short to look for everywhere, looked for in the database as whole words: {shown}")
    lines += [f"look at this yourself: {mention}" for mention in gone.mentions]
    lines.append("backups and exports outside the practice's folder may still hold this client: remove them yourself")
    return lines


def _cleared(page: ClientPage) -> list[str]:
    """Remove what `symmetry series` keeps of a client's photos outside the practice, and say so."""
    from symmetry import measure  # loads what measures

    photos = {digest for photo in page.photos for digest in (photo.sha256, photo.source_sha256)}
    named = os.environ.get("SYMMETRY_CACHE")
    folders = dict.fromkeys((*([Path(named)] if named else ()), measure.usual_folder()))
    lines = []
    for folder in folders:
        removed = measure.FaceCache(folder, make=False).forget(photos)
        what = (
            f"{counted(removed, 'file')} with faces of these photos removed from" if removed else "nothing of them in"
        )
        lines.append(f"{what} the cache of `symmetry series`, {folder}")
    return [*lines, "a folder given with --cache may hold faces of these photos: remove it yourself"]


def _size(number: float) -> str:
    unit = "bytes"
    for larger in ("kB", "MB", "GB"):
        if number < 1000:
            break
        number, unit = number / 1000, larger
    return f"{number:.3g} {unit}"
