"""The ground of the day: a clinic with doctors and patients, its office in the simulator, and who is who.

Each column of the office takes two at a time, so that it keeps nobody from making a visit twice.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.advancedmd import setup
from chalicelib.kit import cache, clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.settings import settings
from chalicelib.kit.stamps import Stamp
from chalicelib.people import doctors, patients, places
from chalicelib.people.place_schemas import CreateHospital, CreateLocation
from chalicelib.people.schemas import CreateDoctor, RegisterPatient
from chalicelib.schedules import editing
from chalicelib.scheduling.engine.schedule import Hours, Schedule
from chalicelib.table import officepeople
from infra.local.office import environment
from infra.local.resources import create_all
from infra.local.testing import Engine
from infra.simulators.advancedmd.demo import OFFICE_KEY
from infra.simulators.advancedmd.office import Column, Office, Patient, Profile
from infra.simulators.advancedmd.server import Running

ZONE = ZoneInfo("America/Denver")
ADMIN = Claims(sub="founder", role="admin")
DOCTORS = 4
_FIRST_COLUMN, _FIRST_PROFILE, _FIRST_NUMBER, _FACILITY, _TYPE = 101, 51, 70_001, 234, 13
_BORN = date(1980, 2, 1)
_EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True)
class Ground:
    """Both sides: `columns` are the doctors' there, `numbers` the patients'; `feed` is the office's SQS queue."""

    running: Running
    engine: Engine
    stream: str
    feed: str
    location_id: str
    columns: dict[str, int]
    numbers: dict[str, int]

    @property
    def office(self) -> Office:
        """The office as the simulator has it."""
        return self.running.whole.offices[OFFICE_KEY]


def by_admin() -> Stamp:
    """A request of an administrator."""
    return Stamp(by=ADMIN, now=clock.now(), request_id=uuid.uuid4().hex)


@contextmanager
def settings_of(engine: Engine, running: Running) -> Iterator[str]:
    """The settings of a process that keeps the simulator's office in step; the address of a feed of its own."""
    made = create_all(engine.client, stage=f"agree-{uuid.uuid4().hex[:8]}")
    named = {name: made[name] for name in ("OFFICE_FEED_URL", "OFFICE_KEY_ID")}
    wanted = environment(running) | named | {"POWERTOOLS_METRICS_DISABLED": "true"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ |= wanted
    settings.cache_clear()
    cache.forget_everything()
    try:
        yield made["OFFICE_FEED_URL"]
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ |= {name: value} if value is not None else {}
        settings.cache_clear()
        cache.forget_everything()


def lay(engine: Engine, running: Running, *, table: str, feed: str, people: int) -> Ground:
    """A clinic in Denver with so many patients, of whom both sides know the same; half of them are linked already."""
    stream = engine.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    office = running.whole.offices[OFFICE_KEY]
    _empty(office)
    location_id = _location()
    columns = {_doctor(place, location_id, office): _FIRST_COLUMN + place for place in range(DOCTORS)}
    setup.settle(
        {
            "zone": ZONE.key,
            "type_id": _TYPE,
            "auto_sync": True,
            "frequency": "real-time",
            "facilities": {location_id: _FACILITY},
        },
        stamp=by_admin(),
    )
    numbers = dict(_patient(place, office) for place in range(people))
    return Ground(running, engine, stream, feed, location_id, columns, numbers)


def _empty(office: Office) -> None:
    office.zone = ZONE.key
    office.appointments.clear()
    office.patients.clear()
    office.columns.clear()


def _location() -> str:
    by = by_admin()
    hospital = places.create_hospital(CreateHospital(name="General").given(), stamp=by).item
    described = CreateLocation(name="Main Street", zone=ZONE.key, hospital_id=hospital.id, patient_daily_cap=100)
    found: str = places.create_location(described.given(), stamp=by).item.id
    return found


def _doctor(place: int, location_id: str, office: Office) -> str:
    by, name = by_admin(), f"{_letters(place)} Physician"
    described = CreateDoctor(name=f"Dr. {name}", specialty="Cardiology", location_ids=[location_id])
    doctor = doctors.create(described.given(), stamp=by).item
    hours = Hours(location_id=location_id, weekdays=_EVERY_DAY, start=0, end=24 * 60)
    editing.edit(
        doctor_id=doctor.id,
        schedule=Schedule(hours=(hours,), grid_minutes=15, daily_cap=500, horizon_days=730),
        stamp=by,
    )
    number, profile = _FIRST_COLUMN + place, _FIRST_PROFILE + place
    office.profiles[profile] = Profile(profile, f"P{place}", f"PHYSICIAN,{_letters(place).upper()}")
    column = Column(number, f"ROOM {place}", profile, _FACILITY, workweek="1111111", max_per_slot=2)
    office.columns[number] = replace(column, start="00:00", end="23:59")
    officepeople.link_doctor(
        doctor.id, office_key=OFFICE_KEY, profile_id=profile, now=clock.iso(by.now), by=by.by.actor
    )
    return str(doctor.id)


def _patient(place: int, office: Office) -> tuple[str, int]:
    by, number, name = by_admin(), _FIRST_NUMBER + place, _letters(place)
    described = RegisterPatient(first_name="Pat", last_name=f"Ient{name}", date_of_birth=_BORN)
    ours = patients.register(described.given(), stamp=by).item.id
    theirs = Patient(number, f"IENT{name.upper()},PAT", _BORN, created_at=by.now, modified_at=by.now)
    office.patients[number] = theirs
    if place % 2:
        officepeople.link_patient(ours, office_key=OFFICE_KEY, number=number, now=clock.iso(by.now), by=by.by.actor)
    return ours, number


def _letters(place: int) -> str:
    """A name of letters alone, as AdvancedMD compares names by them."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(place)).capitalize()


def raw_items(ground: Ground, table: str) -> Iterator[dict[str, Any]]:
    """Every item of the table, as DynamoDB has it, without any of our own code."""
    pages = ground.engine.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    for page in pages:
        yield from page["Items"]
