"""Clients who book over HTTP while the instance may be killed, and what must be true of its table afterwards."""

import random
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx

from chalicelib.kit import clock
from infra.table_audit import Report, audit
from tests.client import Answer
from tests.concurrency.clinics import all_at_once, crowd
from tests.instance import Instance
from tests.wire import HttpClient

THREADS = 8
DOCTORS, PATIENTS = 5, 50
_HALF_HOURS = 48
ALWAYS = {"weekdays": [0, 1, 2, 3, 4, 5, 6], "start": "00:00", "end": "24:00"}
Wish = dict[str, Any]


class Clients:
    """They book every wish under a key of its own; `told` is what they were promised: key → appointment."""

    def __init__(self, instance: Instance) -> None:
        self.told: dict[str, dict[str, Any]] = {}
        self.refused: list[Answer] = []
        self.meet(instance)

    def meet(self, instance: Instance) -> None:
        """From now on talk to this instance."""
        self._wire = HttpClient(instance)

    def open_clinic(self) -> Iterator[Wish]:
        """A clinic that never closes, and a wish for every half hour of each of its doctors, without an end."""
        clinic = crowd(self._wire, doctors=DOCTORS, rooms=3 * DOCTORS, patients=PATIENTS, hours=[ALWAYS])
        first = datetime.now(UTC).date() + timedelta(days=7)
        return _wishes(clinic.doctors, clinic.patients, first)

    def book(self, wishes: dict[str, Wish]) -> list[threading.Thread]:
        """Begin to book them; each client gives up at the first broken connection."""
        waiting = iter(list(wishes.items()))
        lock = threading.Lock()

        def work() -> None:
            while True:
                with lock:
                    key, wish = next(waiting, ("", {}))
                if not key or not self._ask(key, wish):
                    return

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        return threads

    def _ask(self, key: str, wish: Wish) -> bool:
        try:
            answer = self._wire.post("/api/appointments", wish, idempotency_key=key)
        except httpx.TransportError:
            return False
        if answer.status == 201:
            self.told[key] = answer.data
        else:
            self.refused.append(answer)
        return True

    def again(self, key: str, wish: Wish) -> str:
        """The id of the appointment that a repeated request is answered with."""
        answer = self._wire.post("/api/appointments", wish, idempotency_key=key)
        return str(answer.data["id"])

    def promised(self) -> dict[str, str]:
        """Appointment → start, as the table audit compares it."""
        return {one["id"]: one["scheduled_date"] for one in self.told.values()}

    def births(self, appointment_ids: list[str]) -> list[int]:
        """How many entries the audit trail has of each one's making."""

        def of(appointment_id: str) -> int:
            trail = self._wire.get(f"/api/audit/appointment/{appointment_id}").data
            return sum(entry["action"] == "created" for entry in trail)

        return all_at_once(of, appointment_ids, THREADS)


def _wishes(doctors: list[str], patients: list[str], first: date) -> Iterator[Wish]:
    number = 0
    while True:
        half_hours, doctor = divmod(number, len(doctors))
        day, half_hour = divmod(half_hours, _HALF_HOURS)
        start = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=day, minutes=30 * half_hour)
        patient = patients[number % len(patients)]
        yield {"doctor_id": doctors[doctor], "patient_id": patient, "scheduled_date": clock.iso(start)}
        number += 1


def audited(instance: Instance) -> Report:
    """The audit of the whole table of a running instance."""
    endpoint, table = (instance.data / "engine.txt").read_text().split()
    return audit(client(endpoint), table, datetime.now(UTC))


def client(endpoint: str) -> Any:
    """A client of an engine's tables."""
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def journal(data: Path) -> Path:
    """The log that the engine of an instance was writing."""
    return max((data / "engine" / "tables").glob("*.log"), key=lambda path: int(path.stem))


def moment(dice: random.Random, bookings: int) -> int:
    """After how many acknowledged bookings to kill: anywhere but in the first and last twentieth."""
    return dice.randint(bookings // 20, bookings - bookings // 20)
