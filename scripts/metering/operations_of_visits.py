"""Rows of the cost table: free times, appointments, and their trail."""

from datetime import datetime, timedelta
from typing import Any

from scripts.metering.clinic import SPECIALTY, Clinic, Data
from scripts.metering.operations import Ask, Operation

DESK = "receptionist"
_LONG = {
    "reason_for_visit": "Breathless after two flights of stairs. " * 10,
    "symptoms": "Swollen ankles in the evening. " * 10,
}


def _free(clinic: Clinic, path: str = "", **query: str) -> Ask:
    return Ask(f"/api/appointments/availability{path}", query=query, role="patient", sub=clinic.patient["id"])


def _fortnight(clinic: Clinic) -> Ask:
    query = {"from": str(clinic.busy_day), "to": str(clinic.busy_day + timedelta(days=13))}
    return Ask(
        f"/api/doctors/{clinic.doctor['id']}/availability", query=query, role="patient", sub=clinic.patient["id"]
    )


def _list(clinic: Clinic, path: str, **query: str) -> Ask:
    return Ask(path, query={"from": str(clinic.busy_day), "to": str(clinic.busy_day), **query}, role=DESK)


def _book(clinic: Clinic, **fields: Any) -> Ask:
    return Ask("/api/appointments/book", clinic.wish(**fields), role=DESK)


def _book_someone_new(clinic: Clinic) -> Ask:
    wish = clinic.wish(patient_details=clinic.person())
    return Ask("/api/appointments/book", {name: said for name, said in wish.items() if name != "patient_id"}, role=DESK)


def _too_late(clinic: Clinic) -> Ask:
    taken = clinic.booked()
    wish = clinic.wish(patient_id=clinic.new_patient()["id"], scheduled_date=taken["scheduled_date"])
    return Ask("/api/appointments", wish, role=DESK)


def _of(appointment: Data, more: str = "", body: Data | None = None) -> Ask:
    return Ask(f"/api/appointments/{appointment['id']}{more}", body, role=DESK)


def _later_that_day(clinic: Clinic) -> Ask:
    made = clinic.booked()
    day, hour = made["scheduled_date"].split("T")
    return _of(made, "/reschedule", {"scheduled_date": f"{day}T{int(hour[:2]) + 13}{hour[2:]}"})


def _another_day(clinic: Clinic) -> Ask:
    made = clinic.booked()
    start = datetime.fromisoformat(made["scheduled_date"]) + timedelta(days=300)
    return _of(made, "/reschedule", {"scheduled_date": start.isoformat()})


def _missed(clinic: Clinic) -> Ask:
    return Ask("/api/appointments/no-shows", {"appointment_ids": [clinic.booked()["id"] for _ in range(10)]}, role=DESK)


ROWS = [
    Operation(
        "GET /api/appointments/availability/{doctor_id}/{date}",
        lambda it: _free(it, f"/{it.doctor['id']}/{it.busy_day}"),
    ),
    Operation(
        "GET /api/appointments/availability",
        lambda it: _free(it, doctor_id=it.doctor["id"], date=str(it.busy_day)),
        "of a doctor",
    ),
    Operation(
        "GET /api/appointments/availability",
        lambda it: _free(it, specialty=SPECIALTY, date=str(it.busy_day)),
        "of five doctors",
    ),
    Operation("GET /api/doctors/{id}/availability", _fortnight, "of 14 days"),
    Operation("GET /api/appointments", lambda it: _list(it, "/api/appointments", location_id=it.location["id"])),
    Operation(
        "GET /api/appointments/doctor/{doctor_id}",
        lambda it: _list(it, f"/api/appointments/doctor/{it.doctor['id']}"),
    ),
    Operation(
        "GET /api/doctors/{id}/appointments", lambda it: _list(it, f"/api/doctors/{it.doctor['id']}/appointments")
    ),
    Operation(
        "GET /api/appointments/patient/{patient_id}",
        lambda it: _list(it, f"/api/appointments/patient/{it.patient['id']}"),
    ),
    Operation("GET /api/appointments/{id}", lambda it: _of(it.visits[0])),
    Operation("GET /api/audit/{kind}/{id}", lambda it: Ask(f"/api/audit/appointment/{it.visits[0]['id']}")),
    Operation("POST /api/appointments", lambda it: Ask("/api/appointments", it.wish(), role=DESK)),
    Operation("POST /api/appointments", _too_late, "lost race", status=409),
    Operation("POST /api/appointments/book", _book),
    Operation("POST /api/appointments/book", lambda it: _book(it, **_LONG), "with much to say"),
    Operation("POST /api/appointments/book", _book_someone_new, "with a new patient"),
    Operation(
        "POST /api/appointments/hold",
        lambda it: Ask("/api/appointments/hold", it.wish(patient_id=it.new_patient()["id"]), role=DESK),
    ),
    Operation("POST /api/appointments/{id}/confirm", lambda it: _of(it.held(), "/confirm", {})),
    Operation("PUT /api/appointments/{id}/status", lambda it: _of(it.booked(), "/status", {"status": "confirmed"})),
    Operation("POST /api/appointments/no-shows", _missed, "of ten"),
    Operation("POST /api/appointments/{id}/undo", lambda it: _of(it.with_status("confirmed"), "/undo")),
    Operation(
        "POST /api/appointments/{id}/undo", lambda it: _of(it.with_status("cancelled"), "/undo"), "of a cancellation"
    ),
    Operation("PUT /api/appointments/{id}/reschedule", _later_that_day, "on the same day"),
    Operation("PUT /api/appointments/{id}/reschedule", _another_day, "to another day"),
    Operation("DELETE /api/appointments/{id}", lambda it: _of(it.booked())),
]
