"""Rows of the cost table: people, places, schedules, search, and the system itself."""

from typing import Any

from scripts.metering.clinic import SCHEDULE, SPECIALTY, Clinic
from scripts.metering.operations import Ask, Operation

_AFTERNOONS = {**SCHEDULE, "hours": [{"start": "14:00", "end": "18:00", "weekdays": [0, 1, 2, 3, 4, 5, 6]}]}
_SHORT_DAYS = {day: [{"start": "09:00", "end": "10:00"}] for day in ("monday", "tuesday", "wednesday")}


def _of_doctor(clinic: Clinic, more: str = "", body: Any = None) -> Ask:
    return Ask(f"/api/doctors/{clinic.busy_doctor()['id']}{more}", body)


def _out_of_service(clinic: Clinic) -> Ask:
    path = f"/api/doctors/{clinic.busy_doctor()['id']}"
    clinic.done("DELETE", path)
    return Ask(f"{path}/activate")


def _other_hours(clinic: Clinic) -> Ask:
    location = clinic.new_location()
    for _ in range(3):
        clinic.new_doctor(location=location)
    return Ask(f"/api/locations/{location['id']}", {"opening": _SHORT_DAYS})


def _search(clinic: Clinic) -> Ask:
    known = {name: clinic.patient[name] for name in ("first_name", "last_name", "phone")}
    return Ask("/api/patients/search", known, role="receptionist")


ROWS = [
    Operation("GET /api/hospitals", lambda _: Ask("/api/hospitals")),
    Operation("POST /api/hospitals", lambda _: Ask("/api/hospitals", {"name": "Harbour Hospital"})),
    Operation("GET /api/hospitals/{id}", lambda it: Ask(f"/api/hospitals/{it.hospital['id']}")),
    Operation(
        "PUT /api/hospitals/{id}", lambda it: Ask(f"/api/hospitals/{it.new_hospital()['id']}", {"name": "Other"})
    ),
    Operation("GET /api/locations", lambda _: Ask("/api/locations")),
    Operation("POST /api/locations", lambda it: Ask("/api/locations", it.place())),
    Operation("GET /api/locations/{id}", lambda it: Ask(f"/api/locations/{it.location['id']}")),
    Operation(
        "PUT /api/locations/{id}", lambda it: Ask(f"/api/locations/{it.new_location()['id']}", {"name": "Other"})
    ),
    Operation("PUT /api/locations/{id}", _other_hours, "other hours where three doctors work"),
    Operation("GET /api/locations/{id}/rooms", lambda it: Ask(f"/api/locations/{it.location['id']}/rooms")),
    Operation(
        "POST /api/locations/{id}/rooms", lambda it: Ask(f"/api/locations/{it.annex['id']}/rooms", {"name": "Room"})
    ),
    Operation("GET /api/rooms/{id}", lambda it: Ask(f"/api/rooms/{it.rooms[0]['id']}")),
    Operation("PUT /api/rooms/{id}", lambda it: Ask(f"/api/rooms/{it.new_room(it.annex)['id']}", {"name": "Other"})),
    Operation("DELETE /api/rooms/{id}", lambda it: Ask(f"/api/rooms/{it.new_room(it.annex)['id']}")),
    Operation("GET /api/services", lambda _: Ask("/api/services")),
    Operation("POST /api/services", lambda it: Ask("/api/services", it.treatment())),
    Operation("GET /api/services/{id}", lambda it: Ask(f"/api/services/{it.service['id']}")),
    Operation("PUT /api/services/{id}", lambda it: Ask(f"/api/services/{it.new_service()['id']}", {"price": 90})),
    Operation("DELETE /api/services/{id}", lambda it: Ask(f"/api/services/{it.new_service()['id']}")),
    Operation("GET /api/doctors", lambda _: Ask("/api/doctors", query={"specialty": SPECIALTY})),
    Operation("POST /api/doctors", lambda it: Ask("/api/doctors", it.staff())),
    Operation(
        "GET /api/doctors/recommendations",
        lambda it: Ask("/api/doctors/recommendations", query={"specialty": SPECIALTY, "patient_id": it.patient["id"]}),
    ),
    Operation("GET /api/doctors/{id}", lambda it: Ask(f"/api/doctors/{it.doctor['id']}")),
    Operation("PUT /api/doctors/{id}", lambda it: _of_doctor(it, body={"languages": ["en", "de"]})),
    Operation("DELETE /api/doctors/{id}", _of_doctor, "with two appointments to come"),
    Operation("POST /api/doctors/{id}/activate", _out_of_service, "with two appointments to come"),
    Operation("GET /api/doctors/{id}/schedule", lambda it: Ask(f"/api/doctors/{it.doctor['id']}/schedule")),
    Operation(
        "PUT /api/doctors/{id}/schedule",
        lambda it: _of_doctor(it, "/schedule", {**SCHEDULE, "slot_minutes": 20}),
        "none of two stranded",
    ),
    Operation("PUT /api/doctors/{id}/schedule", lambda it: _of_doctor(it, "/schedule", _AFTERNOONS), "two stranded"),
    Operation("POST /api/patients", lambda it: Ask("/api/patients", it.person(), role="receptionist")),
    Operation("POST /api/patients/search", _search),
    Operation("GET /api/patients/{id}", lambda it: Ask(f"/api/patients/{it.patient['id']}", role="receptionist")),
    Operation(
        "PUT /api/patients/{id}",
        lambda it: Ask(f"/api/patients/{it.new_patient()['id']}", {"address": "1 Short Lane"}, role="receptionist"),
    ),
]
