"""Who comes near the front of a waiting line is told so, once, and only while they wait."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.kit import clock
from chalicelib.people import directory
from chalicelib.reminders import near_turn
from chalicelib.reminders.deliver import deliver
from chalicelib.table import reminders
from infra.local.testing import Engine
from tests.builders import Clinic, Data, make_doctor, make_patient
from tests.client import Client
from tests.queue.waiting import act, ask_to_join, put, waiting_room
from tests.reminders.mailbox import sent_to, verify
from tests.scheduling.desk import EVERY_DAY

Joins = Callable[[], Data]


@pytest.fixture
def place(api: Client, engine: Engine) -> Clinic:
    verify(engine)
    return waiting_room(api)


@pytest.fixture
def joins(api: Client, place: Clinic) -> Joins:
    """Another patient joins the line; only e-mail reaches them."""

    def join() -> Data:
        patient = make_patient(api, phone="+1234567890")
        made: Data = ask_to_join(api, place, patient_id=patient["id"], patient_details=None).data
        return made | {"email": patient["email"]}

    return join


def follows(place: Clinic) -> None:
    line = f"QUEUE#{place.location['id']}#{clock.now().date()}"
    near_turn.follow(line, clock.now())


def told(entry: Data) -> list[str]:
    return [one.occasion for one in reminders.of_appointment(entry["id"])]


def sends(entry: Data) -> list[str | None]:
    now = clock.now() + timedelta(seconds=1)
    return [deliver(one.id, entry["id"], now) for one in reminders.of_appointment(entry["id"])]


def test_the_first_two_in_line_are_told_and_nobody_twice(place: Clinic, joins: Joins) -> None:
    line = [joins() for _ in range(3)]

    follows(place)
    follows(place)

    assert [told(entry) for entry in line] == [["you_are_next"], ["you_are_next"], []]


def test_who_moves_up_is_told_then(api: Client, place: Clinic, joins: Joins) -> None:
    line = [joins() for _ in range(3)]
    follows(place)

    assert api.as_("admin").post(f"/api/queue/{line[0]['id']}/left", {}).status == 200
    follows(place)

    assert told(line[2]) == ["you_are_next"]


def test_who_is_sent_on_to_another_doctor_is_told_once_more(api: Client, place: Clinic, joins: Joins) -> None:
    there = {"hospital_id": place.hospital["id"], "location_ids": [place.location["id"]]}
    laboratory = make_doctor(api, schedule={"hours": [EVERY_DAY]}, **there)
    entry = joins()
    follows(place)

    put(api, entry, "in_consultation")
    assert act(api, entry, "forward", {"doctor_id": laboratory["id"]}).status == 200
    follows(place)

    assert told(entry) == ["you_are_next", "you_are_next"]


def test_the_message_names_nobody_and_goes_out_once(engine: Engine, place: Clinic, joins: Joins) -> None:
    first = joins()
    follows(place)

    assert [sends(first), sends(first)] == [["sent"], [None]]
    [mail] = sent_to(engine, first["email"])
    assert mail["BodyText"] == "You are next. Please come to the waiting room."


def test_who_has_left_meanwhile_is_not_told(api: Client, engine: Engine, place: Clinic, joins: Joins) -> None:
    first = joins()
    follows(place)
    assert api.as_("admin").post(f"/api/queue/{first['id']}/left", {}).status == 200

    assert sends(first) == ["cancelled"]
    assert sent_to(engine, first["email"]) == []


@pytest.mark.parametrize(("near_turn_at", "count"), [(0, 0), (1, 1), (3, 3)])
def test_a_location_says_how_near_that_is(
    api: Client, place: Clinic, joins: Joins, near_turn_at: int, count: int
) -> None:
    path, said = f"/api/locations/{place.location['id']}", {"reminder_policy": {"near_turn": near_turn_at}}
    assert api.as_("admin").put(path, said).status == 200
    directory.location.forget(place.location["id"])
    line = [joins() for _ in range(4)]

    follows(place)

    assert sum(bool(told(entry)) for entry in line) == count
