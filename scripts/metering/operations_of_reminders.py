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


def _bulk(clinic: Clinic) -> Ask:
    made = clinic.booked()
    clinic.done("POST", "/api/reminders/schedule", {"appointment_id": made["id"], "email": True, "timing": ["3h"]})
    wish = {"action": "cancel", "date": made["date"], "doctor_id": made["doctor_id"], "dry_run": False}
    return Ask("/api/reminders/bulk", wish, role=DESK)


ROWS = [
    Operation("POST /api/reminders/schedule", lambda it: Ask("/api/reminders/schedule", _wish(it), role=DESK)),
    Operation("GET /api/reminders/appointment/{id}", _listed),
    Operation(
        "PUT /api/reminders/{id}",
        lambda it: Ask(f"/api/reminders/{_planned(it)['id']}", {"custom_message": "Bring your files"}, role=DESK),
    ),
    Operation("POST /api/reminders/bulk", _bulk),
    Operation(
        "POST /api/reminders/preview",
        lambda it: Ask("/api/reminders/preview", {"appointment_id": it.booked()["id"]}, role=DESK),
    ),
    Operation("DELETE /api/reminders/{id}", lambda it: Ask(f"/api/reminders/{_planned(it)['id']}", role=DESK)),
]
