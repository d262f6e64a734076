"""How often protocols were done, against their plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from symmetry.practice.records import Adherence, Treatment, Week

_WEEK = 7


def adherence(
    treatments: Iterable[Treatment], plans: Mapping[str, Sequence[tuple[date, float | None]]], *, until: datetime
) -> tuple[Adherence, ...]:
    """Count treatments by protocol and week.

    Parameters
    ----------
    treatments : iterable of Treatment
        Of one client, in order of time; those without a protocol or after `until` do not count.
    plans : mapping of str to sequence of (date, float or None)
        Times per week from a day on, in order of day, by protocol; the plan of a week is that of its first day.
    until : datetime
        Aware.

    Returns
    -------
    tuple of Adherence
        One per protocol that was done, in order of name.
    """
    by_protocol: dict[str, list[Treatment]] = {}
    for treatment in treatments:
        if treatment.protocol is not None and treatment.at <= until:
            by_protocol.setdefault(treatment.protocol, []).append(treatment)
    return tuple(
        _of(protocol, by_protocol[protocol], plans[protocol], until)
        for protocol in sorted(by_protocol, key=str.casefold)
    )


def _of(protocol: str, done: list[Treatment], plans: Sequence[tuple[date, float | None]], until: datetime) -> Adherence:
    # Every treatment has the date of its own place; today's date is that of the place of the last treatment.
    since = min(treatment.at.date() for treatment in done)
    today = max(until.astimezone(done[-1].at.tzinfo).date(), *(treatment.at.date() for treatment in done), since)
    over = (today - since).days // _WEEK
    counts = [0] * (over + 1)
    for treatment in done:
        counts[(treatment.at.date() - since).days // _WEEK] += 1
    weeks = [Week(start=since + timedelta(days=_WEEK * number), done=count) for number, count in enumerate(counts)]
    in_whole = sum(counts[:over])
    by_week = [next((plan for since, plan in reversed(plans) if since <= week.start), None) for week in weeks]
    planned = None if None in by_week[:over] or not over else sum(plan or 0.0 for plan in by_week[:over])
    return Adherence(
        protocol=protocol,
        since=since,
        times_per_week=by_week[over],
        weeks=tuple(weeks[:over]),
        done=in_whole,
        planned=planned,
        share=None if planned is None else in_whole / planned,
        running=weeks[over],
        minutes=sum(treatment.minutes or 0.0 for treatment in done),
    )
