"""Calling: the next one, a certain one, once more; into which room."""

import pytest

from tests.builders import make_doctor, make_room
from tests.client import Client
from tests.queue.waiting import act, call_next, current, join, put, read, tokens, waiting_room
from tests.scheduling.desk import EVERY_DAY


def test_the_next_patient_is_called(api: Client) -> None:
    place = waiting_room(api)
    join(api, place)
    urgent = join(api, place, urgency_level="high")

    called = call_next(api, place)

    assert (called.status, called.data["id"], called.data["current_status"]) == (200, urgent["id"], "called")
    assert called.data["called_time"]
    assert called.data["actual_wait_time_minutes"] == 0
    assert tokens(current(api, place)) == ["001"]
    assert tokens(current(api, place), "called") == ["002"]


def test_where_nobody_waits_nobody_is_called(api: Client) -> None:
    place = waiting_room(api)
    put(api, join(api, place), "on_hold")

    answer = call_next(api, place)

    assert (answer.status, answer.error["code"]) == (409, "queue_empty")


def test_other_doctors_patients_are_left_alone(api: Client) -> None:
    place = waiting_room(api)
    colleague = make_doctor(api, location_ids=[place.location["id"]], schedule={"hours": [EVERY_DAY]})
    join(api, place, doctor_id=colleague["id"])

    answer = call_next(api, place)

    assert answer.status == 409


def test_a_repeat_under_one_key_calls_nobody_else(api: Client) -> None:
    place = waiting_room(api)
    join(api, place)
    join(api, place)
    desk = api.as_("receptionist").with_(idempotency_key="press-1")
    body = {"doctor_id": place.doctor["id"], "location_id": place.location["id"]}

    first, again = (desk.post("/api/queue/call-next", body) for _ in range(2))

    assert first.data["id"] == again.data["id"]
    assert again.headers["idempotency-replayed"] == "true"
    assert current(api, place)["total_waiting"] == 1


def test_a_certain_patient_is_called_before_the_others(api: Client) -> None:
    place = waiting_room(api)
    join(api, place)
    second = join(api, place)

    answer = act(api, second, "call")

    assert answer.data["current_status"] == "called"
    assert tokens(current(api, place)) == ["001"]


def test_a_call_is_repeated_and_counted(api: Client) -> None:
    place = waiting_room(api)
    join(api, place)
    called = call_next(api, place).data

    again, once_more = act(api, called, "recall").data, act(api, called, "call").data

    assert [one["recalls"] for one in (called, again, once_more)] == [0, 1, 2]
    assert {one["called_time"] for one in (called, again, once_more)} == {called["called_time"]}


def test_a_patient_is_called_again_into_another_room(api: Client) -> None:
    place = waiting_room(api, rooms=2)
    join(api, place)
    called = call_next(api, place, room_id=place.rooms[0]["id"]).data

    again = act(api, called, "call", {"room_id": place.rooms[1]["id"]}).data

    assert (again["room_name"], again["recalls"]) == (place.rooms[1]["name"], 1)


def test_only_who_was_called_is_called_again(api: Client) -> None:
    made = join(api, waiting_room(api))

    answer = act(api, made, "recall")

    assert (answer.status, answer.error["code"]) == (409, "status_not_allowed")


def test_a_call_names_the_room(api: Client) -> None:
    place = waiting_room(api, rooms=2)
    usual, other = place.rooms
    api.as_("admin").put(f"/api/doctors/{place.doctor['id']}", {"usual_room_id": usual["id"]})
    for _ in range(3):
        join(api, place)

    rooms = [call_next(api, place, **said).data for said in ({}, {"room_id": other["id"]}, {})]

    assert [one["room_id"] for one in rooms] == [usual["id"], other["id"], other["id"]]
    assert rooms[0]["room_name"] == usual["name"]


def test_a_room_elsewhere_is_no_room_here(api: Client) -> None:
    place, elsewhere = waiting_room(api), waiting_room(api)
    made = join(api, place)
    strange = make_room(api, elsewhere.location["id"])["id"]

    answers = [call_next(api, place, room_id=strange), put(api, made, "called", room_id=strange)]

    assert [answer.status for answer in answers] == [404, 404]
    assert read(api, made)["current_status"] == "waiting"


WAYS = ["call-next", "call", "status"]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_call_leaves_the_same(api: Client, way: str) -> None:
    place = waiting_room(api)
    made = join(api, place)

    {
        "call-next": lambda: call_next(api, place),
        "call": lambda: act(api, made, "call"),
        "status": lambda: put(api, made, "called"),
    }[way]()

    called = read(api, made)
    assert (called["current_status"], called["version"]) == ("called", 2)
    assert called["called_time"]
