"""Rows of the database turned into records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from sqlite3 import Row
from typing import Any, TypeVar

from symmetry.practice.names import list_from_text, side
from symmetry.practice.records import (
    Client,
    DiaryScale,
    Entry,
    Occasion,
    Protocol,
    Step,
    StoredPhoto,
    StoredSession,
    Treatment,
)
from symmetry.practice.times import captured_from_text, from_text

Happened = TypeVar("Happened", bound=Occasion)
Named = TypeVar("Named", Protocol, DiaryScale)


def client_of(row: Row) -> Client:
    """Read a client."""
    return Client(
        id=row["id"], name=row["name"], note=row["note"], added=datetime.fromisoformat(row["added"]), uid=row["uid"]
    )


def photo_of(uid: str, row: Row) -> StoredPhoto:
    """Read a photo of the client with a uid."""
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
    by_session: defaultdict[int, list[StoredPhoto]] = defaultdict(list)
    for photo in photos:
        by_session[photo["session"]].append(photo_of(uid, photo))
    return _by_time(StoredSession(**_occasion(row), photos=tuple(by_session[row["key"]])) for row in rows)


def protocols_of(rows: Iterable[Row], steps: Iterable[Row]) -> tuple[Protocol, ...]:
    """Read protocols, in order of name; steps come in order of position."""
    by_protocol: defaultdict[int, list[Step]] = defaultdict(list)
    for step in steps:
        by_protocol[step["protocol"]].append(Step(name=step["name"], **_done(step)))
    return _by_name(
        Protocol(
            name=row["name"],
            steps=tuple(by_protocol[row["key"]]),
            times_per_week=row["times_per_week"],
            note=row["note"],
        )
        for row in rows
    )


def treatments_of(rows: Iterable[Row], protocols: Mapping[int, str]) -> tuple[Treatment, ...]:
    """Read treatments of one client, in order of time; protocols are names by key."""
    return _by_time(
        Treatment(
            **_occasion(row),
            **_done(row),
            protocol=None if row["protocol"] is None else protocols[row["protocol"]],
            by=row["by"],
        )
        for row in rows
    )


def scales_of(rows: Iterable[Row]) -> tuple[DiaryScale, ...]:
    """Read scales, in order of name."""
    return _by_name(DiaryScale(name=row["name"], low=row["low"], high=row["high"], note=row["note"]) for row in rows)


def entries_of(rows: Iterable[Row], ratings: Iterable[Row], scales: Mapping[int, str]) -> tuple[Entry, ...]:
    """Read a client's diary, in order of time; scales are names by key."""
    by_entry: defaultdict[int, list[tuple[str, float]]] = defaultdict(list)
    for rating in ratings:
        by_entry[rating["entry"]].append((scales[rating["scale"]], rating["value"]))
    return _by_time(
        Entry(**_occasion(row), values=tuple(sorted(by_entry[row["key"]], key=lambda each: each[0].casefold())))
        for row in rows
    )


def _occasion(row: Row) -> dict[str, Any]:
    return {
        "number": row["number"],
        "at": from_text(row["at"], row["zone"]),
        "zone": row["zone"],
        "note": row["note"],
    }


def _done(row: Row) -> dict[str, Any]:
    """Give what steps and treatments have in common."""
    return {
        "zones": list_from_text(row["zones"]),
        "side": side(row["side"]),
        "minutes": row["minutes"],
        "product": row["product"],
    }


def _by_time(records: Iterable[Happened]) -> tuple[Happened, ...]:
    return tuple(sorted(records, key=lambda each: (each.at.timestamp(), each.number)))


def _by_name(records: Iterable[Named]) -> tuple[Named, ...]:
    return tuple(sorted(records, key=lambda each: each.name.casefold()))
