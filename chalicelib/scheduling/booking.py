"""Booking: claim the time of doctor, patient and room and create the appointment, or nothing.

resolve the visit ──► read sheets, fence, patient (one BatchGet) ──► one transaction
      ▲                         │ taken: refuse, with other times        │
      └── schedule changed ◄────┴── an expired hold in the way: end it ──┘ lost a race: read again
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.kit import ids
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import CareSlotError, NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access
from chalicelib.people.registration import LikenessChanged, Registration
from chalicelib.people.schemas import PatientDetails
from chalicelib.scheduling import claims, drafting, fitting, persons
from chalicelib.scheduling.claims import Claim
from chalicelib.scheduling.fitting import ReadAgain
from chalicelib.scheduling.refusals import KeyReused, SlotTaken, TooManyHolds, TooManyOpen
from chalicelib.scheduling.visits import Asked, Visit
from chalicelib.table import base, keys, sheets
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.base import Raw
from chalicelib.table.doctors import FenceItem
from chalicelib.table.keys import Key
from chalicelib.table.patients import PatientItem
from chalicelib.table.tallies import Tally
from chalicelib.table.transaction import Transaction

MOST_HOLDS = 3
_ROUNDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """The appointment, whether an earlier request had made it already, and whether a patient was created with it."""

    appointment: AppointmentItem
    replayed: bool = False
    patient_created: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One request to book; `details` are attributes of the appointment that are stored as they are."""

    asked: Asked
    stamp: Stamp
    patient_id: str | None = None
    patient_details: PatientDetails | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    held: bool = False

    @property
    def appointment_id(self) -> str | None:
        """The id that a repeated request would give too; None without an Idempotency-Key."""
        return ids.derived("apt", self.stamp.by.sub, self.stamp.key) if self.stamp.key else None


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is about to be written together: `most_open` is the location's limit per patient, 0 for none."""

    appointment: AppointmentItem
    claim: Claim
    newcomer: Registration | None
    most_open: int


def book(booking: Booking) -> Booked:
    """Claim the time and create the appointment, or neither; a repeated key returns the first.

    Raises SlotTaken, SlotNotOffered, NoRoomFree (each with the nearest free slots), PatientBusy,
    TooManyHolds, TooManyOpen, KeyReused, NotFound, Invalid.
    """
    persons.check_caller(booking.stamp.by, doctor_id=booking.asked.doctor_id, patient_id=booking.patient_id)
    for attempt in range(_ROUNDS):
        try:
            return _round(booking, certain=attempt > 0)
        except (ReadAgain, LikenessChanged):
            continue
        except CareSlotError:
            # A repeat gets its first answer, even when the clinic would refuse the request by now.
            if (first := _made_by_key(booking)) is not None:
                return Booked(appointment=first, replayed=True)
            raise
    raise SlotTaken([])


def _round(booking: Booking, *, certain: bool) -> Booked:
    """One attempt; from the second on with consistent reads, since a stale one may have caused the first to fail."""
    visit = fitting.settle(booking.asked, booking.stamp.now, certain=certain)
    _check_place(booking.stamp.by, visit)
    patient_id, newcomer = persons.meant(
        patient_id=booking.patient_id, details=booking.patient_details, stamp=booking.stamp
    )
    found = base.get_many(_wanted(booking, visit, patient_id), consistent=certain)
    if (first := _made_before(booking, found)) is not None:
        return Booked(appointment=first, replayed=True)
    patient = newcomer.patient if newcomer else PatientItem.read(found.get(keys.patient(patient_id)))
    if patient is None:
        raise NotFound("patient", "patient_id")
    persons.check_described(patient, booking.patient_details)
    claim = fitting.fit(visit, patient_id, found, booking.stamp.now)
    appointment = drafting.draft(
        visit,
        claim,
        patient,
        appointment_id=booking.appointment_id or ids.new("apt"),
        stamp=booking.stamp,
        details=booking.details,
    )
    if booking.held:
        drafting.hold(appointment, visit, booking.stamp.now)
        claim = replace(claim, hold_id=appointment.id, hold_expires=int(appointment.hold_expires))
    most_open = int(visit.location.patient_open_cap or 0)
    _write(booking, _Draft(appointment, claim, newcomer, most_open), found)
    return Booked(appointment=appointment, patient_created=newcomer is not None)


def _check_place(by: Claims, visit: Visit) -> None:
    """404 for a desk or device that does not cover the visit's location."""
    if by.role not in {"patient", "doctor"}:
        access.check_location(by, visit.location.id)


def _wanted(booking: Booking, visit: Visit, patient_id: str) -> list[Key]:
    wanted = [*fitting.keys_of(visit, patient_id), keys.patient(patient_id)]
    if booking.held or visit.location.patient_open_cap:
        wanted.append(keys.tally(patient_id))
    if booking.appointment_id:
        wanted.append(keys.appointment(booking.appointment_id))
    return wanted


def _made_by_key(booking: Booking) -> AppointmentItem | None:
    if booking.appointment_id is None:
        return None
    key = keys.appointment(booking.appointment_id)
    return _made_before(booking, base.get_many([key], consistent=True))


def _made_before(booking: Booking, found: Mapping[Key, Raw]) -> AppointmentItem | None:
    if booking.appointment_id is None:
        return None
    first = AppointmentItem.read(found.get(keys.appointment(booking.appointment_id)))
    if first is not None and first.fingerprint != booking.stamp.fingerprint:
        raise KeyReused
    return first


def _write(booking: Booking, draft: _Draft, found: Mapping[Key, Raw]) -> None:
    appointment, claim = draft.appointment, draft.claim
    tx = Transaction(landed=lambda: _landed(appointment))
    appointment.write = tx.token
    for changes in claims.take(claim).values():
        for change in changes:
            tx.raw_update(sheets.operation(change), refusal=ReadAgain)
    version = int(appointment.schedule_version)
    tx.check(keys.fence(claim.doctor_id), FenceItem.is_at(version), refusal=ReadAgain)
    tx.put(appointment, refusal=ReadAgain)
    if draft.newcomer is not None:
        draft.newcomer.add_to(tx)
    if booking.held or appointment.tallied:
        tx.raw_update(_tallied(draft, found, booking.stamp.now), refusal=ReadAgain)
    tx.commit()


def _tallied(draft: _Draft, found: Mapping[Key, Raw], now: datetime) -> dict[str, Any]:
    """Enters the appointment in the patient's tally, which may not be full, nor have grown since it was read."""
    appointment, most_open = draft.appointment, draft.most_open
    tally = Tally.of(appointment.patient_id, found)
    if appointment.hold_expires and len(tally.holds(now)) >= MOST_HOLDS:
        raise TooManyHolds(MOST_HOLDS)
    if most_open and len(tally.open(now)) >= most_open:
        raise TooManyOpen(most_open)
    return tally.enter(
        appointment.id,
        now=now,
        hold_until=int(appointment.hold_expires) if appointment.hold_expires else None,
        open_until=int(appointment.ends.timestamp()) if most_open else None,
    )


def _landed(appointment: AppointmentItem) -> bool:
    """Whether the appointment in the table is the one that this very transaction wrote."""
    there = AppointmentItem.find(appointment.id)
    return there is not None and there.write == appointment.write
