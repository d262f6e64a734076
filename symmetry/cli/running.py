"""Long runs over many photos: progress, failures on the way, and how they end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from symmetry import measure
from symmetry.cli.messages import complain, say, speaking_through

Result = TypeVar("Result")

_WORTH_A_BAR = 3


@dataclass(slots=True)
class Run(Generic[Result]):
    """What a run has brought."""

    results: list[Result] = field(default_factory=list)  # in order, with the failures
    failed: int = 0  # how many of them are failures
    stopped: bool = False  # whether the person stopped it before its end

    def end_if_stopped(self) -> None:
        """End the program with the status of an interrupted run, if this one was."""
        if self.stopped:
            raise SystemExit(130)

    def end(self, *, failed: bool = False) -> None:
        """End the program with the exit status of the run, unless all went well."""
        self.end_if_stopped()
        if failed or self.failed:
            raise SystemExit(1)


def failure_of(result: object) -> tuple[str, str] | None:
    """Name the photo that could not be measured, and why."""
    return (result.photo, result.error) if isinstance(result, measure.Failure) else None


def run_through(
    results: Iterator[Result],
    total: int,
    *,
    things: str = "photos",
    doing: str = "measuring",
    failure: Callable[[Result], tuple[str, str] | None] = failure_of,
    aloud: bool = True,
) -> Run[Result]:
    """Take results one by one, complain of failures as they come, and show on a terminal how far the run is.

    Not `aloud`, failures are only counted: what is printed at the end names them.
    """
    run: Run[Result] = Run()
    try:
        for result in with_progress(results, total, doing):
            run.results.append(result)
            if (failed := failure(result)) is not None:
                if aloud:
                    complain(*failed)
                run.failed += 1
    except KeyboardInterrupt:
        say(f"symmetry: stopped; {len(run.results)} of {total} {things} are done")
        run.stopped = True
    return run


def with_progress(results: Iterator[Result], total: int, doing: str = "measuring") -> Iterator[Result]:
    """Show a bar on a terminal if the run is long; what is said meanwhile stands above it."""
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
