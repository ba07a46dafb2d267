"""How it flows: what is kept in step by itself, who stops and lets it go on, how long everything waits, who is told."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.advancedmd import breaker, feed, following, permits
from chalicelib.kit import clock
from chalicelib.table import base, keys, officelinks, officeruns
from infra.local.testing import Engine
from tests.advancedmd.offices import OFFICE, Connected, at, follow, hear, reachable
from tests.builders import Data, unique
from tests.reminders import mailbox
from tests.scheduling.desk import book, utc

pytestmark = pytest.mark.usefixtures("own_table")

BUSY_MONDAY = datetime(2026, 12, 7, 17, 0, 30, tzinfo=UTC)
"""A Monday at 10:00:30 in Denver, after every other day that these tests show."""
MORNING = datetime(2026, 12, 7, 7, 30, tzinfo=UTC)
"""The same Monday at half past seven in Accra."""
ARRIVED = 1
Show = Callable[[datetime], None]


def dashboard(clinic: Connected) -> Data:
    found: Data = clinic.api.as_("admin").get("/api/advancedmd/sync/dashboard").data
    return found


def move(clinic: Connected, appointment: Data, time: str) -> None:
    path = f"/api/appointments/{appointment['id']}/reschedule"
    assert clinic.api.as_("receptionist").put(path, {"scheduled_date": utc(time)}).status == 200
    follow(appointment)


def check_in(clinic: Connected, appointment: Data) -> None:
    path = f"/api/appointments/{appointment['id']}/status"
    assert clinic.api.as_("receptionist").put(path, {"status": "checked_in"}).status == 200
    told = base.get(keys.appointment(appointment["id"])) or {}
    following.follow(appointment["id"], told | {"status": {"S": "scheduled"}}, told, clock.now())


def shown_there(clinic: Connected, appointment: Data) -> tuple[str, int]:
    (visit,) = clinic.there(appointment)
    return f"{visit.start:%H:%M}", visit.status


def worked(show: Show) -> None:
    """Workers take turns until nothing is due, in a time that passes only while they wait."""
    for _ in range(20):
        if not (officelinks.due("9999", most=1) or officeruns.unfinished(OFFICE)):
            break
        feed.work(OFFICE, clock.now, pause=lambda seconds: show(clock.precise() + timedelta(seconds=seconds)))


def logins(clinic: Connected) -> int:
    return len(clinic.running.whole.calls.rows(action="login"))


def test_every_operation_in_line_knows_within_a_fifth_how_long_it_waits(clinic: Connected, show: Show) -> None:
    changed = [clinic.told(f"{hour:02d}:00") for hour in range(1, 5)]
    show(BUSY_MONDAY)
    for hour, appointment in enumerate(changed):
        move(clinic, appointment, f"{hour + 1:02d}:30")
    made = [
        book(clinic.api, clinic.place, f"{hour:02d}:00", patient_id=clinic.known_patient()["id"])
        for hour in range(10, 18)
    ]
    for appointment in made:
        follow(appointment)
    began, waiting = clock.now(), [*changed, *made]
    told = {one["id"]: clinic.status(one)["estimated_wait_seconds"] for one in waiting}
    one_call_each = permits.waits(OFFICE, "3", place=len(waiting) - 1)

    worked(show)

    took = {one["id"]: (clinic.there(one)[0].modified_at - began).total_seconds() for one in waiting}
    assert max(took.values()) > 45
    own = 4  # seconds for which a loaded machine may itself be busy with the first
    assert [(told[one], took[one]) for one in took if abs(told[one] - took[one]) > max(0.2 * took[one], own)] == []
    assert one_call_each < 0.8 * max(took.values())  # a line of which only the heads are counted says less
    assert clinic.running.whole.calls.over() == []


def test_days_that_are_read_in_a_busy_hour_know_how_long_that_takes(clinic: Connected, show: Show) -> None:
    show(BUSY_MONDAY)
    clinic.settle(sync_frequency="manual")
    desk, path = clinic.api.as_("admin"), "/api/advancedmd/appointments/import"
    days = {"start_date": "2026-12-08", "end_date": "2026-12-22"}

    told = desk.post(path, days).data["estimated_wait_seconds"]
    worked(show)
    took = (clock.parse(desk.get(path).data[0]["ended_at"]) - BUSY_MONDAY).total_seconds()

    assert took > 60
    assert abs(told - took) <= 0.2 * took
    assert clinic.running.whole.calls.over() == []


def test_nobody_knows_how_long_while_it_is_paused_and_it_goes_on_at_once(clinic: Connected) -> None:
    desk = clinic.api.as_("admin")
    paused = desk.post("/api/advancedmd/sync/pause").data
    appointment = book(clinic.api, clinic.place, "10:00", patient_id=clinic.known_patient()["id"])
    follow(appointment)
    clinic.work()
    waiting, shown = clinic.status(appointment), dashboard(clinic)

    resumed = desk.post("/api/advancedmd/sync/resume").data
    going_on = clinic.status(appointment)
    clinic.work()

    assert (paused["paused"], resumed["paused"], shown["paused"]) == (True, False, True)
    assert (waiting["amd_sync_status"], waiting["estimated_wait_seconds"]) == ("pending", None)
    assert (going_on["estimated_wait_seconds"], clinic.status(appointment)["amd_sync_status"]) == (0, "synced")


def test_an_office_that_does_not_answer_is_left_alone_and_then_tried_once(clinic: Connected, show: Show) -> None:
    appointments = [clinic.told(f"{hour:02d}:00") for hour in range(8)]
    for hour, appointment in enumerate(appointments):
        move(clinic, appointment, f"{hour:02d}:30")
    show(clock.precise() + timedelta(minutes=2))  # however fast all that was, calls may be made again
    clinic.running.whole.faults.draw({"error": 1.0})
    before = len(clinic.running.whole.calls.rows())
    for _ in range(2):
        clinic.work()
    in_vain, shown = len(clinic.running.whole.calls.rows()) - before, dashboard(clinic)

    clinic.work()
    left_alone = len(clinic.running.whole.calls.rows()) - before
    clinic.running.whole.faults.clear()
    show(clock.precise() + timedelta(minutes=10))
    clinic.work()

    assert 0 < in_vain <= breaker.ENOUGH
    assert left_alone == in_vain
    assert shown["halted_until"] is not None
    assert shown["halted_because"] == "AdvancedMD did not answer."
    assert {clinic.status(one)["amd_sync_status"] for one in appointments} == {"synced"}
    assert dashboard(clinic)["halted_until"] is None


def test_a_refused_sign_in_is_tried_once_and_costs_no_appointment(clinic: Connected, engine: Engine) -> None:
    appointments = [
        book(clinic.api, clinic.place, f"{hour:02d}:00", patient_id=clinic.known_patient()["id"]) for hour in (10, 11)
    ]
    for appointment in appointments:
        follow(appointment)
    with reachable(engine, clinic.running, ADVANCEDMD_PASSWORD="wrong-password"):
        clinic.work()
        clinic.work()
        tried, waiting = logins(clinic), [clinic.status(one)["amd_sync_status"] for one in appointments]

    checked = clinic.api.as_("admin").post("/api/advancedmd/settings/test-connection").data
    for appointment in appointments:
        clinic.api.as_("billing").post(f"/api/advancedmd/appointments/{appointment['id']}/sync")
    clinic.work()

    assert (tried, waiting, checked["connected"]) == (1, ["pending", "pending"], True)
    assert {clinic.status(one)["amd_sync_status"] for one in appointments} == {"synced"}


def test_without_statuses_moves_are_told_and_how_far_a_visit_has_come_is_not(clinic: Connected) -> None:
    appointment = clinic.told()
    clinic.settle(what_to_sync=["appointments", "patients", "pull"])

    move(clinic, appointment, "12:00")
    check_in(clinic, appointment)
    clinic.work()
    by_itself = shown_there(clinic, appointment)
    clinic.api.as_("billing").post(f"/api/advancedmd/appointments/{appointment['id']}/sync")
    clinic.work()

    assert (by_itself, shown_there(clinic, appointment)) == (("12:00", 0), ("12:00", ARRIVED))


def test_without_appointments_only_how_far_their_visits_have_come_is_told(clinic: Connected) -> None:
    appointment = clinic.told()
    clinic.settle(what_to_sync=["statuses", "patients", "pull"])

    move(clinic, appointment, "12:00")
    new = book(clinic.api, clinic.place, "15:00", patient_id=clinic.known_patient()["id"])
    follow(new)
    check_in(clinic, appointment)
    clinic.work()

    assert shown_there(clinic, appointment) == ("10:00", ARRIVED)
    assert (clinic.there(new), clinic.status(new)["amd_sync_status"]) == ([], None)


def test_without_patients_nobody_is_looked_up_until_somebody_asks(clinic: Connected) -> None:
    clinic.settle(what_to_sync=["appointments", "statuses", "pull"])
    appointment = book(clinic.api, clinic.place, "10:00", patient_id=clinic.known_patient()["id"])
    follow(appointment)
    clinic.work()
    without = clinic.status(appointment)["amd_sync_error"]

    clinic.api.as_("billing").post(f"/api/advancedmd/patients/{appointment['patient_id']}/sync")
    clinic.work()

    assert without == "This patient is not linked to AdvancedMD."
    assert clinic.status(appointment)["amd_sync_status"] == "synced"


def test_without_pull_nothing_is_heard_until_somebody_asks(clinic: Connected, show: Show) -> None:
    appointment = clinic.told()
    hear()
    clinic.settle(what_to_sync=["appointments", "statuses", "patients"])
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))

    show(clock.precise() + timedelta(minutes=10))
    by_itself = feed.run(clock.now())
    clinic.api.as_("billing").post("/api/advancedmd/appointments/pull-updates")
    asked = feed.run(clock.now())

    assert (by_itself, asked) == (0, 1)


def test_hourly_is_told_with_the_hour_and_says_so(clinic: Connected, show: Show) -> None:
    clinic.settle(sync_frequency="hourly")
    show(BUSY_MONDAY)
    appointment = book(clinic.api, clinic.place, "10:00", patient_id=clinic.known_patient()["id"])
    follow(appointment)

    clinic.work()
    early = clinic.status(appointment)
    show(BUSY_MONDAY + timedelta(hours=1))
    clinic.work()

    assert early["amd_sync_status"] == "pending"
    assert 3565 <= early["estimated_wait_seconds"] <= 3575
    assert clinic.status(appointment)["amd_sync_status"] == "synced"


def test_the_summary_goes_out_once_each_monday_and_names_nobody(clinic: Connected, engine: Engine, show: Show) -> None:
    address = f"{unique('lead').replace(' ', '')}@example.com"
    mailbox.verify(engine)
    clinic.settle(summary_email=address)
    appointment = clinic.told()
    clinic.work()
    show(MORNING)
    with mailbox.trouble("away"):
        clinic.work()
    woken = feed.run(clock.now())
    clinic.work()
    clinic.work()

    [mail] = mailbox.sent_to(engine, address)
    assert "appointments: 1 done, 0 failed" in mail["BodyText"]
    assert appointment["patient_name"] not in mail["BodyText"]
    assert woken == 1


def test_how_much_is_due_is_a_metric_also_while_it_is_paused(
    clinic: Connected, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED")
    clinic.settle(paused=True)
    for hour in (10, 11, 12):
        follow(book(clinic.api, clinic.place, f"{hour:02d}:00", patient_id=clinic.known_patient()["id"]))

    woken = feed.run(clock.now())

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "AdvancedMDWaiting" in line]
    assert (woken, [one["AdvancedMDWaiting"] for one in told]) == (0, [[3.0]])


def test_what_is_added_up_is_added_up_anew_once_something_was_written(clinic: Connected) -> None:
    before = dashboard(clinic)["cards"]

    clinic.told()

    assert dashboard(clinic)["cards"] != before
