"""Linking: which of AdvancedMD's patients and profiles ours are, found where there is no doubt, else said by people."""

import time
from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from chalicelib.advancedmd import logbook, recognising
from chalicelib.advancedmd.mapping import NotLinked
from chalicelib.advancedmd.matching import Person
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import PatientData
from chalicelib.kit import clock
from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.log import logger
from chalicelib.people import directory
from chalicelib.table import appointments, officelinks, officepeople
from chalicelib.table.officepeople import LinkTaken
from chalicelib.table.patients import PatientItem

_CHOOSE = "Several patients at AdvancedMD may be this one: choose one, or add the patient there."
_NOBODY = "No patient at AdvancedMD is like this one: link the patient by hand, or add them there."
_NOT_THIS_ONE = "The patient at AdvancedMD who looks like this one was unlinked: link by hand who is meant."
_TAKEN = "The patient at AdvancedMD who looks like this one is linked to another of ours."


def patient_number(patient_id: str, *, office_key: str, office: Office, now: datetime) -> int | None:
    """The patient's number there, looked up and kept the first time; None when people have to say it.

    Whom people have said the patient is not is only offered to them again.
    """
    link = officepeople.of_patient(patient_id)
    if link is not None and link.number is not None:
        return int(link.number)
    patient = PatientItem.find(patient_id)
    if patient is None:
        return None
    began = time.monotonic()
    match, told = recognising.patient(office, person(patient)), clock.iso(now)
    alike, why = list(match.alike), _CHOOSE if match.alike else _NOBODY
    if match.found is not None and match.found in (link.not_these or [] if link else []):
        alike, why = [match.found], _NOT_THIS_ONE
    elif match.found is not None:
        try:
            officepeople.link_patient(patient_id, office_key=office_key, number=match.found, now=told, by=SYSTEM.actor)
        except LinkTaken:
            alike, why = [match.found], _TAKEN
        else:
            logger.info("patient linked", extra={"patient": patient_id})
            note(office_key, patient_id, now, began=began)
            return match.found
    officepeople.not_linked(
        patient_id, office_key=office_key, why=why, alike=alike, now=told, people=shown(match.people)
    )
    note(office_key, patient_id, now, waits=why, began=began)
    return None


def profile_of(doctor_id: str, *, office_key: str, office: Office, now: datetime) -> int | None:
    """The doctor's profile there, found by name and kept; None when people have to say it."""
    match = recognising.doctor(office, directory.doctor(doctor_id).name)
    if match.found is None:
        return None
    kept = officepeople.link_doctor(
        doctor_id, office_key=office_key, profile_id=match.found, now=clock.iso(now), by=SYSTEM.actor, by_name=True
    )
    if kept:
        note(office_key, doctor_id, now, thing="doctor")
        tell_what_waited(doctor_id, now=now)
    return match.found if kept else None


def tell_what_waited(doctor_id: str, *, now: datetime) -> None:
    """Have the doctor's appointments to come told that waited for the doctor to be linked."""
    why = str(NotLinked("doctor"))
    for one in appointments.of_doctor(doctor_id, first=now, linked=True):
        if one.link is not None and one.link.status == officelinks.ERROR and one.link.error == why:
            officelinks.again(one.id, now=clock.iso(now))


def note(
    office_key: str,
    whose: str,
    now: datetime,
    *,
    thing: Literal["patient", "doctor"] = "patient",
    operation: Literal["link", "unlink"] = "link",
    waits: str | None = None,
    error: str | None = None,
    detail: str = "",
    began: float | None = None,
    by: str = SYSTEM.actor,
) -> None:
    """Write down that somebody was linked; or what it `waits` for, or with what `error` it failed."""
    logbook.note(
        office_key,
        operation,
        thing=thing,
        thing_id=whose,
        patient_id=whose if thing == "patient" else None,
        status="error" if error else "pending" if waits else "synced",
        error=error or waits,
        detail=detail,
        fields=(),
        seconds=time.monotonic() - began if began is not None else 0.0,
        now=now,
        by=by,
    )


def shown(people: Iterable[PatientData]) -> dict[str, list[str | None]]:
    """By their numbers, what those who may link patients are shown of these people: name and birth date."""
    return {str(one.id): [one.name, one.born.isoformat() if one.born else None] for one in people}


def person(patient: PatientItem) -> Person:
    """What of our patient helps to find them there."""
    return Person(
        first_name=patient.first_name,
        last_name=patient.last_name,
        born=date.fromisoformat(patient.date_of_birth) if patient.date_of_birth else None,
        phone=patient.phone or "",
        email=patient.email or "",
    )
