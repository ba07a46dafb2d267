"""Fills a running instance with the demo clinic, through its own public HTTP interface."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any

import httpx

from infra.local.demo_clinic import HOSPITALS, LOCATIONS, OFFICE, PATIENTS, ROOMS, SERVICES, TODAYS_PATIENT, Data
from infra.local.demo_doctors import DOCTORS

Send = Callable[[str, str, Data | None], tuple[int, Any]]
"""One request as the network's administrator: method, path and body give the status and the envelope."""

_PATIENCE_SECONDS = 30


class DemoRefused(Exception):
    """The instance did not accept a part of the demo clinic."""


def seed(base_url: str, token: str, progress: Callable[[str], None]) -> None:
    """Create what is missing of the demo clinic; `token` is an administrator's. Safe to repeat."""
    with _sending(base_url, token) as send:
        fill(send, progress)
        connect(send, progress)


def connect(send: Send, progress: Callable[[str], None]) -> None:
    """Keep the clinic in Accra in step with the simulator's office; what somebody has settled stays."""
    if _sent(send, "GET", "/api/advancedmd/settings", None, HTTPStatus.OK)["version"] == 0:
        _sent(send, "PUT", "/api/advancedmd/settings", OFFICE, HTTPStatus.OK)
    progress("an office at AdvancedMD")


def greet(base_url: str, token: str) -> None:
    """Put today's patient in Dr. Smith's line, if nobody has yet; called again and again, so that each day has one.

    A clinic that was changed so that it cannot be is left as it is.
    """
    with _sending(base_url, token) as send, suppress(DemoRefused):
        wait(send)


def wait(send: Send) -> None:
    """Today's patient, over any way to send requests; who was there already today is left alone."""
    status, reply = send("POST", "/api/queue/join", TODAYS_PATIENT)
    if status != HTTPStatus.CREATED and reply.get("error", {}).get("code") not in ("id_taken", "already_in_queue"):
        raise DemoRefused(f"POST /api/queue/join of {TODAYS_PATIENT['id']}: {status} {reply}")


@contextmanager
def _sending(base_url: str, token: str) -> Iterator[Send]:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=base_url, headers=headers, timeout=_PATIENCE_SECONDS, trust_env=False) as client:

        def send(method: str, path: str, body: Data | None) -> tuple[int, Any]:
            reply = client.request(method, path, json=body)
            return reply.status_code, reply.json()

        yield send


def fill(send: Send, progress: Callable[[str], None]) -> None:
    """Create what is missing of the demo clinic over any way to send requests."""
    for word, path, things in (
        ("hospitals", "/api/hospitals", HOSPITALS),
        ("locations", "/api/locations", LOCATIONS),
        ("services", "/api/services", SERVICES),
    ):
        for thing in things:
            _create(send, path, thing)
        progress(f"{len(things)} {word}")
    for room in ROOMS:
        body = {name: value for name, value in room.items() if name != "location_id"}
        _create(send, f"/api/locations/{room['location_id']}/rooms", body)
    progress(f"{len(ROOMS)} rooms")
    for doctor in DOCTORS:
        _create_doctor(send, doctor)
    progress(f"{len(DOCTORS)} doctors with their schedules")
    for patient in PATIENTS:
        _create(send, "/api/patients", patient | {"allow_duplicate": True})
    progress(f"{len(PATIENTS)} patients")
    wait(send)


def _create_doctor(send: Send, doctor: Data) -> None:
    """The doctor, and the schedule unless there is one, so that an edit made since then stays."""
    _create(send, "/api/doctors", {name: value for name, value in doctor.items() if name != "schedule"})
    path = f"/api/doctors/{doctor['id']}"
    if _sent(send, "GET", path, None, HTTPStatus.OK)["schedule_version"] == 0:
        _sent(send, "PUT", f"{path}/schedule", doctor["schedule"], HTTPStatus.OK)


def _create(send: Send, path: str, body: Data) -> None:
    """Create a thing under the id that it names, unless it exists."""
    status, reply = send("POST", path, body)
    if status != HTTPStatus.CREATED and reply.get("error", {}).get("code") != "id_taken":
        raise DemoRefused(f"POST {path} of {body['id']}: {status} {reply}")


def _sent(send: Send, method: str, path: str, body: Data | None, expected: HTTPStatus) -> Any:
    status, reply = send(method, path, body)
    if status != expected:
        raise DemoRefused(f"{method} {path}: {status} {reply}")
    return reply["data"]
