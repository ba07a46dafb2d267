"""A worker that is killed before any of its steps: whoever comes after it leaves one visit and both sides the same."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kit import clock
from infra.faults import Killed, killed
from infra.simulators.advancedmd.office import ARRIVED, CANCELLED, Appointment
from scripts.agreeing.hours import Hours
from tests.advancedmd.conftest import QUIET
from tests.advancedmd.offices import Connected, at, follow, hear, here
from tests.builders import Data
from tests.scheduling.desk import book, read, utc

pytestmark = pytest.mark.usefixtures("own_table")
Kind = Callable[[Connected, Data], Data]
EARLY = QUIET - timedelta(hours=8)
"""The night, in which whoever hears reads the coming days too, is longer away than all that is lived."""


def a_booking(clinic: Connected, patient: Data) -> Data:
    made = book(clinic.api, clinic.place, patient_id=patient["id"])
    follow(made)
    return made


def a_move_here(clinic: Connected, patient: Data) -> Data:
    made = told(clinic, patient)
    clinic.api.as_("receptionist").put(f"/api/appointments/{made['id']}/reschedule", {"scheduled_date": utc("14:00")})
    follow(made)
    return made


def a_move_there(clinic: Connected, patient: Data) -> Data:
    made = told(clinic, patient)
    clinic.desk("move", clinic.visit_of(made), columnid=16, startdatetime=at("14:00"))
    return made


def a_cancellation_taken_back(clinic: Connected, patient: Data) -> Data:
    made = told(clinic, patient)
    path, desk = f"/api/appointments/{made['id']}", clinic.api.as_("receptionist")
    desk.put(f"{path}/status", {"status": "cancelled"})
    follow(made)
    clinic.work()
    desk.post(f"{path}/undo")
    follow(made)
    return made


def told(clinic: Connected, patient: Data) -> Data:
    made = book(clinic.api, clinic.place, patient_id=patient["id"])
    follow(made)
    clinic.work()
    return made


def live(clinic: Connected, appointment: Data) -> list[Appointment]:
    """All visits that were ever made for the appointment and are not cancelled."""
    made = [one for one in clinic.theirs.appointments.values() if str(one.reference_id).startswith(appointment["id"])]
    return [one for one in made if one.status != CANCELLED]


def sides(clinic: Connected, appointment: Data) -> list[tuple[str, str]]:
    """When the appointment begins here, beside each of its visits."""
    ours = read(clinic.api, appointment)["scheduled_date"][:16]
    return [(ours, f"{one.start:%Y-%m-%dT%H:%M}") for one in live(clinic, appointment)]


def cancel(clinic: Connected, appointment: Data) -> None:
    clinic.api.as_("receptionist").put(f"/api/appointments/{appointment['id']}/status", {"status": "cancelled"})
    for visit in live(clinic, appointment):
        visit.status = CANCELLED


def lived(clinic: Connected, hours: Hours, kind: Kind, patient: Data, deadly: int | None) -> tuple[int, list[Any]]:
    """A worker that is killed before its request of this number, and one who comes later; how many it has made."""
    appointment = kind(clinic, patient)
    work = hear if kind is a_move_there else clinic.work
    with killed(deadly) as moments, suppress(Killed):
        work()
    hours.go_to(clock.precise() + timedelta(minutes=12))
    work()
    found = [*sides(clinic, appointment), clinic.status(appointment)["amd_sync_status"]]
    cancel(clinic, appointment)
    return moments.seen, found


@pytest.mark.parametrize("kind", [a_booking, a_move_here, a_move_there, a_cancellation_taken_back])
def test_killed_before_any_step_it_leaves_one_visit_and_no_change_is_lost(clinic: Connected, kind: Kind) -> None:
    hours = Hours(clinic.running, EARLY)
    patient = clinic.known_patient()
    clinic.theirs.columns[16] = replace(clinic.theirs.columns[16], max_per_slot=2)  # nothing there prevents a second
    lived(clinic, hours, kind, patient, None)
    steps, undisturbed = lived(clinic, hours, kind, patient, None)

    found = [lived(clinic, hours, kind, patient, moment)[1] for moment in range(steps)]

    (ours, theirs), status = undisturbed
    assert (ours == theirs, status, steps > 12) == (True, "synced", True)
    assert found == [undisturbed] * steps


def arrived_there(clinic: Connected, hours: Hours, patient: Data, deadly: int | None) -> tuple[int, list[Any]]:
    """A patient is booked there and arrives, and the worker who hears of it is killed; then another comes."""
    visit = clinic.made_there("10:00", max(clinic.theirs.patients))
    clinic.desk("checkin", visit.id)
    with killed(deadly) as moments, suppress(Killed):
        hear()
    hours.go_to(clock.precise() + timedelta(minutes=12))
    hear()
    clinic.work()
    made = [one for one in here(clinic, patient) if one["status"] != "cancelled"]
    found = [*((one["time"], one["status"], clinic.status(one)["amd_sync_status"]) for one in made), visit.status]
    for one in made:
        cancel(clinic, one)
    visit.status = CANCELLED
    return moments.seen, found


def test_killed_before_any_step_who_arrived_there_is_one_appointment_and_stays_arrived(clinic: Connected) -> None:
    hours = Hours(clinic.running, EARLY)
    patient = clinic.linked_patient()
    steps, undisturbed = arrived_there(clinic, hours, patient, None)

    found = [arrived_there(clinic, hours, patient, moment)[1] for moment in range(steps)]

    assert (undisturbed, steps > 20) == ([("10:00", "checked_in", "synced"), ARRIVED], True)
    assert found == [undisturbed] * steps
