"""Options and reports of a run over many photos."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from symmetry import measure
from symmetry.cli.messages import complain, errors_in_one_line, say, speaking_through
from symmetry.cli.options import Decorator, Measuring, Photos, record
from symmetry.cli.output import DATASET, check_targets
from symmetry.errors import MissingExtraError
from symmetry.tabular.text import counted

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from symmetry.measure import FaceAnalysis, Failure, MeasuringOptions, Outcome, RunSummary

_EVERY: Final = 30.0
"""Seconds between two lines about how far a run is, where there is no terminal."""
_REASONS: Final = {
    "PhotoError": "no photo that can be read",
    "NoFaceError": "no face found",
    "SeveralFacesError": "several faces",
    "CrashedError": "ended its process",
    "SlowError": "took too long",
    "MemoryError": "too much memory",
    "UnexpectedError": "unexpected error",
}
_FIELDS: Final = "fields"


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """How many photos are measured at once, and within which limits, as it was typed."""

    jobs: int | None
    resume: bool | None
    timeout: float | None
    memory_limit: int | None
    keep: Literal["fields"] | None
    cluster: str | None

    def wanted(self, photos: int) -> bool:
        """Whether the photos are so many, or the options such, that processes of their own measure them."""
        return (
            photos >= measure.FEW
            or any(
                option is not None for option in (self.jobs, self.resume, self.timeout, self.memory_limit, self.cluster)
            )
            or self.keep is not None
        )

    def check_printed(self) -> None:
        """Refuse options that only make sense with a file to write.

        Raises
        ------
        click.UsageError
            If there are such options.
        """
        for name in ("resume", "memory_limit", "keep", "cluster"):
            if getattr(self, name) is not None:
                option = f"--{name.replace('_', '-')}" if self.resume is not False else "--restart"
                raise click.UsageError(f"{option} needs a table to write: name a file with --output")

    def analyze(self, paths: list[Path], **options: Unpack[MeasuringOptions]) -> Iterator[FaceAnalysis | Failure]:
        """Measure photos whose results are to be printed: in this process if they are few."""
        if not self.wanted(len(paths)):
            return measure.analyze_photos(paths, **options)
        return measure.analyze_many(paths, jobs=self.jobs, timeout=self.timeout, **options)


many_options: Decorator[Any] = record(
    "many",
    Many,
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(1, 1024),
        metavar="N",
        help="Processes that measure. [default: the physical cores; 1 for a few photos]",
    ),
    click.option(
        "--resume/--restart",
        default=None,
        help="Go on with a run that did not end, passing over photos whose results are there; or begin it anew.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(1.0),
        metavar="SECONDS",
        help="Give a photo up that takes longer than this.",
    ),
    click.option(
        "--memory-limit",
        type=click.IntRange(512),
        metavar="MIB",
        help="Memory of each process; a photo that needs more fails (Linux).",
    ),
    click.option(
        "--keep",
        type=click.Choice([_FIELDS]),
        help="Keep landmarks and fields of each face beside the table, to score them again without decoding photos.",
    ),
    click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Measure on a Dask cluster: the address of its scheduler, or local:N for N processes here.",
    ),
)
"""Gives `many`."""


def score_many(photos: Photos, many: Many, measuring: Measuring, file: Path, format_: str) -> None:
    """Measure photos by several processes and write their table piece by piece."""
    if format_ != DATASET:
        check_targets(file, inputs=[*photos.paths, measuring.reliability])
    options = measuring.read()
    with errors_in_one_line(file), _client(many.cluster) as client, _Progress(len(photos.paths)) as progress:
        workers = measure.Workers(
            jobs=many.jobs,
            timeout=many.timeout,
            memory_mib=many.memory_limit,
            keep=file.with_name(f"{file.name}.fields") if many.keep == _FIELDS else None,
            client=client,
        )
        try:
            summary = measure.score_photos(
                photos.paths,
                file,
                format_=format_,
                workers=workers,
                resume=many.resume,
                on_outcome=progress.count,
                **options,
            )
        except KeyboardInterrupt:
            say(f"symmetry: stopped; {progress.done} of {progress.total} photos are done, go on with --resume")
            raise SystemExit(130) from None
    say(f"wrote {file}")
    say(summary_words(summary, progress.seconds))
    if summary.failed:
        raise SystemExit(1)


def summary_words(summary: RunSummary, seconds: float) -> str:
    """Say in one line what became of the photos."""
    words = [f"{counted(summary.total, 'photo')}: {summary.total - summary.failed} scored"]
    if summary.skipped:
        words.append(f"{summary.skipped} of them before")
    if summary.stale:
        words.append(f"{summary.stale} were done by another version or with other options and measured again")
    if summary.failed:
        reasons = [f"{_REASONS.get(kind, kind)} {count}" for kind, count in summary.failures.most_common()]
        words.append(f"{summary.failed} failed ({', '.join(reasons)})")
    if summary.measured and seconds > 0:
        words.append(f"{summary.measured / seconds:.1f} a second")
    return "; ".join(words)


@contextlib.contextmanager
def _client(cluster: str | None) -> Iterator[Any]:
    """Connect to a cluster, or start one here."""
    if cluster is None:
        yield None
        return
    try:
        from symmetry.measure.many.cluster import connected
    except ImportError as error:
        raise MissingExtraError('a cluster needs Dask: pip install "facial-symmetry[cluster]"') from error
    with connected(cluster) as client:
        yield client


class _Progress:
    """How far a run is: a bar with rate and time left on a terminal, else a line now and then."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self._since = self._told = time.monotonic()
        self._open = contextlib.ExitStack()
        self._bar: Any = None

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._since

    def __enter__(self) -> _Progress:
        if sys.stderr.isatty():
            self._show_bar()
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def count(self, photo: str, outcome: Outcome) -> None:
        """Count a photo, and name it if it failed."""
        self.done += 1
        if outcome.kind is not None:
            complain(photo, json.loads(outcome.text)["error"])
        if self._bar is not None:
            self._bar.update(self._task, advance=1, rate=f"{self.done / self.seconds:.1f} a second")
        elif time.monotonic() - self._told >= _EVERY:
            self._told = time.monotonic()
            rate = self.done / self.seconds
            left = (self.total - self.done) / rate
            say(f"{self.done} of {self.total} photos, {rate:.1f} a second, {_duration(left)} left")

    def _show_bar(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
        from rich.text import Text

        console = Console(stderr=True)
        columns = (
            *(TextColumn("measuring"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}")),
            *(TimeRemainingColumn(), TextColumn("left")),
        )
        self._bar = self._open.enter_context(Progress(*columns, console=console, transient=True))
        self._task = self._bar.add_task("measuring", total=self.total, rate="")

        def speak(line: str) -> None:
            console.print(Text(line), soft_wrap=True)

        self._open.enter_context(speaking_through(speak))


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
