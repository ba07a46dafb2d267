"""Adopting: a visit that was made at AdvancedMD becomes an appointment, which claims its time as any other does.

The link is written first, under the id that the appointment will have, so that nobody ever tells it back as a new one.
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
from chalicelib.scheduling import booking, status
from chalicelib.scheduling.booking import Booking
from chalicelib.scheduling.visits import Asked
from chalicelib.table import officelinks


@dataclass(frozen=True, slots=True)
class Adopted:
    """It is an appointment now."""


@dataclass(frozen=True, slots=True)
class NotOurs:
    """It concerns nobody here: another's column, cancelled, or over."""


@dataclass(frozen=True, slots=True)
class NotNowKnown:
    """It may be one of ours whose answer was lost: whoever tells that one finds out."""


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
    """Make an appointment of a visit that is nobody's here; again changes nothing. Unavailable, VisitTaken."""
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
        _book(visit_id, theirs, who, office_key=office_key, now=now)
    except Unavailable:
        raise
    except CareSlotError as refused:
        return ForPeople({"problem": refused.message, "refused": refused.code, **sides})
    return Adopted()


def _concerns_us(theirs: Shared, now: datetime) -> bool:
    """Whether it takes time of one of our doctors that is still to come."""
    ours = theirs.doctor_id is not None and not is_foreign(theirs.doctor_id)
    return ours and theirs.stage in {"expected", "arrived"} and theirs.start >= now


def _book(visit_id: int, theirs: Shared, links: Links, *, office_key: str, now: datetime) -> None:
    key = f"advancedmd:{office_key}:{visit_id}"
    stamp = Stamp(by=SYSTEM, now=now, request_id=key, key=key, fingerprint=ids.digest(key))
    asked = Asked(
        doctor_id=theirs.doctor_id or "",
        when=When(instant=theirs.start),
        duration=theirs.minutes,
        location_id=theirs.location_id,
    )
    wish = Booking(asked=asked, stamp=stamp, patient_id=theirs.patient_id, details={"origin": "online"})
    appointment_id = str(wish.appointment_id)
    if officelinks.whose(office_key, visit_id) != appointment_id:
        officelinks.adopt(
            appointment_id,
            office_key=office_key,
            visit_id=visit_id,
            agreed=pushing.written(theirs),
            now=clock.iso(now),
            **mapping.numbers(theirs, links),
        )
    booking.book(wish)
    if theirs.stage == "arrived":
        status.set_status(appointment_id=appointment_id, status=mapping.status_of("arrived"), stamp=stamp)
