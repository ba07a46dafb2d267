"""Who may follow what, and what is told to whom.

    topic         who
    ------------  ------------------------------------------------------------------
    location      desks and devices that reach it
    doctor        the doctor; desks and devices that reach one of the doctor's locations
    patient       the patient, the patient's doctors, desks that serve patients
    appointment   whoever may see it
    availability  everyone
    hospital      desks of the hospital
    visit         the two sides of the telehealth visit, its guests, desks that reach its location

Whoever follows a topic is told of each event what they could see over HTTP: a desk of another location of the doctor
sees that somebody is next, and not who. Kiosks and displays stand in the room, so they are told token numbers and rooms
and never a name.
Whoever holds the link to a visit follows that visit and nothing else.
What may not be followed does not exist: 404, as over HTTP.
"""

from dataclasses import dataclass
from typing import Any

from chalicelib.callers import apikeys
from chalicelib.kit.auth import EVERYWHERE, Claims, Role
from chalicelib.kit.errors import NotFound
from chalicelib.people import access, directory
from chalicelib.realtime.messages import Sees
from chalicelib.realtime.topics import (
    DOCTOR,
    HOSPITAL,
    LOCATION,
    PATIENT,
    VISIT,
    Topic,
)
from chalicelib.table.appointments import AppointmentItem
from chalicelib.telehealth import seats

DEVICES: frozenset[Role] = frozenset({"kiosk", "display"})
_FIELD = "topic"


def is_told_names(claims: Claims) -> bool:
    """Whether the caller is ever told a name."""
    return claims.role not in DEVICES


@dataclass(frozen=True, slots=True)
class _Visit:
    """As far as ownership goes."""

    doctor_id: str
    patient_id: str
    location_id: str


def eyes_of(claims: Claims) -> Sees:
    """Whether the caller may see whom something is about, as over HTTP."""

    def sees(staff: dict[str, Any]) -> bool:
        visit = _Visit(staff["doctor_id"], staff["patient_id"], staff["location_id"])
        return is_told_names(claims) and access.may_see_appointment(claims, visit)

    return sees


def check(claims: Claims, topic: Topic) -> None:
    """404 unless the caller may follow the topic."""
    if claims.visit and topic != Topic(VISIT, claims.visit):
        raise NotFound(topic.kind, _FIELD)
    match topic.kind:
        case "location":
            directory.require(directory.location, topic.id, _FIELD)
            access.check_location(claims, topic.id, field=_FIELD)
        case "doctor":
            access.check_doctors_list(claims, topic.id, field=_FIELD)
        case "patient":
            access.check_patient(claims, topic.id, field=_FIELD)
        case "appointment":
            found = AppointmentItem.find(topic.id)
            if found is None or not access.may_see_appointment(claims, found):
                raise NotFound("appointment", _FIELD)
        case "availability":
            directory.require(directory.doctor, topic.id, _FIELD)
        case "hospital":
            directory.require(directory.hospital, topic.id, _FIELD)
            access.check_hospital(claims, topic.id, field=_FIELD)
        case "visit":
            seats.take(claims, topic.id, field=_FIELD)


def of_caller(claims: Claims, *, doctor_id: str | None = None, location_id: str | None = None) -> list[Topic]:
    """What a caller follows who names nothing: their own topics, or the doctor's or location's that they asked for."""
    if claims.visit:
        return [Topic(VISIT, claims.visit)]
    if doctor_id or location_id:
        return [Topic(DOCTOR, doctor_id) if doctor_id else Topic(LOCATION, str(location_id))]
    if claims.role in (PATIENT, DOCTOR):
        return [Topic(claims.role, claims.sub)]
    return _of_place(claims)


def _of_place(claims: Claims) -> list[Topic]:
    """The topics of a desk or a device: of what its token is bound to."""
    shown = apikeys.doctor_ids(claims)
    if shown:
        return [Topic(DOCTOR, one) for one in shown]
    if claims.location_id not in (None, EVERYWHERE):
        return [Topic(LOCATION, str(claims.location_id))]
    if claims.is_staff and claims.hospital_id not in (None, EVERYWHERE):
        return [Topic(HOSPITAL, str(claims.hospital_id))]
    return []
