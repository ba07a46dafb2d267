"""A clinic whose office is set up: the application reaches the simulator with the credentials of the demo office."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.advancedmd import carrying, feed, following, reaching, setup, sweeping
from chalicelib.advancedmd.sessions import SharedSession
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.kit import cache, clock
from chalicelib.kit.settings import settings
from chalicelib.table import base, keys
from infra.local import rights
from infra.local.office import environment
from infra.local.resources import create_all
from infra.local.testing import Engine
from infra.simulators.advancedmd import front_desk
from infra.simulators.advancedmd.office import Appointment, Patient
from infra.simulators.advancedmd.server import Running
from tests.builders import Clinic, Data, make_patient
from tests.client import Client
from tests.scheduling.desk import DAY, book, open_clinic

OFFICE = "162882"
SETTLED = {
    "auto_sync_appointments": True,
    "sync_frequency": "real-time",
    "zone": "Africa/Accra",
    "appointment_type_id": 13,
}


@contextmanager
def reachable(engine: Engine, running: Running, **changed: str) -> Iterator[None]:
    """The settings of a process that keeps the simulator's office in step."""
    made = create_all(engine.client, stage="test-office")
    wanted = environment(running) | {name: made[name] for name in ("OFFICE_FEED_URL", "OFFICE_KEY_ID")} | changed
    with pytest.MonkeyPatch.context() as patch:
        for name, value in wanted.items():
            patch.setenv(name, value)
        settings.cache_clear()
        cache.forget_everything()
        yield
    settings.cache_clear()
    cache.forget_everything()


_work = rights.bound("on_office", feed.work)


def follow(appointment: Data) -> None:
    """The stream brings the appointment's latest change."""
    following.follow(appointment["id"], None, base.get(keys.appointment(appointment["id"])) or {}, clock.now())


def hear() -> None:
    """A worker hears what has changed and deals with it."""
    _work(OFFICE, clock.now, pause=lambda _: None, pull=True)


def at(time: str) -> str:
    """A time of the day on the office's wall."""
    return f"{DAY}T{time}:00"


def here(clinic: "Connected", patient: Data) -> list[Data]:
    """All appointments that a patient has."""
    found: list[Data] = clinic.api.as_("admin").get(f"/api/appointments/patient/{patient['id']}").data
    return found


class Connected:
    """A clinic, its office, and who stands at either desk."""

    def __init__(self, api: Client, running: Running, **settled: Any) -> None:
        self.api, self.running = api, running
        theirs = self.theirs = running.whole.offices[OFFICE]
        theirs.columns[16] = replace(theirs.columns[16], start="00:00", end="23:55", workweek="1111111")
        self.place: Clinic = open_clinic(api)
        places = [{"location_id": self.place.location["id"], "facility_id": 234}]
        self.settle(**{**SETTLED, "locations": places, **settled})
        link = f"/api/advancedmd/doctors/{self.place.doctor['id']}/link"
        assert api.as_("admin").put(link, {"advancedmd_provider_id": 3}).status == 200

    def settle(self, **fields: Any) -> Data:
        answer = self.api.as_("admin").put("/api/advancedmd/settings", fields)
        assert answer.status == 200, answer.body
        found: Data = answer.data
        return found

    def patient_there(self, ours: Data, **fields: Any) -> int:
        """One of the office's patients who looks like ours."""
        number = self.theirs.next_patient()
        name = f"{ours['last_name']},{ours['first_name']}".upper()
        at = clock.now()
        self.theirs.patients[number] = Patient(number, name, **fields)
        self.theirs.patients[number].created_at = self.theirs.patients[number].modified_at = at
        return number

    def patient(self, **fields: Any) -> Data:
        """One of ours whose name has letters only, as AdvancedMD compares names by them."""
        name = uuid.uuid4().hex[:8].translate(str.maketrans("0123456789", "ghijklmnop"))
        return make_patient(self.api, last_name=name.capitalize(), **fields)

    def known_patient(self) -> Data:
        """One of ours whom both sides know for certain."""
        patient = self.patient(email="known@example.com")
        self.patient_there(patient, email="KNOWN@EXAMPLE.COM")
        return patient

    def linked_patient(self) -> Data:
        """One of ours who is linked to the newest of the office's patients."""
        patient, number = self.known_patient(), max(self.theirs.patients)
        link = f"/api/advancedmd/patients/{patient['id']}/link"
        assert self.api.as_("billing").put(link, {"advancedmd_patient_id": number}).status == 200
        return patient

    def made_there(self, time: str, number: int, **fields: Any) -> Appointment:
        """Somebody at the office books a patient with our doctor."""
        before = set(self.theirs.appointments)
        usual = {"patientid": number, "columnid": 16, "profileid": 3, "duration": 30, "startdatetime": at(time)}
        self.desk("book", 0, **usual | fields)
        (visit_id,) = set(self.theirs.appointments) - before
        return self.theirs.appointments[visit_id]

    def work(self) -> Any:
        """The worker does what is due."""
        return _work(OFFICE, clock.now, pause=lambda _seconds: None)

    def told(self, time: str = "10:00") -> Data:
        """An appointment that both sides have."""
        appointment = book(self.api, self.place, time, patient_id=self.known_patient()["id"])
        follow(appointment)
        self.work()
        return appointment

    def swept(self, days: int = 40) -> None:
        """The night has read the coming days, without counting how many calls that takes."""
        settled, who = setup.demanded(), reaching.credentials()
        assert who is not None
        sweeping.begin(settled, now=clock.now(), days=days)
        office = Office(who, SharedSession(OFFICE), lambda _tier: None)
        carrying.carry_on(settled, office=office, now=clock.now, until=clock.now() + timedelta(hours=1))

    def visit_of(self, appointment: Data) -> int:
        """The number of the appointment's one visit."""
        (visit,) = self.there(appointment)
        return visit.id

    def there(self, appointment: Data) -> list[Appointment]:
        return [one for one in self.theirs.appointments.values() if one.reference_id == appointment["id"]]

    def desk(self, kind: str, visit_id: int, **fields: Any) -> None:
        """Somebody at the office does this."""
        front_desk.do(self.running.whole.desk(self.theirs), {"kind": kind, "id": visit_id} | fields)

    def status(self, appointment: Data, role: str = "receptionist") -> Data:
        found: Data = self.api.as_(role).get(f"/api/advancedmd/appointments/{appointment['id']}/sync-status").data
        return found
