"""Who clicks that an appointment be told waits for it: it is told at once, with calls that the line leaves free."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from chalicelib.advancedmd import permits, reaching
from chalicelib.gateways.advancedmd import tiers
from chalicelib.gateways.advancedmd.refusals import NotYet
from tests.advancedmd.offices import OFFICE, Connected, follow
from tests.builders import Data
from tests.client import Answer
from tests.scheduling.desk import book

pytestmark = pytest.mark.usefixtures("own_table")

BUSY_MONDAY = datetime(2026, 12, 7, 17, 0, 30, tzinfo=UTC)
"""A Monday at 10:00:30 in Denver."""
Show = Callable[[datetime], None]


def booked(clinic: Connected, time: str = "10:00") -> Data:
    """An appointment that is still to be told."""
    appointment = book(clinic.api, clinic.place, time, patient_id=clinic.linked_patient()["id"])
    follow(appointment)
    return appointment


def click(clinic: Connected, appointment: Data, role: str = "billing") -> Answer:
    return clinic.api.as_(role).post(f"/api/advancedmd/appointments/{appointment['id']}/sync")


def use_up(*, urgent: bool) -> None:
    """Take every call of the scheduler's that there is for who waits, or for who does not."""
    permit = permits.asking(OFFICE, urgent=urgent)
    with suppress(NotYet):
        while True:
            permit(tiers.REST)


def test_what_is_clicked_is_told_when_the_answer_comes(clinic: Connected) -> None:
    appointment = booked(clinic)

    answer = click(clinic, appointment)

    assert (answer.status, answer.data["amd_sync_status"]) == (200, "synced")
    assert answer.data["advancedmd_visit_id"] == str(clinic.visit_of(appointment))
    [row] = clinic.api.as_("admin").get("/api/advancedmd/sync/logs", type="appointment").data
    assert (row["operation"], row["status"]) == ("push", "synced")


def test_a_click_stands_behind_nobody_and_uses_calls_that_are_kept_free_for_it(clinic: Connected, show: Show) -> None:
    first, second = booked(clinic, "10:00"), booked(clinic, "11:00")
    click(clinic, first)
    show(BUSY_MONDAY)
    use_up(urgent=False)
    third = booked(clinic, "12:00")

    clinic.work()
    by_itself = clinic.there(second), clinic.there(third)
    answer = click(clinic, third)

    assert by_itself == ([], [])
    assert (answer.data["amd_sync_status"], len(clinic.there(third)), clinic.there(second)) == ("synced", 1, [])


def test_a_click_for_which_no_call_is_left_stays_due_and_says_for_how_long(clinic: Connected, show: Show) -> None:
    click(clinic, booked(clinic, "10:00"))
    show(BUSY_MONDAY)
    appointment = booked(clinic, "11:00")
    use_up(urgent=True)

    answer = click(clinic, appointment)

    assert (answer.status, answer.data["amd_sync_status"], clinic.there(appointment)) == (200, "pending", [])
    assert answer.data["estimated_wait_seconds"] > 0
    assert clinic.running.whole.calls.over() == []


def test_a_click_that_nobody_answers_is_made_up_for_once_and_not_twice(clinic: Connected, show: Show) -> None:
    click(clinic, booked(clinic, "10:00"))
    appointment = booked(clinic, "11:00")
    clinic.running.whole.faults.plan("dropped", times=2)

    answer = click(clinic, appointment)
    show(BUSY_MONDAY)
    clinic.work()

    assert (answer.status, answer.data["amd_sync_status"]) == (200, "pending")
    assert clinic.status(appointment)["amd_sync_status"] == "synced"
    assert len(clinic.there(appointment)) == 1


def test_nobody_waits_long_for_an_office_that_answers_slowly(
    clinic: Connected, monkeypatch: pytest.MonkeyPatch, show: Show
) -> None:
    click(clinic, booked(clinic, "10:00"))
    appointment, calls = booked(clinic, "11:00"), clinic.running.whole.calls
    before = len(calls.rows())

    with monkeypatch.context() as slow:
        slow.setattr(reaching, "_BEGUN_WITHIN", -1.0)
        answer = click(clinic, appointment)
    begun = len(calls.rows()) - before
    show(BUSY_MONDAY)
    clinic.work()

    assert (answer.status, answer.data["amd_sync_status"], begun) == (200, "pending", 0)
    assert clinic.status(appointment)["amd_sync_status"] == "synced"


def test_somebody_who_waits_gives_up_an_answer_sooner_than_a_worker(
    clinic: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    click(clinic, booked(clinic, "10:00"))
    appointment = booked(clinic, "11:00")
    monkeypatch.setattr(reaching, "_PATIENCE", 0.2)
    clinic.running.whole.faults.plan("slow", times=2, seconds=1.0)

    answer = click(clinic, appointment)

    assert (answer.data["amd_sync_status"], answer.data["amd_sync_error"]) == ("pending", "AdvancedMD did not answer.")
    assert len(clinic.there(appointment)) == 1
