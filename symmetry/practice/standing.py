"""Where each client stands: the answer of the photos, kept beside them, so that all clients are seen at once."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from symmetry.errors import NothingFitError, SymmetryError
from symmetry.files import write_whole
from symmetry.practice import names
from symmetry.practice.reading import PracticeReader, read_page
from symmetry.practice.records import ClientPage, Record
from symmetry.version import __version__

if TYPE_CHECKING:
    from symmetry.practice.store import Practice
    from symmetry.series import Series
    from symmetry.series.answer import Group

_FILE: Final = "standing.json"
_LAYOUT: Final = 1
"""Of the file, and of what is measured: raised when results of the same photos change."""
_GRAVE: Final = ("less even", "mixed", "not sure", "not known", "more even", "no change", "one session", "not measured")
"""Answers in the order in which clients need attention."""
_GRAVEST: Final[tuple[Group, ...]] = ("worse", "better", "perhaps", "unclear", "same", "unknown")
"""Groups of outcomes in the order in which a region stands for a client."""
ABSENT_DAYS: Final = 42
"""Days after which somebody who is no longer seen comes before those who are well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Record):
    """The answer of a client's photos."""

    answer: str  # as of `symmetry.series`, or "not measured"
    headline: str  # the same in words
    # what stands for it: the main region that changed most surely, with its verdict in words
    region: str | None = None
    verdict: str = ""
    sure: bool = False
    # change since the first sessions (negative = more even), and its 95 % half-width; None if unknown
    evenness: float | None = None
    evenness_error: float | None = None
    unit: str = "mm"
    since: date | None = None  # day of the first session that counts
    until: date | None = None  # day of the last one
    reason: str = ""  # why it is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewLine(Record):
    """One client of the overview."""

    id: str
    name: str
    tags: tuple[str, ...]
    standing: Standing
    sessions: int
    last_seen: date | None  # last session, treatment or entry
    next_visit: date | None
    adherence: float | None  # done over planned treatments, of all protocols with a plan
    protocols: tuple[str, ...]
    by: tuple[str, ...]
    products: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON object: the standing's own keys among the others."""
        own = Record.to_dict(self)
        return {**own.pop("standing"), **own}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All clients with photos, those first who need attention."""

    lines: tuple[OverviewLine, ...]
    without_photos: int  # clients who fit but have none


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Whom an overview shows; every one that is given must fit, in any case of letters."""

    tag: str | None = None
    protocol: str | None = None
    product: str | None = None
    by: str | None = None

    def fits(self, page: ClientPage) -> bool:
        """Whether a client fits."""
        done = page.treatments
        products = {product for each in done for product in (each.product,) if product}
        return all(
            asked is None or names.fold(asked) in {names.fold(each) for each in had}
            for asked, had in (
                (self.tag, set(page.client.tags)),
                (self.protocol, {each.protocol for each in done if each.protocol}),
                (self.product, products),
                (self.by, {each.by for each in done if each.by}),
            )
        )


def overview_of(
    practice: Practice,
    chosen: Filter | None = None,
    *,
    today: date,
    watch: Callable[[Iterator[Any], int], Iterator[Any]] | None = None,
) -> Overview:
    """Say where every client stands; photos that were not followed yet are now, and the answer is kept.

    Parameters
    ----------
    practice : Practice
    chosen : Filter, optional
    today : date
    watch : Watch, optional
        Shows the progress over those who must be worked out.
    """
    pages = [page for page in pages_of(practice) if chosen is None or chosen.fits(page)]
    with_photos = [page for page in pages if page.photos]
    kept = {page.client.id: stored_standing(practice, page) for page in with_photos}
    stale = [page for page in with_photos if kept[page.client.id] is None]
    worked = ((page.client.id, work_out(practice, page)) for page in stale)
    for client, standing in watch(worked, len(stale)) if watch and stale else worked:
        kept[client] = standing
    lines = [_line(page, standing) for page in with_photos if (standing := kept[page.client.id]) is not None]
    lines.sort(key=lambda line: (_urgency(line, today), names.order(line.name), line.id))
    return Overview(lines=tuple(lines), without_photos=len(pages) - len(with_photos))


def pages_of(practice: PracticeReader) -> list[ClientPage]:
    """Read everything about all clients except the pictures, at one moment."""
    with practice.reading() as db:
        ids = [str(client) for (client,) in db.execute("SELECT id FROM clients")]
        return [read_page(db, client) for client in ids]


def stored_standing(practice: PracticeReader, page: ClientPage) -> Standing | None:
    """Read what was kept of a client, if it is about the photos that there are."""
    try:
        found = json.loads(_file(practice, page).read_bytes())
        if found.pop("of") != _state(page):
            return None
        for name in ("since", "until"):
            found[name] = None if found[name] is None else date.fromisoformat(found[name])
        return Standing(**found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def work_out(practice: Practice, page: ClientPage) -> Standing:
    """Follow a client through the photos, and keep the answer."""
    from symmetry.practice.follow_up import faces_of, series_of  # what is kept needs none of it

    try:
        standing = standing_of(series_of(practice, page.client.id, faces_of(practice, page.client.id)))
    except SymmetryError as error:
        why = "no photo is fit to be measured" if isinstance(error, NothingFitError) else str(error)
        standing = Standing(answer="not measured", headline="The photos cannot be measured.", reason=why)
    keep_standing(practice, page, standing)
    return standing


def keep_standing(practice: Practice, page: ClientPage, standing: Standing) -> None:
    """Keep a client's answer beside the results."""
    practice.results_folder(page.client.id)
    data = {**standing.to_dict(), "of": _state(page)}
    with contextlib.suppress(SymmetryError):  # it can be worked out again
        write_whole(_file(practice, page), json.dumps(data).encode(), durable=False)


def standing_of(series: Series) -> Standing:
    """Sum up a series by the main region that changed most surely."""
    from symmetry.measure.verdicts import NOT_COMPARABLE
    from symmetry.series.wording import headline, verdict_words, why

    outcome = series.outcome
    first, last = series.sessions[0].day, series.sessions[-1].day
    told = Standing(answer=outcome.answer, headline=headline(outcome), unit=series.unit, since=first, until=last)
    found = [one for group in _GRAVEST for one in outcome.main(group)]
    if outcome.answer == "one session" or not found:
        return told
    one = found[0]
    known = one.change if one.change is not None and one.change.verdict != NOT_COMPARABLE else None
    return replace(
        told,
        region=one.name,
        verdict=verdict_words(one),
        sure=one.sure and one.group != "unknown",
        evenness=None if known is None else float(known.evenness),
        evenness_error=None if known is None else float(known.evenness_error),
        reason=why(one),
    )


def _state(page: ClientPage) -> str:
    """Give what the answer depends on, as a hash."""
    photos = [
        (session.at.isoformat(), session.number, photo.sha256, photo.mirrored, photo.identity)
        for session in page.sessions
        for photo in session.photos
    ]
    return hashlib.sha256(json.dumps([_LAYOUT, __version__, photos]).encode()).hexdigest()


def _file(practice: PracticeReader, page: ClientPage) -> Path:
    return practice.folder / "clients" / page.client.uid / "results" / _FILE


def _line(page: ClientPage, standing: Standing) -> OverviewLine:
    days = [each.at.date() for each in (*page.sessions, *page.treatments, *page.entries)]
    plans = [each for each in page.adherence if each.planned]
    planned = sum(each.planned or 0.0 for each in plans)
    return OverviewLine(
        id=page.client.id,
        name=page.client.name,
        tags=page.client.tags,
        standing=standing,
        sessions=len(page.sessions),
        last_seen=max(days, default=None),
        next_visit=page.client.next_visit,
        adherence=sum(each.done for each in plans) / planned if planned else None,
        protocols=_once(each.protocol for each in page.treatments),
        by=_once(each.by for each in page.treatments),
        products=_once(each.product for each in page.treatments),
    )


def _urgency(line: OverviewLine, today: date) -> tuple[int, float]:
    place = _GRAVE.index(line.standing.answer) if line.standing.answer in _GRAVE else len(_GRAVE)
    absent = line.last_seen is not None and (today - line.last_seen).days > ABSENT_DAYS
    if absent and place >= _GRAVE.index("more even"):
        place = _GRAVE.index("more even")
        return place, -1e9
    return place, -abs(line.standing.evenness or 0.0)


def _once(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
