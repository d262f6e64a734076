"""The command line: `symmetry` and `python cli.py`."""

from __future__ import annotations

import contextlib
import importlib
import io
import locale
import os
import sys
from typing import Any, NoReturn

import click

from symmetry.version import __version__

COMMANDS = {
    "audit": ("audit:audit", "Test what a photo can show, by moving spots of it by known millimetres."),
    "backup": ("backups:backup", "Write the whole practice to one file: clients, photos, results."),
    "check": ("check:check", "Check whether photos are fit to be measured, and say what to do better."),
    "client": ("clients:client", "Manage clients: people whose photos are followed."),
    "cohort": ("cohort:command", "Analyze a study: who became more even, and how much of that is noise."),
    "compare": ("compare:compare", "Compare photos of one person before and after."),
    "demo": ("demo:demo", "Compare two drawn faces, print the result and draw the figures."),
    "diary": ("diary:diary", "Manage diaries: tension, stress, sleep and the like, rated by the client."),
    "history": ("journal:history", "List what was changed in the practice, by whom and when; the latest first."),
    "people": ("people:people", "Manage who treats: names, how often, and two spellings made one."),
    "practice": ("practices:command", "See and set what concerns the whole practice."),
    "photo": ("photos:photo", "Remove a photo of a session, move it, or say whose it is."),
    "motion": ("motion:motion", "Measure how evenly a face moves in a film."),
    "plan": ("plan:plan", "Find out how many people, and photos of each, a study needs."),
    "protocol": ("protocols:protocol", "Manage protocols: ordered steps, written down once and used many times."),
    "reliability": ("reliability:reliability", "Find out how well repeated photos of unchanged faces agree."),
    "report": (
        "report:report",
        "Report on a client: what changed since the first sessions, before and after, what to do at home.",
    ),
    "restore": (
        "backups:restore",
        "Restore a practice or a client from a file of `symmetry backup` or `symmetry client export`.",
    ),
    "score": ("score:score", "Score the symmetry of one or more photos."),
    "series": (
        "series:command",
        "Follow one person through many photos and say whether the face is getting more even.",
    ),
    "session": ("sessions:session", "Manage sessions: photos of a client that were taken on one occasion."),
    "visit": ("visit:visit", "Keep an appointment: photos, treatment, diary, next date; and write the report."),
    "undo": ("journal:undo", "Take back the last change of the practice, or any other by its number."),
    "treatment": (
        "treatments:treatment",
        "Manage treatments: what was done for a client, when, and how that compares with the plan.",
    ),
}
"""Where each command is, as module:attribute in this package, and its line in the list of commands."""

_THREADS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Environment variables that set the threads of NumPy's linear algebra, read when NumPy loads."""


class _Program(click.Group):
    """The group of commands: loads a command when it is called, and has one line for what the terminal does wrong."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(f"{__name__}.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        limit = formatter.width - 6 - max(map(len, COMMANDS))
        lines = {name: click.Command(name, help=about) for name, (_, about) in sorted(COMMANDS.items())}
        with formatter.section("Commands"):
            formatter.write_dl([(name, line.get_short_help_str(limit)) for name, line in lines.items()])

    def main(self, *args: Any, **options: Any) -> Any:
        _use_one_thread()
        with contextlib.suppress(locale.Error):  # a language that this machine does not know
            locale.setlocale(locale.LC_COLLATE, "")
        _escape_what_streams_cannot_show()
        try:
            return super().main(*args, **options)
        except KeyboardInterrupt:  # before a command had begun
            _stopped()
        except OSError as error:  # such as a full disk behind a redirected output
            click.echo(f"symmetry: the result cannot be written ({error.strerror})", err=True)
            _discard_output()
            raise SystemExit(1) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; whoever stops it, even before it had begun or at a question, gets a line and status 130."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _stopped()
        except click.Abort as error:
            if isinstance(error.__context__, KeyboardInterrupt):
                _stopped()
            raise


def _stopped() -> NoReturn:
    click.echo("symmetry: stopped", err=True)
    raise SystemExit(130)


def _escape_what_streams_cannot_show() -> None:
    """Let standard output and error escape what their encoding lacks, as consoles and pipes of Windows do."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not (stream.encoding or "").lower().startswith("utf"):
            stream.reconfigure(errors="backslashreplace")


def _use_one_thread() -> None:
    """Let linear algebra run in one thread, unless somebody chose: at these sizes another one only waits."""
    if not any(name in os.environ for name in _THREADS):
        os.environ[_THREADS[0]] = "1"


def _discard_output() -> None:
    """Send what is still buffered nowhere: Python would try to write it again at exit, and fail with another status."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="symmetry")
def main() -> None:
    """Measure how even a face in a photo is, where, by how much, and what changed between two photos.

    Photos stay on this machine. A measuring tool, not a medical device.
    """
