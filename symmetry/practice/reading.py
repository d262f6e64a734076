"""Reading a practice: its clients and everything kept of them. Nothing is written, and nothing heavy is imported."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from symmetry.errors import AmbiguousNameError, DamagedPracticeError, NoPracticeError, PracticeNotReadyError
from symmetry.practice import names
from symmetry.practice.adherence import adherence
from symmetry.practice.records import (
    Adherence,
    Client,
    ClientLine,
    ClientPage,
    DiaryScale,
    Entry,
    JournalEntry,
    Person,
    Protocol,
    StoredPhoto,
    StoredSession,
    Treatment,
)
from symmetry.practice.storage.database import fetch, is_current, plain_failures, revision_of, snapshot
from symmetry.practice.storage.decoding import (
    client_of,
    entries_of,
    journal_entry_of,
    photo_of,
    scales_of,
    sessions_of,
    treatments_of,
    versions_of,
)
from symmetry.practice.storage.folders import Places, practice_folder
from symmetry.practice.times import from_text


class Named(NamedTuple):
    """Something found by a name: what it is called, the columns with its folded and its shown name, and its list."""

    what: str
    folded: str
    shown: str
    listed_by: str


NAMED: Final = {
    "clients": Named("client", "id", "id", "symmetry client list"),
    "protocols": Named("protocol", "folded", "name", "symmetry protocol list"),
    "scales": Named("scale", "folded", "name", "symmetry diary scales"),
    "people": Named("therapist", "folded", "name", "symmetry people list"),
}
"""By table."""


_SHOWN: Final = 8
"""Clients who are named if several fit."""


class PracticeReader:
    """Reads a practice.

    Every method raises `NoPracticeError` if there is no practice in the folder, `PracticeNotReadyError` if it must be
    opened by `open_practice` first, `NewerPracticeError` if a newer version of this program wrote it,
    `PracticeBusyError`, `DamagedPracticeError` or `PracticeError` if it cannot be read, and `UnknownIdError` if there
    is no such client, session, protocol or scale. Ids and names are found in any case; clients are read by a part of
    them, too, and written to by the whole.

    Parameters
    ----------
    folder : Path, optional
        That of SYMMETRY_PRACTICE if not given, or else one among the user's own data.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._places = Places(practice_folder(folder))

    @property
    def folder(self) -> Path:
        """Where the practice is."""
        return self._places.root

    def overview(self) -> tuple[ClientLine, ...]:
        """Count the sessions, photos, treatments and entries of every client, in order of name."""
        with self.reading() as db:
            clients = fetch(db, "SELECT * FROM clients")
            times: defaultdict[int, list[datetime]] = defaultdict(list)
            for row in fetch(db, "SELECT client, at, zone FROM sessions"):
                times[row["client"]].append(from_text(row["at"], row["zone"]))
            photos, treatments, entries = (
                Counter(row["client"] for row in fetch(db, query))
                for query in (
                    "SELECT client FROM photos JOIN sessions ON sessions.key = photos.session",
                    "SELECT client FROM treatments",
                    "SELECT client FROM entries",
                )
            )
        lines = [
            ClientLine(
                client=client_of(row),
                sessions=len(times[key]),
                photos=photos[key],
                treatments=treatments[key],
                entries=entries[key],
                first=min(times[key], key=datetime.timestamp, default=None),
                last=max(times[key], key=datetime.timestamp, default=None),
            )
            for row in clients
            for key in (row["key"],)
        ]
        return tuple(sorted(lines, key=lambda line: _by_name(line.client)))

    def clients(self) -> tuple[Client, ...]:
        """Give all clients, in order of name."""
        with self.reading() as db:
            found = [client_of(row) for row in fetch(db, "SELECT * FROM clients")]
        return tuple(sorted(found, key=_by_name))

    def client(self, client_id: str) -> Client:
        """Give a client by id, name or a part of either; raises `AmbiguousNameError` if several fit."""
        with self.reading() as db:
            return client_of(find_client(db, client_id))

    def page(self, client_id: str, *, until: datetime | None = None) -> ClientPage:
        """Give everything about one client except the pictures.

        Parameters
        ----------
        client_id : str
        until : datetime, optional
            Aware; adherence is counted up to then; now if not given.
        """
        with self.reading() as db:
            return read_page(db, client_id, until=until)

    def sessions(self, client_id: str) -> tuple[StoredSession, ...]:
        """Give a client's sessions, in order of time; see `page`."""
        return self.page(client_id).sessions

    def session(self, client_id: str, number: int) -> StoredSession:
        """Give one session of a client."""
        return self.page(client_id).session(number)

    def treatments(self, client_id: str) -> tuple[Treatment, ...]:
        """Give a client's treatments, in order of time; see `page`."""
        return self.page(client_id).treatments

    def adherence(self, client_id: str, *, until: datetime | None = None) -> tuple[Adherence, ...]:
        """Count how often a client did each protocol, against its plan; see `page`."""
        return self.page(client_id, until=until).adherence

    def diary(self, client_id: str) -> tuple[Entry, ...]:
        """Give a client's diary, in order of time; see `page`."""
        return self.page(client_id).entries

    def protocols(self) -> tuple[Protocol, ...]:
        """Give all protocols, in order of name."""
        by_name: dict[str, list[Protocol]] = {}
        with self.reading() as db:
            for each in read_versions(db):
                by_name.setdefault(each.name, []).append(each)
        return tuple(version_on(versions) for versions in by_name.values())

    def protocol(self, name: str, *, on: date | None = None) -> Protocol:
        """Give a protocol by its name, as it is on a day; today if not given."""
        with self.reading() as db:
            return read_protocol(db, name, on)

    def protocol_versions(self, name: str) -> tuple[Protocol, ...]:
        """Give all versions of a protocol, the first one first."""
        with self.reading() as db:
            found = find(db, "protocols", name)["name"]
            return tuple(each for each in read_versions(db) if each.name == found)

    def people(self) -> tuple[Person, ...]:
        """Give all who treat, in order of name."""
        with self.reading() as db:
            done: defaultdict[int, list[tuple[int, datetime]]] = defaultdict(list)
            for row in fetch(db, "SELECT person, client, at, zone FROM treatments WHERE person IS NOT NULL"):
                done[row["person"]].append((row["client"], from_text(row["at"], row["zone"])))
            found = [
                Person(
                    name=row["name"],
                    treatments=len(done[row["key"]]),
                    clients=len({client for client, _ in done[row["key"]]}),
                    last=max((at for _, at in done[row["key"]]), key=datetime.timestamp, default=None),
                )
                for row in fetch(db, "SELECT * FROM people")
            ]
        return tuple(sorted(found, key=lambda each: names.order(each.name)))

    def settings(self) -> dict[str, Any]:
        """Give what the practice has set, by name."""
        with self.reading() as db:
            return {row["name"]: json.loads(row["value"]) for row in fetch(db, "SELECT * FROM settings")}

    def history(
        self, client_id: str | None = None, *, number: int | None = None, limit: int | None = None
    ) -> tuple[JournalEntry, ...]:
        """Give the changes of the practice, the latest first.

        Parameters
        ----------
        client_id : str, optional
            Only changes that concern this client.
        number : int, optional
            Only this change.
        limit : int, optional
            At most this many.
        """
        with self.reading() as db:
            uid = None if client_id is None else find_client(db, client_id)["uid"]
            rows = fetch(db, "SELECT * FROM changes WHERE ? IS NULL OR key = ? ORDER BY key DESC", number, number)
            found = [row for row in rows if uid is None or uid in json.loads(row["clients"])]
        return tuple(journal_entry_of(row) for row in found[:limit])

    def scales(self) -> tuple[DiaryScale, ...]:
        """Give all scales of the diary, in order of name."""
        with self.reading() as db:
            return scales_of(fetch(db, "SELECT * FROM scales"))

    def scale(self, name: str) -> DiaryScale:
        """Give a scale by its name."""
        with self.reading() as db:
            return scales_of([find(db, "scales", name)])[0]

    def known_photos(self, client_id: str) -> dict[str, int]:
        """Give the first session of each photo, by the SHA-256 of its original file and by that of its stored file."""
        return {
            digest: session.number
            for session in reversed(self.sessions(client_id))
            for photo in session.photos
            for digest in (photo.source_sha256, photo.sha256)
        }

    def photo_path(self, photo: StoredPhoto) -> Path:
        """Give the path of a photo's file."""
        return self._places.root / photo.file

    def read_photo(self, photo: StoredPhoto) -> bytes:
        """Read a photo's file.

        Raises
        ------
        DamagedPracticeError
            If the file is missing or differs from what was stored.
        """
        import hashlib  # a list needs none

        with plain_failures():
            try:
                data = self.photo_path(photo).read_bytes()
            except FileNotFoundError:
                raise DamagedPracticeError(
                    f"the photo {photo.name} is missing from the practice; restore a backup"
                ) from None
        if hashlib.sha256(data).hexdigest() != photo.sha256:
            raise DamagedPracticeError(f"the photo {photo.name} is not what was kept; restore a backup")
        return data

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open the database for reading; everything read belongs to one moment."""
        with plain_failures():
            if self._places.restored.exists():
                raise PracticeNotReadyError("a backup is being restored here; open the practice once to finish it")
            if not self._places.database.exists():
                raise NoPracticeError("there is no practice in this folder yet; add a client, or name another folder")
            with snapshot(self._places.database) as db:
                if not is_current(revision_of(db)):
                    raise PracticeNotReadyError("the practice is not up to date; open it once to upgrade it")
                yield db


def kept_hashes(db: sqlite3.Connection) -> dict[str, set[str]]:
    """Give the hashes of the photos that rows name or that changes need to be taken back, by the client's uid."""
    kept = {uid: {photo.sha256 for photo in photos} for uid, photos in read_photos(db).items()}
    for row in fetch(db, "SELECT clients, files FROM changes WHERE content IS NOT NULL"):
        for uid in json.loads(row["clients"]):
            kept.setdefault(uid, set())
        for uid, file in json.loads(row["files"]):
            kept.setdefault(uid, set()).add(file.partition(".")[0])
    return kept


def find(db: sqlite3.Connection, table: str, asked: str) -> sqlite3.Row:
    """Find a client, protocol or scale by id or name, in any case.

    Raises
    ------
    UnknownIdError
        That names what is spelt alike.
    """
    what, folded, shown, listed_by = NAMED[table]
    for row in fetch(db, f"SELECT * FROM {table} WHERE {folded} = ?", names.asked(asked, what)):  # noqa: S608 -- see NAMED
        return row
    others = [row[shown] for row in fetch(db, f"SELECT {shown} FROM {table}")]  # noqa: S608
    raise names.unknown(what, asked, others, see=f"`{listed_by}`")


def find_client(db: sqlite3.Connection, asked: str) -> sqlite3.Row:
    """Find a client by id, else by name, else by a part of either; raises `AmbiguousNameError` if several fit."""
    for row in fetch(db, "SELECT * FROM clients WHERE id = ?", names.asked(asked, "client")):
        return row
    rows = fetch(db, "SELECT * FROM clients")
    fitting = names.fitting(asked, [(row["id"], row["name"]) for row in rows])
    if len(fitting) == 1:
        return rows[fitting[0]]
    if not fitting:
        return find(db, "clients", asked)
    found = sorted((client_of(rows[i]) for i in fitting), key=_by_name)
    shown = ", ".join(f"{each.id} ({each.name})" for each in found[:_SHOWN]) + (", ..." if len(found) > _SHOWN else "")
    raise AmbiguousNameError(
        f'{len(found)} clients fit "{names.one_line(asked, "the name", longest=10_000)}": {shown}; give the id',
        tuple(each.id for each in found),
    )


def read_page(db: sqlite3.Connection, client_id: str, *, until: datetime | None = None) -> ClientPage:
    """Read everything about a client except the pictures; see `PracticeReader.page`."""
    row = find_client(db, client_id)
    client, key = client_of(row), row["key"]
    photos = (
        "SELECT photos.* FROM photos JOIN sessions ON sessions.key = photos.session WHERE sessions.client = ? "
        "ORDER BY photos.session, photos.position"
    )
    ratings = "SELECT ratings.* FROM ratings JOIN entries ON entries.key = ratings.entry WHERE entries.client = ?"
    people = {row["key"]: row["name"] for row in fetch(db, "SELECT * FROM people")}
    scales = {scale["key"]: scale["name"] for scale in fetch(db, "SELECT * FROM scales")}
    treatments = treatments_of(
        fetch(db, "SELECT * FROM treatments WHERE client = ?", key),
        {row["key"]: row["name"] for row in fetch(db, "SELECT key, name FROM protocols")},
        people,
    )
    return ClientPage(
        client=client,
        sessions=sessions_of(
            client.uid, fetch(db, "SELECT * FROM sessions WHERE client = ?", key), fetch(db, photos, key)
        ),
        treatments=treatments,
        entries=entries_of(fetch(db, "SELECT * FROM entries WHERE client = ?", key), fetch(db, ratings, key), scales),
        adherence=adherence(
            treatments,
            plans_of(read_versions(db)),
            until=until or datetime.now().astimezone(),
        ),
    )


def read_versions(db: sqlite3.Connection) -> tuple[Protocol, ...]:
    """Read all versions of all protocols, in order of name and day."""
    return versions_of(
        fetch(db, "SELECT * FROM protocols"),
        fetch(db, "SELECT * FROM protocol_versions"),
        fetch(db, "SELECT * FROM steps ORDER BY position"),
    )


def read_protocol(db: sqlite3.Connection, name: str, on: date | None = None) -> Protocol:
    """Read a protocol by its name, as it is on a day; today if not given."""
    found = find(db, "protocols", name)["name"]
    return version_on([each for each in read_versions(db) if each.name == found], on)


def version_on(versions: Sequence[Protocol], on: date | None = None) -> Protocol:
    """Give the version of a protocol that holds on a day; versions come in order of day."""
    day = on or datetime.now().date()
    return [each for each in versions if each.since is None or each.since <= day][-1]


def plans_of(versions: Iterable[Protocol]) -> dict[str, list[tuple[date, float | None]]]:
    """Give how often each protocol is to be done a week, from which day on."""
    plans: dict[str, list[tuple[date, float | None]]] = {}
    for each in versions:
        plans.setdefault(each.name, []).append((each.since or date.min, each.times_per_week))
    return plans


def read_photos(db: sqlite3.Connection) -> dict[str, list[StoredPhoto]]:
    """Read the photos of every client, by uid."""
    photos: dict[str, list[StoredPhoto]] = {row["uid"]: [] for row in fetch(db, "SELECT uid FROM clients")}
    for row in fetch(
        db,
        "SELECT clients.uid, photos.* FROM photos JOIN sessions ON sessions.key = photos.session "
        "JOIN clients ON clients.key = sessions.client",
    ):
        photos[row["uid"]].append(photo_of(row["uid"], row))
    return photos


def _by_name(client: Client) -> tuple[tuple[str, str], str]:
    return names.order(client.name), client.id
