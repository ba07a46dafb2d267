"""What people see of how clinic and office stand, and how they settle what the two disagree on."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.advancedmd import feed, pulling
from chalicelib.kit import clock
from chalicelib.table import base, keys
from tests.advancedmd.offices import OFFICE, Connected, at, follow, hear
from tests.builders import Data
from tests.client import Answer
from tests.counting import counted
from tests.scheduling.desk import DAY, book, read, utc


def differing(clinic: Connected) -> Data:
    """An appointment that both sides have moved."""
    appointment = clinic.told()
    hear()
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))
    path = f"/api/appointments/{appointment['id']}/reschedule"
    clinic.api.as_("receptionist").put(path, {"scheduled_date": utc("16:00")})
    hear()
    return appointment


def listed(clinic: Connected, role: str = "billing") -> list[Data]:
    found: list[Data] = clinic.api.as_(role).get("/api/advancedmd/conflicts").data
    return found


def settle(clinic: Connected, conflict_id: str, keep: str, role: str = "admin") -> Answer:
    return clinic.api.as_(role).post(f"/api/advancedmd/conflicts/{conflict_id}/resolve", {"keep": keep})


def sides(clinic: Connected, appointment: Data) -> tuple[str, list[str]]:
    there = [f"{one.start:%H:%M}" for one in clinic.there(appointment)]
    return read(clinic.api, appointment)["time"], there


def test_a_conflict_is_listed_with_both_sides(clinic: Connected) -> None:
    appointment = differing(clinic)

    [conflict] = listed(clinic)

    [difference] = conflict["differences"]
    assert (conflict["id"], conflict["problem"]) == (appointment["id"], "Both sides have changed this.")
    assert (difference["base"], difference["ours"], difference["theirs"]) == (utc("10:00"), utc("16:00"), utc("14:00"))


def test_our_side_counts_and_is_told(clinic: Connected) -> None:
    appointment = differing(clinic)

    answer = settle(clinic, appointment["id"], "ours", "billing")
    clinic.work()

    assert answer.status == 200, answer.body
    assert (sides(clinic, appointment), listed(clinic)) == (("16:00", ["16:00"]), [])
    assert clinic.status(appointment)["amd_sync_status"] == "synced"


def test_their_side_counts_and_is_taken_over(clinic: Connected) -> None:
    appointment = differing(clinic)

    answer = settle(clinic, appointment["id"], "theirs")
    clinic.work()
    clinic.work()

    assert answer.status == 200, answer.body
    assert (sides(clinic, appointment), listed(clinic)) == (("14:00", ["14:00"]), [])


def test_what_is_settled_is_settled_once(clinic: Connected) -> None:
    appointment = clinic.told()

    refused = settle(clinic, appointment["id"], "ours")

    assert (refused.status, refused.error["code"]) == (409, "advancedmd_nothing_to_decide")


def of_another(clinic: Connected) -> tuple[Data, Data, int]:
    """An appointment whose visit somebody has given to another patient, whom both sides know; and that visit."""
    appointment, other = clinic.told(), clinic.known_patient()
    number, visit_id = max(clinic.theirs.patients), clinic.visit_of(appointment)
    clinic.api.as_("billing").put(f"/api/advancedmd/patients/{other['id']}/link", {"advancedmd_patient_id": number})
    clinic.theirs.appointments[visit_id].patient_id = number
    clinic.desk("move", visit_id, columnid=16, startdatetime=at("14:00"))
    hear()
    return appointment, other, visit_id


def of_patient(clinic: Connected, patient: Data) -> list[tuple[str, str]]:
    found = clinic.api.as_("admin").get(f"/api/appointments/patient/{patient['id']}").data
    return [(one["time"], one["status"]) for one in found]


def test_a_visit_of_another_patient_is_left_to_them_and_ours_is_told_anew(clinic: Connected) -> None:
    appointment, other, visit_id = of_another(clinic)
    [conflict] = listed(clinic)

    settle(clinic, appointment["id"], "ours")
    clinic.work()

    ours = clinic.status(appointment)
    again = clinic.theirs.appointments[int(ours["advancedmd_visit_id"])]
    assert conflict["problem"].startswith("The visit in AdvancedMD is another patient's.")
    assert (ours["amd_sync_status"], f"{again.start:%H:%M}") == ("synced", "10:00")
    assert again.id != visit_id
    assert (of_patient(clinic, other), listed(clinic, "admin")) == ([("14:00", "scheduled")], [])


def test_where_theirs_counts_ours_is_cancelled_and_the_visit_becomes_the_other_patients(clinic: Connected) -> None:
    appointment, other, visit_id = of_another(clinic)

    answer = settle(clinic, appointment["id"], "theirs", "billing")
    follow(appointment)
    clinic.work()

    assert answer.status == 200, answer.body
    assert read(clinic.api, appointment)["status"] == "cancelled"
    assert clinic.theirs.appointments[visit_id].status == 0
    assert (of_patient(clinic, other), listed(clinic, "admin")) == ([("14:00", "scheduled")], [])


def test_what_was_cancelled_there_and_is_kept_here_is_made_anew(clinic: Connected) -> None:
    appointment = clinic.told()
    clinic.desk("cancel", clinic.visit_of(appointment))
    path = f"/api/appointments/{appointment['id']}/reschedule"
    clinic.api.as_("receptionist").put(path, {"scheduled_date": utc("16:00")})
    hear()

    settle(clinic, appointment["id"], "ours")
    clinic.work()
    hear()

    shown = clinic.status(appointment)
    made = clinic.theirs.appointments[int(shown["advancedmd_visit_id"])]
    assert (shown["amd_sync_status"], f"{made.start:%H:%M}", made.status) == ("synced", "16:00", 0)
    assert read(clinic.api, appointment)["status"] == "rescheduled"


def test_what_nobody_has_to_decide_is_not_thrown_away(clinic: Connected) -> None:
    appointment = clinic.told()
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))
    number = clinic.visit_of(appointment)
    pulling.put_unread(OFFICE, number, now=clock.now())

    refused = settle(clinic, f"visit:{number}", "ours")
    hear()

    assert (refused.status, read(clinic.api, appointment)["time"]) == (409, "14:00")


def test_a_visit_that_could_not_be_booked_is_booked_once_its_patient_is_linked(clinic: Connected) -> None:
    patient = clinic.patient()
    number = clinic.patient_there(patient)
    fields = {"patientid": number, "columnid": 16, "profileid": 3, "duration": 30, "startdatetime": at("11:00")}
    clinic.desk("book", 0, **fields)
    hear()
    [waiting] = listed(clinic, "admin")
    clinic.api.as_("billing").put(f"/api/advancedmd/patients/{patient['id']}/link", {"advancedmd_patient_id": number})

    clinic.work()

    [appointment] = clinic.api.as_("admin").get(f"/api/appointments/patient/{patient['id']}").data
    assert waiting["problem"] == "The patient at AdvancedMD is not linked to one of ours."
    assert (appointment["time"], listed(clinic, "admin"), listed(clinic, "billing")) == ("11:00", [], [])


def test_a_visit_that_nobody_wants_here_is_left_be(clinic: Connected) -> None:
    fields = {"patientid": 162, "columnid": 16, "profileid": 3, "duration": 30, "startdatetime": at("11:00")}
    clinic.desk("book", 0, **fields)
    hear()
    [waiting] = listed(clinic, "billing")
    elsewhere = clinic.api.as_("billing", hospital_id="hos_elsewhere").get("/api/advancedmd/conflicts").data

    settle(clinic, waiting["id"], "ours", "billing")

    assert (listed(clinic, "admin"), elsewhere) == ([], [])


def test_the_log_names_what_was_told_without_saying_it(clinic: Connected) -> None:
    appointment = clinic.told()
    desk = clinic.api.as_("admin")

    page = desk.get("/api/advancedmd/sync/logs", type="appointment", status="synced", limit=1)
    mine = desk.get(f"/api/advancedmd/patients/{appointment['patient_id']}/sync-logs").data

    [row] = page.data
    assert (row["operation"], row["subject_id"], row["status"]) == ("push", appointment["id"], "synced")
    assert "start" in row["fields"]
    assert appointment["patient_name"] not in str(page.body)
    assert [one for one in mine if one["operation"] == "push"] == [row]
    assert [one["operation"] for one in mine if one["type"] == "patient"] == ["link"]


def test_what_the_office_wrote_is_for_administrators_and_sealed_in_the_table(clinic: Connected) -> None:
    clinic.theirs.columns[16] = replace(clinic.theirs.columns[16], start="11:00")
    appointment = clinic.told()
    path = f"/api/advancedmd/patients/{appointment['patient_id']}/sync-logs"

    [shown] = clinic.api.as_("admin").get("/api/advancedmd/sync/logs", status="error").data
    [plain] = [one for one in clinic.api.as_("receptionist").get(path).data if one["status"] == "error"]

    stored = [raw for raw, _ in base.query(keys.office(OFFICE).pk, between=("LOG#", "LOG#~"))]
    assert "4155" in shown["detail"]
    assert plain["detail"] is None
    assert shown["detail"] not in str(stored)


def test_rows_are_found_by_days_of_the_office(clinic: Connected) -> None:
    """It is the next morning there already, by the clocks that everything is stored by still evening."""
    clinic.settle(zone="Pacific/Kiritimati")
    clinic.told()
    today = clock.now().astimezone(ZoneInfo("Pacific/Kiritimati")).date()
    desk = clinic.api.as_("admin")

    found = [
        len(desk.get("/api/advancedmd/sync/logs", **{"from": day, "to": day, "type": "appointment"}).data)
        for day in (today - timedelta(days=1), today, today + timedelta(days=1))
    ]

    assert found == [0, 1, 0]


def test_what_was_told_of_one_patient_is_read_alone(clinic: Connected) -> None:
    appointment, _ = clinic.told(), clinic.told("12:00")
    path = f"/api/advancedmd/patients/{appointment['patient_id']}/sync-logs"

    with counted() as asked:
        rows = clinic.api.as_("receptionist").get(path).data

    queried = [str(request) for operation, request, _ in asked if operation == "Query"]
    assert {one["patient_id"] for one in rows} == {appointment["patient_id"]}
    assert [f"PATIENT#{appointment['patient_id']}" in one for one in queried] == [True]


def test_the_week_adds_up(clinic: Connected) -> None:
    clinic.told()
    stranger = book(clinic.api, clinic.place, "12:00", patient_id=clinic.patient()["id"])
    follow(stranger)
    clinic.work()
    desk = clinic.api.as_("admin")

    stats = desk.get("/api/advancedmd/sync/stats").data
    shown = desk.get("/api/advancedmd/sync/dashboard").data

    assert (stats["synced"], stats["failed"], stats["success_rate"]) == (3, 1, 75.0)  # two of them are links
    assert stats["errors"] == [{"error": "This patient is not linked to AdvancedMD.", "count": 1}]
    assert (shown["waiting_for_people"], shown["waiting_to_be_told"]) == (1, 0)
    [card] = [one for one in shown["cards"] if one["type"] == "appointments"]
    [told] = desk.get("/api/advancedmd/sync/logs", type="appointment", status="synced").data
    assert (card["synced"], card["failed"], card["last_synced_at"]) == (1, 1, told["at"])


def test_a_conflict_is_among_what_went_wrong_this_week(clinic: Connected) -> None:
    differing(clinic)

    stats = clinic.api.as_("admin").get("/api/advancedmd/sync/stats").data

    assert stats["errors"] == [{"error": "Both sides have changed this.", "count": stats["failed"]}]


def test_changes_are_asked_for_by_a_click(clinic: Connected) -> None:
    first = clinic.api.as_("billing").post("/api/advancedmd/appointments/pull-updates")
    hear()
    second = clinic.api.as_("billing").post("/api/advancedmd/appointments/pull-updates").data

    assert (first.status, first.data["queued"], first.data["last_pulled_at"]) == (200, True, None)
    assert second["last_pulled_at"] is not None


def test_who_asks_for_changes_of_a_paused_office_is_told_no_time(clinic: Connected) -> None:
    desk = clinic.api.as_("admin")
    clinic.told()
    desk.post("/api/advancedmd/sync/pause")

    asked = desk.post("/api/advancedmd/appointments/pull-updates").data
    desk.post("/api/advancedmd/sync/resume")
    hear()

    assert (asked["queued"], asked["estimated_wait_seconds"]) == (True, None)
    shown = desk.get("/api/advancedmd/sync/dashboard").data
    assert (shown["last_pulled_at"] is not None, shown["last_pulled"]) == (True, 1)


def test_a_click_is_heard_even_where_nothing_is_heard_by_itself(clinic: Connected) -> None:
    clinic.settle(sync_frequency="manual")
    before = feed.run(clock.now())
    clinic.api.as_("billing").post("/api/advancedmd/appointments/pull-updates")

    asked = feed.run(clock.now() + timedelta(minutes=1))  # the message of the click was lost
    hear()

    assert (before, asked, feed.run(clock.now() + timedelta(minutes=2))) == (0, 1, 0)


def test_the_appointments_of_a_day_are_told_together_and_progress_is_seen(clinic: Connected) -> None:
    clinic.settle(sync_frequency="manual")
    known = [book(clinic.api, clinic.place, f"1{n}:00", patient_id=clinic.known_patient()["id"]) for n in range(2)]
    book(clinic.api, clinic.place, "15:00", patient_id=clinic.patient()["id"])
    desk = clinic.api.as_("billing")
    path = "/api/advancedmd/appointments/bulk-sync"

    begun = desk.post(path, {"start_date": str(DAY), "end_date": str(DAY)})
    clinic.work()
    [shown] = desk.get(path).data

    assert (begun.status, begun.data["total"], begun.data["pending"]) == (201, 3, 3)
    assert (shown["synced"], shown["pending"], shown["failed"]) == (2, 0, 1)
    assert all(len(clinic.there(one)) == 1 for one in known)


@pytest.mark.parametrize("frequency", ["hourly", "daily"])
def test_what_would_be_told_later_is_told_at_once_when_its_day_is_synced(clinic: Connected, frequency: str) -> None:
    clinic.settle(sync_frequency=frequency)
    appointment = clinic.told()
    before = clinic.there(appointment)

    clinic.api.as_("billing").post(
        "/api/advancedmd/appointments/bulk-sync", {"start_date": str(DAY), "end_date": str(DAY)}
    )
    clinic.work()

    assert (before, clinic.status(appointment)["amd_sync_status"]) == ([], "synced")


def test_no_more_than_a_month_is_told_together(clinic: Connected) -> None:
    body = {"start_date": "2026-01-01", "end_date": "2026-02-15"}

    refused = clinic.api.as_("billing").post("/api/advancedmd/appointments/bulk-sync", body)

    assert (refused.status, refused.fields) == (422, ["end_date"])
