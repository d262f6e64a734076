"""Lists of a practice as tables of data: their columns, and the rows of their JSON objects.

Loads nothing heavy: a list of clients must be there at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from symmetry.tabular.layout import Layout

CLIENT_COLUMNS: Final = (
    *("id", "name", "sessions", "photos", "treatments", "entries", "first", "last", "added"),
    *("tags", "home", "next_visit", "note"),
)
JOURNAL_COLUMNS: Final = ("number", "at", "by", "kind", "told", "undone_by", "undoes", "can_be_undone")
OVERVIEW_COLUMNS: Final = (
    *("id", "name", "answer", "region", "verdict", "sure", "evenness", "evenness_error", "unit", "since", "until"),
    *("sessions", "last_seen", "next_visit", "adherence", "tags", "protocols", "by", "products", "reason", "headline"),
)
PEOPLE_COLUMNS: Final = ("name", "treatments", "clients", "last")
HISTORY_COLUMNS: Final = ("client", "at", "zone", "kind", "number", "what", "value", "minutes", "by", "note")
SESSION_COLUMNS: Final = (
    *(
        "client",
        "session",
        "at",
        "zone",
        "photo",
        "file",
        "captured",
        "captured_source",
        "mirrored",
        "identity",
        "sha256",
        "note",
    ),
)
PROTOCOL_COLUMNS: Final = (
    "protocol",
    "since",
    "times_per_week",
    "step",
    "name",
    "zones",
    "side",
    "minutes",
    "product",
    "note",
)
TREATMENT_COLUMNS: Final = (
    *("client", "treatment", "at", "zone", "protocol", "minutes", "zones", "side", "product", "by", "note"),
)
ADHERENCE_COLUMNS: Final = ("client", "protocol", "week", "over", "done", "planned")
SCALE_COLUMNS: Final = ("name", "low", "high", "note")
DIARY_COLUMNS: Final = ("client", "entry", "at", "zone", "scale", "value", "note")
_TRUTHS: Final = ("mirrored", "over", "can_be_undone", "sure")
_NUMBERS: Final = (
    *("sessions", "photos", "treatments", "entries", "number", "value", "minutes", "session", "times_per_week"),
    *("step", "treatment", "done", "planned", "low", "high", "entry", "undone_by", "undoes"),
    *("clients", "evenness", "evenness_error", "adherence"),
)

Json = Mapping[str, Any]
"""What `to_dict` of a record gives."""
Rows = list[dict[str, Any]]


def _layout(columns: tuple[str, ...], rows: Callable[[Any], Rows]) -> Layout:
    """Give the layout of a list by its columns: those of one name hold the same in all lists."""
    texts = [column for column in columns if column not in (*_TRUTHS, *_NUMBERS)]
    return Layout(name="practice", columns=columns, texts=texts, truths=_TRUTHS, rows=rows)


def client_rows(clients: Iterable[Json]) -> Rows:
    """Give one row per client."""
    return [{**client, "tags": "; ".join(client["tags"])} for client in clients]


def overview_rows(lines: Iterable[Json]) -> Rows:
    """Give one row per client with photos."""
    return [
        {**line, **{name: "; ".join(line[name]) for name in ("tags", "protocols", "by", "products")}} for line in lines
    ]


def history_rows(page: Json) -> Rows:
    """Give one row per session, treatment and rating of a client, in order of time."""
    rows = [
        *({**each, "kind": "session", "what": "photos", "value": len(each["photos"])} for each in page["sessions"]),
        *({**each, "kind": "treatment", "what": each["protocol"]} for each in page["treatments"]),
        *(
            {**each, "kind": "entry", "what": scale, "value": value}
            for each in page["entries"]
            for scale, value in _rated(each)
        ),
    ]
    rows.sort(key=lambda row: datetime.fromisoformat(row["at"]).timestamp())
    return [{**row, "client": page["id"]} for row in rows]


def session_rows(client: str, sessions: Iterable[Json]) -> Rows:
    """Give one row per photo."""
    return [
        {**photo, **_of_client(client, session), "session": session["number"], "photo": photo["name"]}
        for session in sessions
        for photo in session["photos"]
    ]


def protocol_rows(protocols: Iterable[Json] | Json) -> Rows:
    """Give one row per step of one protocol or several."""
    return [
        {**protocol, "protocol": protocol["name"], "step": number, **step, "zones": "; ".join(step["zones"])}
        for protocol in ([protocols] if isinstance(protocols, Mapping) else protocols)
        for number, step in enumerate(protocol["steps"], 1)
    ]


def treatment_rows(client: str, treatments: Iterable[Json]) -> Rows:
    """Give one row per treatment."""
    return [
        {**done, "client": client, "treatment": done["number"], "zones": "; ".join(done["zones"])}
        for done in treatments
    ]


def adherence_rows(client: str, adherence: Iterable[Json]) -> Rows:
    """Give one row per protocol and week."""
    return [
        {"client": client, "protocol": each["protocol"], "planned": each["times_per_week"]}
        | {"week": week["start"], "over": over, "done": week["done"]}
        for each in adherence
        for week, over in (*((week, True) for week in each["weeks"]), (each["running"], False))
    ]


def diary_rows(client: str, entries: Iterable[Json]) -> Rows:
    """Give one row per rating; an entry without ratings has one row too."""
    return [
        {**_of_client(client, entry), "entry": entry["number"], "scale": scale, "value": value}
        for entry in entries
        for scale, value in _rated(entry)
    ]


def session_layout(client: str) -> Layout:
    """Give the layout of a client's sessions."""
    return _layout(SESSION_COLUMNS, partial(session_rows, client))


def treatment_layout(client: str) -> Layout:
    """Give the layout of a client's treatments; their JSON object has the adherence too."""
    return _layout(TREATMENT_COLUMNS, lambda found: treatment_rows(client, found["treatments"]))


def diary_layout(client: str) -> Layout:
    """Give the layout of a client's diary."""
    return _layout(DIARY_COLUMNS, partial(diary_rows, client))


def _of_client(client: str, occasion: Json) -> dict[str, Any]:
    return {"client": client, "at": occasion["at"], "zone": occasion["zone"], "note": occasion["note"]}


def _rated(entry: Json) -> Iterable[tuple[str | None, float | None]]:
    return entry["values"].items() or [(None, None)]


CLIENTS: Final = _layout(CLIENT_COLUMNS, client_rows)
JOURNAL: Final = _layout(JOURNAL_COLUMNS, list)
OVERVIEW: Final = _layout(OVERVIEW_COLUMNS, overview_rows)
PEOPLE: Final = _layout(PEOPLE_COLUMNS, list)
HISTORY: Final = _layout(HISTORY_COLUMNS, history_rows)
PROTOCOLS: Final = _layout(PROTOCOL_COLUMNS, protocol_rows)
SCALES: Final = _layout(SCALE_COLUMNS, list)
