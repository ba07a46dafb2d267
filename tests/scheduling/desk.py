"""What most tests of scheduling do: a clinic that is always open, a booking in it, its free times, a later request."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.kit.stamps import Stamp
from chalicelib.table import base
from infra.local.testing import Engine
from tests.builders import Clinic, Data, clinic
from tests.client import Answer, Client
from tests.concurrency import clinics

DAY = (datetime.now(UTC) + timedelta(days=30)).date()
NEXT_DAY = DAY + timedelta(days=1)
EVERY_DAY = {"start": "00:00", "end": "24:00", "weekdays": [0, 1, 2, 3, 4, 5, 6]}


def open_clinic(api: Client, schedule: Data | None = None, **parts: Any) -> Clinic:
    """A clinic whose doctor works at all hours of all days; `schedule` adds to that."""
    return clinic(api, schedule={"hours": [EVERY_DAY], **(schedule or {})}, **parts)


def utc(time: str, day: date = DAY) -> str:
    """A time of the day as the wire has it."""
    return f"{day}T{time}:00Z"


def wish(place: Clinic, time: str = "10:00", day: date = DAY, **fields: Any) -> Data:
    """The body that books the clinic's doctor for its patient."""
    body = {
        "doctor_id": place.doctor["id"],
        "patient_id": place.patient["id"],
        "scheduled_date": utc(time, day),
    }
    return body | fields


def ask(api: Client, place: Clinic, time: str = "10:00", path: str = "", **fields: Any) -> Answer:
    """What the desk is told when it asks for the time."""
    return api.as_("receptionist").post(f"/api/appointments{path}", wish(place, time, **fields))


def book(api: Client, place: Clinic, time: str = "10:00", path: str = "", **fields: Any) -> Data:
    """An appointment, made by the desk."""
    answer = ask(api, place, time, path, **fields)
    assert answer.status == 201, answer.body
    made: Data = answer.data
    return made


def read(api: Client, appointment: Data) -> Data:
    """The appointment as it is now."""
    found: Data = api.as_("admin").get(f"/api/appointments/{appointment['id']}").data
    return found


def free(api: Client, doctor: Data, day: date = DAY, **query: Any) -> list[str]:
    """The times of the day at which the doctor is free."""
    slots = api.as_("patient").get(f"/api/appointments/availability/{doctor['id']}/{day}", **query).data
    return [slot["time"] for slot in slots]


def later(**by: float) -> Stamp:
    """A request that the desk makes after a while."""
    now = clinics.stamp()
    return replace(now, now=now.now + timedelta(**by))


def contents(engine: Engine) -> dict[tuple[str, str], Data]:
    """Every item of the table."""
    pages = engine.client("dynamodb").get_paginator("scan").paginate(TableName=base.table_name())
    items = [item for page in pages for item in page["Items"]]
    return {(item["PK"]["S"], item["SK"]["S"]): item for item in items}


def registered(api: Client, **described: str) -> list[Data]:
    """The patients' records that fit the description."""
    found: list[Data] = api.as_("admin").post("/api/patients/search", described).data
    return found
