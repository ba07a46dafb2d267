"""The patients' actions: look-up, adding, changing with the old values beside the new, and what has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from xml.etree.ElementTree import Element, SubElement  # nosec B405 # only builds

from infra.simulators.advancedmd import clock, stored
from infra.simulators.advancedmd.desk import Desk
from infra.simulators.advancedmd.envelope import (
    BAD_SEARCH,
    CHANGED_BY_ANOTHER,
    NO_ATTRIBUTE,
    NO_ELEMENT,
    Fault,
    Message,
)
from infra.simulators.advancedmd.office import Patient

_PAGE = 50
SAME_SSN, SAME_NAME_AND_DOB, SAME_CHART, WITHOUT_ID, NOT_FOUND = 4103, 4104, 4105, 3078, 4108


def look_up(desk: Desk, message: Message) -> list[Element]:
    """`lookuppatient`: by one of name (a beginning; `%` first for anywhere), chart, ssn, phone or dob; 50 a page."""
    exact = message.root.get("exactmatch") == "-1"
    found = [one for one in desk.office.patients.values() if _matching(message, exact=exact)(one)]
    found.sort(key=lambda one: (one.name, one.id))
    page = int(message.root.get("page") or "1")
    pages = max(1, -(-len(found) // _PAGE))
    results = Element("Results", {"success": "1"})
    counts = {"itemcount": str(len(found)), "page": str(page), "pagecount": str(pages)}
    listed = SubElement(results, "patientlist", counts)
    for patient in found[(page - 1) * _PAGE : page * _PAGE]:
        listed.append(_told(patient))
    return [results]


def _matching(message: Message, *, exact: bool) -> Callable[[Patient], bool]:
    wanted = message.root
    if name := (wanted.get("name") or "").upper():
        if name.startswith("%"):
            return lambda one: name[1:] in one.name.upper()
        return lambda one: one.name.upper() == name if exact else one.name.upper().startswith(name)
    if chart := wanted.get("chart"):
        return lambda one: one.chart == chart
    if phone := _digits(wanted.get("phone") or ""):
        return lambda one: _digits(one.phone) == phone
    if ssn := wanted.get("ssn"):
        return lambda one: _digits(one.ssn) == _digits(ssn)
    if born := wanted.get("dob"):
        return lambda one: one.dob == _date(born)
    raise Fault(BAD_SEARCH, "The search criteria are invalid.")


def add(desk: Desk, message: Message) -> list[Element]:
    """`addpatient`: a new patient, unless one is alike and `force` is not set."""
    wanted = message.root.find("patientlist/patient")
    if wanted is None:
        raise Fault(NO_ELEMENT, "The required element 'patient' is missing.")
    for name in ("name", "chart", "relationship", "hipaarelationship", "profile"):
        if not wanted.get(name):
            raise Fault(NO_ATTRIBUTE, f"The required attribute '{name}' is missing.")
    address, contact = wanted.find("address"), wanted.find("contactinfo")
    number = desk.office.next_patient()
    chart = wanted.get("chart", "")
    patient = Patient(
        id=number,
        name=wanted.get("name", "").upper(),
        dob=_date(wanted.get("dob") or ""),
        sex=wanted.get("sex") or "U",
        chart=str(number) if chart == "AUTO" else chart,
        ssn=wanted.get("ssn", ""),
        phone=contact.get("homephone", "") if contact is not None else "",
        email=contact.get("email", "").upper() if contact is not None else "",
        created_at=desk.clock.stamp(),
        modified_at=desk.clock.now(),
    )
    if address is not None:
        for field in ("address1", "address2", "city", "state", "zip"):
            setattr(patient, field, address.get(field, "").upper())
    if (wanted.get("force") or message.root.get("force")) != "1":
        _refuse_alike(desk, patient)
    desk.office.patients[number] = patient
    results = Element("Results", {"success": "1"})
    SubElement(results, "patientlist").append(_told(patient))
    return [results]


def _refuse_alike(desk: Desk, patient: Patient) -> None:
    for one in desk.office.patients.values():
        if patient.ssn.strip() and _digits(one.ssn) == _digits(patient.ssn):
            raise Fault(SAME_SSN, "A patient with this social security number exists.")
        if one.name == patient.name and one.dob == patient.dob:
            raise Fault(SAME_NAME_AND_DOB, "A patient with this name and date of birth exists.")
        if one.chart == patient.chart:
            raise Fault(SAME_CHART, "A patient with this chart number exists.")


def update(desk: Desk, message: Message) -> list[Element]:
    """`updatepatient`: each new value with the old one as `o_…`; another old value means that somebody was faster."""
    wanted = message.root.find("patientlist/patient")
    if wanted is None:
        wanted = message.root.find("patient")
    if wanted is None or not wanted.get("id"):
        raise Fault(WITHOUT_ID, "An update needs the id of the patient.")
    patient = desk.office.patients.get(stored.number(wanted.get("id", "")))
    if patient is None:
        raise Fault(NOT_FOUND, "There is no such patient.")
    fields = {"name": "name", "homephone": "phone", "email": "email", "sex": "sex", "city": "city", "zip": "zip"}
    changes = {field: wanted.get(name, "").upper() for name, field in fields.items() if wanted.get(name) is not None}
    for name, field in fields.items():
        old = wanted.get(f"o_{name}")
        if field in changes and (old is None or old.upper().strip() != getattr(patient, field).upper().strip()):
            raise Fault(CHANGED_BY_ANOTHER, "The record was changed by another user.")
    for field, value in changes.items():
        setattr(patient, field, value)
    patient.modified_at = desk.clock.stamp()
    results = Element("Results", {"success": "1"})
    SubElement(results, "patientlist").append(_told(patient))
    return [results]


def updated(desk: Desk, message: Message) -> list[Element]:
    """`getupdatedpatients`: those changed after `datechanged`."""
    since = clock.read(message.need("datechanged"))
    now = desk.wall_now()
    found = [p for p in desk.office.patients.values() if p.modified_at and since < desk.wall(p.modified_at) <= now]
    results = Element("Results", {"servertime": clock.iso(now), "patientcount": str(len(found))})
    listed = SubElement(results, "patientlist")
    for patient in found:
        created = patient.created_at is not None and desk.wall(patient.created_at) > since
        told = SubElement(listed, "patient", {"id": str(patient.id), "updatestatus": "N" if created else "C"})
        fields = stored.patient_fields(patient, desk.switches.server_zone)
        wanted = message.root.find("patient")
        for name, field in wanted.items() if wanted is not None else ():
            told.set(name, fields[field]())
    return [results]


def demographic(desk: Desk, message: Message) -> list[Element]:
    """`getdemographic`: one patient's record."""
    patient = desk.office.patients.get(stored.number(message.need("patientid")))
    if patient is None:
        raise Fault(NOT_FOUND, "There is no such patient.")
    results = Element("Results", {"success": "1"})
    SubElement(results, "patientlist").append(_told(patient))
    return [results]


def _told(patient: Patient) -> Element:
    told = Element(
        "patient",
        {
            "id": f"pat{patient.id}",
            "name": patient.name,
            "chart": patient.chart,
            "ssn": stored.ssn(patient.ssn),
            "dob": clock.short_form(_midnight(patient.dob)) if patient.dob else "",
            "sex": patient.sex,
        },
    )
    address = {name: getattr(patient, name) for name in ("address1", "address2", "city", "state")}
    SubElement(told, "address", address | {"zip": stored.zip_code(patient.zip)})
    SubElement(told, "contactinfo", {"homephone": patient.phone, "email": patient.email})
    return told


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time())


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _date(text: str) -> date | None:
    try:
        return clock.read(text).date() if text else None
    except ValueError:
        raise Fault(BAD_SEARCH, "A date cannot be read.") from None
