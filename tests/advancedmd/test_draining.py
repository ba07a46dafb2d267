"""Draining goes as far as the budget, and past what cannot be told; `test_agreeing.py` has all of it under faults."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from chalicelib.advancedmd import draining, outbox, permits
from chalicelib.advancedmd.draining import Drained
from chalicelib.advancedmd.mapping import Links
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import Bookable
from chalicelib.kit import clock
from infra.simulators.advancedmd.office import Patient
from infra.simulators.advancedmd.server import Running
from tests.advancedmd.clients import Shelf, at_simulator
from tests.advancedmd.conftest import BUSY
from tests.builders import Clinic, Data, make_patient, unique
from tests.client import Client
from tests.scheduling.desk import book, open_clinic

OFFICE = "162882"
TIMES = [f"{hour:02d}:{minute}" for hour in range(24) for minute in ("00", "30")]
Show = Callable[[datetime], None]

pytestmark = pytest.mark.usefixtures("own_table")


class Hour:
    """A clinic and an office in one busy hour, with a worker between them."""

    def __init__(self, api: Client, running: Running, *, asks_first: bool = True) -> None:
        self.api, self.running, self.key, self.shelf = api, running, unique(OFFICE), Shelf()
        theirs = running.whole.offices[OFFICE]
        theirs.columns[16] = replace(theirs.columns[16], start="00:00", end="23:55", workweek="1111111")
        running.whole.clock.stand(clock.precise())
        running.whole.clock.go_on()  # both sides tell the same time from here on
        self.place: Clinic = open_clinic(api)
        self.asks_first = asks_first
        self.patients: dict[str, int] = {}
        self.links = Links(
            zone=ZoneInfo("Africa/Accra"),
            type_id=13,
            columns={(self.place.doctor["id"], self.place.location["id"]): Bookable(16, 3, 234)},
            patients=self.patients,
        )

    def office(self) -> Office:
        permit = permits.asking(self.key, urgent=False) if self.asks_first else None
        return at_simulator(self.running, shelf=self.shelf, permits=permit)

    def book(self, time: str) -> Data:
        """An appointment of a patient whom both sides know."""
        patient = make_patient(self.api)
        theirs = self.running.whole.offices[OFFICE]
        number = self.patients[patient["id"]] = theirs.next_patient()
        theirs.patients[number] = Patient(number, f"DOE,{number}")
        made = book(self.api, self.place, time, patient_id=patient["id"])
        self.mark(made)
        return made

    def mark(self, appointment: Data) -> None:
        outbox.mark(appointment["id"], office_key=self.key, due=clock.now())

    def drain(self, _worker: int = 0) -> Drained:
        return draining.drain(self.key, office=self.office(), links=lambda _: self.links, now=clock.now)

    def cancel(self, appointment: Data) -> None:
        self.api.as_("receptionist").put(f"/api/appointments/{appointment['id']}/status", {"status": "cancelled"})
        self.mark(appointment)


def test_the_budget_halts_the_drain_and_the_rest_stays_due(api: Client, running: Running, show: Show) -> None:
    show(BUSY)
    hour = Hour(api, running)
    for time in TIMES[:10]:
        hour.book(time)

    drained = hour.drain()

    assert drained.halted
    assert 0 < drained.told < 10
    assert running.whole.calls.over() == []


def test_who_does_not_ask_first_is_over_the_limit(api: Client, running: Running, show: Show) -> None:
    """The negative control: the same drain without the budget."""
    show(BUSY)
    hour = Hour(api, running, asks_first=False)
    appointments = [hour.book(time) for time in TIMES[:15]]
    hour.drain()
    for appointment in appointments:
        hour.cancel(appointment)

    hour.drain()

    assert running.whole.calls.over() != []


def test_one_that_cannot_be_told_stands_in_nobodys_way(api: Client, running: Running, show: Show) -> None:
    show(BUSY)
    hour = Hour(api, running)
    known = hour.links
    hour.links = replace(known, columns={})
    hour.book(TIMES[0])
    failed = hour.drain()
    hour.links = known

    hour.book(TIMES[1])
    drained = hour.drain()

    assert (failed, drained) == (Drained(0, 1, halted=False), Drained(1, 0, halted=False))
