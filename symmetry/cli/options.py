"""Options that the commands share; a block of them arrives in a command as one record."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeVar

import click

from symmetry.cli.messages import errors_in_one_line, say
from symmetry.cli.output import DATASET, FORMATS, SUFFIXES, Output
from symmetry.errors import EngineError, ScaleError
from symmetry.files import FIGURE_SUFFIXES

if TYPE_CHECKING:
    from symmetry.measure import MeasuringOptions, ReliabilityTables

Command = TypeVar("Command", bound=Callable[..., Any])
Decorator = Callable[[Command], Command]


class GivenPath(click.Path):
    """A path that is not empty: an unset shell variable must not mean the current folder.

    Parameters
    ----------
    suffixes : iterable of str
        The name must end in one of them, if there are any; `shown` names them in messages.
    """

    def __init__(self, *, suffixes: Iterable[str] = (), shown: str = "", **kinds: bool) -> None:
        super().__init__(path_type=Path, **kinds)
        self.suffixes, self.shown = tuple(suffixes), shown

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Turn an argument into a path, or refuse it."""
        if not str(value):
            self.fail("the name is empty", param, ctx)
        path: Any = super().convert(value, param, ctx)
        if self.suffixes and path.suffix.lower() not in self.suffixes:
            self.fail(f"'{path.name}' must end in {self.shown or ', '.join(self.suffixes)}", param, ctx)
        return path


FIGURE = GivenPath(dir_okay=False, suffixes=FIGURE_SUFFIXES)
PAGE_SUFFIXES = (".html", ".htm")
ZIP = GivenPath(dir_okay=False, suffixes=[".zip"])
PAGE = GivenPath(dir_okay=False, suffixes=PAGE_SUFFIXES, shown=".html")


def record(name: str, make: Callable[..., object], *options: Decorator[Any]) -> Decorator[Command]:
    """Add options to a command that gets one argument made of their values."""

    def add(command: Command) -> Command:
        @functools.wraps(command)
        def collected(**values: Any) -> Any:
            made = make(**{key: values.pop(key) for key in keys})
            return command(**values, **{name: made})

        before = len(getattr(command, "__click_params__", []))
        for option in reversed(options):
            option(collected)
        added = collected.__click_params__[before:]  # type: ignore[attr-defined]
        keys = [str(parameter.name) for parameter in added if parameter.expose_value]
        return collected  # type: ignore[return-value]

    return add


class Photos(NamedTuple):
    """Photos to be measured."""

    given: tuple[Path, ...]  # photos and folders as they were named
    paths: list[Path]  # the photos, each once


def find_photos(photos: Iterable[Path], *, recursive: bool = False, how: str = "use -r") -> list[Path]:
    """List the photos that files and folders stand for, each once, and say what is passed over.

    A film stands for its best frames, and is said to.
    """
    from symmetry.measure import film_choice
    from symmetry.photos import listing

    found: dict[object, Path] = {}
    listed = listing.list_photos(photos, recursive=recursive)
    for path in listed.photos:
        found.setdefault(_identity(path), path)
    if listed.skipped:
        say(f"skipped: {listing.skipped_words(listed.skipped, how)}")
    return list(film_choice.expand_films(found.values(), tell=lambda chosen: say(f"{chosen.film}: {chosen.words}")))


def _identity(path: Path) -> object:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, a null byte: reading it says what is wrong
        return str(path)


photos_options: Decorator[Any] = record(
    "photos",
    lambda photos, recursive: Photos(photos, find_photos(photos, recursive=recursive)),
    click.argument("photos", nargs=-1, required=True, type=GivenPath(), metavar="PHOTO..."),
    click.option("-r", "--recursive", is_flag=True, help="Include photos in subfolders."),
)
"""Gives `photos`."""


def _output(formats: tuple[str, ...], target: str) -> Decorator[Any]:
    return record(
        "output",
        Output.chosen,
        click.option("-o", "--output", type=GivenPath(), metavar="FILE", help=f"Write the result to {target}."),
        click.option(
            "-f",
            "--format",
            "format_",
            type=click.Choice(formats),
            help="Format of the result. [default: by the suffix of --output, else table]",
        ),
    )


output_options: Decorator[Any] = _output(FORMATS, f"a file: {SUFFIXES}")
"""Gives `output`."""
output_options_with_dataset: Decorator[Any] = _output(
    (*FORMATS, DATASET), f"a file: {SUFFIXES}; with `-f {DATASET}` to a folder of parquet files"
)
"""Gives `output`, for a command whose table may be long."""


def figure_option(help_text: str) -> Decorator[Any]:
    """Give `figure`, the file of a figure."""
    return click.option("--figure", type=FIGURE, metavar="FILE", help=f"{help_text}: .png, .jpg, .pdf or .svg.")


reliability_option: Decorator[Any] = click.option(
    "--reliability",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    help="Use the errors of your own repeated photos: a table that `symmetry reliability --table` wrote.",
)
"""Gives `reliability`, a file for `read_table`."""


def read_table(file: Path | None) -> ReliabilityTables | None:
    """Read a reliability table, if one is given."""
    if file is None:
        return None
    from symmetry import measure

    with errors_in_one_line(file):
        return measure.read_reliability(file)


def _check_scale(context: click.Context, parameter: click.Parameter, value: str) -> str:
    from symmetry.landmarks.scale import Scale

    try:
        Scale.parse(value)
    except ScaleError as error:
        raise click.BadParameter(str(error)) from error
    return value


def _choose_engine(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    from symmetry.landmarks import networks

    try:
        networks.use_engine(value)
        networks.engine_in_use()
    except EngineError as error:
        raise click.BadParameter(str(error)) from error


engine_option: Decorator[Any] = click.option(
    "--engine",
    type=click.Choice(["litert", "mediapipe"]),
    expose_value=False,
    callback=_choose_engine,
    help="What runs MediaPipe's networks; the landmarks are the same. [default: SYMMETRY_ENGINE, else litert]",
)
"""Gives nothing: the choice holds for the whole command."""


class TakesAuto(click.Command):
    """A command that knows `--mirrored auto`, beside `--mirrored` without a value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write `--mirrored auto` as click knows it."""
        plain: list[str] = []
        for argument in args:
            if argument == "auto" and plain and plain[-1] in ("--mirrored", "-m"):
                plain[-1] = _AUTO
            else:
                plain.append(_AUTO if argument == "--mirrored=auto" else argument)
        return super().parse_args(ctx, plain)


face_options = (
    click.option(
        "-m",
        "--mirrored",
        is_flag=True,
        help="The photo is mirrored, as many front cameras save it: swap the sides back.",
    ),
    click.option(
        "--face",
        type=click.Choice(["largest", "only"]),
        default="largest",
        show_default=True,
        help="If a photo shows several faces: take the largest and say so, or refuse the photo.",
    ),
    engine_option,
)
_scale_options = (
    click.option(
        "-s",
        "--scale",
        metavar="iris|ipd=MM|none",
        default="iris",
        show_default=True,
        callback=_check_scale,
        help="Source of millimetres: the iris, a known distance between the pupils, or none (percent only).",
    ),
    click.option(
        "-l", "--landmarks-only", is_flag=True, help="Use the face mesh alone: faster, nearly blind to local change."
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """How photos are to be measured, as it was typed."""

    # as for `symmetry.analyze`
    scale: str
    mirrored: bool
    face: Literal["largest", "only"]
    landmarks_only: bool
    skin: bool = False
    reliability: Path | None = None  # file of the table behind the errors
    expression: str = "rest"  # what all photos show on purpose
    mirrored_auto: bool = False  # turn back photos that are mirrored unlike the others

    def read(self) -> MeasuringOptions:
        """Give the keywords of functions that measure photos; reads the table."""
        return {
            "scale": self.scale,
            "mirrored": self.mirrored,
            "face": self.face,
            "landmarks_only": self.landmarks_only,
            "skin": self.skin,
            "reliability": read_table(self.reliability),
        }


_skin_option = click.option("--skin", is_flag=True, help="Measure the skin, too: tone, redness, texture, spots, jaw.")


class Basis(NamedTuple):
    """What the numbers of photos that are kept rest on."""

    skin: bool
    reliability: Path | None


basis_options: Decorator[Any] = record("basis", Basis, _skin_option, reliability_option)
"""Gives `basis`."""
_AUTO: Final = "--mirrored-auto"
_auto_option = click.option(
    _AUTO, is_flag=True, help="Turn back photos that are mirrored unlike the others; also `--mirrored auto`."
)
_mirrored_options = (face_options[0], _auto_option, face_options[1])


def _check_expression(context: click.Context, parameter: click.Parameter, value: str) -> str:
    from symmetry.measure.posed import POSED

    if value not in POSED:
        raise click.BadParameter(f"'{value}' is no expression; use {', '.join(POSED)}")
    return value


_expression_option = click.option(
    "--expression",
    metavar="NAME",
    default="rest",
    show_default=True,
    callback=_check_expression,
    help='What all photos show on purpose, such as "big smile" or "brows up": like is compared with like.',
)
measuring_options: Decorator[Any] = record("measuring", Measuring, reliability_option, *face_options, *_scale_options)
"""Gives `measuring`."""
measuring_options_with_skin: Decorator[Any] = record(
    "measuring", Measuring, _skin_option, reliability_option, *face_options, *_scale_options
)
"""Gives `measuring`, which may ask for the skin."""
measuring_options_of_pairs: Decorator[Any] = record(
    "measuring", Measuring, _expression_option, _skin_option, reliability_option, *_mirrored_options, *_scale_options
)
"""Gives `measuring`, for a command of `TakesAuto` that compares skin."""
measuring_options_without_table: Decorator[Any] = record("measuring", Measuring, *face_options, *_scale_options)
"""Gives `measuring`, for the command that makes the table."""


def _read_day(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a day; write it as 2026-04-20") from None


class SeriesChoice(NamedTuple):
    """How a series is made of photos: keywords of `symmetry.analyze_series`."""

    treatment_start: date | None
    same_person: bool
    pool: Literal["day", "photo"] = "day"


def series_options(treatment_start: str, *more: Decorator[Any]) -> Decorator[Any]:
    """Give `choice`, with this help for --treatment-start."""
    return record(
        "choice",
        SeriesChoice,
        click.option("--treatment-start", metavar="YYYY-MM-DD", callback=_read_day, help=treatment_start),
        click.option(
            "--same-person", is_flag=True, help="All photos show the same person: leave none out as someone else's."
        ),
        *more,
    )


details_option: Decorator[Any] = click.option(
    "-d", "--details", is_flag=True, help="Also print what each side did, and the clinical measures."
)
