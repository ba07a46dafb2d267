"""A clinic through HTTP, with fresh ids each time, so that all tests share one table."""

import uuid
from dataclasses import dataclass
from typing import Any

from tests.client import Client

Data = dict[str, Any]


@dataclass(frozen=True)
class Clinic:
    """One hospital with one location, its rooms, a doctor and a patient, each as the API shows it."""

    hospital: Data
    location: Data
    rooms: list[Data]
    doctor: Data
    patient: Data


def clinic(
    api: Client,
    *,
    zone: str = "UTC",
    rooms: int = 1,
    schedule: Data | None = None,
    location: Data | None = None,
    doctor: Data | None = None,
    patient: Data | None = None,
) -> Clinic:
    """A whole clinic; `location`, `doctor` and `patient` override fields, `schedule` is the doctor's when given."""
    hospital = make_hospital(api)
    place = make_location(api, **{"hospital_id": hospital["id"], "zone": zone} | (location or {}))
    return Clinic(
        hospital=hospital,
        location=place,
        rooms=[make_room(api, place["id"]) for _ in range(rooms)],
        doctor=make_doctor(
            api, schedule=schedule, **{"hospital_id": hospital["id"], "location_ids": [place["id"]]} | (doctor or {})
        ),
        patient=make_patient(api, **patient or {}),
    )


def make_hospital(api: Client, **fields: Any) -> Data:
    """A hospital."""
    return _made(api, "/api/hospitals", {"name": unique("General Hospital")} | fields)


def make_location(api: Client, **fields: Any) -> Data:
    """A location in UTC, always open, of no hospital unless it is named."""
    return _made(api, "/api/locations", {"name": unique("Main Street"), "zone": "UTC"} | fields)


def make_room(api: Client, location_id: str, **fields: Any) -> Data:
    """A room of the location."""
    return _made(api, f"/api/locations/{location_id}/rooms", {"name": unique("Room")} | fields)


def make_key(api: Client, **fields: Any) -> Data:
    """An API key of a desk's role, which reaches the whole network unless said otherwise."""
    wish = {"name": unique("Laboratory"), "role": "receptionist", "hospital_id": "*"} | fields
    return _made(api, "/api/keys", wish)


def make_service(api: Client, **fields: Any) -> Data:
    """A half-hour service."""
    return _made(api, "/api/services", {"name": unique("Check-up"), "duration_minutes": 30} | fields)


def make_doctor(api: Client, *, schedule: Data | None = None, **fields: Any) -> Data:
    """A cardiologist of no location unless it is named, with the schedule when one is given."""
    doctor = _made(api, "/api/doctors", {"name": unique("Dr. Smith"), "specialty": "Cardiology"} | fields)
    if schedule is not None:
        answer = api.as_("admin").put(f"/api/doctors/{doctor['id']}/schedule", schedule)
        assert answer.status == 200, answer.body
    return doctor


def make_patient(api: Client, **fields: Any) -> Data:
    """A patient whom no one else looks like."""
    return _made(api, "/api/patients", person() | fields)


def person(**fields: Any) -> Data:
    """The description of a patient whom no one else looks like."""
    mark = uuid.uuid4()
    described = {
        "first_name": "Zoë",
        "last_name": f"Müller-{mark.hex[:8]}",
        "phone": f"+1415555{mark.int % 10_000:04d}",
        "email": f"zoe.{mark.hex}@example.com",
        "date_of_birth": "1980-02-29",
    }
    return described | fields


def unique(word: str) -> str:
    """A name that nothing else has."""
    return f"{word} {uuid.uuid4().hex[:8]}"


def _made(api: Client, path: str, body: Data) -> Data:
    answer = api.as_("admin").post(path, body)
    assert answer.status == 201, answer.body
    made: Data = answer.data
    return made
