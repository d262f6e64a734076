"""Options and habits that the commands share. Loads click alone, so that help answers at once."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symmetry.errors import OutputError, ScaleError, SymmetryError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from symmetry.tabular import Layout

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("table", "json", "csv", "parquet")
FORMAT_OF = {".json": "json", ".csv": "csv", ".parquet": "parquet", ".txt": "table"}
SUFFIXES = ".json, .csv, .parquet or .txt"


def _check_scale(context: click.Context, parameter: click.Parameter, value: str) -> str:
    from symmetry.landmarks.scale import Scale

    try:
        Scale.parse(value)
    except ScaleError as error:
        raise click.BadParameter(str(error)) from error
    return value


class GivenPath(click.Path):
    """A path that is not empty: an unset shell variable must not mean the folder one happens to be in."""

    def __init__(self, **kinds: bool) -> None:
        super().__init__(path_type=Path, **kinds)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Turn an argument into a path, or refuse it."""
        if not str(value):
            self.fail("the name is empty", param, ctx)
        return super().convert(value, param, ctx)


def check_figure(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """Refuse a picture's name whose suffix says no kind of picture."""
    from symmetry.files import FIGURE_SUFFIXES

    if value is not None and value.suffix.lower() not in FIGURE_SUFFIXES:
        raise click.BadParameter(f"'{value.name}' must end in {', '.join(FIGURE_SUFFIXES)}")
    return value


def measuring_options(command: Command) -> Command:
    """Options that say how a photo is measured: `scale`, `mirrored`, `face`, `landmarks_only`."""
    for option in (
        click.option(
            "-l",
            "--landmarks-only",
            is_flag=True,
            help="Go by the face mesh alone: faster, nearly blind to local change.",
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
    return finding_options(command)


def finding_options(command: Command) -> Command:
    """Options that say which face of a photo is meant: `mirrored`, `face`."""
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
    ):
        command = option(command)
    return command


def _read_day(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise click.BadParameter(f"'{value}' is no day; write it as 2026-04-20") from None


def treatment_start_option(help_text: str) -> Callable[[Command], Command]:
    """Option that says on which day a treatment began: `treatment_start`."""
    return click.option("--treatment-start", metavar="YYYY-MM-DD", callback=_read_day, help=help_text)


same_person_option = click.option(
    "--same-person", is_flag=True, help="All photos show one person: leave none out as someone else's."
)
photos_argument = click.argument("photos", nargs=-1, required=True, type=GivenPath(), metavar="PHOTO...")
recursive_option = click.option(
    "-r", "--recursive", is_flag=True, help="Take the photos of folders within folders too."
)
table_option = click.option(
    "--reliability",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    help="Take the errors from your own repeated photos: a table that `symmetry reliability --table` wrote.",
)


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
            type=GivenPath(),
            metavar="FILE",
            help=f"Write the result to a file: {SUFFIXES}.",
        ),
    ):
        command = option(command)
    return command


def chosen_format(format_: str | None, output: Path | None) -> str:
    """Form of the result by what was asked for, by the file's suffix, or a table.

    Raises
    ------
    click.UsageError
        If a file's suffix does not say the form and nobody else does, or says another form than was asked for; or if
        what is no text is to be printed.
    """
    if output is None:
        if format_ == "parquet":
            raise click.UsageError("parquet is no text that could be printed; name a file with --output")
        return format_ or "table"
    if format_:
        said = FORMAT_OF.get(output.suffix.lower(), format_)
        if said not in (format_, "table"):
            raise click.UsageError(f"'{output.name}' would hold {format_}, not {said}; rename it or drop --format")
        from symmetry.photos.listing import PHOTO_SUFFIXES

        if output.suffix.lower() in PHOTO_SUFFIXES:
            raise click.UsageError(f"'{output.name}' has the name of a photo; end it in {SUFFIXES}")
        return format_
    if output.suffix.lower() not in FORMAT_OF:
        raise click.UsageError(f"'{output.name}' does not end in {SUFFIXES}; rename it or add --format")
    return FORMAT_OF[output.suffix.lower()]


def deliver(content: str | bytes, output: Path | None) -> None:
    """Write a result to a file and say where, or print it."""
    from symmetry.files import write_whole

    if output is None:
        if sys.stdout is None:
            raise OutputError("there is nowhere to print to; write to a file with --output")
        click.echo(content, nl=False)
        return
    write_whole(output, content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace"))
    say(f"wrote {output}")


def deliver_data(found: object, layout: Layout, wanted: str, output: Path | None) -> None:
    """Write a result as data for other programs, or print it.

    Parameters
    ----------
    found : JSON object, or list of them
        What `to_dict` gives.
    layout : Layout
        Of its table.
    wanted : {"json", "csv", "parquet"}
    output : Path or None
    """
    from symmetry.tabular import to_csv, to_json, to_parquet

    if wanted == "json":
        deliver(to_json(found), output)
    elif wanted == "csv":
        deliver(to_csv(layout.rows(found), layout.columns), output)
    else:
        deliver(to_parquet(layout.rows(found), layout), output)


def deliver_table(content: RenderableType, output: Path | None) -> None:
    """Print a table as wide as the terminal, or write it to a file."""
    from symmetry.output.tables import render

    if output is None and sys.stdout is not None and sys.stdout.isatty():
        from rich.console import Console

        Console().print(content)
    else:
        deliver(render(content), output)


def say(message: str) -> None:
    """Tell the person at the terminal something that is no part of the result."""
    from symmetry.tabular import printable

    _speak.get()(printable(message))


def _to_stderr(line: str) -> None:
    click.echo(line, err=True)


_speak: ContextVar[Callable[[str], object]] = ContextVar("_speak", default=_to_stderr)


@contextlib.contextmanager
def speaking_through(speak: Callable[[str], object]) -> Iterator[None]:
    """Let something else show what is said: a progress bar keeps lines of its own on the terminal."""
    token = _speak.set(speak)
    try:
        yield
    finally:
        _speak.reset(token)


def complain(name: str, error: SymmetryError | str) -> None:
    """One line that names the file, what is wrong and what to do."""
    say(f"symmetry: {name}: {error}")


@contextlib.contextmanager
def complaining(target: Path | None) -> Iterator[None]:
    """Turn an error of this package into its line and exit status 1; without a file it is about what is printed."""
    try:
        yield
    except SymmetryError as error:
        complain(str(target or "standard output"), error)
        raise SystemExit(1) from None
