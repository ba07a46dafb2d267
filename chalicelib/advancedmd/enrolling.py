"""A patient at AdvancedMD: linked to the one whom they are there, or added, by people who wait for it or by a run.

Once a patient is linked, the appointments that waited for that are told.
"""

import time
from datetime import datetime
from typing import Any

from chalicelib.advancedmd import answering, linking, setup, standing, waiting, waking
from chalicelib.advancedmd.answering import AdvancedMDRefuses
from chalicelib.advancedmd.setup import NotSetUp
from chalicelib.advancedmd.shared import is_foreign
from chalicelib.gateways.advancedmd import patients as theirs
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import NewPatient
from chalicelib.gateways.answers import Refused
from chalicelib.kit import clock
from chalicelib.kit.auth import SYSTEM, Claims
from chalicelib.kit.errors import Conflict
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access, patients
from chalicelib.table import appointments, officeinbox, officelinks, officepeople, officeruns
from chalicelib.table.officepeople import LinkTaken, PatientLinkItem
from chalicelib.table.patients import PatientItem


class PatientUnclear(Conflict):
    """Several patients at AdvancedMD may be the one meant; `details` name their numbers."""

    code = "advancedmd_patient_unclear"
    sampled = ([148, 159],)

    def __init__(self, alike: list[int]) -> None:
        details = [{"field": "advancedmd_patient_id", "problem": "may be meant", "id": one} for one in alike]
        super().__init__("Several patients at AdvancedMD may be this one; link the one who is meant.", details=details)


class LinkedAlready(Conflict):
    """One of the two is linked to somebody else."""

    code = "advancedmd_link_taken"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("One of the two is linked to somebody else.")


ENROLLING = (NotSetUp, PatientUnclear, LinkedAlready, AdvancedMDRefuses)
LINKING = (NotSetUp, LinkedAlready)


def of_patient(patient_id: str, by: Claims) -> PatientLinkItem | None:
    """How a patient stands at AdvancedMD; NotFound for who may not see them."""
    patients.find(patient_id, by=by)
    return officepeople.of_patient(patient_id)


def wait(patient_id: str, link: PatientLinkItem | None, *, now: datetime) -> float | None:
    """In how many seconds a run comes to the patient; None where none does, and while the office is paused."""
    settled = setup.current()
    if settled is None or (link is not None and link.number is not None):
        return None
    if not officeruns.is_any_due(clock.iso(now)):
        return None
    line = waiting.look(settled, now=now)
    return line.patients.get(patient_id) if line else None


def enrol(patient_id: str, *, stamp: Stamp) -> PatientLinkItem:
    """Link the patient to whom they are there; where nobody is like them they are added.

    Raises NotFound, NotSetUp, PatientUnclear, LinkedAlready, AdvancedMDRefuses, Unavailable.
    """
    patient = patients.find(patient_id, by=stamp.by)
    with answering.office() as (office_key, office):
        item = _enrolled(patient, office_key=office_key, office=office, stamp=stamp)
    wake(patient_id, stamp=stamp)
    return item


def enrol_quietly(patient_id: str, *, office_key: str, office: Office, add: bool, now: datetime) -> bool:
    """Link one of many patients, and `add` them where nobody is like them; False when people have to see to it.

    Why stands with the patient and in the log. Raises NotNow and NoAnswer.
    """
    patient = PatientItem.find(patient_id)
    if patient is None:
        return False
    try:
        if add:
            stamp = Stamp(by=SYSTEM, now=now, request_id=f"advancedmd-{patient_id}")
            _enrolled(patient, office_key=office_key, office=office, stamp=stamp)
            return True
        number = linking.patient_number(patient_id, office_key=office_key, office=office, now=now)
    except (PatientUnclear, LinkedAlready, AdvancedMDRefuses, Refused):
        return False
    if number is not None:
        _tell_what_waited(patient_id, now=now)
    return number is not None


def unlink(patient_id: str, *, stamp: Stamp) -> None:
    """End a link that was wrong; what was told under it stays there. NotFound, LinkedAlready."""
    access.check_patient(stamp.by, patient_id)
    found = officepeople.of_patient(patient_id)
    if found is None or found.number is None:
        return
    try:
        officepeople.unlink_patient(found, now=clock.iso(stamp.now), by=stamp.by.actor)
    except LinkTaken:
        raise LinkedAlready from None
    linking.note(found.office_key, patient_id, stamp.now, operation="unlink", by=stamp.by.actor)


def _enrolled(patient: PatientItem, *, office_key: str, office: Office, stamp: Stamp) -> PatientLinkItem:
    """The link of a patient who is looked up, and added when nobody is like them."""
    began = time.monotonic()
    number = linking.patient_number(patient.id, office_key=office_key, office=office, now=stamp.now)
    if number is None:
        try:
            number = _added(patient, office_key=office_key, office=office)
        except Refused as refused:
            detail = getattr(refused, "detail", "")
            linking.note(office_key, patient.id, stamp.now, error=str(refused), detail=detail, by=stamp.by.actor)
            raise
    return keep(patient.id, office_key=office_key, number=number, stamp=stamp, began=began)


def _added(patient: PatientItem, *, office_key: str, office: Office) -> int:
    """Add somebody whom nobody there is like; whoever is alike is asked about first."""
    known = officepeople.of_patient(patient.id)
    if known is not None and known.alike:
        raise PatientUnclear([int(one) for one in known.alike])
    profiles = sorted(one.profile_id for one in officepeople.doctors(office_key))
    if not profiles:
        raise AdvancedMDRefuses("Link a doctor to AdvancedMD first: a new patient needs one there.")
    who = linking.person(patient)
    new = NewPatient(
        first_name=who.first_name,
        last_name=who.last_name,
        profile_id=profiles[0],
        born=who.born,
        sex=patient.gender or "U",
        phone=who.phone,
        email=who.email,
    )
    return theirs.add(office, new).id


def keep(patient_id: str, *, office_key: str, number: int, stamp: Stamp, began: float | None = None) -> PatientLinkItem:
    """Keep whom the patient is there, and have told what waited for that. LinkedAlready."""
    was = officepeople.of_patient(patient_id)
    try:
        item = officepeople.link_patient(
            patient_id, office_key=office_key, number=number, now=clock.iso(stamp.now), by=stamp.by.actor
        )
    except LinkTaken:
        raise LinkedAlready from None
    if was is None or was.number is None:
        linking.note(office_key, patient_id, stamp.now, began=began, by=stamp.by.actor)
    _tell_what_waited(patient_id, now=stamp.now)
    return item


def _tell_what_waited(patient_id: str, *, now: datetime) -> None:
    for one in appointments.of_patient(patient_id, first=now):
        found = officelinks.find(one.id)
        if found is not None and found.status == officelinks.ERROR and found.visit_id is None:
            standing.again(one.id, now)


def take_what_waited(office_key: str, *, now: datetime) -> int:
    """Come again to visits there whose patient was nobody's here and is somebody's by now; how many there are."""
    visits = officeinbox.waiting_visits(office_key)
    numbers = {one.visit_id: _number((one.conflict or {}).get("theirs") or {}) for one in visits}
    known = officepeople.linked(office_key, {number for number in numbers.values() if number is not None})
    ready = [one for one in visits if numbers[one.visit_id] in known]
    for one in ready:
        officeinbox.again(one, now=clock.iso(now))
    return len(ready)


def _number(theirs: dict[str, Any]) -> int | None:
    """The number of the visit's patient there, where that is nobody's here."""
    patient = str(theirs.get("patient_id") or "")
    return int(patient.partition(":")[2]) if is_foreign(patient) else None


def wake(patient_id: str, *, stamp: Stamp) -> None:
    """Have told and taken over at once what waited for the patient; a run has that done within the next minute."""
    take_what_waited(setup.office_key(), now=stamp.now)
    waking.wake(setup.office_key(), why=f"{patient_id}-{stamp.request_id}")
