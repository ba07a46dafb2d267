"""Rows of the cost table: the waiting room, each on a fresh line in which ten wait."""

from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.metering import morning
from scripts.metering.clinic import SCHEDULE, Clinic, Data
from scripts.metering.operations import Ask, Operation

DESK = "receptionist"
WAITING = 10


class WaitingRoom:
    """A location where it is morning, with one doctor in whose line ten wait."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic
        self.location = clinic.new_location(zone=morning.zone())
        room = clinic.new_room(self.location)
        self.doctor = self.staffed(usual_room_id=room["id"])
        self.entries = [self.joined() for _ in range(WAITING)]

    def staffed(self, **fields: Any) -> Data:
        """A doctor who works there."""
        doctor = self._clinic.done("POST", "/api/doctors", self._clinic.staff(location=self.location) | fields)
        self._clinic.done("PUT", f"/api/doctors/{doctor['id']}/schedule", SCHEDULE)
        return doctor

    def wish(self, **fields: Any) -> Data:
        """The body that puts a patient of its own in line."""
        told = {
            "reason_for_visit": "Rash since yesterday, itching at night, but no fever as yet, a second visit",
            "urgency_level": "medium",
        }
        return {"doctor_id": self.doctor["id"], "patient_id": self._clinic.new_patient()["id"], **told, **fields}

    def joined(self) -> Data:
        """A place in line."""
        return self._clinic.done("POST", "/api/queue/join", self.wish())

    def booked(self) -> Data:
        """An appointment that begins within the hour."""
        now = datetime.now(UTC)
        start = now.replace(minute=now.minute // 30 * 30, second=0) + timedelta(minutes=30)
        wish = self._clinic.wish(
            self.doctor,
            scheduled_date=f"{start:%Y-%m-%dT%H:%M:%SZ}",
            patient_id=self._clinic.new_patient()["id"],
            location_id=self.location["id"],
        )
        return self._clinic.done("POST", "/api/appointments", wish)

    def checked_in(self) -> Data:
        """The place of a booked patient."""
        return self._clinic.done("POST", "/api/queue/check-in", {"appointment_id": self.booked()["id"]})

    def brought_to(self, entry: Data, *statuses: str) -> Data:
        """The place once it has gone through these statuses."""
        for status in statuses:
            self._clinic.done("PUT", f"/api/queue/{entry['id']}/status", {"status": status})
        return entry


def _of(entry: Data, more: str = "", body: Data | None = None) -> Ask:
    return Ask(f"/api/queue/{entry['id']}{more}", {} if body is None else body, role=DESK)


def _called(clinic: Clinic) -> Data:
    there = WaitingRoom(clinic)
    return there.brought_to(there.entries[0], "called")


def _call_next(clinic: Clinic) -> Ask:
    there = WaitingRoom(clinic)
    return Ask(
        "/api/queue/call-next", {"doctor_id": there.doctor["id"], "location_id": there.location["id"]}, role=DESK
    )


def _join(clinic: Clinic, **fields: Any) -> Ask:
    return Ask("/api/queue/join", WaitingRoom(clinic).wish(**fields), role=DESK)


def _check_in(clinic: Clinic) -> Ask:
    return Ask("/api/queue/check-in", {"appointment_id": WaitingRoom(clinic).booked()["id"]}, role=DESK)


def _served(clinic: Clinic, status: str, *before: str, booked: bool = False) -> Ask:
    there = WaitingRoom(clinic)
    entry = there.brought_to(there.checked_in() if booked else there.entries[0], *before)
    return _of(entry, "/status", {"status": status})


def _transfer(clinic: Clinic) -> Ask:
    there = WaitingRoom(clinic)
    return _of(there.entries[0], "/transfer", {"doctor_id": there.staffed()["id"]})


def _forward(clinic: Clinic) -> Ask:
    there = WaitingRoom(clinic)
    entry = there.brought_to(there.entries[0], "in_consultation")
    return _of(entry, "/forward", {"doctor_id": there.staffed()["id"]})


def _prioritize(clinic: Clinic) -> Ask:
    there = WaitingRoom(clinic)
    entry = {"doctor_id": there.doctor["id"], "queue_id": there.entries[-1]["id"]}
    return Ask("/api/queue/prioritize", {**entry, "priority_factors": {"medical_urgency": "high"}}, role=DESK)


def _of_location(clinic: Clinic, what: str) -> Ask:
    return Ask(f"/api/queue/{what}", query={"location_id": WaitingRoom(clinic).location["id"]}, role=DESK)


def _first(clinic: Clinic) -> Data:
    return WaitingRoom(clinic).entries[0]


ROWS = [
    Operation("GET /api/queue/current", lambda it: _of_location(it, "current")),
    Operation("GET /api/queue/statistics", lambda it: _of_location(it, "statistics")),
    Operation("GET /api/queue/track/{secret}", lambda it: Ask(f"/api/queue/track/{_first(it)['track']}")),
    Operation("GET /api/queue/{id}", lambda it: Ask(f"/api/queue/{_first(it)['id']}", role=DESK)),
    Operation("POST /api/queue/join", _join),
    Operation("POST /api/queue/check-in", _check_in),
    Operation("POST /api/queue/call-next", _call_next),
    Operation("POST /api/queue/prioritize", _prioritize),
    Operation("PUT /api/queue/{id}/status", lambda it: _served(it, "called"), "called"),
    Operation("PUT /api/queue/{id}/status", lambda it: _served(it, "in_consultation", "called"), "in consultation"),
    Operation(
        "PUT /api/queue/{id}/status",
        lambda it: _served(it, "completed", "in_consultation", booked=True),
        "seen, booked",
    ),
    Operation("PUT /api/queue/{id}/status", lambda it: _served(it, "completed", "in_consultation"), "seen"),
    Operation("POST /api/queue/{id}/call", lambda it: _of(_first(it), "/call")),
    Operation("POST /api/queue/{id}/recall", lambda it: _of(_called(it), "/recall")),
    Operation("POST /api/queue/{id}/hold", lambda it: _of(_first(it), "/hold")),
    Operation("POST /api/queue/{id}/resume", lambda it: _of(_called(it), "/resume")),
    Operation("POST /api/queue/{id}/transfer", _transfer),
    Operation("POST /api/queue/{id}/forward", _forward),
    Operation("POST /api/queue/{id}/left", lambda it: _of(_first(it), "/left")),
    Operation("POST /api/queue/{id}/undo", lambda it: _of(_called(it), "/undo")),
]
