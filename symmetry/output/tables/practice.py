"""Clients, sessions, treatments and diaries as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from symmetry.output.tables.grid import UNKNOWN, FittedTable, notes
from symmetry.practice.records import (
    Adherence,
    ClientLine,
    ClientPage,
    DiaryScale,
    Entry,
    JournalEntry,
    Person,
    Protocol,
    Step,
    StoredSession,
    Treatment,
)
from symmetry.tabular.text import printable

_SIDES = {"both": "both", "subject_right": "right", "subject_left": "left"}
_LONGEST = 60


def clients_table(lines: Sequence[ClientLine]) -> RenderableType:
    """List clients."""
    if not lines:
        return _nothing("no clients yet; `symmetry client add NAME` adds one")
    table = FittedTable("client", [_cell(line.client.id) for line in lines])
    table.add("name", [_cell(line.client.name) for line in lines], left=True)
    for name in ("sessions", "photos", "treatments", "entries"):
        table.add(name, [str(getattr(line, name)) for line in lines])
    table.add("first", [_day(line.first) for line in lines], left=True)
    table.add("last", [_day(line.last) for line in lines], left=True)
    if any(line.client.tags for line in lines):
        table.add("tags", [_cell(", ".join(line.client.tags)) for line in lines], left=True)
    if any(line.client.next_visit for line in lines):
        table.add(
            "next", [UNKNOWN if (day := line.client.next_visit) is None else f"{day}" for line in lines], left=True
        )
    if any(line.client.note for line in lines):
        table.add("note", [_cell(line.client.note) for line in lines], left=True)
    return table


def page_tables(page: ClientPage) -> RenderableType:
    """Show everything about one client except the pictures."""
    client = page.client
    title = Text.assemble(
        Text(printable(client.name), style="bold"), f"  {printable(client.id)}, since {client.added:%Y-%m-%d}"
    )
    parts: list[RenderableType] = [title]
    card = {"tags": ", ".join(client.tags), "at home": client.home, "next appointment": client.next_visit}
    parts += [Text(printable(f"{name}: {value}")) for name, value in card.items() if value]
    parts += [Text(printable(line)) for line in client.note.split("\n") if line.strip()]
    if page.sessions:
        parts += [Text(""), Text("Sessions", style="bold"), sessions_table(page.sessions)]
    if page.treatments:
        parts += [Text(""), Text("Treatments", style="bold"), treatments_table(page.treatments, page.adherence)]
    if page.entries:
        parts += [Text(""), Text("Diary", style="bold"), diary_table(page.entries)]
    if not (page.sessions or page.treatments or page.entries):
        parts += [Text(""), _nothing(f"no sessions yet; `symmetry session add {client.id} PHOTO...` adds one")]
    return Group(*parts)


def sessions_table(sessions: Sequence[StoredSession]) -> RenderableType:
    """List sessions."""
    if not sessions:
        return _nothing("no sessions yet")
    table = FittedTable("session", [str(session.number) for session in sessions])
    table.add("when", [_time(session.at) for session in sessions], left=True)
    table.add("photos", [str(len(session.photos)) for session in sessions])
    doubted = [sum(photo.identity == "doubted" for photo in session.photos) for session in sessions]
    if any(doubted):
        table.add("not measured", [str(count) if count else "" for count in doubted])
    table.add("names", [_cell(", ".join(photo.name for photo in session.photos)) for session in sessions], left=True)
    _add_notes(table, [session.note for session in sessions])
    return table


def journal_table(entries: Sequence[JournalEntry]) -> RenderableType:
    """List changes of the practice."""
    if not entries:
        return _nothing("nothing was changed yet")
    table = FittedTable("change", [str(each.number) for each in entries])
    table.add("when", [_time(each.at) for each in entries], left=True)
    table.add("by", [_cell(each.by) for each in entries], left=True)
    table.add("what", [_cell(f"{_undo_words(each)}{each.told}") for each in entries], left=True)
    return table


def people_table(people: Sequence[Person]) -> RenderableType:
    """List who treats."""
    if not people:
        return _nothing("nobody yet; `symmetry treatment add CLIENT --by NAME` names somebody")
    table = FittedTable("name", [_cell(each.name) for each in people])
    table.add("treatments", [str(each.treatments) for each in people])
    table.add("clients", [str(each.clients) for each in people])
    table.add("last", [_day(each.last) for each in people], left=True)
    return table


def protocols_table(protocols: Sequence[Protocol]) -> RenderableType:
    """List protocols."""
    if not protocols:
        return _nothing("no protocols yet; `symmetry protocol add NAME --step STEP...` adds one")
    table = FittedTable("protocol", [_cell(protocol.name) for protocol in protocols])
    table.add("steps", [str(len(protocol.steps)) for protocol in protocols])
    table.add("minutes", [_number(protocol.minutes) for protocol in protocols])
    table.add("times a week", [_number(protocol.times_per_week) for protocol in protocols])
    _add_notes(table, [protocol.note for protocol in protocols])
    return table


def protocol_table(protocol: Protocol) -> RenderableType:
    """Show the steps of one protocol in their order."""
    plan = f", {protocol.times_per_week:g} times a week" if protocol.times_per_week else ""
    minutes = f", {protocol.minutes:g} minutes" if protocol.minutes else ""
    since = f", since {protocol.since:%Y-%m-%d}" if protocol.since else ""
    title = Text.assemble(Text(printable(protocol.name), style="bold"), f"{minutes}{plan}{since}")
    table = FittedTable("step", [str(number) for number in range(1, len(protocol.steps) + 1)])
    table.add("what", [_cell(step.name) for step in protocol.steps], left=True)
    table.add("minutes", [_number(step.minutes) for step in protocol.steps])
    _add_where(table, protocol.steps)
    note = [Text(printable(line)) for line in protocol.note.split("\n") if line.strip()]
    return Group(title, *note, table)


def treatments_table(treatments: Sequence[Treatment], kept_to: Iterable[Adherence]) -> RenderableType:
    """List treatments and, below them, the adherence."""
    if not treatments:
        return _nothing("no treatments yet")
    table = FittedTable("treatment", [str(done.number) for done in treatments])
    table.add("when", [_time(done.at) for done in treatments], left=True)
    table.add("protocol", [_cell(done.protocol or "") for done in treatments], left=True)
    table.add("minutes", [_number(done.minutes) for done in treatments])
    _add_where(table, treatments)
    if any(done.by for done in treatments):
        table.add("by", [_cell(done.by) for done in treatments], left=True)
    _add_notes(table, [done.note for done in treatments])
    return Group(table, *notes(*(adherence_line(each) for each in kept_to)))


def adherence_line(kept_to: Adherence) -> str:
    """Say in a sentence how often a protocol was done, against its plan."""
    weeks = len(kept_to.weeks)
    name, plan = printable(kept_to.protocol), kept_to.times_per_week
    running = f"in the week from {kept_to.running.start:%Y-%m-%d} {kept_to.running.done}"
    if plan is not None:
        running += f" of {plan:g}"
    if not weeks:
        return f"{name}: {running} so far."
    done = f"{kept_to.done}" if kept_to.planned is None else f"{kept_to.done} of {kept_to.planned:g} planned"
    share = "" if kept_to.share is None else f" ({kept_to.share:.0%})"
    return f"{name}: {done} in {weeks} week{'' if weeks == 1 else 's'}{share}; {running} so far."


def scales_table(scales: Sequence[DiaryScale]) -> RenderableType:
    """List scales of the diary."""
    if not scales:
        return _nothing("no scales yet; `symmetry diary scale NAME` adds one")
    table = FittedTable("scale", [_cell(scale.name) for scale in scales])
    table.add("from", [_number(scale.low) for scale in scales])
    table.add("to", [_number(scale.high) for scale in scales])
    _add_notes(table, [scale.note for scale in scales])
    return table


def diary_table(entries: Sequence[Entry]) -> RenderableType:
    """List entries of a diary, with one column per scale."""
    if not entries:
        return _nothing("no entries yet")
    table = FittedTable("entry", [str(entry.number) for entry in entries])
    table.add("when", [_time(entry.at) for entry in entries], left=True)
    for scale in sorted({name for entry in entries for name, _ in entry.values}, key=str.casefold):
        table.add(_short(scale), [_number(dict(entry.values).get(scale)) for entry in entries])
    _add_notes(table, [entry.note for entry in entries])
    return table


def _undo_words(entry: JournalEntry) -> str:
    """Say first that a change is taken back, or is too old for it: a long text is cut."""
    if entry.undone_by is not None:
        return f"(undone by {entry.undone_by}) "
    return "" if entry.can_be_undone else "(for good) "


def _add_where(table: FittedTable, done: Sequence[Step] | Sequence[Treatment]) -> None:
    """Add where on the face, on which side and with what, as far as it is known."""
    if any(each.zones for each in done):
        table.add("zones", [_cell(", ".join(each.zones)) for each in done], left=True)
    if any(each.side != "both" for each in done):
        table.add("side", [_SIDES[each.side] for each in done], left=True)
    if any(each.product for each in done):
        table.add("product", [_cell(each.product) for each in done], left=True)


def _add_notes(table: FittedTable, texts: Sequence[str]) -> None:
    if any(texts):
        table.add("note", [_cell(text) for text in texts], left=True)


def _nothing(text: str) -> RenderableType:
    return Text(printable(text), style="dim")


def _cell(text: str) -> Text:
    return Text(_short(text))


def _short(text: str) -> str:
    """Shorten a text to one line of a table; JSON and CSV have all of it."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _number(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.4g}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _day(at: datetime | None) -> str:
    return UNKNOWN if at is None else f"{at:%Y-%m-%d}"
