"""The command line: `symmetry` and `python cli.py`."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

import click

from symmetry.cli.audit import audit
from symmetry.cli.backups import backup, restore
from symmetry.cli.check import check
from symmetry.cli.clients import client
from symmetry.cli.cohort import cohort
from symmetry.cli.compare import compare
from symmetry.cli.demo import demo
from symmetry.cli.diary import diary
from symmetry.cli.plan import plan
from symmetry.cli.reliability import reliability
from symmetry.cli.report import report
from symmetry.cli.score import score
from symmetry.cli.series import series
from symmetry.cli.sessions import session
from symmetry.cli.treatments import protocol, treatment
from symmetry.version import __version__


class _Program(click.Group):
    """The group of commands, with one line for what goes wrong with the terminal itself."""

    def main(self, *args: Any, **options: Any) -> Any:
        try:
            return super().main(*args, **options)
        except OSError as error:  # such as a full disk behind a redirected output
            click.echo(f"symmetry: the result cannot be written ({error.strerror})", err=True)
            _let_go_of_output()
            raise SystemExit(1) from None


def _let_go_of_output() -> None:
    """Send what could not be written nowhere, or Python tries again at its end and fails with a status of its own."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="symmetry")
def main() -> None:
    """Measure how even a face in a photo is, where, by how much, and what changed between two photos.

    Photos stay on this machine. A measuring tool, not a medical device.
    """


main.add_command(check)
main.add_command(score)
main.add_command(compare)
main.add_command(series)
main.add_command(cohort)
main.add_command(reliability)
main.add_command(audit)
main.add_command(plan)
main.add_command(demo)
main.add_command(client)
main.add_command(session)
main.add_command(protocol)
main.add_command(treatment)
main.add_command(diary)
main.add_command(report)
main.add_command(backup)
main.add_command(restore)
