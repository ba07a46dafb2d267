"""Crowded clinics for the races: built over HTTP, then booked from many threads through the behaviour itself."""

from typing import Any

from scripts.claiming.crowd import DESK, Crowd, all_at_once, at, next_monday, stamp, wish
from tests import builders

__all__ = ["DESK", "Crowd", "all_at_once", "at", "crowd", "next_monday", "stamp", "wish"]


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
