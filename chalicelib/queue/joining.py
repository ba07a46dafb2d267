"""Joining: a patient without an appointment takes the next number of the line, or is told why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.kit.errors import Invalid, NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import directory
from chalicelib.people.registration import LikenessChanged, Registration
from chalicelib.people.schemas import PatientDetails
from chalicelib.queue import changing, drafting, lines
from chalicelib.queue.drafting import Newcomer
from chalicelib.scheduling import persons
from chalicelib.scheduling.companions import Outrun
from chalicelib.table import creation, keys, queue, revision
from chalicelib.table.creation import Created, Identity
from chalicelib.table.patients import PatientItem
from chalicelib.table.queue import EntryItem, SeatItem
from chalicelib.table.transaction import Transaction

_ROUNDS = 60
_LONGEST_ID = 40  # of one that is chosen, since the address by which a patient follows it has an end
_ORIGINS = {"kiosk": "kiosk", "patient": "online"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """One request to join; `said` are attributes of the entry that are stored as they are."""

    doctor_id: str
    stamp: Stamp
    patient_id: str | None = None
    patient_details: PatientDetails | None = None
    location_id: str | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    chosen_id: str | None = None


class _Exists(Exception):
    """Something has the entry's id; who asked decides what that means."""


def join(wish: Joining) -> Created[EntryItem]:
    """Put the patient in the doctor's line, with a record where there was none, or do nothing.

    Raises AlreadyInQueue, DoctorNotHere, KeyReused, IdTaken, PossibleDuplicate, NotFound, Invalid.
    """
    stamp = wish.stamp
    persons.check_caller(stamp.by, doctor_id=wish.doctor_id, patient_id=wish.patient_id)
    doctor = directory.require(directory.doctor, wish.doctor_id, "doctor_id")
    if not doctor.active:
        raise NotFound("doctor", "doctor_id")
    location_id = lines.where(doctor, wish.location_id, by=stamp.by, now=stamp.now)
    identity = _identity(wish)
    patient, record = _patient(wish)
    for attempt in range(_ROUNDS):
        revision.pause(attempt)
        new = Newcomer(
            entry_id=identity.id,
            location_id=location_id,
            day=lines.day_of(location_id, stamp.now),
            doctor=doctor,
            patient=patient,
            said={"origin": _origin(wish), "urgency_level": "medium", **wish.said},
            moved_place=_moved(wish, identity, location_id),
        )
        try:
            return Created(_enter(new, record, stamp), replayed=False)
        except LikenessChanged:
            patient, record = _patient(wish)
        except Outrun:
            continue
        except _Exists:
            return _settled(identity, stamp)
    raise Outrun


def _enter(new: Newcomer, record: Registration | None, stamp: Stamp) -> EntryItem:
    entry = drafting.draft(new, stamp)
    tx = Transaction(landed=lambda: drafting.landed(entry))
    drafting.place(entry, new).take(tx, taken=_Exists, seated=lambda: changing.seated(SeatItem.of(entry.seat, entry)))
    if record is not None:
        record.add_to(tx)
    tx.commit()
    return entry


def _patient(wish: Joining) -> tuple[PatientItem, Registration | None]:
    patient_id, record = persons.meant(patient_id=wish.patient_id, details=wish.patient_details, stamp=wish.stamp)
    patient = record.patient if record else PatientItem.find(patient_id)
    if patient is None:
        raise NotFound("patient", "patient_id")
    persons.check_described(patient, wish.patient_details)
    return patient, record


def _identity(wish: Joining) -> Identity:
    identity = creation.identify("que", stamp=wish.stamp, chosen=wish.chosen_id)
    if len(identity.id) > _LONGEST_ID:
        raise Invalid.field("id", f"must have at most {_LONGEST_ID} characters")
    return identity


def _moved(wish: Joining, identity: Identity, location_id: str) -> str | None:
    """The line of an earlier day in which the chosen id stood: it may serve again."""
    if identity.id != wish.chosen_id:
        return None
    before = queue.place_of(identity.id)
    today = keys.line(location_id, lines.day_of(location_id, wish.stamp.now)).pk
    return before if before != today else None


def _origin(wish: Joining) -> str:
    if wish.said.get("urgency_level") == "emergency":
        return "emergency"
    return _ORIGINS.get(wish.stamp.by.role, "walkin")


def _settled(identity: Identity, stamp: Stamp) -> Created[EntryItem]:
    """What this request has made before; the refusal when another one has the id."""
    place = queue.place_of(identity.id)
    first = queue.find(place, identity.id) if place else None
    if first is None:
        raise identity.taken()
    return creation.settle(first, identity=identity, stamp=stamp)
