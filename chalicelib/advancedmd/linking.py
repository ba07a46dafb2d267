"""Linking: which of AdvancedMD's patients and profiles ours are, found where there is no doubt, else said by people."""

from datetime import date, datetime

from chalicelib.advancedmd import recognising
from chalicelib.advancedmd.matching import Person
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.kit import clock
from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.log import logger
from chalicelib.people import directory
from chalicelib.table import officepeople
from chalicelib.table.officepeople import LinkTaken
from chalicelib.table.patients import PatientItem

_CHOOSE = "Several patients at AdvancedMD may be this one: choose one, or add the patient there."
_NOBODY = "No patient at AdvancedMD is like this one: link the patient by hand, or add them there."
_TAKEN = "The patient at AdvancedMD who looks like this one is linked to another of ours."


def patient_number(patient_id: str, *, office_key: str, office: Office, now: datetime) -> int | None:
    """The patient's number there, looked up and kept the first time; None when people have to say it."""
    link = officepeople.of_patient(patient_id)
    if link is not None and link.number is not None:
        return int(link.number)
    patient = PatientItem.find(patient_id)
    if patient is None:
        return None
    match, told = recognising.patient(office, person(patient)), clock.iso(now)
    if match.found is not None:
        try:
            officepeople.link_patient(patient_id, office_key=office_key, number=match.found, now=told, by=SYSTEM.actor)
        except LinkTaken:
            officepeople.not_linked(patient_id, office_key=office_key, why=_TAKEN, alike=[match.found], now=told)
            return None
        logger.info("patient linked", extra={"patient": patient_id})
        return match.found
    alike = list(match.alike)
    why = _CHOOSE if alike else _NOBODY
    officepeople.not_linked(patient_id, office_key=office_key, why=why, alike=alike, now=told)
    return None


def profile_of(doctor_id: str, *, office_key: str, office: Office, now: datetime) -> int | None:
    """The doctor's profile there, found by name and kept; None when people have to say it."""
    match = recognising.doctor(office, directory.doctor(doctor_id).name)
    if match.found is None:
        return None
    kept = officepeople.link_doctor(
        doctor_id, office_key=office_key, profile_id=match.found, now=clock.iso(now), by=SYSTEM.actor
    )
    return match.found if kept else None


def person(patient: PatientItem) -> Person:
    """What of our patient helps to find them there."""
    return Person(
        first_name=patient.first_name,
        last_name=patient.last_name,
        born=date.fromisoformat(patient.date_of_birth) if patient.date_of_birth else None,
        phone=patient.phone or "",
        email=patient.email or "",
    )
