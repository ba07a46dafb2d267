"""A typical clinic to measure on, made through the application: ten doctors in ten rooms, and a full list of visits."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from scripts.metering.here import Here

Data = dict[str, Any]
SPECIALTY = "Cardiology"
DOCTORS = 10
VISITS = 10
_OTHER_SPECIALTY = "Dermatology"
_SLOTS_A_DAY = 20
_ALWAYS = {"start": "00:00", "end": "24:00", "weekdays": [0, 1, 2, 3, 4, 5, 6]}
SCHEDULE = {"hours": [_ALWAYS], "breaks": [{"start": "12:00", "end": "13:00"}], "horizon_days": 730}


class Clinic:
    """Fixed data for reading, and fresh things for whatever changes something. Everyone works at all hours of all days
    of UTC, so that figures do not depend on when they are measured.
    """

    def __init__(self, here: Here) -> None:
        self._here = here
        self._numbers, self._slots = itertools.count(1), itertools.count()
        self.busy_day = _tenth_of_a_month(datetime.now(UTC).date() + timedelta(days=14))
        self._first_day = self.busy_day + timedelta(days=1)
        self.hospital = self.new_hospital()
        self.location = self.new_location()
        self.annex = self.new_location()
        self.service = self.new_service()
        self.rooms = [self.new_room(self.location) for _ in range(DOCTORS)]
        halves = (SPECIALTY, _OTHER_SPECIALTY)
        self.doctors = [
            self.new_doctor(halves[number % 2], usual_room_id=room["id"]) for number, room in enumerate(self.rooms)
        ]
        self.doctor = self.doctors[0]
        self.patient = self.new_patient()
        self.visits = [self._visit(number) for number in range(VISITS)]

    def done(self, method: str, path: str, body: Data | None = None, *, role: str = "admin", sub: str = "") -> Data:
        """What the administrator, or whoever else, was answered."""
        found: Data = self._here.send(method, path, body, role=role, sub=sub).data
        return found

    def as_doctor(self, method: str, path: str, body: Data) -> Data:
        """What the doctor was answered."""
        found: Data = self._here.send(method, path, body, role="doctor", sub=self.doctor["id"]).data
        return found

    def as_patient(self, method: str, path: str, body: Data) -> Data:
        """What the patient was answered."""
        found: Data = self._here.send(method, path, body, role="patient", sub=self.patient["id"]).data
        return found

    def place(self) -> Data:
        """The description of a location."""
        return {"name": self._named("Main Street"), "zone": "UTC", "address": "1 Main Street", "patient_daily_cap": 100}

    def treatment(self) -> Data:
        """The description of a service."""
        return {"name": self._named("Check-up"), "duration_minutes": 30, "price": 80, "specialty": SPECIALTY}

    def staff(self, specialty: str = "General Practice", location: Data | None = None) -> Data:
        """The description of a doctor."""
        where = {"hospital_id": self.hospital["id"], "location_ids": [(location or self.location)["id"]]}
        return {
            "name": self._named("Dr. Smith"),
            "specialty": specialty,
            "email": "smith@example.com",
            "fee": 90,
            **where,
        }

    def person(self) -> Data:
        """The description of a patient whom no one else looks like."""
        number = next(self._numbers)
        return {
            "first_name": "Zoë",
            "last_name": f"Müller-{number:05d}",
            "phone": f"+1415555{number:04d}",
            "email": f"zoe.{number:05d}@example.com",
            "date_of_birth": "1980-02-29",
            "address": "12 Long Lane, Springfield",
        }

    def new_hospital(self) -> Data:
        """A hospital."""
        return self.done("POST", "/api/hospitals", {"name": self._named("General Hospital")})

    def new_service(self) -> Data:
        """A service."""
        return self.done("POST", "/api/services", self.treatment())

    def new_location(self, **fields: Any) -> Data:
        """A location of the hospital."""
        return self.done("POST", "/api/locations", self.place() | {"hospital_id": self.hospital["id"]} | fields)

    def new_room(self, location: Data) -> Data:
        """A room of the location."""
        return self.done("POST", f"/api/locations/{location['id']}/rooms", {"name": self._named("Room")})

    def new_doctor(self, specialty: str = "General Practice", *, location: Data | None = None, **fields: Any) -> Data:
        """A doctor with a schedule."""
        doctor = self.done("POST", "/api/doctors", self.staff(specialty, location) | fields)
        self.done("PUT", f"/api/doctors/{doctor['id']}/schedule", SCHEDULE)
        return doctor

    def busy_doctor(self) -> Data:
        """A doctor with two appointments to come."""
        doctor = self.new_doctor(usual_room_id=self.rooms[0]["id"])
        for _ in range(2):
            self.booked(doctor)
        return doctor

    def new_patient(self) -> Data:
        """A patient's record."""
        return self.done("POST", "/api/patients", self.person())

    def wish(self, doctor: Data | None = None, **fields: Any) -> Data:
        """The body that books a time which nobody has; no day gets more than a usual day's visits."""
        days, slot = divmod(next(self._slots), _SLOTS_A_DAY)
        start = f"{self._first_day + timedelta(days=days)}T{slot // 2:02d}:{slot % 2 * 30:02d}:00Z"
        body = {"doctor_id": (doctor or self.doctor)["id"], "scheduled_date": start, "patient_id": self.patient["id"]}
        return body | {"reason_for_visit": "Annual check-up", "urgency_level": "low"} | fields

    def booked(self, doctor: Data | None = None) -> Data:
        """An appointment."""
        return self.done("POST", "/api/appointments", self.wish(doctor))

    def held(self) -> Data:
        """A slot that is kept for a patient of its own, since one may keep few."""
        return self.done("POST", "/api/appointments/hold", self.wish(patient_id=self.new_patient()["id"]))

    def with_status(self, status: str) -> Data:
        """An appointment that was moved to the status."""
        made = self.booked()
        return self.done("PUT", f"/api/appointments/{made['id']}/status", {"status": status})

    def _visit(self, number: int) -> Data:
        start = f"{self.busy_day}T{7 + number // 2:02d}:{number % 2 * 30:02d}:00Z"
        return self.done("POST", "/api/appointments", self.wish() | {"scheduled_date": start})

    def _named(self, word: str) -> str:
        return f"{word} {next(self._numbers):05d}"


def _tenth_of_a_month(earliest: date) -> date:
    """The first tenth of a month from that day on: far from a month's end, where lists need a second Query."""
    return next(day for days in range(31) if (day := earliest + timedelta(days=days)).day == 10)  # noqa: PLR2004 - see above
