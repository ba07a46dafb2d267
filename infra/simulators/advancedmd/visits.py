"""The visits' actions: what has changed, a day's, some by id, and the id behind a reference."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement  # nosec B405 # only builds

from infra.simulators.advancedmd import clock, stored
from infra.simulators.advancedmd.desk import Desk
from infra.simulators.advancedmd.envelope import (
    BAD_ATTRIBUTE,
    NO_ATTRIBUTE,
    TOO_MANY_RESULTS,
    BadRequest,
    Fault,
    Message,
)
from infra.simulators.advancedmd.office import DELETED, Appointment, Patient

MOST_RESULTS = 1000


def updated(desk: Desk, message: Message) -> list[Element]:
    """`getupdatedvisits`: those changed after `datechanged`, each N, C or D; never one that came and went between.

    The stamps are wall time of the server and are compared as such, so that an hour which the clock repeats can hide
    a change: what the increments miss, a sweep by date must find.
    """
    asked = _asked(message)
    now = desk.wall_now()
    if asked is not None:
        return [_results(desk, message, [desk.office.appointments[n] for n in asked if n in desk.office.appointments])]
    since = _time(message.need("datechanged"))
    untyped = message.root.get("ignoreappttypes", "0") == "1"
    marked: list[tuple[Appointment, str]] = []
    for one in desk.office.appointments.values():
        created, changed = desk.wall(one.created_at), desk.wall(one.modified_at)
        if not since < changed <= now or not (one.type_ids or untyped):
            continue
        gone = one.status == DELETED or one.charged_at is not None
        if one.status == DELETED and created > since:
            continue
        marked.append((one, "D" if gone else "N" if created > since else "C"))
    if len(marked) > MOST_RESULTS:
        results = _empty(desk, len(marked), now)
        for one, _ in marked:
            SubElement(results[0], "visit", {"id": str(one.id)})
        raise Fault(TOO_MANY_RESULTS, "More than 1000 results; only ids are returned.", results=results)
    return [_results(desk, message, [one for one, _ in marked], marks=[mark for _, mark in marked])]


def of_day(desk: Desk, message: Message) -> list[Element]:
    """`getdatevisits`: one day's that are not deleted."""
    day = _time(message.need("visitdate")).date()
    found = [a for a in desk.office.appointments.values() if a.start.date() == day and a.status != DELETED]
    return [_results(desk, message, sorted(found, key=lambda one: (one.start, one.id)))]


def by_id(desk: Desk, message: Message) -> list[Element]:
    """`getvisitsbyid`: those asked for that there are; a deleted one is not among them."""
    asked = _asked(message)
    if asked is None:
        results = Element("Results")
        SubElement(results, "success").text = "0"
        raise Fault(400, "No visit ids were provided.", results=results)
    found = [desk.office.appointments[n] for n in asked if n in desk.office.appointments]
    return [_results(desk, message, [one for one in found if one.status != DELETED])]


def by_reference(desk: Desk, message: Message) -> list[Element]:
    """`getvisitidbyrefid`: each reference again, with the id of the visit that has it."""
    wanted = [one.get("referenceid", "") for one in message.root.findall("visitlist/visit")]
    if not wanted:
        raise Fault(NO_ATTRIBUTE, "The required attribute 'referenceid' is missing.")
    known = {
        one.reference_id: one.id
        for one in desk.office.appointments.values()
        if one.reference_id and one.status != DELETED
    }
    results = Element("Results", {"success": "1"})
    listed = SubElement(results, "visitlist")
    for reference in wanted:
        found = {"id": str(known[reference])} if reference in known else {}
        SubElement(listed, "visit", {"referenceid": reference} | found)
    return [results]


def of_patient(desk: Desk, message: Message) -> list[Element]:
    """`getpatientvisits`: a patient's open ones."""
    patient = stored.number(message.need("patientid"))
    found = [a for a in desk.office.appointments.values() if a.patient_id == patient and a.occupies]
    return [_results(desk, message, sorted(found, key=lambda one: one.start))]


def template(_desk: Desk, _message: Message) -> list[Element]:
    """`getupdatedvisitstemplate`: the fields that there are, by no particular order."""
    results = Element("Results", {"success": "1"})
    for name in ("VisitStartDateTime", "Duration", "ColumnHeading", "ApptStatus", "ProfileCode", "FacilityCode"):
        SubElement(results, "field", {"name": name})
    return [results]


def _asked(message: Message) -> list[int] | None:
    """The ids that the request names, if it names any."""
    listed = [one.get("id", "") for one in message.root.findall("visitlist/visit")]
    single = message.root.get("visitid")
    wanted = [*listed, *([single] if single else [])]
    try:
        return [stored.number(one) for one in wanted] or None
    except ValueError:
        raise Fault(BAD_ATTRIBUTE, "A visit id is not a number.") from None


def _time(text: str) -> datetime:
    try:
        return clock.read(text)
    except ValueError:
        raise Fault(BAD_ATTRIBUTE, "A date cannot be read.") from None


def _empty(desk: Desk, count: int, now: datetime) -> Element:
    attributes = {"servertime": clock.iso(now), desk.switches.count_attribute: str(count)}
    results = Element("Results", attributes)
    SubElement(results, "visitlist")
    return results


def _results(desk: Desk, message: Message, found: Iterable[Appointment], marks: list[str] | None = None) -> Element:
    _check_templates(message)
    chosen = list(found)
    results = _empty(desk, len(chosen), desk.wall_now())
    for place, one in enumerate(chosen):
        mark = {"updatestatus": marks[place]} if marks else {}
        visit = SubElement(results[0], "visit", {"id": str(one.id)} | mark)
        if mark.get("updatestatus") == "D":
            continue
        _fill(visit, message.root.find("visit"), stored.visit_fields(desk.office, one, desk.switches.server_zone))
        wanted = message.root.find("patient")
        if wanted is not None:
            _add_patient(desk, visit, wanted, desk.office.patients[one.patient_id])
    return results


def _check_templates(message: Message) -> None:
    for name, fields in (("visit", stored.VISIT_FIELDS), ("patient", stored.PATIENT_FIELDS)):
        template = message.root.find(name)
        if template is not None and not set(template.attrib.values()) <= fields:
            raise BadRequest("Invalid column name.")


def _add_patient(desk: Desk, visit: Element, wanted: Element, patient: Patient) -> None:
    parent = SubElement(visit, "patientlist") if desk.switches.patient_in_list else visit
    told = SubElement(parent, "patient", {"id": str(patient.id)})
    _fill(told, wanted, stored.patient_fields(patient, desk.switches.server_zone))


def _fill(element: Element, wanted: Element | None, fields: stored.Fields) -> None:
    """Give an element the attributes that the template names, with the values of the fields that it asks for."""
    for name, field in wanted.items() if wanted is not None else ():
        element.set(name, fields[field]())
