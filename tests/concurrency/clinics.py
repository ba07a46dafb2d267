"""Crowded clinics for the races: built over HTTP, then booked from many threads through the behaviour itself."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.kit.auth import Claims
from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.scheduling.booking import Booking
from chalicelib.scheduling.visits import Asked
from tests import builders

DESK = Claims(sub="desk", role="receptionist", hospital_id="*")


@dataclass(frozen=True)
class Crowd:
    """Doctors who share rooms and patients."""

    location_id: str
    doctors: list[str]
    patients: list[str]


def crowd(api: Any, *, doctors: int, rooms: int, patients: int, **settings: Any) -> Crowd:
    """Doctors from nine to five on weekdays, in fewer rooms than they would like."""
    hospital = builders.make_hospital(api)
    location = builders.make_location(api, hospital_id=hospital["id"], zone="UTC", patient_daily_cap=100)
    for _ in range(rooms):
        builders.make_room(api, location["id"], turnover_minutes=5, capacity=settings.get("capacity", 1))
    hours = [{"location_id": location["id"], "weekdays": [0, 1, 2, 3, 4], "start": "09:00", "end": "17:00"}]
    schedule = {"hours": hours, "horizon_days": 730, "daily_cap": 500, **settings}
    made = [
        builders.make_doctor(api, hospital_id=hospital["id"], location_ids=[location["id"]], schedule=schedule)
        for _ in range(doctors)
    ]
    people = [builders.make_patient(api)["id"] for _ in range(patients)]
    return Crowd(location["id"], [doctor["id"] for doctor in made], people)


def next_monday() -> date:
    """A Monday some weeks ahead, inside every horizon."""
    today = datetime.now(UTC).date()
    return today + timedelta(days=28 - today.weekday())


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """That time of the day, in UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def stamp(key: str | None = None) -> Stamp:
    """A request of the desk."""
    request = uuid.uuid4().hex
    return Stamp(
        by=DESK, now=datetime.now(UTC).replace(microsecond=0), request_id=request, key=key, fingerprint=key or ""
    )


def wish(doctor_id: str, patient_id: str, start: datetime, *, held: bool = False, key: str | None = None) -> Booking:
    """A booking of the doctor's slot for the patient."""
    asked = Asked(doctor_id=doctor_id, when=When(instant=start), mode="in-person")
    return Booking(asked=asked, stamp=stamp(key), patient_id=patient_id, details={"origin": "online"}, held=held)


def all_at_once(work: Any, items: list[Any], workers: int = 32) -> list[Any]:
    """The results, or the exceptions, of doing the work for every item at the same time."""

    def one(item: Any) -> Any:
        try:
            return work(item)
        except Exception as error:  # noqa: BLE001 - the test judges what came out
            return error

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, items))
