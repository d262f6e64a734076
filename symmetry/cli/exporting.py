"""A client's zip file: photos, tables that any program can read, and the report."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symmetry.cli.practice import now
from symmetry.cli.running import with_progress
from symmetry.errors import SymmetryError
from symmetry.files import check_target
from symmetry.practice.rows import (
    ADHERENCE_COLUMNS,
    DIARY_COLUMNS,
    SESSION_COLUMNS,
    TREATMENT_COLUMNS,
    adherence_rows,
    diary_rows,
    page_to_dict,
    session_rows,
    treatment_rows,
)
from symmetry.tabular.text import to_csv, to_json

if TYPE_CHECKING:
    from symmetry.practice.records import ClientPage, Session
    from symmetry.practice.store import Practice

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""Zip files know no time before."""


def write_export(store: Practice, page: ClientPage, file: Path) -> list[str]:
    """Write a client's zip file, readable by its owner only, so that a reader never sees half of it.

    Returns
    -------
    list of str
        What is not in it, and why.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    check_target(file)
    missing: list[str] = []
    # Measured before: others may write to the practice meanwhile, and must wait while the file is written.
    texts = [*_tables(page), *_numbers(store, page, missing)]
    lost: list[str] = []
    with store.file_outside(file) as part, zipfile.ZipFile(part, "w") as archive:
        for session in page.sessions:
            for name, photo in zip(_photo_names(session), session.photos, strict=True):
                try:
                    _add(archive, name, store.read_photo(photo), session.at, packed=False)
                except SymmetryError as error:
                    lost.append(f"session {session.number}: {error}")
        for name, text in texts:
            _add(archive, name, text.encode("utf-8", "backslashreplace"), page.client.added, packed=True)
    return lost + missing


def _photo_names(session: Session) -> list[str]:
    """Name photos by session and place: their own names may hold anything."""
    folder = f"photos/session-{session.number:03d}_{session.at:%Y-%m-%d}"
    return [f"{folder}/{place:02d}{Path(photo.file).suffix}" for place, photo in enumerate(session.photos, 1)]


def _tables(page: ClientPage) -> Iterator[tuple[str, str]]:
    """Give what the practice knows: one table a kind, and everything as JSON; photos are named as in the zip file."""
    client = page.client.id
    rows: list[dict[str, Any]] = []
    about = page_to_dict(page)
    for session, listed in zip(page.sessions, about["sessions"], strict=True):
        names = _photo_names(session)
        rows += [row | {"file": name} for row, name in zip(session_rows(client, [session]), names, strict=True)]
        listed["photos"] = [photo | {"file": name} for photo, name in zip(listed["photos"], names, strict=True)]
    yield "client.json", to_json(about)
    yield "sessions.csv", to_csv(rows, SESSION_COLUMNS)
    yield "treatments.csv", to_csv(treatment_rows(client, page.treatments), TREATMENT_COLUMNS)
    yield "adherence.csv", to_csv(adherence_rows(client, page.adherence), ADHERENCE_COLUMNS)
    yield "diary.csv", to_csv(diary_rows(client, page.entries), DIARY_COLUMNS)


def _numbers(store: Practice, page: ClientPage, missing: list[str]) -> Iterator[tuple[str, str]]:
    """Give what was measured: scores of every photo, the series of them, and the report to look at."""
    photos = sum(len(session.photos) for session in page.sessions)
    if not photos:
        return
    from symmetry.measure.batch import Failure
    from symmetry.output.report import render_report
    from symmetry.output.report.of_client import report_of
    from symmetry.practice.follow_up import faces_of, series_of
    from symmetry.series import left_out_for
    from symmetry.tabular import SCORE_COLUMNS, SERIES_COLUMNS, score_rows, series_rows

    client = page.client.id
    results = list(with_progress(faces_of(store, client), photos, "measuring"))
    faces = (result if isinstance(result, Failure) else result.face for result in results)
    scores = score_rows(face.to_dict() for face in faces)
    yield "scores.csv", to_csv(scores, SCORE_COLUMNS)
    dated = [result for result in results if not isinstance(result, Failure)]
    failed = [left_out_for(result) for result in results if isinstance(result, Failure)]
    try:
        series = series_of(store, client, dated, left_out=tuple(failed))
        report = render_report(report_of(store, client, series, made=now()))
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
