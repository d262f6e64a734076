"""The tables, as the newest migration leaves them."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar, Final

from sqlalchemy import CheckConstraint, Float, ForeignKey, MetaData, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
_KEYS: Final = 1 << 62
_NONE_YET = text("0")
_EMPTY = text("''")


class Base(DeclarativeBase):
    """What all tables have in common."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {float: Float}  # which SQL type stands for float differs by SQLAlchemy's version


class KeyedRow(Base):
    """A row with a `key`: the database's own number, never shown to a person."""

    __abstract__ = True

    # Drawn, not counted: a row that is brought back gets its old key, which no other may have got since.
    key: Mapped[int] = mapped_column(primary_key=True, default=lambda: secrets.randbelow(_KEYS))


class OccasionRow(KeyedRow):
    """Something of one client; `number` counts from 1 for each client."""

    __abstract__ = True

    client: Mapped[int] = mapped_column(ForeignKey("clients.key", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[str]
    zone: Mapped[str]
    note: Mapped[str]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (UniqueConstraint("client", "number"),)


class NamedRow(KeyedRow):
    """Something that all clients share; `folded` is its name without regard to case."""

    __abstract__ = True

    name: Mapped[str]
    folded: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str]


class ClientRow(KeyedRow):
    """A client; the last numbers are those given out so far, so that none is given twice.

    `tags` is a JSON list, `next_visit` a day.
    """

    __tablename__ = "clients"

    uid: Mapped[str] = mapped_column(unique=True)
    id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    note: Mapped[str]
    added: Mapped[str]
    last_session: Mapped[int] = mapped_column(server_default=_NONE_YET)
    last_treatment: Mapped[int] = mapped_column(server_default=_NONE_YET)
    last_entry: Mapped[int] = mapped_column(server_default=_NONE_YET)
    tags: Mapped[str] = mapped_column(server_default=text("'[]'"))
    home: Mapped[str] = mapped_column(server_default=_EMPTY)
    next_visit: Mapped[str | None]


class SessionRow(OccasionRow):
    """A session of a client."""

    __tablename__ = "sessions"


class PhotoRow(KeyedRow):
    """A photo of a session; several rows may share one file.

    `identity` is empty, "doubted" (kept though it seems to be of someone else, or is unfit) or "confirmed".
    """

    __tablename__ = "photos"
    __table_args__ = (UniqueConstraint("session", "position"), UniqueConstraint("session", "sha256"))

    session: Mapped[int] = mapped_column(ForeignKey("sessions.key", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str]
    suffix: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    source_sha256: Mapped[str]
    captured: Mapped[str | None]
    captured_zone: Mapped[str | None]
    captured_source: Mapped[str | None]
    mirrored: Mapped[bool]
    identity: Mapped[str] = mapped_column(server_default=_EMPTY)


class PersonRow(NamedRow):
    """Somebody who treats."""

    __tablename__ = "people"


class ProtocolRow(NamedRow):
    """A protocol; its versions have the steps."""

    __tablename__ = "protocols"


class ProtocolVersionRow(KeyedRow):
    """What a protocol was from a day on; `since` is empty for the first version."""

    __tablename__ = "protocol_versions"
    __table_args__ = (UniqueConstraint("protocol", "since"),)

    protocol: Mapped[int] = mapped_column(ForeignKey("protocols.key", ondelete="CASCADE"))
    since: Mapped[str]
    times_per_week: Mapped[float | None]


class StepRow(KeyedRow):
    """A step of a version of a protocol; `zones` is a JSON list."""

    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("version", "position"),)

    version: Mapped[int] = mapped_column(ForeignKey("protocol_versions.key", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str]
    zones: Mapped[str]
    side: Mapped[str]
    minutes: Mapped[float | None]
    product: Mapped[str]


class TreatmentRow(OccasionRow):
    """A treatment of a client; `zones` is a JSON list."""

    __tablename__ = "treatments"

    protocol: Mapped[int | None] = mapped_column(ForeignKey("protocols.key", ondelete="RESTRICT"), index=True)
    person: Mapped[int | None] = mapped_column(ForeignKey("people.key", ondelete="RESTRICT"), index=True)
    minutes: Mapped[float | None]
    zones: Mapped[str]
    side: Mapped[str]
    product: Mapped[str]


class ScaleRow(NamedRow):
    """A scale of the diary."""

    __tablename__ = "scales"
    __table_args__ = (CheckConstraint("low < high", name="range"),)

    low: Mapped[float]
    high: Mapped[float]


class EntryRow(OccasionRow):
    """An entry in a client's diary."""

    __tablename__ = "entries"


class RatingRow(Base):
    """The rating of an entry on one scale."""

    __tablename__ = "ratings"

    entry: Mapped[int] = mapped_column(ForeignKey("entries.key", ondelete="CASCADE"), primary_key=True)
    scale: Mapped[int] = mapped_column(ForeignKey("scales.key", ondelete="RESTRICT"), primary_key=True, index=True)
    value: Mapped[float]


class SettingRow(Base):
    """Something that the practice has set; `value` is JSON."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class ChangeRow(Base):
    """A change in the journal; `key` is its number.

    `clients` is a JSON list of uids, `content` what was changed and how, as JSON, until it can no longer be taken back,
    `files` a JSON list of the files that taking it back needs.
    """

    __tablename__ = "changes"

    key: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    by: Mapped[str]
    kind: Mapped[str]
    told: Mapped[str]
    clients: Mapped[str]
    content: Mapped[str | None]
    files: Mapped[str]
    undoes: Mapped[int | None]
    undone_by: Mapped[int | None]
