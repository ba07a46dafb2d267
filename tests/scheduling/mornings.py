"""Doctors who work in the morning, and their free times as every path shows them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.builders import (
    Clinic,
    Data,
    clinic,
)
from tests.client import Answer, Client
from tests.scheduling.desk import DAY

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = {"weekdays": [0, 1, 2, 3, 4, 5, 6]}
MORNING = WEEK | {"start": "09:00", "end": "12:00"}
QUERY = "/api/appointments/availability"
HALF_HOURS = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
NEW_YORK = ZoneInfo("America/New_York")


def morning(api: Client, schedule: Data | None = None, **parts: Any) -> Clinic:
    """A clinic whose doctor works from nine to noon."""
    return clinic(api, schedule={"hours": [MORNING], **(schedule or {})}, **parts)


def three_ways(api: Client, doctor: Data, **query: Any) -> list[Answer]:
    """The doctor's free times of the day over each of the three paths."""
    patient = api.as_("patient")
    return [
        patient.get(f"{QUERY}/{doctor['id']}/{DAY}", **query),
        patient.get(QUERY, doctor_id=doctor["id"], date=DAY, **query),
        patient.get(f"/api/doctors/{doctor['id']}/availability", date=DAY, **query),
    ]


def times(slots: list[Data]) -> list[str]:
    return [slot["time"] for slot in slots]


def groups(api: Client, **query: Any) -> dict[str, list[str]]:
    """Doctor → free times, as the query across doctors has them."""
    answer = api.as_("patient").get(QUERY, **({"date": DAY} | query))
    return {group["doctor_id"]: times(group["available_slots"]) for group in answer.data}


def clock_changes() -> tuple[date, date]:
    """The next days on which New York's clock goes forward and back."""
    today = datetime.now(UTC).date()
    days = [today + timedelta(days=ahead) for ahead in range(2, 380)]

    def offset(day: date) -> timedelta:
        return datetime(day.year, day.month, day.day, 12, tzinfo=NEW_YORK).utcoffset() or timedelta()

    shifts = {offset(day) - offset(day - timedelta(days=1)): day for day in reversed(days)}
    return shifts[timedelta(hours=1)], shifts[timedelta(hours=-1)]
