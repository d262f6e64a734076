"""What the report says about its photos and treatments: flags, photos left out, where days come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from symmetry.measure.face import FaceAnalysis
from symmetry.measure.quality.flags import GRAVITY, Flag, Severity, reason_words
from symmetry.measure.words import sentence
from symmetry.output.report.words import day
from symmetry.practice.records import Treatment
from symmetry.series.result import LeftOut
from symmetry.series.series import Series
from symmetry.tabular.text import counted

WEIGHTS: Final[dict[Severity, str]] = {
    "reject": "Some results had to be left out",
    "warn": "Some results are less sure",
    "info": "Worth knowing",
}
_ADVICE: Final = {
    "one_mirrored": "Many front cameras save the face as a mirror shows it; use one kind of photo for all sessions.",
    "not_seen": "Freckles, folds or the light differ between the two sides or are too faint to be matched there; "
    "every other region rests on what is seen.",
}
"""In place of a flag's own advice that addresses whoever runs the program, or is about one photo only."""
_SOURCES: Final = {
    "file time": "the file’s own time, which copying may change",
    "file name": "the name of the file",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """All flags of one name together."""

    severity: Severity
    weight: str  # what the severity means
    title: str
    where: str  # in how many photos
    advice: str  # that of the gravest flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """All treatments of one kind together."""

    label: str
    times: str
    minutes: str
    last: str


def notes_on(series: Series) -> tuple[Note, ...]:
    """Gather the flags of the photos and between them, the gravest first."""
    faces = [face for session in series.sessions for face in session.faces]
    found: dict[str, list[Flag]] = {}
    for face in faces:
        for flag in _once(face):
            found.setdefault(flag.name, []).append(flag)
    of_photos = set(found)
    # The comparison repeats the flags of its photos, with their names.
    between = [flag for flag in series.change.flags if flag.name not in of_photos] if series.change else []
    for flag in between:
        found.setdefault(flag.name, []).append(flag)
    notes = []
    for name, flags in found.items():
        gravest = min(flags, key=lambda flag: (GRAVITY[flag.severity], -abs(flag.value or 0.0)))
        where = "first and last compared"
        if name in of_photos:
            where = f"{len(flags)} of {counted(len(faces), 'photo')}"
        notes.append(
            Note(
                severity=gravest.severity,
                weight=WEIGHTS[gravest.severity],
                title=sentence(reason_words(name)),
                where=where,
                advice=_ADVICE.get(name, gravest.advice),
            )
        )
    return tuple(sorted(notes, key=lambda note: GRAVITY[note.severity]))


def advice_on(photo: LeftOut) -> str:
    """Say what to do about a photo that was left out."""
    return _ADVICE.get(photo.reason, photo.advice) or f"{sentence(reason_words(photo.reason))}."


def dating(series: Series) -> str:
    """Say which days do not come from what the camera wrote; empty if all do."""
    told = []
    for source, meaning in _SOURCES.items():
        dated = [session for session in series.sessions if source in session.sources]
        if dated:
            told.append(f"The day of {counted(len(dated), 'session')} comes from {meaning}.")
    return " ".join(told)


def done(treatments: Sequence[Treatment]) -> tuple[Done, ...]:
    """Add up treatments by what was done."""
    by_label: dict[str, list[Treatment]] = {}
    for treatment in treatments:
        by_label.setdefault(treatment.label, []).append(treatment)
    return tuple(
        Done(
            label=label,
            times=str(len(of_kind)),
            minutes=minutes_words(sum(t.minutes for t in of_kind if t.minutes is not None) or None),
            last=day(max(t.at for t in of_kind).date()),
        )
        for label, of_kind in by_label.items()
    )


def minutes_words(minutes: float | None) -> str:
    """Write minutes; empty if they are not known."""
    return "" if minutes is None else f"{minutes:.0f} min"


def when_made(at: datetime) -> str:
    """Write the time of a report with its offset from UTC."""
    return f"{day(at.date())}, {at:%H:%M}"


def _once(face: FaceAnalysis) -> list[Flag]:
    return list({flag.name: flag for flag in reversed(face.flags)}.values())
