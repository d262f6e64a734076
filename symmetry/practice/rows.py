"""What a practice knows of its clients, as data. Loads nothing heavy: lists of clients must be there at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, Final

from symmetry.practice.records import (
    Adherence,
    Client,
    ClientLine,
    ClientPage,
    DiaryScale,
    Entry,
    Protocol,
    Session,
    Treatment,
)
from symmetry.tabular.layout import Layout
from symmetry.tabular.text import but

CLIENT_COLUMNS: Final = ("id", "name", "sessions", "photos", "treatments", "entries", "first", "last", "added", "note")
HISTORY_COLUMNS: Final = ("client", "at", "zone", "kind", "number", "what", "value", "minutes", "by", "note")
SESSION_COLUMNS: Final = (
    *("client", "session", "at", "zone", "photo", "file", "captured", "captured_source", "mirrored", "sha256", "note"),
)
PROTOCOL_COLUMNS: Final = ("protocol", "times_per_week", "step", "name", "zones", "side", "minutes", "product", "note")
TREATMENT_COLUMNS: Final = (
    *("client", "treatment", "at", "zone", "protocol", "minutes", "zones", "side", "product", "by", "note"),
)
ADHERENCE_COLUMNS: Final = ("client", "protocol", "week", "over", "done", "planned")
SCALE_COLUMNS: Final = ("name", "low", "high", "note")
DIARY_COLUMNS: Final = ("client", "entry", "at", "zone", "scale", "value", "note")
_TRUTHS: Final = ("mirrored", "over")
_NUMBERS: Final = (
    *("sessions", "photos", "treatments", "entries", "number", "value", "minutes", "session", "times_per_week"),
    *("step", "treatment", "done", "planned", "low", "high", "entry"),
)


def list_layout(columns: Sequence[str]) -> Layout:
    """Layout of a list of the practice, by its columns: those of one name hold the same in all lists."""
    texts = [column for column in columns if column not in (*_TRUTHS, *_NUMBERS)]
    return Layout(name="practice", columns=tuple(columns), texts=texts, truths=_TRUTHS, rows=list)


def line_to_dict(line: ClientLine) -> dict[str, Any]:
    """One client of a list as a JSON object, and as a row."""
    counts = {name: getattr(line, name) for name in ("sessions", "photos", "treatments", "entries", "first", "last")}
    return client_to_dict(line.client) | {name: _plain(value) for name, value in counts.items()}


def client_to_dict(client: Client) -> dict[str, Any]:
    """Give a client as a JSON object."""
    return {"id": client.id, "name": client.name, "note": client.note, "added": _plain(client.added)}


def page_to_dict(page: ClientPage) -> dict[str, Any]:
    """Everything about a client but the pictures as a JSON object."""
    return client_to_dict(page.client) | {
        "sessions": [session_to_dict(session) for session in page.sessions],
        "treatments": [_plain(treatment) for treatment in page.treatments],
        "adherence": [_plain(each) for each in page.adherence],
        "entries": [entry_to_dict(entry) for entry in page.entries],
    }


def session_to_dict(session: Session) -> dict[str, Any]:
    """One session as a JSON object."""
    photos = [but(_plain(photo), "source_sha256") for photo in session.photos]
    return {**_plain(session), "photos": photos}


def protocol_to_dict(protocol: Protocol) -> dict[str, Any]:
    """One protocol as a JSON object."""
    return {**_plain(protocol), "minutes": protocol.minutes}


def treatments_to_dict(treatments: Iterable[Treatment], kept_to: Iterable[Adherence]) -> dict[str, Any]:
    """Give a client's treatments, and how they keep to their plans, as a JSON object."""
    return {
        "treatments": [_plain(treatment) for treatment in treatments],
        "adherence": [_plain(each) for each in kept_to],
    }


def scale_to_dict(scale: DiaryScale) -> dict[str, Any]:
    """One scale of the diary as a JSON object, and as a row."""
    return dict(_plain(scale))


def entry_to_dict(entry: Entry) -> dict[str, Any]:
    """One entry of a diary as a JSON object."""
    return {**_plain(entry), "values": dict(entry.values)}


def history_rows(page: ClientPage) -> list[dict[str, Any]]:
    """One row per session, treatment, and rating of an entry, in order of time."""
    rows: list[tuple[float, dict[str, Any]]] = []
    for session in page.sessions:
        rows.append(_event(session, "session", what="photos", value=len(session.photos)))
    for done in page.treatments:
        rows.append(_event(done, "treatment", what=done.protocol, minutes=done.minutes, by=done.by))
    for entry in page.entries:
        rated = entry.values or ((None, None),)
        rows += [_event(entry, "entry", what=scale, value=value) for scale, value in rated]
    rows.sort(key=lambda row: row[0])
    return [{"client": page.client.id} | row for _, row in rows]


def session_rows(client: str, sessions: Iterable[Session]) -> list[dict[str, Any]]:
    """One row per photo."""
    return [
        {"client": client, "session": session.number, "at": _plain(session.at), "zone": session.zone}
        | {"photo": photo.name, "note": session.note}
        | {name: _plain(getattr(photo, name)) for name in ("file", "captured", "captured_source", "mirrored", "sha256")}
        for session in sessions
        for photo in session.photos
    ]


def protocol_rows(protocols: Iterable[Protocol]) -> list[dict[str, Any]]:
    """One row per step."""
    return [
        {"protocol": protocol.name, "times_per_week": protocol.times_per_week, "step": number, "note": protocol.note}
        | _plain(step)
        | {"zones": _joined(step.zones)}
        for protocol in protocols
        for number, step in enumerate(protocol.steps, 1)
    ]


def treatment_rows(client: str, treatments: Iterable[Treatment]) -> list[dict[str, Any]]:
    """One row per treatment."""
    return [
        {"client": client, "treatment": done.number} | _plain(done) | {"zones": _joined(done.zones)}
        for done in treatments
    ]


def adherence_rows(client: str, kept_to: Iterable[Adherence]) -> list[dict[str, Any]]:
    """One row per protocol and week."""
    return [
        {"client": client, "protocol": each.protocol, "week": _plain(week.start), "over": over, "done": week.done}
        | {"planned": each.times_per_week}
        for each in kept_to
        for week, over in (*((week, True) for week in each.weeks), (each.running, False))
    ]


def diary_rows(client: str, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """One row per rating; an entry without any has one row too."""
    return [
        {"client": client, "entry": entry.number, "at": _plain(entry.at), "zone": entry.zone, "note": entry.note}
        | {"scale": scale, "value": value}
        for entry in entries
        for scale, value in entry.values or ((None, None),)
    ]


def _event(event: Session | Treatment | Entry, kind: str, **about: Any) -> tuple[float, dict[str, Any]]:
    row = {"at": _plain(event.at), "zone": event.zone, "kind": kind, "number": event.number, "note": event.note}
    return event.at.timestamp(), row | about


def _joined(zones: Sequence[str]) -> str:
    return "; ".join(zones)


def _plain(value: Any) -> Any:
    """Turn records and times into what JSON knows, however deep."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
