"""Adopting: a visit that was made at AdvancedMD becomes an appointment, which claims its time as any other does.

The link is written first, under the id that the appointment will have, so that nobody ever tells it back as a new one.
What is agreed on is at most what has been booked: a patient who has arrived there already arrives here afterwards, as
with any other change of theirs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.advancedmd import mapping, pushing
from chalicelib.advancedmd.mapping import Links, Untellable
from chalicelib.advancedmd.shared import Shared, is_foreign
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.kit import clock, ids
from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.errors import CareSlotError, Unavailable
from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.scheduling import booking
from chalicelib.scheduling.booking import Booking
from chalicelib.scheduling.visits import Asked
from chalicelib.table import officelinks
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officelinks import Held


@dataclass(frozen=True, slots=True)
class Adopted:
    """It is an appointment now, under a lease; `base` is what both have in common, and `theirs` may be ahead of it."""

    held: Held
    appointment: AppointmentItem
    base: Shared
    theirs: Shared
    who: Links


@dataclass(frozen=True, slots=True)
class NotOurs:
    """It concerns nobody here: another's column, cancelled, or over."""


@dataclass(frozen=True, slots=True)
class NotNowKnown:
    """It may be one of ours whose answer was lost, or somebody makes one of it: whoever does that finds out."""


@dataclass(frozen=True, slots=True)
class ForPeople:
    """Something stands in the way that people have to decide."""

    conflict: dict[str, Any]


Outcome = Adopted | NotOurs | NotNowKnown | ForPeople


def adopt(
    visit_id: int,
    visit: VisitData | None,
    *,
    links: Callable[[VisitData | None], Links],
    office_key: str,
    now: datetime,
) -> Outcome:
    """Make an appointment of a visit that is nobody's here; again changes nothing.

    Raises Unavailable, VisitTaken and LeaseLost.
    """
    who = links(visit)
    try:
        theirs = mapping.from_visit(visit, who) if visit is not None else None
    except Untellable as unclear:
        return ForPeople({"problem": str(unclear)})
    if theirs is None or not _concerns_us(theirs, now):
        return NotOurs()
    sides = {"theirs": pushing.written(theirs)}
    if theirs.patient_id is None or is_foreign(theirs.patient_id):
        return ForPeople({"problem": "The patient at AdvancedMD is not linked to one of ours.", **sides})
    try:
        return _made(visit_id, theirs, who, office_key=office_key, now=now)
    except Unavailable:
        raise
    except CareSlotError as refused:
        return ForPeople({"problem": refused.message, "refused": refused.code, **sides})


def _concerns_us(theirs: Shared, now: datetime) -> bool:
    """Whether it takes time of one of our doctors that is still to come."""
    ours = theirs.doctor_id is not None and not is_foreign(theirs.doctor_id)
    return ours and theirs.stage in {"expected", "arrived"} and theirs.start >= now


def _made(visit_id: int, theirs: Shared, who: Links, *, office_key: str, now: datetime) -> Outcome:
    wish = _wish(visit_id, theirs, office_key=office_key, now=now)
    appointment_id, begins = str(wish.appointment_id), theirs.with_values({"stage": "expected"})
    common = {"agreed": pushing.written(begins), **mapping.numbers(begins, who)}
    if officelinks.whose(office_key, visit_id) != appointment_id:
        told = clock.iso(now)
        officelinks.adopt(appointment_id, office_key=office_key, visit_id=visit_id, now=told, **common)
    held = officelinks.hold(appointment_id, ids.new("lea"))
    if held is None:
        return NotNowKnown()
    if AppointmentItem.find(appointment_id) is not None:
        officelinks.let_go(held, told=None, due_at=None)
        return NotNowKnown()
    officelinks.note(held, **common)  # an earlier attempt was refused perhaps, and the visit was moved since
    try:
        made = booking.book(wish).appointment
    except CareSlotError:
        officelinks.let_go(held, told=None, due_at=None)
        raise
    # Whoever was faster may have booked what was told earlier; what has changed since then is known to nobody.
    base = pushing.of_appointment(made) if int(made.version) == 1 else begins
    return Adopted(held, made, base, theirs, who)


def _wish(visit_id: int, theirs: Shared, *, office_key: str, now: datetime) -> Booking:
    """The request to book it: under the visit's own key, so that it is booked once."""
    key = f"advancedmd:{office_key}:{visit_id}"
    stamp = Stamp(by=SYSTEM, now=now, request_id=key, key=key, fingerprint=ids.digest(key))
    asked = Asked(
        doctor_id=theirs.doctor_id or "",
        when=When(instant=theirs.start),
        duration=theirs.minutes,
        location_id=theirs.location_id,
    )
    return Booking(asked=asked, stamp=stamp, patient_id=theirs.patient_id, details={"origin": "online"})
