"""The board: what S2 prints, and to whom it shows which of it."""

import pytest

from tests.builders import make_doctor
from tests.client import Client
from tests.queue.waiting import act, call_next, current, join, put, tokens, waiting_room
from tests.scheduling.desk import EVERY_DAY, book

PRINTED = {"token_number", "patient_name", "current_status", "queue_position", "estimated_wait_time_minutes"}
TELLING = {
    "patient_id",
    "patient_name",
    "patient_age",
    "appointment_id",
    "reason_for_visit",
    "special_requirements",
    "notes",
    "urgency_level",
    "ai_priority_factors",
    "track",
}


def test_a_doctors_queue_has_what_the_seeds_print(api: Client) -> None:
    place = waiting_room(api)
    first = join(api, place)
    for _ in range(4):
        join(api, place)
    put(api, call_next(api, place).data, "in_consultation")
    call_next(api, place)

    queue = current(api, place)

    assert (queue["doctor_id"], queue["doctor_name"]) == (place.doctor["id"], place.doctor["name"])
    assert [queue[f"total_{status}"] for status in ("waiting", "called", "in_consultation")] == [3, 1, 1]
    assert {name for name in PRINTED if name not in queue["queue"][0]} == set()
    assert tokens(queue) == ["003", "004", "005"]
    assert tokens(queue, "in_consultation") == [first["token_number"][9:]]


def test_those_who_are_gone_are_on_no_board(api: Client) -> None:
    place = waiting_room(api)
    for status in ("completed", "no_show", "cancelled"):
        put(api, join(api, place), status)

    queue = current(api, place)

    assert queue["queue"] == []


def test_a_location_shows_the_queues_of_all_its_doctors(api: Client) -> None:
    place = waiting_room(api)
    colleague = make_doctor(api, location_ids=[place.location["id"]], schedule={"hours": [EVERY_DAY]})
    join(api, place)
    join(api, place, doctor_id=colleague["id"])

    lines = api.as_("receptionist").get("/api/queue/current", location_id=place.location["id"]).data

    assert {line["doctor_id"]: line["total_waiting"] for line in lines} == {place.doctor["id"]: 1, colleague["id"]: 1}


def test_a_doctor_in_whose_queue_nobody_stands_is_shown_when_asked_for(api: Client) -> None:
    place = waiting_room(api)

    queue = current(api, place)

    assert (queue["total_waiting"], queue["queue"], queue["estimated_wait_time_minutes"]) == (0, [], 0)


SEES: dict[str, tuple[str, str, bool]] = {
    "a desk": ("receptionist", "", True),
    "the doctor": ("doctor", "{doctor}", True),
    "a colleague": ("doctor", "doc_else", False),
    "the patient": ("patient", "{patient}", True),
    "another patient": ("patient", "pat_else", False),
    "a kiosk": ("kiosk", "", False),
    "a display": ("display", "", False),
}


@pytest.mark.parametrize("who", SEES)
def test_names_and_reasons_are_for_those_who_need_them(api: Client, who: str) -> None:
    place = waiting_room(api)
    join(api, place, patient_id=place.patient["id"], reason_for_visit="Rash", special_requirements="Wheelchair")
    role, sub, sees = SEES[who]
    scope = {"location": place.location["id"]} if role in {"kiosk", "display"} else {}
    caller = api.as_(role, sub.format(doctor=place.doctor["id"], patient=place.patient["id"]), **scope)

    answer = caller.get("/api/queue/current", location_id=place.location["id"])

    ((entry,),) = [line["queue"] for line in answer.data]
    told = {name for name in TELLING - {"appointment_id", "notes"} if entry[name] is not None}
    assert told == (TELLING - {"appointment_id", "notes"} if sees else set())
    assert (place.patient["last_name"] in answer.body) == sees
    assert entry["token_number"].endswith("-001")
    assert entry["queue_position"] == 1


@pytest.mark.parametrize("role", ["kiosk", "display"])
def test_a_device_sees_its_own_location_without_naming_it(api: Client, role: str) -> None:
    place = waiting_room(api)
    join(api, place)

    lines = api.as_(role, location=place.location["id"]).get("/api/queue/current").data

    assert [line["total_waiting"] for line in lines] == [1]


def test_a_doctor_sees_the_own_queue_without_naming_it(api: Client) -> None:
    place = waiting_room(api)
    join(api, place)

    lines = api.as_("doctor", place.doctor["id"]).get("/api/queue/current").data

    assert [(line["doctor_id"], line["total_waiting"]) for line in lines] == [(place.doctor["id"], 1)]


@pytest.mark.usefixtures("own_table")
def test_a_desk_sees_all_that_it_reaches_without_naming_it(api: Client) -> None:
    place, elsewhere = waiting_room(api), waiting_room(api)
    join(api, place)
    join(api, elsewhere)
    desks = [api.as_("receptionist"), api.as_("receptionist", hospital=place.hospital["id"])]

    seen = [{line["doctor_id"] for line in desk.get("/api/queue/current").data} for desk in desks]

    assert seen == [{place.doctor["id"], elsewhere.doctor["id"]}, {place.doctor["id"]}]


def test_a_patient_says_whose_queue_is_meant(api: Client) -> None:
    answer = api.as_("patient").get("/api/queue/current")

    assert (answer.status, answer.fields) == (422, ["location_id"])


def test_the_wait_grows_with_those_ahead_and_with_what_their_visits_take(api: Client) -> None:
    place = waiting_room(api, schedule={"slot_minutes": 30, "grid_minutes": 15})
    for _ in range(3):
        join(api, place)

    waits = [one["estimated_wait_time_minutes"] for one in current(api, place)["queue"]]

    assert waits[0] < 15 < waits[1] < 45 < waits[2] < 75


def test_who_was_called_and_who_is_inside_are_waited_for(api: Client) -> None:
    place = waiting_room(api, schedule={"slot_minutes": 30, "grid_minutes": 15})
    join(api, place)
    last = join(api, place)
    called = call_next(api, place).data

    before = api.as_("admin").get(f"/api/queue/{last['id']}").data["estimated_wait_time_minutes"]
    put(api, called, "in_consultation")
    during = api.as_("admin").get(f"/api/queue/{last['id']}").data["estimated_wait_time_minutes"]
    put(api, called, "completed")
    after = api.as_("admin").get(f"/api/queue/{last['id']}").data["estimated_wait_time_minutes"]

    assert before > 15
    assert during > 15
    assert after < 15


def test_appointments_and_numbers_stand_in_one_line(api: Client) -> None:
    place = waiting_room(api)
    book(api, place)
    join(api, place)
    act(api, join(api, place), "hold")

    queue = current(api, place)

    assert (queue["total_waiting"], queue["total_on_hold"]) == (1, 1)
