"""Lines beside the result: what a command says to the person at the terminal, and errors in one line."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

import click

from symmetry.errors import SymmetryError


def say(message: str) -> None:
    """Say something that is not part of the result."""
    from symmetry.tabular import printable

    _speak.get()(printable(message))


def tell(message: str) -> None:
    """Print what was done, where that is the result."""
    from symmetry.tabular import printable

    click.echo(printable(message))


def complain(about: object, error: SymmetryError | str) -> None:
    """Name the file or the like, what is wrong and what to do, in one line."""
    say(f"symmetry: {about}: {error}")


@contextlib.contextmanager
def errors_in_one_line(about: object = None) -> Iterator[None]:
    """Turn an error of this package into its line and exit status 1; without a name the error says what it is about."""
    try:
        yield
    except SymmetryError as error:
        say(f"symmetry: {error}" if about is None else f"symmetry: {about}: {error}")
        raise SystemExit(1) from None


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """End with a line and the status of an interrupted run when the person stops it."""
    try:
        yield
    except KeyboardInterrupt:
        say("symmetry: stopped; nothing was written")
        raise SystemExit(130) from None


def _to_stderr(line: str) -> None:
    click.echo(line, err=True)


_speak: ContextVar[Callable[[str], object]] = ContextVar("_speak", default=_to_stderr)


@contextlib.contextmanager
def speaking_through(speak: Callable[[str], object]) -> Iterator[None]:
    """Let something else show what is said, such as a progress bar that keeps lines of its own."""
    token = _speak.set(speak)
    try:
        yield
    finally:
        _speak.reset(token)
