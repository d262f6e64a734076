"""`symmetry client`: who is photographed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symmetry import practice
from symmetry.cli.messages import errors_in_one_line, say, tell
from symmetry.cli.options import ZIP, record
from symmetry.cli.output import Output, check_targets
from symmetry.cli.practice import (
    client_argument,
    confirm,
    given,
    into_argument,
    list_options,
    new_note_option,
    note_option,
    opened,
    page_of,
    practice_option,
    quickly,
    read_future_day,
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

    CLIENT is the id that `add` gives, or the name, or a part of one of them; if it fits several, you are asked. All of
    a client's photos and notes stay in one folder of this machine, see --practice.

    \b
    Examples:
      symmetry client add "Anna Kovács"
      symmetry client show anna-kovacs
      symmetry client forget anna-kovacs
    """


@client.command()
@click.argument("name")
@click.option("--id", "client_id", metavar="ID", help="What you will type for this client. [default: made of the name]")
@click.option("--tag", "tags", multiple=True, metavar="WORD", help="A word by which clients are found; several times.")
@note_option
@practice_option
def add(name: str, client_id: str | None, tags: tuple[str, ...], note: str, folder: Path | None) -> None:
    """Add a client.

    \b
    Example:
      symmetry client add "Anna Kovács" --id anna
    """
    with opened(folder) as store:
        added = store.add_client(name, id=client_id, note=note, tags=tags)
        alike = [
            one.id for one in store.clients() if one.name.casefold() == added.name.casefold() and one.id != added.id
        ]
    tell(f"client {added.id} added: {added.name}")
    if alike:
        say(f"symmetry: there is another of that name, {', '.join(alike)}; `symmetry undo` takes this one back")


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
@record(
    "changes",
    given,
    click.option("--name", help="Another name."),
    click.option("--id", "new_id", metavar="ID", help="Another id."),
    new_note_option,
    click.option(
        "--home", metavar="TEXT", help="What the client does at home: a protocol's name or words; '' for nothing."
    ),
    click.option("--next", "next_visit", metavar="DATE", callback=read_future_day, help="Day of the next appointment."),
)
@click.option(
    "--tag", "tags", multiple=True, metavar="WORD", help="Add a word by which clients are found; several times."
)
@click.option("--untag", "untags", multiple=True, metavar="WORD", help="Take such a word away.")
@practice_option
def edit(
    client: str, changes: dict[str, Any], tags: tuple[str, ...], untags: tuple[str, ...], folder: Path | None
) -> None:
    """Change a client's name, id, note, tags, home ritual or next appointment.

    \b
    Examples:
      symmetry client edit anna --name "Anna Szabó" --note "allergic to almond oil"
      symmetry client edit anna --tag glp-1 --home "evening ritual" --next 2026-05-04
    """
    if not changes and not tags and not untags:
        raise click.UsageError("nothing to change; give --name, --id, --note, --tag, --untag, --home or --next")
    with opened(folder) as store:
        if tags or untags:
            away = {practice.fold(each) for each in untags}
            kept = [each for each in store.client(client).tags if practice.fold(each) not in away]
            changes["tags"] = [*kept, *tags]
        changed = store.edit_client(store.client(client).id, **changes)
    tell(f"client {changed.id} changed: {changed.name}")


@client.command()
@client_argument
@into_argument
@yes_option
@practice_option
def merge(client: str, into: str, yes: bool, folder: Path | None) -> None:
    """Merge a client into another one, who is the same person: all sessions, treatments and entries move there.

    The second CLIENT stays, with the id and the name. Asks first; `symmetry undo` parts them again for 30 days.

    \b
    Example:
      symmetry client merge anna-2 anna-kovacs
    """
    with opened(folder) as store:
        gone, kept = store.client(client), store.client(into)
        what = _all_of(store.page(gone.id))
        confirm(f"{gone.name} ({gone.id}), with {what}, becomes part of {kept.name} ({kept.id}). Merge?", yes=yes)
        store.merge_clients(gone.id, kept.id)
    tell(f"{gone.id} is part of {kept.id} now; `symmetry undo` parts them again")


@client.command()
@client_argument
@yes_option
@practice_option
def forget(client: str, yes: bool, folder: Path | None) -> None:
    """Remove a client with all photos and results for good, and search for anything left.

    Says what will be lost and asks first; with --yes, CLIENT is the whole id or name. Nothing of it can be taken back,
    and the journal forgets the client, too. Faces of these photos that `symmetry series` keeps in its cache are
    removed. Backups and exports that you made yourself are not touched.

    \b
    Example:
      symmetry client forget anna-kovacs
    """
    page = page_of(client, folder)
    if yes and practice.fold(client) not in (page.client.id, practice.fold(page.client.name)):
        raise click.UsageError(f"'{client}' is only a part of {page.client.id} ({page.client.name}); give the whole id")
    question = f"{_at_stake(page)} Forget {page.client.id} for good?"
    confirm(question, yes=yes, undone="nothing was removed")
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
    return f"{page.client.name} ({page.client.id}): {_all_of(page)} and all results will be lost."


def _all_of(page: ClientPage) -> str:
    photos = sum(len(session.photos) for session in page.sessions)
    parts = (
        f"{counted(len(page.sessions), 'session')} with {counted(photos, 'photo')}",
        counted(len(page.treatments), "treatment"),
        counted(len(page.entries), "diary entry", "diary entries"),
    )
    return ", ".join(parts)


def _proof(gone: Forgotten) -> list[str]:
    removed = (
        counted(gone.sessions, "session"),
        counted(gone.treatments, "treatment"),
        counted(gone.entries, "diary entry", "diary entries"),
        f"{counted(gone.files, 'file')} ({_size(gone.size)})",
    )
    lines = [f"{gone.id} is forgotten: {', '.join(removed)} removed"]
    if gone.backups:
        lines.append(f"{counted(len(gone.backups), 'copy', 'copies')}, made before upgrades and restores, removed")
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
