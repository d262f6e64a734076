"""`symmetry practice`: the practice as a whole."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from symmetry import practice
from symmetry.cli.messages import errors_in_one_line, tell
from symmetry.cli.options import GivenPath, record
from symmetry.cli.output import Output
from symmetry.cli.practice import given, list_options, opened, practice_option
from symmetry.cli.running import with_progress
from symmetry.errors import InvalidRecordError
from symmetry.output import tables

if TYPE_CHECKING:
    from symmetry.practice import Filter

_LARGEST_LOGO: Final = 300_000
_KINDS: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@click.group("practice")
def command() -> None:
    """See and set what concerns the whole practice.

    \b
    Examples:
      symmetry practice overview
      symmetry practice set --name "Studio Mara" --contact "mara@example.org"
    """


@command.command()
@record(
    "chosen",
    practice.Filter,
    click.option("--tag", metavar="WORD", help="Only clients with this tag."),
    click.option("--protocol", metavar="NAME", help="Only those who had this protocol."),
    click.option("--product", metavar="NAME", help="Only those who had this product."),
    click.option("--by", metavar="NAME", help="Only those whom this person treated."),
)
@list_options
def overview(chosen: Filter, folder: Path | None, output: Output) -> None:
    """List who has changed: where, by how much, how surely, and who was not seen for long.

    First come those who became less even, then those of whom it is not sure or not known, then those who were not seen
    for six weeks. Photos that were not followed yet are measured; after that the answer is kept.

    \b
    Examples:
      symmetry practice overview
      symmetry practice overview --protocol "lifting ritual" --by Mara
    """
    with opened(folder) as store:
        found = practice.overview_of(store, chosen, today=practice.now().date(), watch=with_progress)
    output.deliver(
        lambda: [line.to_dict() for line in found.lines], practice.OVERVIEW, lambda: tables.standing_table(found)
    )


@command.command("set")
@record(
    "changes",
    given,
    click.option("--name", metavar="TEXT", help="Name on reports; '' for none."),
    click.option("--contact", metavar="TEXT", help="Address, telephone, web page on reports; '' for none."),
)
@click.option(
    "--logo",
    type=GivenPath(dir_okay=False, suffixes=_KINDS),
    metavar="FILE",
    help="Picture on reports: .png or .jpg, at most 300 kB.",
)
@practice_option
def set_(changes: dict[str, Any], logo: Path | None, folder: Path | None) -> None:
    """Set what stands on reports: the practice's name, contact and logo.

    \b
    Example:
      symmetry practice set --name "Studio Mara" --contact "Main Street 1, mara@example.org" --logo logo.png
    """
    if logo is not None:
        with errors_in_one_line(logo):
            changes["logo"] = _data_uri(logo)
    with opened(folder) as store:
        kept = store.change_settings(**changes) if changes else store.settings()
    for name in ("name", "contact", "logo", "backups"):
        value = kept.get(name, "")
        tell(f"{name}: {'a picture' if name == 'logo' and value else value or 'not set'}")


@command.command()
@click.argument("target", metavar="DIR|off")
@practice_option
def backups(target: str, folder: Path | None) -> None:
    """Have a backup made every day that the practice is used, or no more (off).

    The last 7 stay, and the last one of 4 weeks and of 12 months. They are made by the first command of the day.

    \b
    Example:
      symmetry practice backups /media/stick/symmetry
    """
    with opened(folder) as store:
        store.rotate_backups_into(None if target == "off" else Path(target))
    tell("no daily backups" if target == "off" else f"daily backups in {target}")


def _data_uri(logo: Path) -> str:
    try:
        data = logo.read_bytes()
    except OSError as error:
        raise InvalidRecordError(f"it cannot be read ({error.strerror}); check the file") from None
    if len(data) > _LARGEST_LOGO:
        raise InvalidRecordError("it is larger than 300 kB; make it smaller")
    return f"data:{_KINDS[logo.suffix.lower()]};base64,{base64.b64encode(data).decode()}"
