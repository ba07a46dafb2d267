"""The ground of the contest: visits that are all reminded of in one minute, some of them cancelled or moved late."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.kit import clock
from chalicelib.reminders import planning
from chalicelib.table import base, indexes, keys, reminders
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.catalogue import LocationItem
from chalicelib.table.doctors import DoctorItem
from chalicelib.table.patients import PatientItem

MINUTE = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
START = MINUTE + timedelta(days=1)
_BOOKED = MINUTE - timedelta(seconds=30)
_PLACE, _DOCTOR = "loc_contest", "doc_contest"
_EACH = 20  # one of so many is cancelled, and one is moved
_PLANNERS = 4


@dataclass(frozen=True, slots=True)
class Due:
    """What has to be sent, and what must not be, by the reminders' ids."""

    wanted: frozenset[str]
    unwanted: frozenset[str]


def prepare(visits: int) -> Due:
    """Write and plan so many visits, each with two reminders that are due by MINUTE."""
    place = LocationItem(*keys.location(_PLACE), name="Contest", zone="UTC", catalogue_key="X", catalogue_sort="x")
    doctor = DoctorItem(*keys.doctor(_DOCTOR), name="Dr. Contest", catalogue_key="X", catalogue_sort="x")
    doctor.specialty = "Cardiology"
    base.put_many([place, doctor])
    base.put_many(_patient(number) for number in range(visits))
    base.put_many(_visit(number) for number in range(visits))
    with ThreadPoolExecutor(_PLANNERS) as planners:
        list(planners.map(lambda number: planning.follow(f"apt_contest{number}", _BOOKED), range(visits)))
    off = [number for number in range(visits) if number % _EACH in {0, 1}]
    due = {number: _due(number) for number in range(visits)}
    # The stream has not told anybody yet: what is sent is decided by what stands there when it is sent.
    base.put_many(_cancelled(number) if number % _EACH else _moved(number) for number in off)
    unwanted = frozenset(one for number in off for one in due[number])
    return Due(frozenset(one for ids in due.values() for one in ids) - unwanted, unwanted)


def _due(number: int) -> list[str]:
    return [one.id for one in reminders.of_appointment(f"apt_contest{number}") if one.due <= MINUTE]


def _patient(number: int) -> PatientItem:
    return PatientItem(
        *keys.patient(f"pat_contest{number}"),
        number=f"PAT-{number}",
        first_name="Contest",
        last_name=f"Number {number}",
        email=f"contest.{number}@example.com",
    )


def _visit(number: int) -> AppointmentItem:
    return AppointmentItem(
        *keys.appointment(f"apt_contest{number}"),
        doctor_key=keys.doctor(_DOCTOR).pk,
        patient_key=keys.patient(f"pat_contest{number}").pk,
        place_key=indexes.place_month(_PLACE, indexes.month_of(clock.iso(START))),
        start=clock.iso(START),
        number=f"APT-{number}",
        status="scheduled",
        mode="in-person",
        origin="online",
        duration_minutes=30,
        schedule_version=1,
        local_date=str(START.date()),
        write="contest",
        doctor_name="Dr. Contest",
        patient_name=f"Contest Number {number}",
        specialty="Cardiology",
        created_at=clock.iso(_BOOKED),
        updated_at=clock.iso(_BOOKED),
    )


def _cancelled(number: int) -> AppointmentItem:
    item = _visit(number)
    item.version, item.status = 2, "cancelled"
    item.stamps = [{"from": "scheduled", "to": "cancelled", "at": clock.iso(_BOOKED)}]
    return item


def _moved(number: int) -> AppointmentItem:
    item = _visit(number)
    later = clock.iso(START + timedelta(days=3))
    item.version, item.status, item.start = 2, "rescheduled", later
    item.moves = [{"from": clock.iso(START), "to": later}]
    item.stamps = [{"from": "scheduled", "to": "rescheduled", "moved": True, "at": clock.iso(_BOOKED)}]
    return item
