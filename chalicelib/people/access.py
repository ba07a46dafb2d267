"""Who may see and change whose records: the one place where ownership is decided.

    role                                  sees
    ------------------------------------  -------------------------------------------------------------
    admin                                 everything
    receptionist, billing, hospital_admin what belongs to their hospital (and location, when named); every
                                          patient's record, since patients belong to the network
    doctor                                themselves, their appointments, patients they have met or will, who stand
                                          in their queue today, and for some hours those whose record they opened
                                          by break-glass
    patient                               themselves and their appointments
    kiosk                                 the appointments of its location; number, name and birth date of a
                                          patient whose id it was told
    display                               nothing about patients

`*` as the hospital of a token means the whole network, as the location all of its hospital's (the network's,
if it names none); the narrower of the two counts. A desk's token that names neither reaches nothing. What may
not be seen does not exist: the caller gets a 404. `tests/security/matrix.py` says the same, route by route.
"""

from collections.abc import Iterable
from typing import Protocol
from zoneinfo import ZoneInfo

from chalicelib.kit import clock
from chalicelib.kit.auth import EVERYWHERE, Claims
from chalicelib.kit.errors import Forbidden, NotFound
from chalicelib.people import directory
from chalicelib.table import base, glass, indexes, keys

_KIOSK_SEES = frozenset(
    {"id", "patient_number", "first_name", "last_name", "date_of_birth", "version", "created_at", "updated_at"}
)
_DOCTORS_OWN = frozenset({"email", "phone", "languages"})


class ScopeMissing(Forbidden):
    """The token of a desk or device names neither hospital nor location."""

    code = "scope_missing"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("The token names no hospital or location.")


class Owned(Protocol):
    """An appointment, as far as ownership goes."""

    @property
    def doctor_id(self) -> str: ...
    @property
    def patient_id(self) -> str: ...
    @property
    def location_id(self) -> str: ...


def reaches_location(claims: Claims, location_id: str) -> bool:
    """Whether a desk's or device's token covers the location."""
    if claims.role == "admin":
        return True
    if claims.location_id not in (None, EVERYWHERE):
        return claims.location_id == location_id
    if (claims.hospital_id or claims.location_id) == EVERYWHERE:
        return True
    return bool(claims.hospital_id) and directory.location(location_id).hospital_id == claims.hospital_id


def reaches_hospital(claims: Claims, hospital_id: str | None) -> bool:
    """Whether a desk's token covers the hospital."""
    if claims.role == "admin" or claims.hospital_id == EVERYWHERE:
        return True
    return claims.is_staff and claims.hospital_id is not None and claims.hospital_id == hospital_id


def may_see_appointment(claims: Claims, appointment: Owned) -> bool:
    """Whether the appointment exists for the caller."""
    if claims.role == "patient":
        return claims.sub == appointment.patient_id
    if claims.role == "doctor":
        return claims.sub == appointment.doctor_id
    if claims.role == "display":
        return False
    return reaches_location(claims, appointment.location_id)


def check_appointment(claims: Claims, appointment: Owned) -> None:
    """404 unless the caller may see the appointment."""
    if not may_see_appointment(claims, appointment):
        raise NotFound("appointment")


def check_patient(claims: Claims, patient_id: str, *, field: str = "id") -> None:
    """404 unless the caller may see the patient: the patient, their doctors, and desks that serve patients."""
    if claims.role == "patient":
        allowed = claims.sub == patient_id
    elif claims.role == "doctor":
        allowed = (
            treats(claims.sub, patient_id) or _receives(claims.sub, patient_id) or _broke_glass(claims.sub, patient_id)
        )
    else:
        allowed = claims.role == "admin" or (claims.role != "display" and _serves(claims))
    if not allowed:
        raise NotFound("patient", field)


def check_doctor(claims: Claims, doctor_id: str, *, field: str = "id") -> None:
    """404 unless the caller may manage the doctor: the doctor, and the desks of the doctor's hospital."""
    if claims.role == "doctor":
        if claims.sub != doctor_id:
            raise NotFound("doctor", field)
        return
    doctor = directory.require(directory.doctor, doctor_id, field)
    if claims.role == "patient" or not reaches_hospital(claims, doctor.hospital_id):
        raise NotFound("doctor", field)


def check_doctors_list(claims: Claims, doctor_id: str, *, field: str = "id") -> None:
    """404 unless the caller may ask for the doctor's appointments; which of them exist is decided one by one."""
    if claims.role not in {"doctor", "patient"}:
        doctor = directory.require(directory.doctor, doctor_id, field)
        if any(reaches_location(claims, place) for place in doctor.location_ids):
            return
    check_doctor(claims, doctor_id, field=field)


def check_location(claims: Claims, location_id: str, *, field: str = "location_id") -> None:
    """404 unless the caller's desk or device covers the location."""
    if not reaches_location(claims, location_id):
        raise NotFound("location", field)


def check_room(claims: Claims, location_id: str) -> None:
    """404 unless the caller's desk covers the location of the room."""
    if not reaches_location(claims, location_id):
        raise NotFound("room")


def check_hospital(claims: Claims, hospital_id: str | None, *, field: str = "hospital_id") -> None:
    """404 unless the caller's desk covers the hospital."""
    if not reaches_hospital(claims, hospital_id):
        raise NotFound("hospital", field)


def sees_of_patient(claims: Claims, field: str) -> bool:
    """Whether a field of a patient's record is shown to a caller who may see the patient."""
    if claims.role == "kiosk":
        return field in _KIOSK_SEES
    if field == "medical_history":
        return claims.role in ("patient", "doctor", "admin")
    return field != "possible_duplicate_of" or claims.is_staff


def sees_offices(claims: Claims) -> bool:
    """Whether the caller is shown how things stand at AdvancedMD: desks, and doctors of what is theirs."""
    return claims.is_staff or claims.role == "doctor"


def may_rewrite_history(claims: Claims) -> bool:
    """Whether the caller may change a medical history after the registration: those who treat, and admin."""
    return claims.role in ("doctor", "admin")


def sees_contact_of_doctor(claims: Claims, doctor_id: str) -> bool:
    """Whether a doctor's own e-mail and phone are shown: to desks and to the doctor."""
    return claims.is_staff or (claims.role == "doctor" and claims.sub == doctor_id)


def check_doctor_fields(claims: Claims, changed: Iterable[str]) -> None:
    """403 when a doctor changes more of the own record than contact data and languages."""
    beyond = sorted(set(changed) - _DOCTORS_OWN)
    if claims.role == "doctor" and beyond:
        details = [{"field": field, "problem": "the hospital's to change"} for field in beyond]
        raise Forbidden(f"{beyond[0]}: only the hospital may change this.", details=details)


def check_scope(claims: Claims) -> None:
    """403 for a desk or device whose token names neither hospital nor location."""
    if claims.role not in ("admin", "patient", "doctor") and not _serves(claims):
        raise ScopeMissing


def _serves(claims: Claims) -> bool:
    return bool(claims.hospital_id or claims.location_id)


def _receives(doctor_id: str, patient_id: str) -> bool:
    """Whether the patient stands in the doctor's queue today, at any of the doctor's locations."""
    try:
        places = [directory.location(place) for place in directory.doctor(doctor_id).location_ids]
    except NotFound:
        return False
    days = [(place.id, clock.local_date(clock.now(), ZoneInfo(place.zone))) for place in places]
    seats = [keys.seat(keys.line(place, day).pk, doctor_id, patient_id) for place, day in days]
    return bool(base.get_many(seats))


def _broke_glass(doctor_id: str, patient_id: str) -> bool:
    opened = glass.latest(patient_id, doctor_id)
    return opened is not None and opened.is_open(clock.now())


def treats(doctor_id: str, patient_id: str) -> bool:
    """Whether the two have an appointment, past or to come."""
    pk, all_of_them = keys.patient(patient_id).pk, indexes.APPOINTMENTS
    found = [
        keys.Key(raw["PK"]["S"], raw["SK"]["S"])
        for raw, _ in base.query(pk, index="by_patient", names=("patient_key", "start"), between=all_of_them)
    ]
    return any(raw["doctor_key"]["S"] == f"DOCTOR#{doctor_id}" for raw in base.get_many(found).values())
