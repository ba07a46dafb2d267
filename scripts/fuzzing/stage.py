"""The stage of the generated requests: an instance with the demo clinic, who calls it, and what they can name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from infra.local.demo_clinic import HOSPITALS, LOCATIONS, PATIENTS, ROOMS, SERVICES
from infra.local.demo_doctors import DOCTORS
from infra.local.issuer import ROLES, Issuer

ROOT = Path(__file__).parents[2]
_LIFETIME = 7_200
_DOCTOR = "123"  # of the demo clinic, free all week
_PATIENT = "pat_01"
_BOOKED = 6
_NOT_BEFORE, _NOT_AFTER = timedelta(days=3), timedelta(days=24)  # behind any cut-off, with plenty of times


class NotReady(Exception):
    """The instance did not start; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A running instance; `words` are ids and times that exist there, by kind; `operations` are all of it, by name."""

    base_url: str
    data: Path
    words: dict[str, list[str]]
    operations: dict[str, str]

    def token(self, role: str) -> str:
        """A token of the role: a patient and a doctor of the demo clinic, desks of the whole network."""
        return _token(self.data, role)


@contextmanager
def raised(folder: Path) -> Iterator[Stage]:
    """An instance with its data in `folder`, filled, and ended afterwards."""
    command = [sys.executable, "-m", "infra.local.run", "--port", "0", "--data", str(folder)]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            url = _ready(process)
            headers = {"Authorization": f"Bearer {_token(folder, 'admin')}"}
            with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=30) as client:
                paths = client.get("/api/openapi.json").raise_for_status().json()["paths"]
                stage = Stage(url, folder, _words(client), _operations(paths))
            yield stage
        finally:
            process.terminate()


def _ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None  # noqa: S101  # nosec B101 # it was asked for
    for line in process.stdout:
        if line.startswith("ready "):
            return line.removeprefix("ready ").strip()
    raise NotReady(process.communicate()[1])


def _words(client: httpx.Client) -> dict[str, list[str]]:
    """What exists: the demo clinic's things, times that are free, and some appointments."""
    today = datetime.now(UTC).date()
    dates = {"from": str(today + _NOT_BEFORE), "to": str(today + _NOT_AFTER)}
    free = _data(client.get(f"/api/doctors/{_DOCTOR}/availability", params=dates))
    times = [slot["start_time"] for slot in free]
    taken = times[:: len(times) // _BOOKED]
    booked = [_data(client.post("/api/appointments", json=_booking(time)))["id"] for time in taken]
    return {
        "doctor": [_DOCTOR],
        "doctors": [doctor["id"] for doctor in DOCTORS],
        "patients": [patient["id"] for patient in PATIENTS],
        "locations": [location["id"] for location in LOCATIONS],
        "hospitals": [hospital["id"] for hospital in HOSPITALS],
        "rooms": [room["id"] for room in ROOMS],
        "services": [service["id"] for service in SERVICES],
        "appointments": booked,
        "statuses": ["confirmed", "checked_in", "in_progress", "completed", "no_show", "cancelled"],
        "times": [time for time in times if time not in taken],
    }


def _operations(paths: dict[str, Any]) -> dict[str, str]:
    return {
        said["operationId"]: f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method, said in methods.items()
    }


def _booking(time: str) -> dict[str, Any]:
    return {"doctor_id": _DOCTOR, "patient_id": _PATIENT, "scheduled_date": time}


def _data(answer: httpx.Response) -> Any:
    answer.raise_for_status()
    return answer.json()["data"]


def _token(folder: Path, role: str) -> str:
    assert role in ROLES  # noqa: S101  # nosec B101 # the callers are ours
    subject = {"patient": _PATIENT, "doctor": _DOCTOR}.get(role, f"fuzz-{role}")
    return Issuer.load(folder).mint(role, subject, None if role in {"patient", "doctor"} else "*", None, _LIFETIME)
