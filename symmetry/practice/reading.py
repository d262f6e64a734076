"""Rows of the database to records; rows come from SQLAlchemy or from the sqlite3 module alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from typing import Protocol as Shape

from symmetry.practice.names import list_from_text, side
from symmetry.practice.records import Client, DiaryScale, Entry, Protocol, Step, StoredPhoto, StoredSession, Treatment
from symmetry.practice.times import captured_from_text, from_text


class Row(Shape):
    """What is read by the names of its columns."""

    def __getitem__(self, name: str, /) -> Any:
        """Give the value of a column."""


def client_of(row: Row) -> Client:
    """Read a client."""
    return Client(
        id=row["id"], name=row["name"], note=row["note"], added=datetime.fromisoformat(row["added"]), uid=row["uid"]
    )


def photo_of(uid: str, row: Row) -> StoredPhoto:
    """Read a photo of the client with a folder."""
    return StoredPhoto(
        name=row["name"],
        file=f"clients/{uid}/photos/{row['sha256']}{row['suffix']}",
        sha256=row["sha256"],
        size=row["size"],
        source_sha256=row["source_sha256"],
        captured=captured_from_text(row["captured"], row["captured_zone"]),
        captured_source=row["captured_source"],
        mirrored=bool(row["mirrored"]),
    )


def sessions_of(uid: str, rows: Iterable[Row], photos: Iterable[Row]) -> tuple[StoredSession, ...]:
    """Read sessions of one client, in order of time; photos come in order of position."""
    of_session: defaultdict[int, list[StoredPhoto]] = defaultdict(list)
    for photo in photos:
        of_session[photo["session"]].append(photo_of(uid, photo))
    sessions = [
        StoredSession(
            number=row["number"],
            at=from_text(row["at"], row["zone"]),
            zone=row["zone"],
            note=row["note"],
            photos=tuple(of_session[row["key"]]),
        )
        for row in rows
    ]
    return tuple(sorted(sessions, key=lambda session: (session.at.timestamp(), session.number)))


def protocols_of(rows: Iterable[Row], steps: Iterable[Row]) -> tuple[Protocol, ...]:
    """Read protocols, in order of name; steps come in order of position."""
    of_protocol: defaultdict[int, list[Step]] = defaultdict(list)
    for step in steps:
        of_protocol[step["protocol"]].append(
            Step(
                name=step["name"],
                zones=list_from_text(step["zones"]),
                side=side(step["side"]),
                minutes=step["minutes"],
                product=step["product"],
            )
        )
    protocols = [
        Protocol(
            name=row["name"],
            steps=tuple(of_protocol[row["key"]]),
            times_per_week=row["times_per_week"],
            note=row["note"],
        )
        for row in rows
    ]
    return tuple(sorted(protocols, key=lambda protocol: protocol.name.casefold()))


def treatments_of(rows: Iterable[Row], protocols: Mapping[int, str]) -> tuple[Treatment, ...]:
    """Read treatments of one client, in order of time; protocols are names by key."""
    treatments = [
        Treatment(
            number=row["number"],
            at=from_text(row["at"], row["zone"]),
            zone=row["zone"],
            protocol=None if row["protocol"] is None else protocols[row["protocol"]],
            minutes=row["minutes"],
            zones=list_from_text(row["zones"]),
            side=side(row["side"]),
            product=row["product"],
            by=row["by"],
            note=row["note"],
        )
        for row in rows
    ]
    return tuple(sorted(treatments, key=lambda treatment: (treatment.at.timestamp(), treatment.number)))


def scales_of(rows: Iterable[Row]) -> tuple[DiaryScale, ...]:
    """Read scales, in order of name."""
    scales = [DiaryScale(name=row["name"], low=row["low"], high=row["high"], note=row["note"]) for row in rows]
    return tuple(sorted(scales, key=lambda scale: scale.name.casefold()))


def entries_of(rows: Iterable[Row], ratings: Iterable[Row], scales: Mapping[int, str]) -> tuple[Entry, ...]:
    """Read a client's diary, in order of time; scales are names by key."""
    of_entry: defaultdict[int, list[tuple[str, float]]] = defaultdict(list)
    for rating in ratings:
        of_entry[rating["entry"]].append((scales[rating["scale"]], rating["value"]))
    entries = [
        Entry(
            number=row["number"],
            at=from_text(row["at"], row["zone"]),
            zone=row["zone"],
            values=tuple(sorted(of_entry[row["key"]], key=lambda each: each[0].casefold())),
            note=row["note"],
        )
        for row in rows
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.at.timestamp(), entry.number)))
