"""Where results go: printed, or written to a file, in the format asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symmetry import tabular
from symmetry.cli.messages import errors_in_one_line, say
from symmetry.errors import OutputError
from symmetry.files import check_target, write_whole

if TYPE_CHECKING:
    from rich.console import RenderableType

    from symmetry.tabular import Layout

FORMATS = ("table", "json", "jsonl", "csv", "parquet")
DATASET = "dataset"
"""A folder of parquet files, of commands that write long tables."""
SUFFIXES = ".json, .jsonl, .csv, .parquet or .txt"
FORMAT_OF = {".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet", ".txt": "table"}


@dataclass(frozen=True, slots=True)
class Output:
    """Where a result goes, and in which format."""

    file: Path | None  # None to print it
    format: str  # one of `FORMATS`

    @classmethod
    def chosen(cls, output: Path | None, format_: str | None) -> Output:
        """Take the format that was asked for, else that of the file's suffix, else a table.

        Raises
        ------
        click.UsageError
            If the suffix stands for no format or for another one, or if parquet is to be printed.
        """
        if output is None:
            if format_ in ("parquet", DATASET):
                raise click.UsageError(f"{format_} cannot be printed; name a file with --output")
            return cls(None, format_ or "table")
        of_suffix = FORMAT_OF.get(output.suffix.lower())
        if format_ is None:
            if of_suffix is None:
                raise click.UsageError(f"'{output.name}' does not end in {SUFFIXES}; rename it or add --format")
            return cls(output, of_suffix)
        if of_suffix not in (None, format_, "table"):
            raise click.UsageError(f"'{output.name}' would hold {format_}, not {of_suffix}; rename it or drop --format")
        from symmetry.photos.formats import PHOTO_SUFFIXES

        if output.suffix.lower() in PHOTO_SUFFIXES:
            raise click.UsageError(f"'{output.name}' has the name of a photo; end it in {SUFFIXES}")
        return cls(output, format_)

    @property
    def shown(self) -> bool:
        """Whether a table is printed for the person at the terminal."""
        return self.file is None and self.format == "table"

    def deliver(
        self, data: Callable[[], object], layout: Layout, table: Callable[[], RenderableType] | None = None
    ) -> None:
        """Print a result or write it to its file; what goes wrong is one line and exit status 1.

        Parameters
        ----------
        data : callable
            Returns the JSON object, or a list of them.
        layout : Layout
            Of `data`.
        table : callable, optional
            Returns the table for people; without it only programs get the result.
        """
        with errors_in_one_line(self.file or "standard output"):
            if self.format == "json":
                deliver(tabular.to_json(data()), self.file)
            elif self.format == "jsonl":
                deliver(tabular.to_json_lines(data()), self.file)
            elif self.format == "csv":
                deliver(tabular.to_csv(layout.rows(data()), layout.columns), self.file)
            elif self.format == "parquet":
                deliver(tabular.to_parquet(layout.rows(data()), layout), self.file)
            elif table is not None:
                _deliver_table(table(), self.file)


def deliver(content: str | bytes, file: Path | None) -> None:
    """Write a result to a file and say where, or print it."""
    if file is None:
        if sys.stdout is None:
            raise OutputError("there is no standard output; write to a file with --output")
        click.echo(content, nl=False)
        return
    write_whole(file, content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace"))
    say(f"wrote {file}")


def _deliver_table(content: RenderableType, file: Path | None) -> None:
    """Print a table as wide as the terminal, or write it to a file."""
    if file is None and sys.stdout is not None and sys.stdout.isatty():
        from rich.console import Console

        Console().print(content)
    else:
        from symmetry.output import tables

        deliver(tables.render(content), file)


def write_figure(file: Path | None, draw: Callable[[], Any]) -> None:
    """Draw a figure and write it to its file, if there is to be one."""
    if file is None:
        return
    from symmetry.output import figures

    with errors_in_one_line(file):
        figures.save_figure(draw(), file)
    say(f"wrote {file}")


def check_targets(*targets: Path | None, inputs: Iterable[Path | None] = ()) -> None:
    """Make sure that files can be written, and are none of those read, before long work is done for them."""
    sources = [source for source in inputs if source is not None]
    for target in targets:
        if target is not None:
            with errors_in_one_line(target):
                check_target(target, inputs=sources)
