"""A booked patient arrives: what puts them in line, ready to go into the transaction that moves the appointment.

Somebody who took a number before it was known that they are booked keeps it: that entry becomes the appointment's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.kit import ids
from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import directory
from chalicelib.queue import changing, drafting, lines
from chalicelib.queue.changing import Add, Change
from chalicelib.queue.drafting import Newcomer
from chalicelib.scheduling.companions import Outrun
from chalicelib.scheduling.refusals import AlreadyInQueue
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.queue import EntryItem
from chalicelib.table.transaction import Transaction

_OF_THE_VISIT = ("appointment_id", "origin", "visit_kind", "planned_minutes", "scheduled_start")


@dataclass(frozen=True, slots=True)
class Arrival:
    """The entry as it will be, what is added to the transaction, and what the appointment keeps of it."""

    entry: EntryItem
    adds: tuple[Add, ...]
    linked: Change | None = None

    def settle(self) -> EntryItem:
        """The entry once the transaction is committed."""
        return self.linked.settle() if self.linked else self.entry

    @property
    def fields(self) -> Mapping[str, Any]:
        """What the appointment keeps of its entry."""
        return {"queue_token": self.entry.token_number, "queue_entry_id": self.entry.id}


def arrive(appointment: AppointmentItem, stamp: Stamp) -> Arrival:
    """The arrival of the appointment's patient at its location, today.

    Raises AlreadyInQueue when the patient stands there for another appointment; the commit raises Outrun.
    """
    patient = PatientItem.find(appointment.patient_id)
    if patient is None:
        raise NotFound("patient", "patient_id")
    new = Newcomer(
        entry_id=ids.new("que"),
        location_id=appointment.location_id,
        day=lines.day_of(appointment.location_id, stamp.now),
        doctor=directory.doctor(appointment.doctor_id),
        patient=patient,
        said={},
        appointment=appointment,
    )
    entry = drafting.draft(new, stamp)
    there = drafting.seated(entry)
    if there is not None:
        return _linked(there, new, stamp)
    place = drafting.place(entry, new)

    def add(tx: Transaction) -> None:
        place.take(tx, taken=Outrun, seated=Outrun)

    return Arrival(entry, (add,))


def _linked(entry: EntryItem, new: Newcomer, stamp: Stamp) -> Arrival:
    if entry.appointment_id:
        raise AlreadyInQueue(entry.id, entry.token_number)
    told = drafting.visit(new)
    changed = changing.change(entry, stamp, {name: told[name] for name in _OF_THE_VISIT}, booked=True)
    return Arrival(entry, tuple(changed.adds), changed)
