"""Sets the stage for a replay: locations, rooms, doctors with schedules, and patients, all through the API."""

from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial
from http import HTTPStatus
from typing import Any

from scripts.replaying.caller import Sender
from scripts.replaying.plan import DAILY_CAP, HOURS, SLOT_MINUTES, Place, Plan
from scripts.replaying.progress import Progress

ZONE = "America/Sao_Paulo"
_EVERY_DAY = list(range(7))
_HORIZON_DAYS = 730


class NotPrepared(Exception):
    """The instance refused a part of the stage; the message says which."""


def prepare(caller: Sender, plan: Plan, pool: Executor) -> None:
    """Create what the replay needs and is not there yet."""
    for what, tasks in (
        ("locations", [partial(_location, caller, place) for place in plan.places]),
        ("rooms", [task for place in plan.places for task in _rooms(caller, place)]),
        ("doctors", [task for place in plan.places for task in _doctors(caller, place)]),
        ("patients", [partial(_patient, caller, *patient) for patient in plan.patients.items()]),
    ):
        progress = Progress(what, len(tasks))
        for _ in pool.map(lambda task: task(), tasks):
            progress.step()
        progress.end()


def _location(caller: Sender, place: Place) -> None:
    _create(caller, "/api/locations", {"id": place.id, "name": place.name, "zone": ZONE})


def _rooms(caller: Sender, place: Place) -> Iterator[partial[None]]:
    for number, doctor_id in enumerate(place.doctor_ids, start=1):
        body = {"id": _room_of(doctor_id), "name": f"Room {number}"}
        yield partial(_create, caller, f"/api/locations/{place.id}/rooms", body)


def _doctors(caller: Sender, place: Place) -> Iterator[partial[None]]:
    for number, doctor_id in enumerate(place.doctor_ids, start=1):
        body = {
            "id": doctor_id,
            "name": f"Dr. {place.name} {number}",
            "specialty": "General Practice",
            "location_ids": [place.id],
            "usual_room_id": _room_of(doctor_id),
        }
        yield partial(_doctor, caller, body)


def _doctor(caller: Sender, body: dict[str, Any]) -> None:
    _create(caller, "/api/doctors", body)
    path = f"/api/doctors/{body['id']}"
    if caller.send("prepare", "GET", path).json["data"]["schedule_version"]:
        return
    schedule = {
        "hours": [{"weekdays": _EVERY_DAY, "start": start, "end": end} for start, end in HOURS],
        "slot_minutes": SLOT_MINUTES,
        "daily_cap": DAILY_CAP,
        "horizon_days": _HORIZON_DAYS,
    }
    answer = caller.send("prepare", "PUT", f"{path}/schedule", schedule)
    if answer.status != HTTPStatus.OK:
        raise NotPrepared(f"the schedule of {body['id']} was refused: {answer.json}")


def _patient(caller: Sender, patient_id: str, gender: str) -> None:
    body = {"id": patient_id, "first_name": "Patient", "last_name": patient_id.rpartition("_")[2], "gender": gender}
    _create(caller, "/api/patients", body)


def _create(caller: Sender, path: str, body: dict[str, Any]) -> None:
    answer = caller.send("prepare", "POST", path, body)
    if answer.status != HTTPStatus.CREATED and answer.code != "id_taken":
        raise NotPrepared(f"{body['id']} was refused: {answer.json}")


def _room_of(doctor_id: str) -> str:
    return f"room_{doctor_id.removeprefix('doc_')}"
