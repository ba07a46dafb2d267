"""The state behind each topic, for whoever begins to follow it or has missed too much.

It is read after the topic's version was, so it holds at least all that the version counts; what happens meanwhile
comes as an event too, and says the same once more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.people import access, directory
from chalicelib.queue import lines, views
from chalicelib.queue.board import Board, board
from chalicelib.realtime import following, visits
from chalicelib.realtime.topics import Topic
from chalicelib.scheduling import statuses
from chalicelib.table import appointments, queue
from chalicelib.table.appointments import AppointmentItem

_DAY = timedelta(days=1)
_OVER = (statuses.HELD, statuses.CANCELLED, statuses.COMPLETED, statuses.NO_SHOW)


@dataclass(frozen=True, slots=True)
class State:
    """What is shown of a topic, and the ids of the patients whose data that is."""

    data: dict[str, Any]
    patients: frozenset[str] = frozenset()


def of(topic: Topic, claims: Claims, now: datetime) -> State:
    """What the caller may see behind the topic now; never more than over HTTP."""
    match topic.kind:
        case "appointment":
            found = AppointmentItem.find(topic.id)
            return _visit(found, claims) if found else State({})
        case "availability":
            return State({"doctor_id": topic.id, "from": clock.iso(now), "until": None})
        case "visit":
            return State({"room_id": topic.id})
        case "hospital":
            return State({"hospital_id": directory.hospital(topic.id).id})
        case "doctor" | "patient":
            return (_doctor if topic.kind == "doctor" else _patient)(topic.id, claims, now)
    return _lines("location_id", topic.id, [_board(topic.id, now)], claims, now)


def _board(location_id: str, now: datetime) -> Board:
    return board(location_id, lines.days_of(location_id, now)[-1], now)


def _doctor(doctor_id: str, claims: Claims, now: datetime) -> State:
    """The doctor's lines at every location that the caller reaches."""
    places = directory.doctor(doctor_id).location_ids
    reached = [one for one in places if claims.role == "doctor" or access.reaches_location(claims, one)]
    boards = [_board(one, now) for one in reached]
    own = [replace(one, lines=tuple(line for line in one.lines if line.doctor_id == doctor_id)) for one in boards]
    return _lines("doctor_id", doctor_id, own, claims, now)


def _lines(name: str, thing: str, boards: Iterable[Board], claims: Claims, now: datetime) -> State:
    """Lines as the caller may see them, each with its queue."""
    seen = [views.of_line(line, claims) for one in boards for line in one.lines]
    shown = frozenset(one.patient_id for line in seen for one in line.queue if one.patient_id)
    return State({name: thing, "now": clock.iso(now), "lines": [line.wire() for line in seen]}, shown)


def _patient(patient_id: str, claims: Claims, now: datetime) -> State:
    """The patient's visits of today, and where the patient stands in line, booked or not."""
    if not following.is_told_names(claims):
        return State({"patient_id": patient_id})
    found = [
        one
        for one in appointments.of_patient(patient_id, first=now - _DAY, last=now + _DAY)
        if one.status not in _OVER and access.may_see_appointment(claims, one)
    ]
    boards = [_board(location_id, now) for location_id in sorted(queue.stands_at(patient_id))]
    standing = [one for seen in boards for line in seen.lines for one in line.standing]
    own = [views.for_caller(one, claims).wire() for one in standing if one.entry.patient_id == patient_id]
    data = {"patient_id": patient_id, "appointments": [visits.shown(one) for one in found], "queue": own}
    return State(data, frozenset({patient_id}))


def _visit(found: AppointmentItem, claims: Claims) -> State:
    if following.is_told_names(claims):
        return State(visits.shown(found), frozenset({found.patient_id}))
    return State({"id": found.id, "status": found.status, "version": int(found.version)})
