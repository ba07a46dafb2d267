"""A new entry, and the transaction that puts it in line: number, seat, the way to find it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.stamps import Stamp
from chalicelib.people import directory
from chalicelib.queue import ranking, statuses
from chalicelib.scheduling import timetable
from chalicelib.scheduling.companions import Outrun
from chalicelib.table import base, creation, keys, queue
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.doctors import DoctorItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.queue import EntryItem, LineItem, PlaceItem, SeatItem
from chalicelib.table.transaction import Refusal, Transaction

_SECRET_BYTES = 10
_WALK_IN_MINUTES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Who joins which line; `said` is what is told about the visit, `moved_place` the older line of a chosen id."""

    entry_id: str
    location_id: str
    day: date
    doctor: DoctorItem
    patient: PatientItem
    said: Mapping[str, Any]
    appointment: AppointmentItem | None = None
    moved_place: str | None = None


def draft(new: Newcomer, stamp: Stamp) -> EntryItem:
    """The entry, not stored and without its number."""
    now = clock.iso(stamp.now)
    entry = EntryItem(
        *keys.queue_entry(keys.line(new.location_id, new.day).pk, new.entry_id),
        entry_key=keys.entry_place(new.entry_id).pk,
        status=statuses.WAITING,
        doctor_id=new.doctor.id,
        doctor_name=new.doctor.name,
        patient_id=new.patient.id,
        patient_name=new.patient.name,
        patient_age=_age(new.patient, new.location_id, stamp.now),
        since=now,
        track=secrets.token_urlsafe(_SECRET_BYTES),
        stamps=[{"at": now, "by": stamp.by.actor, "to": statuses.WAITING}],
        **visit(new) | {name: value for name, value in new.said.items() if value is not None},
    )
    creation.sign(entry, stamp)
    entry.created_at = None  # that is `since`, and entries are kept below 1 KB, a write unit
    entry.score = ranking.stored(entry, now=stamp.now)
    return entry


@dataclass(frozen=True, slots=True)
class Place:
    """A place in line that is about to be taken: the entry with its number, and the line as it was read."""

    entry: EntryItem
    new: Newcomer
    line: LineItem

    def take(self, tx: Transaction, *, taken: Refusal, seated: Refusal) -> None:
        """Add to a transaction all that makes the entry stand in line.

        The commit raises Outrun when the number has been given meanwhile, `taken` when something has the id, and
        `seated` when the patient stands in this queue already.
        """
        entry, last = self.entry, int(self.line.last_number)
        line = LineItem(*self.line.key, last_number=last + 1, closed_at=self.line.closed_at)
        tx.put(line, unless=LineItem.is_at(last), refusal=Outrun)
        pointer, older = PlaceItem(*keys.entry_place(entry.id), line=entry.PK), self.new.moved_place
        tx.put(pointer, unless=PlaceItem.line == older if older else None, refusal=taken)
        tx.put(entry, refusal=taken)
        tx.put(SeatItem.of(entry.seat, entry), refusal=seated)


def place(entry: EntryItem, new: Newcomer) -> Place:
    """The next place in line, with its number on the entry."""
    key = keys.line(new.location_id, new.day)
    line = LineItem.read(base.get(key, consistent=True)) or LineItem(*key, last_number=0)
    entry.token_number = f"{new.day:%Y%m%d}-{int(line.last_number) + 1:03d}"
    return Place(entry, new, line)


def seated(entry: EntryItem) -> EntryItem | None:
    """Who has the seat that the entry would take."""
    seat = SeatItem.read(base.get(entry.seat, consistent=True))
    return queue.find(entry.PK, seat.entry_id) if seat else None


def landed(entry: EntryItem) -> bool:
    """Whether the entry in the table is the one that this very request drafted."""
    there = queue.find(entry.PK, entry.id)
    return there is not None and there.track == entry.track


def visit(new: Newcomer) -> dict[str, Any]:
    """What follows from the appointment, or from the doctor's usual slot for who has none."""
    booked = new.appointment
    if booked is None:
        return {"visit_kind": "walkin", "planned_minutes": usual_minutes(new.doctor)}
    room = directory.room(booked.room_id) if booked.room_id else None
    return {
        "appointment_id": booked.id,
        "origin": booked.origin,
        "visit_kind": booked.service_id or f"{booked.mode}:{booked.origin}",
        "planned_minutes": int(booked.duration_minutes),
        "urgency_level": booked.urgency_level or "medium",
        "reason_for_visit": booked.reason,
        "special_requirements": booked.special_requirements,
        "scheduled_start": booked.start,
        "room_id": room.id if room else None,
        "room_name": room.name if room else None,
    }


def usual_minutes(doctor: DoctorItem) -> int:
    """How long the doctor sees a patient of whom nothing else is planned."""
    return timetable.of(doctor).schedule.slot_minutes or _WALK_IN_MINUTES


def _age(patient: PatientItem, location_id: str, now: datetime) -> int | None:
    if not patient.date_of_birth:
        return None
    born, today = date.fromisoformat(patient.date_of_birth), clock.local_date(now, timetable.zone_of(location_id))
    return max(0, today.year - born.year - ((today.month, today.day) < (born.month, born.day)))
