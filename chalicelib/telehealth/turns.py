"""Whose turn it is: how many the doctor sees before whoever waits at a visit's door, and how long that may take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.queue import pace, wait
from chalicelib.queue.wait import Ahead, Running
from chalicelib.scheduling import remote, statuses
from chalicelib.table import appointments, telehealth
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.telehealth import VisitorItem
from chalicelib.telehealth.seats import Seat
from chalicelib.telehealth.terms import ADMITTED, PATIENT, WAITING

_RUNS_OVER = timedelta(hours=3)  # an earlier visit that is not over by then is thought to be forgotten
_COMES = statuses.MOVABLE | {statuses.CHECKED_IN, statuses.IN_PROGRESS}


@dataclass(frozen=True, slots=True)
class Turn:
    """How many are before one, and the minutes within which half, and nine in ten, of such waits end."""

    ahead: int
    p50: int
    p90: int


def of(seat: Seat, people: Sequence[VisitorItem], now: datetime) -> Turn | None:
    """The turn of a patient who waits for a booked visit; None for everybody else.

    Before one are the doctor's earlier visits, by video or in the house, that are under way, whose patient is there, or
    whose time is not over. Nobody's turn comes before their time.
    """
    own = next((one for one in people if one.person == seat.person), None)
    if seat.side != PATIENT or own is None or own.state != WAITING or not seat.room.appointment_id:
        return None
    running: list[Running] = []
    line: list[Ahead] = []
    visits = _before(seat, now)
    there = _patients(visits)
    for visit in visits:
        patient = there.get(visit.id)
        kind, planned = visit.service_id or f"{visit.mode}:{visit.origin}", float(visit.duration_minutes)
        begun = _begun(visit, patient)
        if begun is not None:
            running.append(Running(kind, planned, max(0.0, (now - begun).total_seconds() / 60)))
        elif visit.ends > now or _is_there(visit, patient):
            line.append(Ahead(kind, planned))
    found = wait.estimate(line, running=running, pace=pace.of(seat.room.doctor_id))[-1]
    least = max(0.0, (seat.room.begins - now).total_seconds() / 60)
    return Turn(len(line) + len(running), round(max(found.p50, least)), round(max(found.p90, least)))


def _before(seat: Seat, now: datetime) -> list[AppointmentItem]:
    found = appointments.of_doctor(seat.room.doctor_id, first=now - _RUNS_OVER, last=seat.room.begins)
    mine = (seat.room.begins, seat.room.appointment_id)
    return [one for one in found if one.status in _COMES and (one.starts, one.id) < mine]


def _begun(visit: AppointmentItem, patient: VisitorItem | None) -> datetime | None:
    """Since when the visit is under way; None before that."""
    is_in = patient is not None and patient.state == ADMITTED and patient.here
    return visit.starts if visit.status == statuses.IN_PROGRESS or is_in else None


def _is_there(visit: AppointmentItem, patient: VisitorItem | None) -> bool:
    return visit.status == statuses.CHECKED_IN or (patient is not None and bool(patient.here))


def _patients(visits: Iterable[AppointmentItem]) -> dict[str, VisitorItem]:
    """Those patients who are known at the doors of these visits, by the visit's id."""
    rooms = {remote.room_id(one): one.id for one in visits if remote.takes_place(one)}
    return {rooms[one.room_id]: one for one in telehealth.at_doors(rooms, PATIENT)}
