"""Three workers, a busy hour, faults: no call too many, no visit twice, nothing lost, by an independent comparison."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.advancedmd import draining, outbox, permits
from chalicelib.advancedmd.draining import Drained
from chalicelib.advancedmd.mapping import Links
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import Bookable
from chalicelib.kit import clock
from chalicelib.table import officelinks
from infra.simulators.advancedmd.office import Appointment, Patient
from infra.simulators.advancedmd.server import Running
from tests.advancedmd.clients import Shelf, at_simulator
from tests.advancedmd.conftest import BUSY
from tests.builders import Clinic, Data, make_patient, unique
from tests.client import Client
from tests.scheduling.desk import book, open_clinic, read, utc

OFFICE = "162882"
TIMES = [f"{hour:02d}:{minute}" for hour in range(24) for minute in ("00", "30")]
FAULTS = {"error": 0.06, "dropped": 0.06, "expired": 0.02, "storm": 0.02}
STATUS = {0: "scheduled", 1: "checked_in", 3: "completed", 10: "cancelled", 12: "no_show"}
Show = Callable[[datetime], None]

pytestmark = pytest.mark.usefixtures("own_table")


class Hour:
    """A clinic and an office in one busy hour, with the workers between them."""

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

    def change(self, appointment: Data, dice: random.Random) -> None:
        """Something happens to an appointment; what the clinic does not allow does not happen."""
        path = f"/api/appointments/{appointment['id']}"
        desk = self.api.as_("receptionist")
        match dice.choice(["move", "move", "checked_in", "cancelled", "no_show"]):
            case "move":
                desk.put(f"{path}/reschedule", {"scheduled_date": utc(dice.choice(TIMES))})
            case status:
                desk.put(f"{path}/status", {"status": status})
        self.mark(appointment)

    def cancel(self, appointment: Data) -> None:
        self.api.as_("receptionist").put(f"/api/appointments/{appointment['id']}/status", {"status": "cancelled"})
        self.mark(appointment)

    def visits(self, appointment: Data) -> list[Appointment]:
        found = self.running.whole.offices[OFFICE].appointments.values()
        return [one for one in found if one.reference_id == appointment["id"]]


def differences(hour: Hour, appointments: list[Data]) -> list[str]:
    """What the two sides do not agree on, read from the API and from the simulator's own records."""
    found = []
    for appointment in appointments:
        ours, theirs = read(hour.api, appointment), hour.visits(appointment)
        expected = {"confirmed": "scheduled", "rescheduled": "scheduled"}.get(ours["status"], ours["status"])
        if not theirs and expected == "cancelled":
            continue
        shown = [(one.start.strftime("%Y-%m-%dT%H:%M"), one.duration, STATUS[one.status]) for one in theirs]
        # The place in the column of what was cancelled is nobody's; only that it is cancelled counts.
        if expected == "cancelled" and [status for *_, status in shown] == ["cancelled"]:
            continue
        if shown != [(ours["scheduled_date"][:16], ours["duration_minutes"], expected)]:
            found.append(f"{shown} there, {ours['scheduled_date']} {expected} here")
    return found


def lived(hour: Hour, show: Show, *, steps: int = 30) -> list[Data]:
    """Appointments come and change for ten minutes while three workers drain; then these finish their work."""
    dice = random.Random(7)
    appointments: list[Data] = []
    now = BUSY
    with ThreadPoolExecutor(3) as pool:
        for step in range(steps):
            now += timedelta(seconds=20)
            show(now)
            if step % 2 == 0:
                appointments.append(hour.book(TIMES[step]))
            hour.change(dice.choice(appointments), dice)
            list(pool.map(hour.drain, range(3)))
        hour.running.whole.faults.clear()
        for _ in range(60):
            now += timedelta(seconds=45)
            show(now)
            list(pool.map(hour.drain, range(3)))
            if not officelinks.due("9999", most=1):
                break
    return appointments


def test_a_busy_hour_with_faults_ends_with_both_sides_the_same(api: Client, running: Running, show: Show) -> None:
    show(BUSY)
    hour = Hour(api, running)
    running.whole.faults.draw(FAULTS, seed=3)

    appointments = lived(hour, show)

    assert differences(hour, appointments) == []
    assert all(len(hour.visits(one)) <= 1 for one in appointments)
    assert running.whole.calls.over() == []
    assert all(call.peak for call in running.whole.calls.rows())
    assert {"error", "dropped"} <= set(running.whole.faults.met)
    assert officelinks.due("9999", most=1) == []


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
