"""The clinic that is asked: eight doctors, each with a room and twenty times a day, and patients enough for all."""

import itertools
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, redirect_stdout
from dataclasses import dataclass, field
from datetime import date, timedelta

from scripts.replaying import stage
from scripts.replaying.caller import Caller
from scripts.replaying.plan import DAILY_CAP, SLOT_MINUTES, Place, Plan
from scripts.timing import load
from scripts.timing.load import Request

_DOCTORS = [f"doc_bench_{number}" for number in range(1, 9)]
_PATIENTS = {f"pat_bench_{number}": "unknown" for number in range(1, 201)}
_HANDS = 4


@dataclass(slots=True)
class Clinic:
    """Endless requests of each kind; every booking is of another time and succeeds."""

    url: str
    token: str
    first_day: date
    booked: list[str] = field(default_factory=list)
    _bookings: Iterator[Request] | None = None

    @classmethod
    def made(cls, url: str, *, admin: str, token: str, first_day: date) -> "Clinic":
        """The clinic, and one day of it booked to be read."""
        plan = Plan([Place("loc_bench", "Bench", tuple(_DOCTORS))], _PATIENTS, [])
        with (
            ThreadPoolExecutor(_HANDS) as pool,
            closing(Caller(url, admin, _HANDS)) as caller,
            redirect_stdout(sys.stderr),  # how far it is belongs to no table
        ):
            stage.prepare(caller, plan, pool)
        clinic = cls(url, token, first_day)
        first = load.send(url, token, itertools.islice(clinic.booking(), len(_DOCTORS) * DAILY_CAP), _HANDS)
        clinic.booked = [reply.json["data"]["id"] for reply in first.replies]
        return clinic

    def availability(self) -> Iterator[Request]:
        """The free times of a doctor on a day."""
        days = [self.first_day + timedelta(days=ahead) for ahead in range(30)]
        for day, doctor in itertools.cycle(itertools.product(days, _DOCTORS)):
            yield Request("GET", f"/api/appointments/availability/{doctor}/{day}")

    def reading(self) -> Iterator[Request]:
        """One appointment after the other."""
        for appointment_id in itertools.cycle(self.booked):
            yield Request("GET", f"/api/appointments/{appointment_id}")

    def booking(self) -> Iterator[Request]:
        """A time that nobody has, for a patient who is free; the same sequence goes on with each call."""
        if self._bookings is None:
            self._bookings = self._wishes()
        return self._bookings

    def _wishes(self) -> Iterator[Request]:
        patients = itertools.cycle(_PATIENTS)
        for ahead in itertools.count():
            for minute in _times():
                for doctor in _DOCTORS:
                    day = self.first_day + timedelta(days=ahead)
                    body = {
                        "doctor_id": doctor,
                        "patient_id": next(patients),
                        "date": str(day),
                        "time": f"{minute // 60:02d}:{minute % 60:02d}",
                    }
                    yield Request("POST", "/api/appointments", body, 201)


def _times() -> Iterator[int]:
    """The first twenty times of a day on the location's wall, in minutes; none in the lunch break."""
    hours = (*range(8, 12), *range(13, 17))
    minutes = (hour * 60 + minute for hour in hours for minute in range(0, 60, SLOT_MINUTES))
    return itertools.islice(minutes, DAILY_CAP)
