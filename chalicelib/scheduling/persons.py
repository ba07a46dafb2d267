"""Whose visit it is: the patient who is named, or a record to be made on the way."""

from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Invalid, NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access, registration
from chalicelib.people.registration import Registration
from chalicelib.people.schemas import PatientDetails
from chalicelib.table import base, keys
from chalicelib.table.patients import PatientItem


def check_caller(by: Claims, *, doctor_id: str, patient_id: str | None) -> None:
    """404 unless the caller may ask for a visit of this patient to this doctor."""
    access.check_scope(by)
    if by.role == "doctor" and doctor_id != by.sub:
        raise NotFound("doctor", "doctor_id")
    if by.role == "patient" and patient_id not in (None, by.sub):
        raise NotFound("patient", "patient_id")
    if patient_id and by.role != "patient":
        access.check_patient(by, patient_id, field="patient_id")


def meant(*, patient_id: str | None, details: PatientDetails | None, stamp: Stamp) -> tuple[str, Registration | None]:
    """The patient's id, and the record to be made with the visit when there is none yet."""
    own = stamp.by.sub if stamp.by.role == "patient" else None
    known = patient_id or own
    if known and (details is None or patient_id or base.get(keys.patient(known))):
        return known, None
    if details is None:
        raise Invalid.field("patient_id", "is required, or patient_details")
    match, newcomer = registration.match_or_prepare(details, stamp=stamp, patient_id=own)
    return (match.id, None) if match else (newcomer.patient.id if newcomer else "", newcomer)


def check_described(patient: PatientItem, details: PatientDetails | None) -> None:
    """Details beside a known record must be about the same person, so that nobody is meant by mistake."""
    if details is None:
        return
    said = f"{details.first_name} {details.last_name}"
    if said.casefold().split() != patient.name.casefold().split():
        raise Invalid.field("patient_details", "name someone else than the patient of this visit")
