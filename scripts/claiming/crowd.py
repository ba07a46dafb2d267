"""A crowd: doctors who share rooms and patients, what is asked of them, and many callers who ask at once."""

import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.people import doctors, patients, places
from chalicelib.people.offer_schemas import CreateRoom
from chalicelib.people.place_schemas import CreateHospital, CreateLocation
from chalicelib.people.schemas import CreateDoctor, RegisterPatient
from chalicelib.schedules import editing
from chalicelib.scheduling.booking import Booking
from chalicelib.scheduling.engine.schedule import Hours, Schedule
from chalicelib.scheduling.visits import Asked

DESK = Claims(sub="desk", role="receptionist", hospital_id="*")
_FOUNDER = Claims(sub="founder", role="admin")
_EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")


@dataclass(frozen=True)
class Crowd:
    """Doctors who share rooms and patients."""

    location_id: str
    doctors: list[str]
    patients: list[str]


@dataclass(frozen=True)
class Size:
    """How many there are of each, how long rooms and doctors need after a visit, and when the doctors work."""

    doctors: int
    rooms: int
    patients: int
    turnover: int = 5
    buffer_after: int = 5
    first_hour: int = 9
    last_hour: int = 17


def gather(size: Size) -> Crowd:
    """The crowd, registered in the table by the application itself; the doctors work every day, on a 15-minute grid."""
    by = stamp(by=_FOUNDER)
    hospital = places.create_hospital(CreateHospital(name="General").given(), stamp=by).item
    described = CreateLocation(
        name="Main Street", zone="UTC", hospital_id=hospital.id, patient_daily_cap=100, hold_minutes=60
    )
    location = places.create_location(described.given(), stamp=by).item
    for number in range(size.rooms):
        room = CreateRoom(name=f"Room {number}", turnover_minutes=size.turnover)
        places.create_room(location.id, room.given(), stamp=by)
    made = [_doctor(number, location.id, size, by) for number in range(size.doctors)]
    people = [
        patients.register(RegisterPatient(first_name="Patient", last_name=str(number)).given(), stamp=by).item.id
        for number in range(size.patients)
    ]
    return Crowd(location.id, made, people)


def _doctor(number: int, location_id: str, size: Size, by: Stamp) -> str:
    described = CreateDoctor(name=f"Dr. {number}", specialty="Cardiology", location_ids=[location_id])
    doctor = doctors.create(described.given(), stamp=by).item
    hours = Hours(location_id=location_id, weekdays=_EVERY_DAY, start=size.first_hour * 60, end=size.last_hour * 60)
    schedule = Schedule(
        hours=(hours,), grid_minutes=15, buffer_after=size.buffer_after, daily_cap=500, horizon_days=730
    )
    editing.edit(doctor_id=doctor.id, schedule=schedule, stamp=by)
    return doctor.id


def next_monday() -> date:
    """A Monday some weeks ahead, inside every horizon."""
    today = clock.now().date()
    return today + timedelta(days=28 - today.weekday())


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """That time of the day, in UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def stamp(key: str | None = None, by: Claims = DESK) -> Stamp:
    """A request of the desk."""
    return Stamp(by=by, now=clock.now(), request_id=uuid.uuid4().hex, key=key, fingerprint=key or "")


def wish(
    doctor_id: str,
    patient_id: str,
    start: datetime,
    *,
    minutes: int | None = None,
    held: bool = False,
    key: str | None = None,
) -> Booking:
    """A booking of the doctor's slot for the patient."""
    asked = Asked(doctor_id=doctor_id, when=When(instant=start), duration=minutes, mode="in-person")
    return Booking(asked=asked, stamp=stamp(key), patient_id=patient_id, details={"origin": "online"}, held=held)


def all_at_once(work: Callable[[I], R], items: Iterable[I], workers: int = 32) -> list[R | Exception]:
    """The results, or the exceptions, of doing the work for every item at the same time."""

    def one(item: I) -> R | Exception:
        try:
            return work(item)
        except Exception as error:  # noqa: BLE001 - the caller judges what came out
            return error

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, items))
