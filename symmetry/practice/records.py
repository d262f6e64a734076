"""What a practice holds, as plain records that know nothing of the database."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, Literal, TypeVar

from symmetry.errors import UnknownIdError

Side = Literal["both", "subject_right", "subject_left"]
Identity = Literal["", "doubted", "confirmed"]
IDENTITIES: Final = ("", "doubted", "confirmed")
SIDES: Final = ("both", "subject_right", "subject_left")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Anything that can be written as JSON."""

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON object; times are ISO 8601."""
        return _fields(self)


def _fields(record: Record) -> dict[str, Any]:
    return {field.name: _plain(getattr(record, field.name)) for field in fields(record)}


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(Record):
    """Someone whose photos are kept."""

    id: str  # what a person types, in lower case
    name: str
    note: str
    added: datetime
    uid: str  # 32 random hex digits: the name of the client's folder
    tags: tuple[str, ...] = ()
    home: str = ""  # what the client does at home: the name of a protocol, or words
    next_visit: date | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON object without the uid."""
        return {name: value for name, value in _fields(self).items() if name != "uid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPhoto:
    """A photo to be stored."""

    name: str  # name of the original file
    data: bytes  # what is stored: a photo without its place and without the camera's notes
    suffix: str  # {".jpg", ".png"}; of `data`
    source_sha256: str  # of the original file
    captured: datetime | None = None  # when the photo was taken; aware only if an offset from UTC is known
    captured_source: str | None = None  # where `captured` comes from
    mirrored: bool = False  # whether the photo shows its subject as a mirror does
    # "doubted" = kept though it seems to show someone else, or a mirrored face: no result is made of it;
    # "confirmed" = a person said that it shows the client
    identity: Identity = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPhoto(Record):
    """A photo in the practice."""

    name: str  # name of the original file
    file: str  # path in the practice's folder, with "/"; see `PracticeReader.photo_path`
    sha256: str  # of the stored bytes
    size: int  # number of stored bytes
    source_sha256: str  # of the original file
    # see `NewPhoto`
    captured: datetime | None
    captured_source: str | None
    mirrored: bool
    identity: Identity = ""

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON object without the hash of the original file."""
        return {name: value for name, value in _fields(self).items() if name != "source_sha256"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion(Record):
    """Something that happened to one client at one time."""

    number: int  # 1 for the client's first of its kind; never used again, even after a removal
    at: datetime  # local time
    zone: str  # name of the time zone


Happened = TypeVar("Happened", bound=Occasion)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession(Occasion):
    """Photos of a client taken on one occasion, in the order in which they were added."""

    note: str
    photos: tuple[StoredPhoto, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Record):
    """One step of a protocol."""

    name: str
    zones: tuple[str, ...] = ()  # where on the face, in the practice's own words
    side: Side = "both"
    minutes: float | None = None
    product: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol(Record):
    """A treatment written down once, as ordered steps, and used many times."""

    name: str
    steps: tuple[Step, ...]
    times_per_week: float | None  # the plan; None = no plan
    note: str
    since: date | None = None  # first day of this version; None = the first version

    @property
    def minutes(self) -> float | None:
        """Minutes of all steps; None if no step has a duration."""
        known = [step.minutes for step in self.steps if step.minutes is not None]
        return sum(known) if known else None

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON object, with the minutes of all steps."""
        return {**_fields(self), "minutes": self.minutes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment(Occasion):
    """One treatment of a client; its number is 0 until a practice stores it."""

    number: int = 0
    zone: str = ""
    protocol: str | None = None  # name of the protocol that was done
    minutes: float | None = None  # those of the protocol if none were given
    zones: tuple[str, ...] = ()  # where on the face, beside what the protocol says
    side: Side = "both"
    # `by` is who treated
    product: str = ""
    by: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """The protocol, or else what was used and where."""
        return self.protocol or ", ".join(filter(None, (self.product, *self.zones))) or "treatment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Week(Record):
    """How often a protocol was done in the seven days from `start`."""

    start: date
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence(Record):
    """How often a client did a protocol, against its plan.

    Weeks are counted from the day of the first treatment with the protocol.
    """

    protocol: str
    since: date
    times_per_week: float | None  # the plan; None = no plan
    weeks: tuple[Week, ...]  # completed weeks
    done: int  # treatments in completed weeks
    # treatments planned for completed weeks, and done over planned; None without a plan or a completed week
    planned: float | None
    share: float | None
    running: Week  # the current week
    minutes: float  # of all treatments, including the running week, as far as durations are known


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryScale(Record):
    """A scale that clients rate, such as tension from 0 to 10."""

    name: str
    low: float
    high: float
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Occasion):
    """An entry in a client's diary."""

    values: tuple[tuple[str, float], ...]  # scale and rating, ordered by the name of the scale
    note: str

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON object, with the ratings by scale."""
        return {**_fields(self), "values": dict(self.values)}


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry(Record):
    """A change of the practice: who did what, and when."""

    number: int
    at: datetime
    by: str  # SYMMETRY_USER, else the name of the user on this machine
    kind: str  # such as "session edit"
    told: str  # what was done, in a sentence without a full stop
    # number of the change that took this one back, and of the one that this one took back
    undone_by: int | None
    undoes: int | None
    can_be_undone: bool  # not undone yet, not older than 30 days


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLine(Record):
    """One client in a list."""

    client: Client
    sessions: int
    photos: int
    treatments: int
    entries: int
    # time of the first and the last session
    first: datetime | None
    last: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON object: the client's own keys, then the others."""
        return {**self.client.to_dict(), **{name: value for name, value in _fields(self).items() if name != "client"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Record):
    """Somebody who treats."""

    name: str
    treatments: int
    clients: int
    last: datetime | None  # of the last treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPage(Record):
    """Everything about one client except the pictures."""

    client: Client
    sessions: tuple[StoredSession, ...]
    treatments: tuple[Treatment, ...]
    entries: tuple[Entry, ...]
    adherence: tuple[Adherence, ...]

    @property
    def photos(self) -> tuple[StoredPhoto, ...]:
        """The photos of all sessions."""
        return tuple(photo for session in self.sessions for photo in session.photos)

    def session(self, number: int) -> StoredSession:
        """Give the session with a number, or raise `UnknownIdError`."""
        return self._numbered(self.sessions, number, "session")

    def treatment(self, number: int) -> Treatment:
        """Give the treatment with a number, or raise `UnknownIdError`."""
        return self._numbered(self.treatments, number, "treatment")

    def entry(self, number: int) -> Entry:
        """Give the entry with a number, or raise `UnknownIdError`."""
        return self._numbered(self.entries, number, "entry")

    def _numbered(self, records: tuple[Happened, ...], number: int, what: str) -> Happened:
        for each in records:
            if each.number == number:
                return each
        raise no_such(self.client.id, what, number)

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON object: the client's own keys, then sessions, treatments, adherence and entries."""
        own = _fields(self)
        return {**own.pop("client"), **{key: own[key] for key in ("sessions", "treatments", "adherence", "entries")}}


def no_such(client_id: str, what: str, number: int) -> UnknownIdError:
    """Make the error for a number that none of a client's sessions, treatments or entries has."""
    command = f"symmetry {'diary' if what == 'entry' else what} list {client_id}"
    return UnknownIdError(f"{client_id} has no {what} {number}; `{command}` shows them")
