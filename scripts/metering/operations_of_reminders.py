"""Rows of the cost table: reminders, each of an appointment that has two of its own."""

from typing import Any

from chalicelib.reminders.push_schemas import DeviceKeys
from scripts.metering.clinic import Clinic, Data
from scripts.metering.operations import Ask, Operation

DESK = "receptionist"
_DEVICES = "/api/push/subscriptions"
_SUBSCRIPTION = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": DeviceKeys.example}


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


def _device(clinic: Clinic) -> Ask:
    """A patient's first device."""
    return Ask(_DEVICES, _SUBSCRIPTION, role="patient", sub=clinic.new_patient()["id"])


def _registered(clinic: Clinic, *, one: bool) -> Ask:
    patient = clinic.new_patient()["id"]
    made = clinic.done("POST", _DEVICES, _SUBSCRIPTION, role="patient", sub=patient)
    return Ask(f"{_DEVICES}/{made['id']}" if one else _DEVICES, role="patient", sub=patient)


ROWS = [
    Operation("GET /api/push/key", lambda it: Ask("/api/push/key", role="patient", sub=it.patient["id"])),
    Operation(f"GET {_DEVICES}", lambda it: _registered(it, one=False)),
    Operation(f"POST {_DEVICES}", _device),
    Operation(f"DELETE {_DEVICES}/{{id}}", lambda it: _registered(it, one=True)),
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
