"""Bringing clients in: from another practice's backup, or from the export of one client."""

from __future__ import annotations

import contextlib
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Transaction

from symmetry.errors import BackupError
from symmetry.practice import names
from symmetry.practice.backups import MANIFEST
from symmetry.practice.checking import CHANGED, check_database
from symmetry.practice.clients import Clients
from symmetry.practice.diary import Diary
from symmetry.practice.photos import by_hash
from symmetry.practice.reading import PracticeReader
from symmetry.practice.records import (
    Client,
    ClientPage,
    DiaryScale,
    Entry,
    NewPhoto,
    Protocol,
    Step,
    StoredPhoto,
    StoredSession,
    Treatment,
)
from symmetry.practice.restoring import members_of, opened_backup, unpack
from symmetry.practice.sessions import Sessions
from symmetry.practice.storage.database import plain_failures
from symmetry.practice.storage.folders import DATABASE, Places, remove_tree
from symmetry.practice.storage.models import (
    ClientRow,
    EntryRow,
    ProtocolRow,
    RatingRow,
    ScaleRow,
    SessionRow,
    TreatmentRow,
)
from symmetry.practice.storage.schema import upgrade
from symmetry.practice.times import captured_from_text, from_text
from symmetry.practice.treatments import Treatments, add_version
from symmetry.practice.writing import Changing, local_time, make_engine

_LARGEST: Final = 1 << 26
_CLIENT: Final = "client.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What another practice, or an export, knows of one client."""

    page: ClientPage
    read: Callable[[StoredPhoto], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Clients to be brought in, and what they share."""

    clients: tuple[Incoming, ...]
    protocols: tuple[Protocol, ...]  # all versions
    scales: tuple[DiaryScale, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What is new of one client."""

    name: str
    into: str | None  # id of the client that it joins; None if the client is new
    # numbers of what is new
    sessions: int
    treatments: int
    entries: int


class Bringing(Clients, Sessions, Treatments, Diary):
    """Brings clients in."""

    def preview(self, source: Source) -> tuple[Brought, ...]:
        """Say what bringing in would add, without doing it."""
        with self.reading():
            found = []
            for one in source.clients:
                into = self._same_client(one.page)
                page = None if into is None else self.page(into)
                new = _new(one.page, page)
                found.append(
                    Brought(
                        name=one.page.client.name,
                        into=into,
                        sessions=len(new.sessions),
                        treatments=len(new.treatments),
                        entries=len(new.entries),
                    )
                )
            return tuple(found)

    def bring_in(self, source: Source) -> tuple[Brought, ...]:
        """Add clients, and what is new of those who are here, all at once; one undo takes it back.

        A client is here if the practice has the same one, or one of the same name and with the same id or a photo in
        common.

        Raises
        ------
        BackupError
            If a photo of the source is not what it says.
        """
        with self._changing("practice merge") as change:
            told = self.preview(source)
            for one, brought in zip(source.clients, told, strict=True):
                self._bring(change, one, brought.into, source)
            change.tell(f"{len(told)} client{'' if len(told) == 1 else 's'} brought in")
        return told

    def _same_client(self, page: ClientPage) -> str | None:
        clients = self.clients()
        for client in clients:
            if page.client.uid and client.uid == page.client.uid:
                return client.id
        named = [client for client in clients if names.fold(client.name) == names.fold(page.client.name)]
        for client in named:
            if client.id == page.client.id:
                return client.id
        mine = {photo.sha256 for photo in page.photos}
        for client in named:  # a photo in two places may be a mistake, so it decides between namesakes alone
            if mine & {photo.sha256 for photo in self.page(client.id).photos}:
                return client.id
        return None

    def _bring(self, change: Changing, one: Incoming, into: str | None, source: Source) -> None:
        db, page = change.db, one.page
        if into is None:
            row = self._new_client(db, page.client)
            new = page
        else:
            row = self._find(db, ClientRow, into)
            new = _new(page, self._page(db, into))
        change.about(row.uid)
        for session in new.sessions:
            kept = SessionRow(note=session.note, **local_time(session.at, session.zone))
            self._add_occasion(db, row, kept, "session")
            self._write_photos(change, row, kept, by_hash(_as_new(photo, one.read) for photo in session.photos))
        for treatment in new.treatments:
            if treatment.protocol is not None:
                self._need_protocol(db, treatment.protocol, source)
            self._add_occasion(db, row, TreatmentRow(**self._columns(db, treatment)), "treatment")
        for entry in new.entries:
            kept_entry = EntryRow(note=entry.note, **local_time(entry.at, entry.zone))
            ratings = {self._need_scale(db, name, value, source).key: value for name, value in entry.values}
            self._add_occasion(db, row, kept_entry, "entry")
            db.add_all(RatingRow(entry=kept_entry.key, scale=key, value=value) for key, value in ratings.items())
        db.flush()

    def _new_client(self, db: Transaction, client: Client) -> ClientRow:
        taken = {*db.scalars(select(ClientRow.uid))}
        row = ClientRow(
            uid=client.uid if client.uid and client.uid not in taken else names.new_uid(),
            id=client.id,
            name=names.name(client.name, "the name"),
            note=names.note(client.note),
            added=client.added.isoformat(),
            tags=names.list_to_text(client.tags),
            home=client.home,
            next_visit=None if client.next_visit is None else client.next_visit.isoformat(),
        )
        ids = {*db.scalars(select(ClientRow.id))}
        count = db.scalar(select(func.count(ClientRow.key))) or 0
        if row.id in ids:
            row.id = names.free_id(row.name, count=count, is_taken=ids.__contains__)
        db.add(row)
        db.flush()
        return row

    def _need_protocol(self, db: Transaction, name: str, source: Source) -> None:
        if db.scalar(select(ProtocolRow.key).where(ProtocolRow.folded == names.fold(name))) is not None:
            return
        versions = [each for each in source.protocols if names.fold(each.name) == names.fold(name)]
        # An export of an older version names protocols only.
        versions = versions or [Protocol(name=name, steps=(Step(name=name),), times_per_week=None, note="")]
        row = ProtocolRow(name=names.name(name, "the protocol's name"), note=names.note(versions[0].note))
        self._add_named(db, row)
        for each in versions:
            add_version(db, row, each.since.isoformat() if each.since else "", each.times_per_week, each.steps)

    def _need_scale(self, db: Transaction, name: str, value: float, source: Source) -> ScaleRow:
        row = db.scalar(select(ScaleRow).where(ScaleRow.folded == names.fold(name)))
        if row is None:
            known = next((each for each in source.scales if names.fold(each.name) == names.fold(name)), None)
            low, high = (0.0, 10.0) if known is None else (known.low, known.high)
            row = ScaleRow(name=names.name(name, "the scale"), low=low, high=high, note=known.note if known else "")
            self._add_named(db, row)
        # Both practices may have a scale of this name with other ends.
        row.low, row.high = min(row.low, value), max(row.high, value)
        db.flush()
        return row


def is_export(file: Path) -> bool:
    """Whether a file is the export of a client."""
    try:
        with zipfile.ZipFile(file) as archive:
            listed = archive.namelist()
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return False
    return _CLIENT in listed and MANIFEST not in listed


@contextlib.contextmanager
def source_of(file: Path, places: Places) -> Iterator[Source]:
    """Read a backup, or the export of a client.

    Parameters
    ----------
    file : Path
    places : Places
        Of the practice that gets it; what is unpacked for a while is there. The caller holds the lock.

    Raises
    ------
    BackupError
        If it is neither, is damaged, or was changed.
    """
    with plain_failures(), opened_backup(file) as archive:
        if MANIFEST not in archive.namelist() and _CLIENT in archive.namelist():
            yield _export(archive)
            return
        members, damaged = members_of(archive)
        remove_tree(places.restoring)
        try:
            inside = Places(places.restoring)
            unpack(archive, members, inside)
            check_database(inside.root / DATABASE, members, damaged)
            engine = make_engine(inside.database)
            upgrade(inside, engine)
            engine.dispose()
            reader = PracticeReader(inside.root)
            versions = tuple(v for each in reader.protocols() for v in reader.protocol_versions(each.name))
            pages = [reader.page(client.id) for client in reader.clients()]
            yield Source(
                clients=tuple(Incoming(page=page, read=reader.read_photo) for page in pages),
                protocols=versions,
                scales=reader.scales(),
            )
        finally:
            remove_tree(places.restoring)


def _export(archive: zipfile.ZipFile) -> Source:
    """Read the export of a client."""
    try:
        if archive.getinfo(_CLIENT).file_size > _LARGEST:
            raise BackupError(CHANGED)
        found = json.loads(archive.read(_CLIENT))
        page = _page_from(found)
        shared = found.get("shared", {})
        return Source(
            clients=(Incoming(page=page, read=lambda photo: archive.read(photo.file)),),
            protocols=tuple(_protocol_from(each) for each in shared.get("protocols", ())),
            scales=tuple(DiaryScale(**each) for each in shared.get("scales", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, zipfile.BadZipFile):
        raise BackupError(f"its {_CLIENT} cannot be read: {CHANGED}") from None


def _page_from(found: dict[str, Any]) -> ClientPage:
    return ClientPage(
        client=Client(
            id=names.given_id(found["id"]),
            name=names.name(found["name"], "the name"),
            note=names.note(found["note"]),
            added=from_text(found["added"], ""),
            uid="",
            tags=names.words(tuple(found.get("tags", ())), "the tags"),
            home=names.one_line(found.get("home", ""), "what is done at home"),
            next_visit=date.fromisoformat(found["next_visit"]) if found.get("next_visit") else None,
        ),
        sessions=tuple(
            StoredSession(
                **_occasion_from(each), note=each["note"], photos=tuple(_photo_from(photo) for photo in each["photos"])
            )
            for each in found["sessions"]
        ),
        treatments=tuple(
            Treatment(**{**each, **_occasion_from(each), "zones": tuple(each["zones"])}) for each in found["treatments"]
        ),
        entries=tuple(
            Entry(**_occasion_from(each), note=each["note"], values=tuple(sorted(each["values"].items())))
            for each in found["entries"]
        ),
        adherence=(),
    )


def _occasion_from(found: dict[str, Any]) -> dict[str, Any]:
    at = from_text(found["at"], found["zone"])
    if at.tzinfo is None:
        raise ValueError("a time without an offset")
    return {"number": int(found["number"]), "at": at, "zone": str(found["zone"])}


def _photo_from(found: dict[str, Any]) -> StoredPhoto:
    captured = captured_from_text(found["captured"], None)
    identity = names.identity(found.get("identity", ""))
    return StoredPhoto(**{**found, "captured": captured, "source_sha256": found["sha256"], "identity": identity})


def _protocol_from(found: dict[str, Any]) -> Protocol:
    return Protocol(
        name=found["name"],
        steps=tuple(Step(**{**step, "zones": tuple(step["zones"])}) for step in found["steps"]),
        times_per_week=found["times_per_week"],
        note=found["note"],
        since=date.fromisoformat(found["since"]) if found["since"] else None,
    )


def _as_new(photo: StoredPhoto, read: Callable[[StoredPhoto], bytes]) -> NewPhoto:
    try:
        data = read(photo)
    except KeyError:
        raise BackupError(f"the photo {photo.name} is missing in it: {CHANGED}") from None
    new = NewPhoto(
        name=photo.name,
        data=data,
        suffix=Path(photo.file).suffix,
        source_sha256=photo.source_sha256,
        captured=photo.captured,
        captured_source=photo.captured_source,
        mirrored=photo.mirrored,
        identity=photo.identity,
    )
    if {*by_hash([new])} != {photo.sha256}:
        raise BackupError(f"the photo {photo.name} is not the one that was kept: {CHANGED}")
    return new


def _new(page: ClientPage, kept: ClientPage | None) -> ClientPage:
    """Give what a client's page has beyond that of the same client here."""
    if kept is None:
        return page
    photos = {photo.sha256 for photo in kept.photos}
    sessions = [
        replace(each, photos=tuple(photo for photo in each.photos if photo.sha256 not in photos))
        for each in page.sessions
    ]
    return replace(
        page,
        sessions=tuple(each for each in sessions if each.photos),
        treatments=_without(page.treatments, kept.treatments),
        entries=_without(page.entries, kept.entries),
    )


def _without(given: Sequence[Any], kept: Sequence[Any]) -> tuple[Any, ...]:
    def told(each: Any) -> str:
        plain = {**each.to_dict(), "number": 0, "by": names.fold(getattr(each, "by", ""))}
        plain["protocol"] = names.fold(plain.get("protocol") or "")
        plain["values"] = {names.fold(name): value for name, value in plain.get("values", {}).items()}
        return json.dumps(plain, sort_keys=True)

    known = {told(each) for each in kept}
    return tuple(each for each in given if told(each) not in known)
