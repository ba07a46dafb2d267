"""The REST scheduler: appointments and what is done to them, columns, blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from infra.simulators.advancedmd import booking, clock, columns, showing
from infra.simulators.advancedmd.booking import Wish
from infra.simulators.advancedmd.desk import Desk
from infra.simulators.advancedmd.office import ARRIVED, CANCELLED, DELETED, MADE, MOVED, NO_SHOW, Appointment

_NEEDED = ("patientid", "columnid", "startdatetime", "duration", "profileid", "type")
_APPOINTMENT = re.compile(r"/scheduler/appointments(?:/(\d+))?(?:/([a-z]+))?/?")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of the REST surface; `about` is the appointment for the call log."""

    status: int
    document: Any = None
    about: int | None = None
    location: str | None = None


class Refused(Exception):
    """An answer instead of the wanted one."""

    def __init__(self, status: int, document: Any) -> None:
        super().__init__(str(status))
        self.said = Said(status, document)


NOT_FOUND = {"error": "Not Found"}


def answer(desk: Desk, method: str, path: str, query: Mapping[str, str], body: bytes) -> Said:
    """Serve one call of an authenticated user; `path` begins with `/scheduler/`, in any case of letters."""
    path = path.lower()
    found = _APPOINTMENT.fullmatch(path)
    if found is None:
        told = columns.answer(desk, method, path, query)
        return Said(404, NOT_FOUND) if told is None else Said(200, told)
    number, action = found[1], found[2]
    try:
        if number is None:
            return _create(desk, _document(body)) if method == "POST" else _listed(desk, method, query)
        one = desk.office.appointments.get(int(number))
        if one is None:
            return Said(404, NOT_FOUND)
        return _on_one(desk, one, method, action, body)
    except Refused as refused:
        return refused.said


def _on_one(desk: Desk, one: Appointment, method: str, action: str | None, body: bytes) -> Said:
    match method, action:
        case "GET", None:
            return Said(200, showing.appointment(desk, one, detail=True), one.id)
        case "PUT", None:
            _edit(desk, one, _document(body))
        case "DELETE", None:
            one.status, one.deleted_at = DELETED, desk.clock.now()
            desk.touch(one)
        case "PUT", str(word) if word in _ACTIONS:
            document = _document(body)
            if document.get("id") not in (one.id, str(one.id)):
                raise Refused(400, _problem("id", "The id must be that of the address."))
            _ACTIONS[word](desk, one, document)
            desk.touch(one)
        case _:
            return Said(404, NOT_FOUND)
    return Said(200, showing.appointment(desk, one, detail=True), one.id)


def _listed(desk: Desk, method: str, query: Mapping[str, str]) -> Said:
    if method != "GET":
        return Said(404, NOT_FOUND)
    return Said(200, [showing.appointment(desk, one, detail=False) for one in showing.chosen(desk, query)])


def _create(desk: Desk, wanted: dict[str, Any]) -> Said:
    missing = [name for name in _NEEDED if not wanted.get(name)]
    if missing:
        raise Refused(400, _problem(missing[0], f"The {missing[0]} field is required."))
    office = desk.office
    reference = wanted.get("referenceid")
    if desk.switches.reference_ids_are_unique and reference:
        for other in office.appointments.values():
            if other.reference_id == reference:
                raise _conflict(desk, 4098, "The code is a duplicate.")
    wish = Wish(wanted["columnid"], _start(wanted), int(wanted["duration"]), force=bool(wanted.get("force")))
    _check(desk, wish)
    if wanted["patientid"] not in office.patients or wanted["profileid"] not in office.profiles:
        raise Refused(400, _problem("patientid", "There is no such patient or profile."))
    now = desk.clock.stamp()
    one = Appointment(
        id=office.next_appointment(),
        patient_id=wanted["patientid"],
        column_id=wish.column_id,
        start=wish.start,
        duration=wish.duration,
        profile_id=wanted["profileid"],
        facility_id=wanted.get("facilityid") or office.columns[wish.column_id].facility_id,
        created_at=now,
        modified_at=now,
        type_ids=[int(kind["id"]) for kind in wanted["type"]],
        color=wanted.get("color") or "GRAY",
        comments=wanted.get("comments") or "",
        reference_id=reference,
        created_by=desk.user,
        modified_by=desk.user,
    )
    office.appointments[one.id] = one
    location = f"/scheduler/Appointments/{one.id}"
    return Said(201, showing.appointment(desk, one, detail=True), one.id, location)


def _edit(desk: Desk, one: Appointment, wanted: dict[str, Any]) -> None:
    """A full edit: what is not named is as for a new one, except for where and when it is, and our reference."""
    wish = Wish(
        wanted.get("columnid") or one.column_id,
        _start(wanted) if wanted.get("startdatetime") else one.start,
        int(wanted.get("duration") or one.duration),
        force=bool(wanted.get("force")),
        itself=one.id,
    )
    _check(desk, wish)
    one.column_id, one.start, one.duration = wish.column_id, wish.start, wish.duration
    one.facility_id = wanted.get("facilityid") or one.facility_id
    one.profile_id = wanted.get("profileid") or desk.office.columns[wish.column_id].profile_id
    one.color, one.comments = str(wanted.get("color") or "GRAY").strip(), wanted.get("comments") or ""
    one.type_ids = [int(kind["id"]) for kind in wanted.get("type") or []]
    one.reference_id = wanted.get("referenceid") or one.reference_id
    desk.touch(one)


def _move(desk: Desk, one: Appointment, wanted: dict[str, Any]) -> None:
    column = wanted.get("columnid") or one.column_id
    wish = Wish(column, _start(wanted), one.duration, force=bool(wanted.get("force")), itself=one.id)
    _check(desk, wish)
    one.column_id, one.start, one.profile_id = column, wish.start, desk.office.columns[column].profile_id
    if desk.switches.moved_shows_five:
        one.status = MOVED


def _arrive(desk: Desk, one: Appointment, _: dict[str, Any]) -> None:
    one.status, one.arrived_at = ARRIVED, desk.clock.now()


def _leave(desk: Desk, one: Appointment, _: dict[str, Any]) -> None:
    one.status, one.seen_at = desk.switches.status_after_checkout, desk.clock.now()


def _unarrive(_desk: Desk, one: Appointment, _: dict[str, Any]) -> None:
    one.status, one.arrived_at = MADE, None


def _unleave(_desk: Desk, one: Appointment, _: dict[str, Any]) -> None:
    one.status, one.seen_at = (ARRIVED if one.arrived_at else MADE), None


def _cancel(_desk: Desk, one: Appointment, _: dict[str, Any]) -> None:
    one.status = CANCELLED


def _miss(_desk: Desk, one: Appointment, _: dict[str, Any]) -> None:
    one.status = NO_SHOW


_ACTIONS = {
    "move": _move,
    "cancel": _cancel,
    "noshow": _miss,
    "checkin": _arrive,
    "checkout": _leave,
    "uncheckin": _unarrive,
    "uncheckout": _unleave,
}


def _check(desk: Desk, wish: Wish) -> None:
    if wish.duration <= 0 or timedelta(minutes=wish.duration) > timedelta(days=1):
        raise Refused(400, _problem("duration", "The duration is invalid."))
    code = booking.refusal(desk.office, wish)
    if code is not None:
        raise _conflict(desk, code, booking.TEXTS[code])


def _conflict(desk: Desk, code: int, text: str) -> Refused:
    return Refused(409, {desk.switches.conflict_code_key: code, desk.switches.conflict_text_key: text})


def _start(wanted: dict[str, Any]) -> datetime:
    try:
        return clock.read(str(wanted.get("startdatetime")))
    except ValueError:
        raise Refused(400, _problem("startdatetime", "The value is not a date and time.")) from None


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except ValueError:
        raise Refused(400, _problem("$", "The JSON value could not be read.")) from None
    if not isinstance(document, dict):
        raise Refused(400, _problem("$", "An object is wanted."))
    return document


def _problem(field: str, text: str) -> dict[str, Any]:
    return {
        "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
        "title": "One or more validation errors occurred.",
        "status": 400,
        "traceId": "00-simulator-00",
        "errors": {field: [text]},
    }
