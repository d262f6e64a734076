"""Everything about a client in one zip file: photos, tables that any program reads, and the report."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from symmetry.errors import SymmetryError
from symmetry.files import check_target
from symmetry.measure.batch import Failure
from symmetry.output.report import render_report
from symmetry.output.report.of_client import report_of
from symmetry.practice.follow_up import Watch, faces_of, series_of
from symmetry.practice.listing import (
    ADHERENCE_COLUMNS,
    DIARY_COLUMNS,
    SESSION_COLUMNS,
    TREATMENT_COLUMNS,
    adherence_rows,
    diary_rows,
    session_rows,
    treatment_rows,
)
from symmetry.practice.records import ClientPage, StoredSession
from symmetry.practice.store import Practice
from symmetry.practice.times import now
from symmetry.series import LeftOut
from symmetry.tabular import SCORE_COLUMNS, SERIES_COLUMNS, score_rows, series_rows
from symmetry.tabular.text import to_csv, to_json

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""Zip files cannot hold an earlier time."""


def export_client(practice: Practice, page: ClientPage, file: Path, *, watch: Watch | None = None) -> tuple[str, ...]:
    """Write everything about a client to a zip file that only its owner can read, and that is never half written.

    Returns
    -------
    tuple of str
        What is missing in it, and why.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    check_target(file)
    missing: list[str] = []
    # Measure first: other writers must wait while the file is written.
    texts = [*_tables(page, _shared(practice, page)), *_results(practice, page, missing, watch)]
    lost: list[str] = []
    with practice.file_outside(file) as part, zipfile.ZipFile(part, "w") as archive:
        for session in page.sessions:
            for name, photo in zip(_photo_names(session), session.photos, strict=True):
                try:
                    _add(archive, name, practice.read_photo(photo), session.at, packed=False)
                except SymmetryError as error:
                    lost.append(f"session {session.number}: {error}")
        for name, text in texts:
            _add(archive, name, text.encode("utf-8", "backslashreplace"), page.client.added, packed=True)
    return (*lost, *missing)


def _photo_names(session: StoredSession) -> list[str]:
    """Name photos by session and position: their own names may hold anything."""
    folder = f"photos/session-{session.number:03d}_{session.at:%Y-%m-%d}"
    return [f"{folder}/{position:02d}{Path(photo.file).suffix}" for position, photo in enumerate(session.photos, 1)]


def _shared(practice: Practice, page: ClientPage) -> dict[str, Any]:
    """Give the protocols and scales that a client's treatments and diary name, so that another practice knows them."""
    protocols = dict.fromkeys(done.protocol for done in page.treatments if done.protocol is not None)
    scales = dict.fromkeys(name for entry in page.entries for name, _ in entry.values)
    return {
        "protocols": [each.to_dict() for name in protocols for each in practice.protocol_versions(name)],
        "scales": [practice.scale(name).to_dict() for name in scales],
    }


def _tables(page: ClientPage, shared: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give one table per kind of record, and everything as JSON; photos have the names that they have in the zip."""
    client = page.client.id
    found = page.to_dict()
    for session, listed in zip(page.sessions, found["sessions"], strict=True):
        for name, photo in zip(_photo_names(session), listed["photos"], strict=True):
            photo["file"] = name
    yield "client.json", to_json({**found, "shared": shared})
    yield "sessions.csv", to_csv(session_rows(client, found["sessions"]), SESSION_COLUMNS)
    yield "treatments.csv", to_csv(treatment_rows(client, found["treatments"]), TREATMENT_COLUMNS)
    yield "adherence.csv", to_csv(adherence_rows(client, found["adherence"]), ADHERENCE_COLUMNS)
    yield "diary.csv", to_csv(diary_rows(client, found["entries"]), DIARY_COLUMNS)


def _results(
    practice: Practice, page: ClientPage, missing: list[str], watch: Watch | None
) -> Iterator[tuple[str, str]]:
    """Give the scores of every photo, the series of them, and the report."""
    client, photos = page.client.id, len(page.photos)
    if not photos:
        return
    measured = faces_of(practice, client)
    results = list(watch(measured, photos) if watch else measured)
    measured_faces = [each for each in results if not isinstance(each, LeftOut)]
    faces = (result if isinstance(result, Failure) else result.face for result in measured_faces)
    yield "scores.csv", to_csv(score_rows(face.to_dict() for face in faces), SCORE_COLUMNS)
    try:
        series = series_of(practice, client, results)
        report = render_report(report_of(practice, client, series, made=now()))
    except SymmetryError as error:
        missing.append(f"series and report: {error}")
        return
    yield "series.csv", to_csv(series_rows(series.to_dict()), SERIES_COLUMNS)
    yield "report.html", report


def _add(archive: zipfile.ZipFile, name: str, data: bytes, at: datetime, *, packed: bool) -> None:
    entry = zipfile.ZipInfo(name, max(at.timetuple()[:6], _EARLIEST))
    entry.external_attr = 0o600 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    archive.writestr(entry, data)
