"""Protocols, kept once and in versions, treatments with a protocol or without, and who treats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypedDict

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session as Transaction

from symmetry.errors import InvalidRecordError
from symmetry.practice import names
from symmetry.practice.reading import read_protocol
from symmetry.practice.records import Protocol, Step, Treatment
from symmetry.practice.storage.models import (
    ClientRow,
    PersonRow,
    ProtocolRow,
    ProtocolVersionRow,
    StepRow,
    TreatmentRow,
)
from symmetry.practice.writing import PracticeWriter, local_time, told

if TYPE_CHECKING:
    from typing_extensions import Unpack

_MOST_MINUTES: Final = 24 * 60
_MOST_TIMES: Final = 100


class ProtocolChanges(TypedDict, total=False):
    """What `Treatments.edit_protocol` can change."""

    new_name: str
    note: str
    steps: Sequence[Step]
    times_per_week: float | None


class Treatments(PracticeWriter):
    """Adds, changes and removes protocols and treatments."""

    def add_protocol(
        self, name: str, steps: Sequence[Step], *, times_per_week: float | None = None, note: str = ""
    ) -> Protocol:
        """Add a protocol.

        Parameters
        ----------
        name : str
        steps : sequence of Step
            In their order; at least one.
        times_per_week : float, optional
            The plan.
        note : str

        Raises
        ------
        InvalidRecordError
            If there is no step, or a name, a duration or the plan cannot be stored.
        TakenIdError
            If there is a protocol of that name, in any case.
        """
        row = ProtocolRow(name=names.name(name, "the protocol's name"), note=names.note(note))
        with self._changing("protocol add") as change:
            self._add_named(change.db, row)
            add_version(change.db, row, "", times_per_week, steps)
            change.tell(f"protocol {row.name} added")
            return read_protocol(self._below(change.db), row.name)

    def edit_protocol(self, name: str, *, since: date | None = None, **changes: Unpack[ProtocolChanges]) -> Protocol:
        """Change what is given of a protocol; the rest stays.

        Other steps or another plan make a new version: treatments before its first day keep theirs.

        Parameters
        ----------
        name : str
        since : date, optional
            First day of the new version; today if not given. A version that begins on this day is replaced.
        **changes
            `new_name`, `note`, `steps`, `times_per_week`: see `add_protocol`.

        Raises
        ------
        InvalidRecordError, TakenIdError
            See `add_protocol`.
        UnknownIdError
        """
        day = since or datetime.now().date()
        with self._changing("protocol edit") as change:
            db = change.db
            row = self._find(db, ProtocolRow, name)
            if "new_name" in changes:
                row.name = names.name(changes["new_name"], "the protocol's name")
                self._check_free(db, row)
            if "note" in changes:
                row.note = names.note(changes["note"])
            if "steps" in changes or "times_per_week" in changes:
                db.flush()
                before = read_protocol(self._below(db), row.name, day)
                plan, steps = changes.get("times_per_week", before.times_per_week), changes.get("steps", before.steps)
                if before.since == day:
                    db.execute(
                        delete(ProtocolVersionRow).where(
                            ProtocolVersionRow.protocol == row.key, ProtocolVersionRow.since == day.isoformat()
                        )
                    )
                add_version(db, row, day.isoformat(), plan, steps)
            change.tell(f"protocol {row.name} changed: {', '.join(each.replace('_', ' ') for each in changes)}")
            db.flush()
            return read_protocol(self._below(db), row.name, day)

    def remove_protocol(self, name: str) -> None:
        """Remove a protocol that no treatment has used.

        Raises
        ------
        UnknownIdError
        TakenIdError
            If a treatment has used it.
        """
        self._remove_named(ProtocolRow, name, TreatmentRow.protocol, ("treatment", "treatments"))

    def add_treatment(self, client_id: str, treatment: Treatment) -> Treatment:
        """Add a treatment of a client.

        Parameters
        ----------
        client_id : str
        treatment : Treatment
            Its number is given by the practice; the protocol may be named in any case.

        Returns
        -------
        Treatment
            As stored.

        Raises
        ------
        UnknownIdError
            If there is no such client or protocol.
        InvalidRecordError
            If anything of it cannot be stored.
        """
        with self._changing("treatment add") as change:
            client = self._find(change.db, ClientRow, client_id)
            row = TreatmentRow(**self._columns(change.db, treatment))
            self._add_occasion(change.db, client, row, "treatment")
            change.tell(f"treatment {row.number} of {client.id} added", client)
            return self._page(change.db, client.id).treatment(row.number)

    def edit_treatment(self, client_id: str, number: int, **changes: Any) -> Treatment:
        """Change what is given of a treatment; the rest stays.

        Parameters
        ----------
        client_id : str
        number : int
        **changes
            Attributes of `Treatment`. With another protocol, minutes that were those of the old one become its own.

        Raises
        ------
        UnknownIdError, InvalidRecordError
            See `add_treatment`.
        """
        with self._changing("treatment edit") as change:
            db = change.db
            client, row = self._occasion(db, TreatmentRow, client_id, number)
            old = self._page(db, client.id).treatment(number)
            if "protocol" in changes and "minutes" not in changes and old.protocol is not None:
                usual = read_protocol(self._below(db), old.protocol, old.at.date()).minutes
                changes["minutes"] = None if old.minutes == usual else old.minutes
            new = replace(old, **changes)
            for name, value in self._columns(db, new).items():
                setattr(row, name, value)
            self._tidy_people(db)
            change.tell(f"treatment {number} of {client.id} changed: {', '.join(told(changes))}", client)
            return self._page(db, client.id).treatment(number)

    def remove_treatment(self, client_id: str, number: int) -> None:
        """Remove a treatment.

        Raises
        ------
        UnknownIdError
        """
        with self._changing("treatment remove") as change:
            client, row = self._occasion(change.db, TreatmentRow, client_id, number)
            change.tell(f"treatment {number} of {client.id} removed", client)
            change.db.execute(delete(TreatmentRow).where(TreatmentRow.key == row.key))

    def rename_person(self, name: str, new_name: str) -> None:
        """Rename somebody who treats; if there is somebody of the new name, both become one.

        Raises
        ------
        UnknownIdError, InvalidRecordError
        """
        with self._changing("people rename") as change:
            db = change.db
            row = self._find(db, PersonRow, name)
            new = names.name(new_name, "the name of who treated")
            other = db.scalar(select(PersonRow).where(PersonRow.folded == names.fold(new), PersonRow.key != row.key))
            told_of = select(ClientRow.uid).join(TreatmentRow, TreatmentRow.client == ClientRow.key).distinct()
            if other is not None:
                change.about(*db.scalars(told_of.where(TreatmentRow.person == row.key)))
                db.execute(update(TreatmentRow).where(TreatmentRow.person == row.key).values(person=other.key))
                db.delete(row)
                row = other
            change.tell(f"{name} is {new} now")
            row.name, row.folded = new, names.fold(new)

    def _columns(self, db: Transaction, treatment: Treatment) -> dict[str, Any]:
        """Check a treatment and give its columns."""
        columns: dict[str, Any] = {
            **local_time(treatment.at, treatment.zone),
            "minutes": names.amount(treatment.minutes, "the minutes", most=_MOST_MINUTES),
            "zones": names.list_to_text(names.words(treatment.zones, "the zones")),
            "side": names.side(treatment.side),
            "product": names.one_line(treatment.product, "the product"),
            "note": names.note(treatment.note),
            "protocol": None,
            "person": self._person(db, names.one_line(treatment.by, "the name of who treated")),
        }
        if treatment.protocol is not None:
            columns["protocol"] = self._find(db, ProtocolRow, treatment.protocol).key
            if columns["minutes"] is None:
                columns["minutes"] = read_protocol(self._below(db), treatment.protocol, treatment.at.date()).minutes
        return columns

    def _person(self, db: Transaction, name: str) -> int | None:
        """Find or add who treats; in any case of letters it is one person."""
        folded = names.fold(name)
        if not folded:
            return None
        row = db.scalar(select(PersonRow).where(PersonRow.folded == folded))
        if row is None:
            row = PersonRow(name=name, folded=folded, note="")
            db.add(row)
            db.flush()
        return row.key

    def _tidy_people(self, db: Transaction) -> None:
        """Remove who treated nobody: a name that was typed wrong and mended."""
        db.flush()
        busy = select(TreatmentRow.person).where(TreatmentRow.person.is_not(None))
        db.execute(delete(PersonRow).where(PersonRow.key.not_in(busy)))


def _plan(times_per_week: float | None) -> float | None:
    return names.amount(times_per_week, "times per week", most=_MOST_TIMES)


def add_version(db: Transaction, protocol: ProtocolRow, since: str, plan: float | None, steps: Sequence[Step]) -> None:
    """Add a version to a protocol."""
    version = ProtocolVersionRow(protocol=protocol.key, since=since, times_per_week=_plan(plan))
    rows = _step_rows(steps)
    db.add(version)
    db.flush()
    for step in rows:
        step.version = version.key
        db.add(step)
    db.flush()


def _step_rows(steps: Sequence[Step]) -> list[StepRow]:
    if not steps:
        raise InvalidRecordError("a protocol has at least one step; give one")
    return [_step_row(position, step) for position, step in enumerate(steps, 1)]


def _step_row(position: int, step: Step) -> StepRow:
    return StepRow(
        position=position,
        name=names.name(step.name, "a step's name"),
        zones=names.list_to_text(names.words(step.zones, "the zones")),
        side=names.side(step.side),
        minutes=names.amount(step.minutes, "a step's minutes", most=_MOST_MINUTES),
        product=names.one_line(step.product, "the product"),
    )
