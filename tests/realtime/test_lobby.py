"""What the room, the doctor, the desk and the patient are told of the waiting line."""

from collections.abc import Callable

import pytest

from tests.audit.auditing import handle
from tests.builders import Clinic, Data
from tests.client import Client
from tests.queue import waiting
from tests.realtime.stage import Line, Stage, events

Mint = Callable[..., str]


@pytest.fixture
def place(api: Client) -> Clinic:
    """A clinic whose doctor works now."""
    return waiting.waiting_room(api)


def lobby(stage: Stage, token: Mint, place: Clinic) -> tuple[Line, Data]:
    """A display of the location, and what it shows at first."""
    line = stage.line(token("display", location=place.location["id"]))
    return line, line.ask("subscribe", topic=f"location:{place.location['id']}")


def told(line: Line) -> dict[str, list[Data]]:
    """The next frame's events by type."""
    found: dict[str, list[Data]] = {}
    for event in events(line.hear()):
        found.setdefault(event["type"], []).append(event["data"])
    return found


def test_a_display_begins_with_the_lines_and_is_told_who_joins_without_a_name(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    first = waiting.join(api, place)
    display, snapshot = lobby(stage, token, place)
    stage.records()

    second = waiting.join(api, place, reason_for_visit="rash")
    stage.pass_on()

    news = told(display)
    (line,) = snapshot["data"]["lines"]
    assert [one["token_number"] for one in line["queue"]] == [first["token_number"]]
    (update,) = news["queue_update"]
    assert (update["entry"]["token_number"], update["entry"]["queue_position"]) == (second["token_number"], 2)
    assert news["queue_position_change"][0]["line"]["total_waiting"] == 2
    assert update["entry"].keys().isdisjoint({"patient_id", "patient_name", "reason_for_visit", "track"})


def test_a_patient_without_an_appointment_finds_their_own_place_and_nobody_elses(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    waiting.join(api, place)
    mine = waiting.join(api, place, patient_id=place.patient["id"])
    patient = stage.line(token("patient", place.patient["id"]))
    topic = f"patient:{place.patient['id']}"

    standing = patient.ask("subscribe", topic=topic)
    waiting.act(api, mine, "left")
    gone = patient.ask("subscribe", topic=topic)

    (own,) = standing["data"]["queue"]
    assert (own["token_number"], own["queue_position"]) == (mine["token_number"], 2)
    assert gone["data"]["queue"] == []


def test_a_call_reaches_display_doctor_desk_and_patient_each_as_they_may_see_it(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    entry = waiting.join(api, place, patient_id=place.patient["id"])
    behind = waiting.join(api, place)
    display, _ = lobby(stage, token, place)
    doctor = stage.line(token("doctor", place.doctor["id"]))
    desk = stage.line(token("receptionist", location=place.location["id"]))
    patient = stage.line(token("patient", place.patient["id"]))
    next_one = stage.line(token("patient", behind["patient_id"]))
    stage.records()

    called = waiting.call_next(api, place, room_id=place.rooms[0]["id"])
    stage.pass_on()

    assert called.status == 200, called.body
    shown, *others = [told(one) for one in (display, doctor, desk, patient)]
    (call,) = shown["patient_called"]
    assert (call["token_number"], call["room_name"]) == (entry["token_number"], place.rooms[0]["name"])
    assert "patient_name" not in call
    names = [one["patient_called"][0]["patient_name"] for one in others]
    assert names == [entry["patient_name"]] * 3
    (moved,) = told(next_one)["queue_position_change"]
    assert [(one["token_number"], one["queue_position"]) for one in moved["positions"]] == [(behind["token_number"], 1)]


def test_a_recall_is_announced_again_and_a_repeated_record_is_not(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    entry = waiting.join(api, place)
    display, _ = lobby(stage, token, place)
    waiting.call_next(api, place)
    stage.pass_on()
    display.hear()

    waiting.act(api, entry, "recall")
    stage.pass_on()

    (call,) = told(display)["patient_called"]
    assert (call["token_number"], call["recalls"]) == (entry["token_number"], 1)


def test_a_call_that_no_longer_stands_is_not_announced(api: Client, stage: Stage, token: Mint, place: Clinic) -> None:
    waiting.join(api, place)
    display, _ = lobby(stage, token, place)
    stage.records()

    called = waiting.call_next(api, place).data
    waiting.put(api, called, "no_show")
    stage.pass_on()

    news = told(display)
    assert "patient_called" not in news
    assert news["queue_update"][-1]["entry"]["current_status"] == "no_show"


def test_a_desk_of_another_location_of_the_doctor_sees_the_line_without_names(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    elsewhere = waiting.waiting_room(api)
    both = [place.location["id"], elsewhere.location["id"]]
    api.as_("admin").put(f"/api/doctors/{place.doctor['id']}", {"location_ids": both})
    desk = stage.line(token("receptionist", location=elsewhere.location["id"]), doctor_id=place.doctor["id"])
    stage.records()

    waiting.join(api, place, location_id=place.location["id"])
    stage.pass_on()

    (update,) = told(desk)["queue_update"]
    assert update["entry"]["token_number"]
    assert "patient_name" not in update["entry"]


def test_what_the_fan_out_keeps_for_itself_is_nothing_to_the_audit_trail(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    lobby(stage, token, place)
    waiting.join(api, place)
    stage.pass_on()
    kept = [one for one in stage.records() if one["dynamodb"]["Keys"]["PK"]["S"].startswith(("TOPIC#", "SOCKET#"))]

    said = handle(kept)

    assert kept
    assert said == {"batchItemFailures": []}


def test_the_request_of_a_change_is_named_to_the_desk_and_not_to_the_room(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    display, _ = lobby(stage, token, place)
    desk = stage.line(token("receptionist", location=place.location["id"]))
    stage.records()

    answer = waiting.ask_to_join(api, place)
    stage.pass_on()

    at_desk, in_room = events(desk.hear())[0], events(display.hear())[0]
    assert at_desk["request_id"] == answer.headers["x-request-id"]
    assert in_room["type"] == at_desk["type"] == "queue_update"
    assert in_room.get("request_id") is None
