"""Protocols, kept once, and treatments, with a protocol or without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symmetry.errors import InvalidRecordError
from symmetry.practice import names
from symmetry.practice.reading import read_protocol
from symmetry.practice.records import Protocol, Step, Treatment
from symmetry.practice.storage.models import ClientRow, ProtocolRow, StepRow, TreatmentRow
from symmetry.practice.writing import PracticeWriter, local_time

_MOST_MINUTES: Final = 24 * 60
_MOST_TIMES: Final = 100


class Treatments(PracticeWriter):
    """Adds and removes protocols and treatments."""

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
        row = ProtocolRow(
            name=names.name(name, "the protocol's name"),
            note=names.note(note),
            times_per_week=names.amount(times_per_week, "times per week", most=_MOST_TIMES),
        )
        if not steps:
            raise InvalidRecordError("a protocol has at least one step; give one")
        step_rows = [_step_row(position, step) for position, step in enumerate(steps, 1)]
        with self._writing() as db:
            self._add_named(db, row)
            for step_row in step_rows:
                step_row.protocol = row.key
                db.add(step_row)
            return read_protocol(self._below(db), row.name)

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
        row = TreatmentRow(
            **local_time(treatment.at, treatment.zone),
            minutes=names.amount(treatment.minutes, "the minutes", most=_MOST_MINUTES),
            zones=names.list_to_text(names.words(treatment.zones, "the zones")),
            side=names.side(treatment.side),
            product=names.one_line(treatment.product, "the product"),
            by=names.one_line(treatment.by, "the name of who treated"),
            note=names.note(treatment.note),
        )
        with self._writing() as db:
            client = self._find(db, ClientRow, client_id)
            if treatment.protocol is not None:
                row.protocol = self._find(db, ProtocolRow, treatment.protocol).key
                if row.minutes is None:
                    row.minutes = read_protocol(self._below(db), treatment.protocol).minutes
            self._add_occasion(db, client, row, "treatment")
            return self._page(db, client.id).treatment(row.number)

    def remove_treatment(self, client_id: str, number: int) -> None:
        """Remove a treatment.

        Raises
        ------
        UnknownIdError
        """
        with self._writing() as db:
            self._remove_occasion(db, TreatmentRow, client_id, self._page(db, client_id).treatment(number))


def _step_row(position: int, step: Step) -> StepRow:
    return StepRow(
        position=position,
        name=names.name(step.name, "a step's name"),
        zones=names.list_to_text(names.words(step.zones, "the zones")),
        side=names.side(step.side),
        minutes=names.amount(step.minutes, "a step's minutes", most=_MOST_MINUTES),
        product=names.one_line(step.product, "the product"),
    )
