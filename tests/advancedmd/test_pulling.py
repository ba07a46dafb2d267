"""What is changed at the office comes here, once; what cannot come is shown with both sides, and nothing is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.advancedmd import feed, pulling, reaching, taking, whoiswho
from chalicelib.advancedmd.mapping import Untellable
from chalicelib.gateways.advancedmd.records import NO_SHOW, VisitData
from chalicelib.kit import clock
from chalicelib.table import appointments, officeinbox, officelinks
from tests.advancedmd.offices import OFFICE, Connected, at, follow, hear, here
from tests.builders import make_location
from tests.scheduling.desk import DAY, EVERY_DAY, book, read, utc

pytestmark = pytest.mark.usefixtures("own_table")
Show = Callable[[datetime], None]


def test_a_move_there_moves_it_here_and_is_not_told_back(clinic: Connected) -> None:
    appointment = clinic.told()
    hear()
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))

    hear()
    follow(appointment)
    before = len(clinic.running.whole.calls.rows())
    clinic.work()

    assert read(clinic.api, appointment)["scheduled_date"] == utc("14:00").replace("Z", "+00:00")
    assert len(clinic.running.whole.calls.rows()) == before
    assert clinic.status(appointment)["amd_sync_status"] == "synced"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        (["checkin"], "checked_in"),
        (["checkin", "checkout"], "completed"),
        (["cancel"], "cancelled"),
        (["noshow"], "no_show"),
        (["delete"], "cancelled"),
    ],
)
def test_what_happens_there_is_seen_here(clinic: Connected, edits: list[str], expected: str) -> None:
    appointment = clinic.told()
    hear()
    for edit in edits:
        clinic.desk(edit, clinic.visit_of(appointment))

    hear()

    assert read(clinic.api, appointment)["status"] == expected
    assert officeinbox.due("9999", most=9) == []


def test_who_was_missed_and_has_come_and_gone_since_is_seen_here(clinic: Connected) -> None:
    appointment = clinic.told()
    for edits in (["noshow"], ["checkin", "checkout"]):
        for edit in edits:
            clinic.desk(edit, clinic.visit_of(appointment))
        hear()

    assert read(clinic.api, appointment)["status"] == "completed"
    assert clinic.status(appointment)["amd_sync_status"] == "synced"


def test_a_visit_that_was_made_and_deleted_between_two_tellings_is_seen_here(clinic: Connected) -> None:
    hear()
    appointment, stays = clinic.told(), clinic.told("12:00")
    clinic.desk("delete", clinic.visit_of(appointment))

    hear()

    assert [read(clinic.api, one)["status"] for one in (appointment, stays)] == ["cancelled", "scheduled"]


def test_a_visit_that_was_told_of_once_is_not_read_when_nothing_is_told_of_it(clinic: Connected) -> None:
    hear()
    clinic.told()
    hear()
    before = len(clinic.running.whole.calls.rows())

    hear()

    assert [row.action for row in clinic.running.whole.calls.rows()[before:]] == ["getupdatedvisits"]


def test_a_posted_charge_is_no_deletion(clinic: Connected) -> None:
    appointment = clinic.told()
    hear()
    clinic.desk("charge", clinic.visit_of(appointment))

    hear()

    assert read(clinic.api, appointment)["status"] == "scheduled"


def with_a_namesake(clinic: Connected) -> None:
    """The doctor has a column of the same heading at another location, which takes part as well."""
    clinic.theirs.columns[20] = replace(clinic.theirs.columns[16], id=20, facility_id=235)
    places = {clinic.place.location["id"]: 234, make_location(clinic.api)["id"]: 235}
    clinic.settle(locations=[{"location_id": one, "facility_id": number} for one, number in places.items()])
    whoiswho.forget(OFFICE)


def test_a_heading_that_two_columns_have_moves_nobody_to_the_other_place(clinic: Connected, show: Show) -> None:
    with_a_namesake(clinic)
    appointment = clinic.told()
    hear()
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))
    show(clock.precise() + timedelta(minutes=15))

    hear()

    moved = read(clinic.api, appointment)
    assert (moved["time"], moved["location_id"]) == ("14:00", clinic.place.location["id"])
    assert clinic.status(appointment)["amd_conflict"] is None


def test_the_sweep_adopts_a_visit_whose_heading_two_columns_have_at_its_own_place(clinic: Connected) -> None:
    with_a_namesake(clinic)
    patient = clinic.linked_patient()
    visit = clinic.made_there("11:00", max(clinic.theirs.patients))
    visit.modified_at = clock.now() - timedelta(days=9)
    hear()
    missed = here(clinic, patient)

    clinic.swept()
    hear()

    assert missed == []
    [adopted] = here(clinic, patient)
    assert (adopted["time"], adopted["location_id"]) == ("11:00", clinic.place.location["id"])


def test_a_visit_that_a_list_left_out_is_asked_for_before_anybody_is_cancelled(clinic: Connected) -> None:
    there, deleted = clinic.told(), clinic.told("12:00")
    hear()
    clinic.desk("delete", clinic.visit_of(deleted))

    pulling.put(OFFICE, [], [clinic.visit_of(one) for one in (there, deleted)], now=clock.now())
    hear()

    assert [read(clinic.api, one)["status"] for one in (there, deleted)] == ["scheduled", "cancelled"]


def test_both_moved_it_is_shown_with_both_sides_and_neither_is_overwritten(clinic: Connected) -> None:
    appointment = clinic.told()
    hear()
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))
    path = f"/api/appointments/{appointment['id']}/reschedule"
    clinic.api.as_("receptionist").put(path, {"scheduled_date": utc("16:00")})

    hear()
    follow(appointment)
    clinic.work()

    [difference] = clinic.status(appointment)["amd_conflict"]["differences"]
    assert (difference["field"], difference["ours"], difference["theirs"]) == ("start", utc("16:00"), utc("14:00"))
    assert [f"{one.start:%H:%M}" for one in clinic.there(appointment)] == ["14:00"]
    assert read(clinic.api, appointment)["time"] == "16:00"


def test_a_clinic_that_moves_it_back_while_people_are_asked_does_not_give_in(clinic: Connected) -> None:
    appointment = clinic.told()
    hear()
    desk, path = clinic.api.as_("receptionist"), f"/api/appointments/{appointment['id']}/reschedule"
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))
    desk.put(path, {"scheduled_date": utc("16:00")})
    hear()

    desk.put(path, {"scheduled_date": utc("10:00")})
    follow(appointment)
    clinic.work()
    hear()

    assert (read(clinic.api, appointment)["time"], [f"{one.start:%H:%M}" for one in clinic.there(appointment)]) == (
        "10:00",
        ["14:00"],
    )
    assert clinic.status(appointment)["amd_sync_status"] == "error"
    resolve = f"/api/advancedmd/conflicts/{appointment['id']}/resolve"
    assert clinic.api.as_("admin").post(resolve, {"keep": "theirs"}).status == 200
    clinic.work()
    hear()
    assert (read(clinic.api, appointment)["time"], clinic.status(appointment)["amd_conflict"]) == ("14:00", None)


def test_what_is_changed_here_while_a_visit_cannot_be_read_is_told_all_the_same(
    clinic: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment = clinic.told()
    hear()
    clinic.desk("charge", clinic.visit_of(appointment))

    def unclear(*_: object) -> None:
        path = f"/api/appointments/{appointment['id']}/reschedule"
        assert clinic.api.as_("receptionist").put(path, {"scheduled_date": utc("16:00")}).status == 200
        follow(appointment)
        raise Untellable("AdvancedMD tells a time that the clock jumps over.")

    with monkeypatch.context() as patch:
        patch.setattr(taking, "_theirs", unclear)
        hear()
    clinic.work()

    assert [f"{one.start:%H:%M}" for one in clinic.there(appointment)] == ["16:00"]
    assert (clinic.status(appointment)["amd_sync_status"], officeinbox.due("9999", most=9)) == ("synced", [])


def test_a_move_to_a_taken_time_is_a_conflict_and_the_other_appointment_stays(clinic: Connected) -> None:
    appointment = clinic.told()
    hear()
    book(clinic.api, clinic.place, "14:00", patient_id=clinic.known_patient()["id"])
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))

    hear()

    [difference] = clinic.status(appointment)["amd_conflict"]["differences"]
    assert (difference["field"], difference["refused"]) == ("start", "slot_taken")
    assert read(clinic.api, appointment)["time"] == "10:00"


def test_what_was_moved_and_then_cancelled_there_is_cancelled_here_and_never_moved(clinic: Connected) -> None:
    appointment = clinic.told()
    hear()
    book(clinic.api, clinic.place, "14:00", patient_id=clinic.known_patient()["id"])
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))
    clinic.desk("cancel", clinic.visit_of(appointment))

    hear()
    pulling.put_unread(OFFICE, clinic.visit_of(appointment), now=clock.now())
    hear()
    found = read(clinic.api, appointment)

    assert (found["status"], found["time"], found["moves"]) == ("cancelled", "10:00", [])
    assert clinic.status(appointment)["amd_sync_status"] == "synced"


def test_a_move_there_in_time_alone_leaves_the_place(clinic: Connected) -> None:
    elsewhere = make_location(clinic.api)["id"]
    until_noon = EVERY_DAY | {"location_id": clinic.place.location["id"], "end": "12:00"}
    from_noon = EVERY_DAY | {"location_id": elsewhere, "start": "12:00"}
    appointment = clinic.told()
    hear()
    schedule = f"/api/doctors/{clinic.place.doctor['id']}/schedule"
    assert clinic.api.as_("admin").put(schedule, {"hours": [until_noon, from_noon]}).status == 200
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))

    hear()

    [difference] = clinic.status(appointment)["amd_conflict"]["differences"]
    assert (difference["field"], difference["refused"]) == ("start", "slot_not_offered")
    assert read(clinic.api, appointment)["location_id"] == clinic.place.location["id"]


def test_a_refused_move_stays_seen_when_something_else_is_told(clinic: Connected) -> None:
    appointment = clinic.told()
    hear()
    book(clinic.api, clinic.place, "14:00", patient_id=clinic.known_patient()["id"])
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))
    hear()
    clinic.api.as_("receptionist").put(f"/api/appointments/{appointment['id']}/status", {"status": "no_show"})

    follow(appointment)
    clinic.work()

    assert [one.status for one in clinic.there(appointment)] == [NO_SHOW]
    assert [one["field"] for one in clinic.status(appointment)["amd_conflict"]["differences"]] == ["start"]


def test_what_was_cancelled_there_before_we_learnt_its_number_is_cancelled_here(clinic: Connected) -> None:
    appointment = book(clinic.api, clinic.place, patient_id=clinic.known_patient()["id"])
    follow(appointment)
    for action in ("post /scheduler/appointments", "getvisitidbyrefid"):
        clinic.running.whole.faults.plan("dropped", action=action)
    clinic.work()
    clinic.desk("cancel", clinic.visit_of(appointment))

    hear()

    waiting = officeinbox.find(OFFICE, clinic.visit_of(appointment))
    assert waiting is not None
    assert waiting.conflict is None


def test_a_visit_made_there_becomes_an_appointment_once_and_is_not_told_back(clinic: Connected) -> None:
    patient = clinic.linked_patient()
    visit_id = clinic.made_there("11:00", max(clinic.theirs.patients)).id

    hear()
    hear()
    [appointment] = here(clinic, patient)
    follow(appointment)
    clinic.work()

    assert (appointment["time"], appointment["status"]) == ("11:00", "scheduled")
    assert clinic.status(appointment)["advancedmd_visit_id"] == str(visit_id)
    assert list(clinic.theirs.appointments) == [visit_id]


def test_whether_visits_may_be_ours_is_looked_at_once_for_all_that_were_heard(
    clinic: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bool] = []
    look = officelinks.in_doubt
    monkeypatch.setattr(officelinks, "in_doubt", lambda: looks.append(look()) or looks[-1])
    patients = []
    for time_there in ("10:00", "11:00", "12:00"):
        patients.append(clinic.linked_patient())
        clinic.made_there(time_there, max(clinic.theirs.patients))

    hear()

    assert [len(here(clinic, patient)) for patient in patients] == [1, 1, 1]
    assert looks == [False]


def test_a_visit_made_there_at_a_taken_time_waits_for_people(clinic: Connected) -> None:
    clinic.told("11:00")
    clinic.theirs.columns[16] = replace(clinic.theirs.columns[16], max_per_slot=2)
    patient = clinic.linked_patient()
    visit_id = clinic.made_there("11:00", max(clinic.theirs.patients)).id

    hear()

    waiting = officeinbox.find(OFFICE, visit_id)
    assert waiting is not None
    assert (waiting.conflict["refused"], here(clinic, patient)) == ("slot_taken", [])


def test_a_visit_that_found_its_time_taken_and_was_moved_is_followed_from_where_it_was_booked(
    clinic: Connected,
) -> None:
    blocker = clinic.told("11:00")
    clinic.theirs.columns[16] = replace(clinic.theirs.columns[16], max_per_slot=2)
    patient = clinic.linked_patient()
    visit = clinic.made_there("11:00", max(clinic.theirs.patients))
    hear()
    clinic.desk("move", visit.id, columnid=16, startdatetime=at("12:00"))
    hear()
    clinic.desk("cancel", clinic.visit_of(blocker))
    hear()
    [booked] = here(clinic, patient)
    clinic.desk("move", visit.id, columnid=16, startdatetime=at("11:00"))

    hear()
    [moved_back] = here(clinic, patient)

    assert (booked["time"], moved_back["time"], f"{visit.start:%H:%M}") == ("12:00", "11:00", "11:00")


def test_a_visit_of_a_patient_who_is_nobody_here_waits_for_people(clinic: Connected) -> None:
    visit_id = clinic.made_there("11:00", 162).id

    hear()

    waiting = officeinbox.find(OFFICE, visit_id)
    assert waiting is not None
    assert waiting.conflict["problem"] == "The patient at AdvancedMD is not linked to one of ours."


def test_a_worker_that_dies_before_the_place_is_noted_hears_the_same_again(clinic: Connected) -> None:
    appointment = clinic.told()
    hear()
    before = officeinbox.cursor(OFFICE).heard
    clinic.desk("cancel", clinic.visit_of(appointment))
    hear()
    cursor = officeinbox.cursor(OFFICE)

    officeinbox.heard(cursor, heard=before)
    hear()

    assert read(clinic.api, appointment)["status"] == "cancelled"
    assert clinic.status(appointment)["amd_sync_status"] == "synced"


def test_what_we_told_after_we_were_told_is_not_taken_back(clinic: Connected) -> None:
    """The office tells of a state, we move the appointment and tell that, and only then come to what was told."""
    appointment = clinic.told()
    who = reaching.credentials()
    assert who is not None
    pulling.pull(OFFICE, office=reaching.office(who, urgent=False), now=clock.now() - timedelta(seconds=30))
    path = f"/api/appointments/{appointment['id']}/reschedule"
    clinic.api.as_("receptionist").put(path, {"scheduled_date": utc("16:00")})
    follow(appointment)

    clinic.work()

    assert read(clinic.api, appointment)["time"] == "16:00"
    assert [f"{one.start:%H:%M}" for one in clinic.there(appointment)] == ["16:00"]


def test_the_sweep_finds_what_the_increments_missed(clinic: Connected) -> None:
    moved, gone = clinic.told(), clinic.told("12:00")
    hear()
    clinic.desk("move", clinic.visit_of(moved), columnid=16, startdatetime=at("14:00"))
    clinic.desk("cancel", clinic.visit_of(gone))
    for visit in clinic.theirs.appointments.values():
        visit.modified_at = clock.now() - timedelta(days=9)
    hear()
    missed = read(clinic.api, moved)["time"]

    clinic.swept()
    shown = clinic.api.as_("admin").get("/api/advancedmd/drift")
    hear()

    found = {one["appointment_id"]: one["differences"][0]["field"] for one in shown.data}
    assert (missed, found) == ("10:00", {moved["id"]: "start", gone["id"]: "stage"})
    assert (read(clinic.api, moved)["time"], read(clinic.api, gone)["status"]) == ("14:00", "cancelled")


def test_a_day_that_could_not_be_read_is_not_said_to_be_without_drift(clinic: Connected) -> None:
    clinic.running.whole.faults.plan("refused", action="getdatevisits")

    clinic.swept(days=5)
    desk = clinic.api.as_("admin")

    told = desk.get("/api/advancedmd/drift").json["meta"]
    assert (told["days"], told["days_read"], told["days_unread"]) == (5, 4, 1)
    assert desk.get("/api/advancedmd/sync/dashboard").data["days_unread"] == 1


def test_the_sweep_tells_what_was_made_and_changed_while_nothing_was_told(clinic: Connected, show: Show) -> None:
    moved, same = clinic.told(), clinic.told("12:00")
    clinic.settle(auto_sync_appointments=False)
    path = f"/api/appointments/{moved['id']}/reschedule"
    clinic.api.as_("receptionist").put(path, {"scheduled_date": utc("14:00")})
    made = book(clinic.api, clinic.place, "16:00", patient_id=clinic.known_patient()["id"])
    for appointment in (moved, made):
        follow(appointment)
    clinic.settle(auto_sync_appointments=True)
    show(clock.precise() + timedelta(minutes=15))

    clinic.swept()
    shown = clinic.api.as_("admin").get("/api/advancedmd/drift").data
    clinic.work()

    assert {one["appointment_id"]: one["drift"] for one in shown} == {moved["id"]: "untold", made["id"]: "untold"}
    [told] = [one["differences"] for one in shown if one["appointment_id"] == moved["id"]]
    assert told == [{"field": "start", "base": utc("10:00"), "ours": utc("14:00"), "theirs": None}]
    assert [f"{clinic.there(one)[0].start:%H:%M}" for one in (moved, same, made)] == ["14:00", "12:00", "16:00"]


def test_a_months_first_morning_is_read_where_it_is_the_evening_before_elsewhere(clinic: Connected) -> None:
    first = (DAY.replace(day=1) + timedelta(days=32)).replace(day=1)
    made = book(clinic.api, clinic.place, "22:00", day=first - timedelta(days=1))  # at eight in the morning in Guam
    midnight = datetime.combine(first, time(), ZoneInfo("Pacific/Guam"))

    found = appointments.at_location(made["location_id"], first=midnight, last=midnight + timedelta(days=1))

    assert [one.id for one in found] == [made["id"]]


def test_hearing_is_due_by_the_frequency(clinic: Connected) -> None:
    first = feed.run(clock.now())
    hear()
    soon = feed.run(clock.now())
    later = feed.run(clock.now() + timedelta(minutes=2))
    clinic.settle(sync_frequency="manual")

    assert (first, soon, later) == (1, 0, 1)
    assert feed.run(clock.now() + timedelta(days=2)) == 0


@pytest.mark.parametrize(("frequency", "every"), [("hourly", timedelta(hours=1)), ("daily", timedelta(days=1))])
def test_what_has_changed_is_heard_each_hour_or_each_day(clinic: Connected, frequency: str, every: timedelta) -> None:
    clinic.settle(sync_frequency=frequency)
    hear()
    heard = clock.now()

    woken = [feed.run(heard + every + timedelta(seconds=late)) for late in (-60, 60)]

    assert woken == [0, 1]


def test_a_visit_that_had_begun_before_we_heard_of_it_is_for_people_on_its_day_alone(clinic: Connected) -> None:
    clinic.linked_patient()
    number, now = max(clinic.theirs.patients), clock.now()
    visits = [
        clinic.made_there("", number, startdatetime=f"{now - timedelta(minutes=minutes):%Y-%m-%dT%H:%M}:00")
        for minutes in (45, 24 * 60)
    ]

    hear()

    today, yesterday = (officeinbox.find(OFFICE, one.id) for one in visits)
    assert today is not None
    assert (today.conflict["problem"], yesterday) == ("The visit had begun before anybody here knew of it.", None)


@pytest.mark.usefixtures("clinic")
def test_more_visits_than_one_page_are_dealt_with_in_one_turn() -> None:
    pulling.put(OFFICE, [VisitData(id=number) for number in range(1, 61)], [], now=clock.now())

    hear()

    assert officeinbox.due("9999", most=99) == []


def test_a_visit_that_may_not_be_read_waits_for_people_and_its_appointment_for_nobody(clinic: Connected) -> None:
    appointment = clinic.told()
    hear()
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))
    clinic.running.whole.faults.plan("refused", action="get /scheduler/appointments/{id}")

    hear()
    waiting = officeinbox.find(OFFICE, clinic.visit_of(appointment))
    again = clinic.api.as_("billing").post(f"/api/advancedmd/appointments/{appointment['id']}/sync")

    assert waiting is not None
    assert (waiting.conflict, again.status) == ({"problem": "AdvancedMD cannot read what we ask."}, 200)


def test_what_cannot_be_heard_stops_nothing_else_and_is_seen_and_tried_again(clinic: Connected) -> None:
    appointment = clinic.told()
    hear()
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))
    pulling.put_unread(OFFICE, clinic.visit_of(appointment), now=clock.now())
    desk, imports = clinic.api.as_("admin"), "/api/advancedmd/appointments/import"
    desk.post(imports, {"start_date": f"{DAY}", "end_date": f"{DAY}"})
    officeinbox.heard(officeinbox.cursor(OFFICE), heard="nobody's time")

    for _ in range(3):
        hear()
    tried = clock.now()

    row, *_ = desk.get("/api/advancedmd/sync/logs", status="error").data
    assert (row["operation"], row["type"], row["detail"]) == ("pull", "changes", "A date cannot be read.")
    assert read(clinic.api, appointment)["time"] == "14:00"
    assert [one["ended_at"] is not None for one in desk.get(imports).data] == [True]
    assert [feed.run(tried + timedelta(seconds=seconds)) for seconds in (200, 250)] == [0, 1]
