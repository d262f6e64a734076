"""Rows of the database turned into records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from sqlite3 import Row
from typing import Any, TypeVar

from symmetry.practice import names
from symmetry.practice.names import identity, list_from_text, side
from symmetry.practice.records import (
    Client,
    DiaryScale,
    Entry,
    JournalEntry,
    Occasion,
    Protocol,
    Step,
    StoredPhoto,
    StoredSession,
    Treatment,
)
from symmetry.practice.times import captured_from_text, from_text

Happened = TypeVar("Happened", bound=Occasion)


def client_of(row: Row) -> Client:
    """Read a client."""
    return Client(
        id=row["id"],
        name=row["name"],
        note=row["note"],
        added=datetime.fromisoformat(row["added"]),
        uid=row["uid"],
        **_on_card(row),
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
        identity=identity(row["identity"]) if "identity" in row.keys() else "",  # noqa: SIM118 -- a row has no `in`
    )


def sessions_of(uid: str, rows: Iterable[Row], photos: Iterable[Row]) -> tuple[StoredSession, ...]:
    """Read sessions of one client, in order of time; photos come in order of position."""
    by_session: defaultdict[int, list[StoredPhoto]] = defaultdict(list)
    for photo in photos:
        by_session[photo["session"]].append(photo_of(uid, photo))
    return _by_time(StoredSession(**_occasion(row), photos=tuple(by_session[row["key"]])) for row in rows)


def step_of(row: Row) -> Step:
    """Read a step of a protocol."""
    return Step(name=row["name"], **_done(row))


def versions_of(rows: Iterable[Row], versions: Iterable[Row], steps: Iterable[Row]) -> tuple[Protocol, ...]:
    """Read the versions of protocols, in order of name and day; steps come in order of position."""
    by_version: defaultdict[int, list[Step]] = defaultdict(list)
    for step in steps:
        by_version[step["version"]].append(step_of(step))
    by_key = {row["key"]: row for row in rows}
    found = [
        Protocol(
            name=by_key[version["protocol"]]["name"],
            steps=tuple(by_version[version["key"]]),
            times_per_week=version["times_per_week"],
            note=by_key[version["protocol"]]["note"],
            since=date.fromisoformat(version["since"]) if version["since"] else None,
        )
        for version in versions
        if version["protocol"] in by_key
    ]
    return tuple(sorted(found, key=lambda each: (names.order(each.name), each.since or date.min)))


def treatments_of(
    rows: Iterable[Row], protocols: Mapping[int, str], people: Mapping[int, str]
) -> tuple[Treatment, ...]:
    """Read treatments of one client, in order of time; protocols and people are names by key."""
    return _by_time(
        Treatment(
            **_occasion(row),
            **_done(row),
            protocol=None if row["protocol"] is None else protocols[row["protocol"]],
            by=_by(row, people),
        )
        for row in rows
    )


def scales_of(rows: Iterable[Row]) -> tuple[DiaryScale, ...]:
    """Read scales, in order of name."""
    found = (DiaryScale(name=row["name"], low=row["low"], high=row["high"], note=row["note"]) for row in rows)
    return tuple(sorted(found, key=lambda each: names.order(each.name)))


def entries_of(rows: Iterable[Row], ratings: Iterable[Row], scales: Mapping[int, str]) -> tuple[Entry, ...]:
    """Read a client's diary, in order of time; scales are names by key."""
    by_entry: defaultdict[int, list[tuple[str, float]]] = defaultdict(list)
    for rating in ratings:
        by_entry[rating["entry"]].append((scales[rating["scale"]], rating["value"]))
    return _by_time(
        Entry(**_occasion(row), values=tuple(sorted(by_entry[row["key"]], key=lambda each: each[0].casefold())))
        for row in rows
    )


def journal_entry_of(row: Row) -> JournalEntry:
    """Read a change of the journal."""
    return JournalEntry(
        number=row["key"],
        at=datetime.fromisoformat(row["at"]),
        by=row["by"],
        kind=row["kind"],
        told=row["told"],
        undone_by=row["undone_by"],
        undoes=row["undoes"],
        can_be_undone=row["content"] is not None and row["undone_by"] is None,
    )


def _on_card(row: Row) -> dict[str, Any]:
    """Give what a practice knows of a client since schema 0003."""
    if "tags" not in row.keys():  # noqa: SIM118 -- a row has no `in`
        return {}
    day = row["next_visit"]
    return {
        "tags": list_from_text(row["tags"]),
        "home": row["home"],
        "next_visit": None if day is None else date.fromisoformat(day),
    }


def _occasion(row: Row) -> dict[str, Any]:
    return {
        "number": row["number"],
        "at": from_text(row["at"], row["zone"]),
        "zone": row["zone"],
        "note": row["note"],
    }


def _by(row: Row, people: Mapping[int, str]) -> str:
    """Give who treated; until schema 0002 a treatment had the name itself."""
    if "by" in row.keys():  # noqa: SIM118 -- a row has no `in`
        return str(row["by"])
    return "" if row["person"] is None else people[row["person"]]


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
