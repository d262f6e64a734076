"""Sittings of a client as sides of a comparison: CLIENT@2, and what stands before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from symmetry import measure, practice
from symmetry.cli.messages import say
from symmetry.cli.practice import practice_errors
from symmetry.errors import NothingFitError, SymmetryError

if TYPE_CHECKING:
    from symmetry.measure import FaceAnalysis, MeasuringOptions
    from symmetry.practice import PracticeReader, StoredSession

_SITTING: Final = re.compile(r"(?P<client>[^/\\]+)@(?P<number>\d+)")


def is_sitting(path: Path) -> bool:
    """Whether an argument names a sitting, and no file."""
    return _SITTING.fullmatch(str(path)) is not None and not path.exists()


def faces_of_sittings(
    given: Sequence[Path], where: tuple[str | None, Path | None], options: MeasuringOptions
) -> tuple[list[FaceAnalysis], list[FaceAnalysis]]:
    """Measure the photos of two sittings: two that are named, or one and that before it, the first, or another one.

    Photos that were kept in doubt are left out. `where` is the session to compare with, and the practice.
    """
    against, folder = where
    with practice_errors(folder):
        reader = practice.PracticeReader(folder)
        sides = [_side(reader, path) for path in given]
        if len(sides) == 1:
            client, after = sides[0]
            sides.insert(0, (client, _before(reader, client, after, against or "previous")))
        elif against is not None:
            raise click.UsageError("--against names the other side; give one CLIENT@N with it")
        if len(sides) != 2:
            raise click.UsageError("give two sittings, CLIENT@N CLIENT@M, or one with --against")
        before, after_faces = ([*_measured(reader, *side, options)] for side in sides)
    return before, after_faces


def _side(reader: PracticeReader, path: Path) -> tuple[str, StoredSession]:
    match = _SITTING.fullmatch(str(path))
    if match is None:
        raise click.UsageError(f"'{path}' is no sitting; write CLIENT@N for both sides")
    client = reader.client(match["client"]).id
    return client, reader.session(client, int(match["number"]))


def _before(reader: PracticeReader, client: str, after: StoredSession, against: str) -> StoredSession:
    if against.isdecimal():
        return reader.session(client, int(against))
    earlier = [each for each in reader.sessions(client) if each.at < after.at]
    if not earlier:
        raise click.UsageError(f"there is no session of {client} before session {after.number}")
    return earlier[0] if against == "first" else earlier[-1]


def _measured(
    reader: PracticeReader, client: str, session: StoredSession, options: MeasuringOptions
) -> list[FaceAnalysis]:
    from symmetry.photos.reading import photo_from_bytes  # loads NumPy: only when photos are read

    faces = []
    for photo in session.photos:
        name = f"{client}, session {session.number}: {photo.name}"
        if photo.identity == "doubted":
            say(f"{name}: left out, it was kept though it seems to show someone else")
            continue
        try:
            picture = photo_from_bytes(reader.read_photo(photo), name)
            own: MeasuringOptions = {**options, "mirrored": photo.mirrored}
            face = measure.analyze(picture, **own)
        except SymmetryError as error:
            say(f"symmetry: {name}: {error}")
            continue
        faces.append(practice.on_day(face, session.at))
    if not faces:
        raise NothingFitError(f"no photo of session {session.number} of {client} can be compared")
    return faces
