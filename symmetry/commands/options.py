"""Options and habits that the commands share. Loads click alone, so that help answers at once."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symmetry.errors import OutputError, ScaleError, SymmetryError

if TYPE_CHECKING:
    from rich.console import RenderableType

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("table", "json", "csv")
_FORMAT_OF = {".json": "json", ".csv": "csv", ".txt": "table"}


def _check_scale(context: click.Context, parameter: click.Parameter, value: str) -> str:
    from symmetry.scale import Scale

    try:
        Scale.parse(value)
    except ScaleError as error:
        raise click.BadParameter(str(error)) from error
    return value


def measuring_options(command: Command) -> Command:
    """Options that say how a photo is measured: `scale`, `mirrored`, `face`."""
    for option in (
        click.option(
            "--face",
            type=click.Choice(["largest", "only"]),
            default="largest",
            show_default=True,
            help="With several faces in a photo: take the largest and say so, or refuse the photo.",
        ),
        click.option(
            "-m",
            "--mirrored",
            is_flag=True,
            help="The photo shows the face as a mirror does (many front cameras): swap the sides back.",
        ),
        click.option(
            "-s",
            "--scale",
            metavar="iris|ipd=MM|none",
            default="iris",
            show_default=True,
            callback=_check_scale,
            help="Where millimetres come from: the iris, a known distance of the pupils, or nowhere (percent only).",
        ),
    ):
        command = option(command)
    return command


def output_options(command: Command) -> Command:
    """Options that say what is written where: `output`, `format_`."""
    for option in (
        click.option(
            "-f",
            "--format",
            "format_",
            type=click.Choice(FORMATS),
            help="Form of the result. [default: by the suffix of --output, else table]",
        ),
        click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Write the result to a file: .json, .csv or .txt.",
        ),
    ):
        command = option(command)
    return command


def chosen_format(format_: str | None, output: Path | None) -> str:
    """Form of the result by what was asked for, by the file's suffix, or a table.

    Raises
    ------
    click.UsageError
        If a file's suffix does not say the form and nobody else does.
    """
    if format_:
        return format_
    if output is None:
        return "table"
    if output.suffix.lower() not in _FORMAT_OF:
        raise click.UsageError(f"'{output.name}' does not end in .json, .csv or .txt; rename it or add --format")
    return _FORMAT_OF[output.suffix.lower()]


def deliver(text: str, output: Path | None) -> None:
    """Write a result to a file and say where, or print it."""
    from symmetry.output import write_whole

    if output is None:
        click.echo(text, nl=False)
        return
    if _is_special(output):
        output.write_text(text, encoding="utf-8", errors="backslashreplace")
        return
    write_whole(output, text)
    say(f"wrote {output}")


def deliver_table(content: RenderableType, output: Path | None) -> None:
    """Print a table as wide as the terminal, or write it to a file."""
    from symmetry.tables import render

    if output is None and sys.stdout.isatty():
        from rich.console import Console

        Console().print(content)
    else:
        deliver(render(content), output)


def say(message: str) -> None:
    """Tell the person at the terminal something that is no part of the result."""
    from symmetry.output import printable

    click.echo(printable(message), err=True)


def complain(name: str, error: SymmetryError | str) -> None:
    """One line that names the file, what is wrong and what to do."""
    say(f"symmetry: {name}: {error}")


@contextlib.contextmanager
def complaining(name: str) -> Iterator[None]:
    """Turn an error of this package into its line and exit status 1."""
    try:
        yield
    except SymmetryError as error:
        complain(name, error)
        raise SystemExit(1) from None


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner can read, if there is none yet.

    Raises
    ------
    OutputError
        If there can be none.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"no folder can be made here ({error.strerror}); choose another") from error


def _is_special(path: Path) -> bool:
    """Whether a path is a pipe or a device, such as /dev/stdout."""
    try:
        return not stat.S_ISREG(os.stat(path).st_mode) and not path.is_dir()  # noqa: PTH116
    except OSError:
        return False
