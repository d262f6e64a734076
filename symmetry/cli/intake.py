"""What is said about photos that are taken in, and asked about those that are doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symmetry.cli.messages import complain, say, tell
from symmetry.cli.practice import can_ask
from symmetry.tabular import printable
from symmetry.tabular.text import counted

if TYPE_CHECKING:
    from symmetry.practice import Doubt, PhotoIntake, SessionIntake, Verdict


def ask_about(doubt: Doubt, name: str) -> Verdict:
    """Ask the person at the terminal; nobody there means no."""
    if not can_ask():
        return "no"
    say(f"{doubt.about}: {doubt.why}")
    if doubt.kind != "person":
        return "keep" if click.confirm("Keep it?", err=True) else "no"
    question = printable(f"Is it {name} (yes), or someone else (no), or keep it without measuring it (keep)?")
    answer = click.prompt(question, type=click.Choice(["yes", "no", "keep"]), default="no", err=True)
    found: dict[str, Verdict] = {"yes": "confirm", "no": "no", "keep": "keep"}
    return found[answer]


def say_photo(outcome: PhotoIntake) -> None:
    """Say what became of a photo."""
    if outcome.status == "refused":
        complain(outcome.photo, outcome.reason)
    elif outcome.status == "doubtful":
        say(f"{outcome.photo}: not kept: {outcome.reason}; --keep keeps it" + _or_same(outcome.reason))
    elif outcome.status == "known":
        say(f"{outcome.photo}: {outcome.reason}; not added again")
    for remark in outcome.remarks:
        say(f"{outcome.photo}: {remark}")


def say_session(client: str, outcome: SessionIntake) -> None:
    """Say what became of the photos of a day."""
    for name in outcome.known:
        say(f"{name}: somebody else has kept it meanwhile; not added again")
    session = outcome.session
    if session is None:
        if outcome.error is not None:
            complain(f"session of {outcome.at:%Y-%m-%d}", str(outcome.error))
        return
    photos = counted(len(session.photos), "photo")
    tell(f"session {session.number} of {client} added: {photos}, {session.at:%Y-%m-%d %H:%M}")
    if outcome.error is not None:
        complain(f"what was measured in session {session.number}", f"{outcome.error}; the photos are kept")


def _or_same(reason: str) -> str:
    return ", --same-person if it is the client" if "someone else" in reason or "mirrored" in reason else ""
