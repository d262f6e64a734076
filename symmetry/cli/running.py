"""Long runs over many photos: what stands before, during and after them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from symmetry.cli.options import complain, complaining, say, speaking_through

if TYPE_CHECKING:
    from symmetry.measure.reliability_table import ReliabilityTables

Result = TypeVar("Result")

_WORTH_A_BAR = 3


def photos_of(paths: Iterable[Path], *, recursive: bool = False) -> list[Path]:
    """List the photos that files and folders stand for, each once."""
    from symmetry.photos.listing import find_photos

    found: dict[object, Path] = {}
    for path in find_photos(paths, recursive=recursive):
        found.setdefault(_identity(path), path)
    return list(found.values())


def _identity(path: Path) -> object:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, a null byte: reading it says what is wrong
        return str(path)


def check_targets(*targets: Path | None, inputs: Iterable[Path]) -> None:
    """Make sure that files can be written, before long work is done for them."""
    from symmetry.files import check_target

    sources = list(inputs)
    for target in targets:
        if target is not None:
            with complaining(target):
                check_target(target, inputs=sources)


def table_from(file: Path | None) -> ReliabilityTables | None:
    """Read a reliability table, if one is given."""
    if file is None:
        return None
    from symmetry.measure.reliability_table import read_reliability

    with complaining(file):
        return read_reliability(file)


def run_through(results: Iterator[Result], total: int, take: Callable[[Result], None]) -> bool:
    """Take results one by one and complain of failures; tell whether the person stopped the run.

    On a terminal a bar shows how far a long run is, and what is said meanwhile stands above it.
    """
    from symmetry.measure.batch import Failure

    done = 0
    try:
        for result in with_progress(results, total, "measuring"):
            if isinstance(result, Failure):
                complain(result.photo, result.error)
            take(result)
            done += 1
    except KeyboardInterrupt:
        say(f"symmetry: stopped; {done} of {total} photos are done")
        return True
    return False


@contextlib.contextmanager
def stopping() -> Iterator[None]:
    """End with the status of an interrupted run, and a line, when the person stops what has no bar."""
    try:
        yield
    except KeyboardInterrupt:
        say("symmetry: stopped; nothing was written")
        raise SystemExit(130) from None


def with_progress(results: Iterator[Result], total: int, doing: str) -> Iterator[Result]:
    """Show on a terminal how far a long run is; what is said meanwhile stands above the bar."""
    if total < _WORTH_A_BAR or not sys.stderr.isatty():
        yield from results
        return
    from rich.console import Console
    from rich.progress import Progress
    from rich.text import Text

    console = Console(stderr=True)

    def speak(line: str) -> None:
        console.print(Text(line), soft_wrap=True)

    with Progress(console=console, transient=True) as bar, speaking_through(speak):
        yield from bar.track(results, total=total, description=doing)
