"""Rows of the cost table: reminders, each of an appointment that has two of its own."""

from typing import Any

from scripts.metering.clinic import Clinic, Data
from scripts.metering.operations import Ask, Operation

DESK = "receptionist"


def _wish(clinic: Clinic, **fields: Any) -> Data:
    return {"appointment_id": clinic.booked()["id"], "email": True, "timing": ["3h", "90m"]} | fields


def _planned(clinic: Clinic) -> Data:
    made: list[Data] = clinic.done("POST", "/api/reminders/schedule", _wish(clinic))  # type: ignore[assignment]
    return made[0]


def _listed(clinic: Clinic) -> Ask:
    return Ask(f"/api/reminders/appointment/{_planned(clinic)['appointment_id']}", role=DESK)


ROWS = [
    Operation("POST /api/reminders/schedule", lambda it: Ask("/api/reminders/schedule", _wish(it), role=DESK)),
    Operation("GET /api/reminders/appointment/{id}", _listed),
    Operation(
        "PUT /api/reminders/{id}",
        lambda it: Ask(f"/api/reminders/{_planned(it)['id']}", {"custom_message": "Bring your files"}, role=DESK),
    ),
    Operation("DELETE /api/reminders/{id}", lambda it: Ask(f"/api/reminders/{_planned(it)['id']}", role=DESK)),
]
