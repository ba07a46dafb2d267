"""An entry's way: every allowed move and no other, with its appointment in step, whichever of the two is moved."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.queue import statuses
from tests.builders import Clinic, Data
from tests.client import Client
from tests.queue.waiting import act, call_next, current, join, put, read, waiting_room
from tests.scheduling.desk import book
from tests.scheduling.desk import read as read_appointment

WAYS: dict[str, list[str]] = {
    "waiting": [],
    "called": ["called"],
    "on_hold": ["on_hold"],
    "in_consultation": ["called", "in_consultation"],
    "completed": ["in_consultation", "completed"],
    "no_show": ["no_show"],
    "cancelled": ["cancelled"],
}
MOVES = [(old, new) for old in WAYS for new in WAYS if old != new]
FOLLOWS = {
    "waiting": "checked_in",
    "called": "checked_in",
    "on_hold": "checked_in",
    "in_consultation": "in_progress",
    "completed": "completed",
    "no_show": "no_show",
    "cancelled": "cancelled",
}


def soon() -> str:
    """A time on the grid in the next quarter of an hour, today if there is one."""
    now = datetime.now(UTC)
    start = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0) + timedelta(minutes=30)
    return f"{start:%Y-%m-%dT%H:%M:%SZ}"


def booked(api: Client, place: Clinic) -> Data:
    """An appointment of today's that begins soon."""
    return book(api, place, scheduled_date=soon())


def check_in(api: Client, appointment: Data) -> Data:
    """The entry of a booked patient who has checked in at the desk."""
    answer = api.as_("receptionist").post("/api/queue/check-in", {"appointment_id": appointment["id"]})
    assert answer.status == 200, answer.body
    entry: Data = answer.data
    return entry


def brought_to(api: Client, entry: Data, wanted: str) -> Data:
    """The entry once it has come to a status in the usual way."""
    for step in WAYS[wanted]:
        answer = put(api, entry, step)
        assert answer.status == 200, answer.body
    return read(api, entry)


def set_visit(api: Client, appointment: Data, status: str) -> int:
    """What the desk is told that moves the appointment itself."""
    path = f"/api/appointments/{appointment['id']}/status"
    return api.as_("receptionist").put(path, {"status": status}).status


@pytest.mark.parametrize(("old", "new"), MOVES, ids=[f"{old}-{new}" for old, new in MOVES])
def test_an_entry_becomes_what_the_table_says_and_nothing_else(api: Client, old: str, new: str) -> None:
    entry = brought_to(api, join(api, waiting_room(api)), old)

    answer = put(api, entry, new)

    allowed = new in statuses.MAY_BECOME[old]
    assert (answer.status, read(api, entry)["current_status"]) == ((200, new) if allowed else (409, old))


def test_the_table_itself() -> None:
    present = {"called", "in_consultation", "on_hold", "completed", "no_show", "cancelled"}

    assert {old: set(new) for old, new in statuses.MAY_BECOME.items()} == {
        "waiting": present,
        "called": present - {"called"} | {"waiting"},
        "on_hold": present - {"on_hold"} | {"waiting"},
        "in_consultation": {"completed"},
        "completed": set(),
        "no_show": {"waiting"},
        "cancelled": set(),
    }


@pytest.mark.parametrize("spelling", ["no-show", "no_show", "No-Show"])
def test_the_seeds_spellings_mean_the_same(api: Client, spelling: str) -> None:
    entry = join(api, waiting_room(api))

    answer = put(api, entry, spelling, notes="Not in the room")

    assert (answer.data["current_status"], answer.data["notes"]) == ("no_show", "Not in the room")


def test_a_word_that_is_no_status_is_refused(api: Client) -> None:
    answer = put(api, join(api, waiting_room(api)), "sleeping")

    assert (answer.status, answer.fields) == (422, ["status"])


@pytest.mark.parametrize("status", WAYS)
def test_the_appointment_goes_along_with_its_patient(api: Client, status: str) -> None:
    place = waiting_room(api)
    visit = booked(api, place)
    entry = check_in(api, visit)

    brought_to(api, entry, status)

    there = read_appointment(api, visit)
    assert (there["status"], there["queue_token"]) == (FOLLOWS[status], entry["token_number"])


@pytest.mark.parametrize("status", ["in_progress", "completed", "no_show", "cancelled"])
def test_the_patient_goes_along_with_the_appointment(api: Client, status: str) -> None:
    place = waiting_room(api)
    visit = booked(api, place)
    entry = check_in(api, visit)

    told = set_visit(api, visit, status)

    assert told == 200
    assert FOLLOWS[read(api, entry)["current_status"]] == status


def test_a_check_in_through_the_appointment_takes_a_number_too(api: Client) -> None:
    place = waiting_room(api)
    visit = booked(api, place)

    set_visit(api, visit, "checked-in")

    (entry,) = current(api, place)["queue"]
    assert (entry["appointment_id"], entry["current_status"]) == (visit["id"], "waiting")
    assert read_appointment(api, visit)["queue_token"] == entry["token_number"]


def test_a_check_in_of_another_day_takes_none(api: Client) -> None:
    place = waiting_room(api)
    visit = book(api, place)

    told = set_visit(api, visit, "checked_in")

    assert told == 200
    assert current(api, place)["queue"] == []
    assert read_appointment(api, visit)["queue_token"] is None


def test_taking_back_a_check_in_frees_the_place(api: Client) -> None:
    place = waiting_room(api)
    visit = booked(api, place)
    entry = check_in(api, visit)

    answer = api.as_("receptionist").post(f"/api/appointments/{visit['id']}/undo")

    again = check_in(api, visit)
    assert answer.data["status"] == "scheduled"
    assert read(api, entry)["current_status"] == "cancelled"
    assert (again["id"] != entry["id"], again["token_number"][-3:]) == (True, "002")


@pytest.mark.parametrize("status", ["in_progress", "completed", "no_show", "cancelled"])
def test_what_is_taken_back_of_the_appointment_is_taken_back_of_the_patient(api: Client, status: str) -> None:
    visit = booked(api, waiting_room(api))
    entry = check_in(api, visit)
    set_visit(api, visit, status)

    answer = api.as_("receptionist").post(f"/api/appointments/{visit['id']}/undo")

    assert (answer.status, answer.data["status"]) == (200, "checked_in")
    assert read(api, entry)["current_status"] == "waiting"


@pytest.mark.parametrize("status", ["called", "in_consultation", "completed", "no_show", "cancelled", "on_hold"])
def test_what_is_taken_back_of_the_patient_is_taken_back_of_the_appointment(api: Client, status: str) -> None:
    visit = booked(api, waiting_room(api))
    entry = check_in(api, visit)
    brought_to(api, entry, status)
    before = [*WAYS[status][:-1], "waiting"][0] if len(WAYS[status]) < 2 else WAYS[status][-2]

    answer = act(api, entry, "undo")

    assert (answer.status, answer.data["current_status"]) == (200, before)
    assert read_appointment(api, visit)["status"] == FOLLOWS[before]


def test_a_move_is_taken_back_once(api: Client) -> None:
    entry = brought_to(api, join(api, waiting_room(api)), "called")
    act(api, entry, "undo")

    again = act(api, entry, "undo")

    assert (again.status, again.error["code"]) == (409, "status_not_allowed")


def test_a_patient_who_left_may_join_again_and_then_the_leaving_stands(api: Client) -> None:
    place = waiting_room(api)
    entry = join(api, place, patient_id=place.patient["id"])
    act(api, entry, "left")

    again = join(api, place, patient_id=place.patient["id"])
    refused = act(api, entry, "undo")

    assert again["token_number"][-3:] == "002"
    assert (refused.status, refused.error["code"]) == (409, "already_in_queue")
    assert (read(api, entry)["current_status"], read(api, entry)["end_reason"]) == ("cancelled", "left")


def test_a_booked_patient_who_leaves_has_missed_the_visit(api: Client) -> None:
    visit = booked(api, waiting_room(api))
    entry = check_in(api, visit)

    left = act(api, entry, "left", {"notes": "Could not wait"}).data

    assert (left["current_status"], left["end_reason"]) == ("cancelled", "left")
    assert read_appointment(api, visit)["status"] == "no_show"


def test_a_patient_who_was_missed_and_comes_after_all_waits_from_then_on(api: Client) -> None:
    visit = booked(api, waiting_room(api))
    entry = brought_to(api, check_in(api, visit), "no_show")

    again = check_in(api, visit)

    assert (again["id"], again["current_status"]) == (entry["id"], "waiting")
    assert read_appointment(api, visit)["status"] == "checked_in"


def test_who_is_on_hold_is_not_called_and_keeps_the_age(api: Client) -> None:
    place = waiting_room(api)
    first, second = join(api, place), join(api, place)
    act(api, first, "hold", {"notes": "At the laboratory"})

    called = call_next(api, place).data
    resumed = act(api, first, "resume").data

    assert called["id"] == second["id"]
    assert (resumed["current_status"], resumed["check_in_time"]) == ("waiting", first["check_in_time"])
    assert resumed["queue_position"] == 1


def test_a_version_that_is_not_the_present_one_changes_nothing(api: Client) -> None:
    entry = join(api, waiting_room(api))
    desk = api.as_("receptionist").with_(if_match='"1"')
    path = f"/api/queue/{entry['id']}/status"

    first, second = (desk.put(path, {"status": status}) for status in ("called", "on_hold"))

    assert (first.status, second.status, second.error["code"]) == (200, 412, "stale_version")


def test_consultations_are_timed_for_the_estimates_to_come(api: Client) -> None:
    place = waiting_room(api)
    entry = brought_to(api, join(api, place), "completed")

    assert entry["consultation_start_time"]
    assert entry["consultation_end_time"] >= entry["consultation_start_time"]
    assert entry["actual_wait_time_minutes"] == 0


def test_a_doctor_opens_the_record_of_who_stands_in_the_queue_and_of_nobody_else(api: Client) -> None:
    place = waiting_room(api)
    doctor = api.as_("doctor", place.doctor["id"])
    path = f"/api/patients/{place.patient['id']}"

    before = doctor.get(path).status
    entry = join(api, place, patient_id=place.patient["id"])
    during = doctor.get(path).status
    act(api, entry, "left")
    after = doctor.get(path).status

    assert (before, during, after) == (404, 200, 404)


@pytest.mark.parametrize("way", ["undo", "check in again"])
def test_who_has_joined_anew_does_not_come_back_a_second_time(api: Client, way: str) -> None:
    place = waiting_room(api)
    visit = booked(api, place)
    brought_to(api, check_in(api, visit), "no_show")
    ticket = join(api, place, patient_id=place.patient["id"])
    desk, path = api.as_("receptionist"), f"/api/appointments/{visit['id']}"

    answer = {
        "undo": lambda: desk.post(f"{path}/undo"),
        "check in again": lambda: desk.put(f"{path}/status", {"status": "checked_in"}),
    }[way]()

    assert (answer.status, answer.error["code"]) == (409, "already_in_queue")
    assert answer.error["details"][0]["token_number"] == ticket["token_number"]
    assert read_appointment(api, visit)["status"] == "no_show"
