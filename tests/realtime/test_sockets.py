"""A client opens a socket, proves who it is, follows what it may, and is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.realtime import connecting, speaking
from chalicelib.realtime.schemas import SocketMessage
from tests.builders import Data, make_doctor
from tests.client import Client
from tests.realtime.stage import Stage, events
from tests.scheduling.desk import DAY, EVERY_DAY, book, open_clinic

Mint = Callable[..., str]


def test_a_desk_that_follows_its_location_is_told_of_a_booking(api: Client, stage: Stage, token: Mint) -> None:
    place = open_clinic(api)
    desk = stage.line(token("receptionist"))
    snapshot = desk.ask("subscribe", topic=f"location:{place.location['id']}")
    stage.records()

    made = book(api, place)
    stage.pass_on()

    heard = desk.hear()
    assert (heard["type"], heard["topic"]) == ("new_appointment", f"location:{place.location['id']}")
    assert (heard["after"], heard["version"]) == (snapshot["version"], snapshot["version"] + 1)
    assert (heard["data"]["id"], heard["data"]["patient_name"]) == (made["id"], made["patient_name"])


def test_a_socket_without_a_word_is_told_of_its_tokens_own_topic(api: Client, stage: Stage, token: Mint) -> None:
    place = open_clinic(api)
    doctor = stage.line(token("doctor", place.doctor["id"]))
    stage.records()

    made = book(api, place)
    stage.pass_on()

    heard = doctor.hear()
    assert (heard["topic"], heard["data"]["id"]) == (f"doctor:{place.doctor['id']}", made["id"])


def test_the_first_message_may_prove_who_speaks(api: Client, stage: Stage, token: Mint) -> None:
    place = open_clinic(api)
    patient = stage.line()

    welcome = patient.ask("auth", token=token("patient", place.patient["id"]))

    assert (welcome["type"], welcome["topics"]) == ("welcome", [f"patient:{place.patient['id']}"])
    assert patient.hear()["type"] == "snapshot"


def test_nothing_is_said_to_whom_nobody_knows(stage: Stage) -> None:
    stranger = stage.line()

    refused = stranger.ask("subscribe", topic="doctor:123")

    assert (refused["type"], refused["code"]) == ("error", "unauthenticated")
    with pytest.raises(ConnectionClosed):
        stranger.hear()


@pytest.mark.parametrize("said", ["rubbish", "careslot_key_secret"])
def test_a_handshake_with_a_wrong_token_is_refused_as_over_http(stage: Stage, said: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        stage.line(said)

    assert refused.value.response.status_code == 401
    assert b'"code": "unauthenticated"' in refused.value.response.body


def test_a_token_that_has_ended_is_refused_and_one_that_ends_ends_its_socket(stage: Stage, token: Mint) -> None:
    soon = stage.line(token("admin", exp=datetime.now(UTC) + timedelta(seconds=1)))

    answers = []
    while not answers or answers[-1]["type"] == "pong":
        answers.append(soon.ask("ping"))

    assert answers[-1]["code"] == "unauthenticated"
    with pytest.raises(ConnectionClosed):
        soon.hear()


@pytest.mark.parametrize(
    "message",
    ["", "[]", "{", '{"action": "shout"}', '{"action": "subscribe", "topic": "lobby"}', '{"action": "resume"}'],
)
def test_what_cannot_be_understood_is_said_to_be_so_and_the_socket_goes_on(
    stage: Stage, token: Mint, message: str
) -> None:
    desk = stage.line(token("receptionist"))

    desk.connection.send(message)

    assert desk.hear()["type"] == "error"
    assert desk.ask("ping")["type"] == "pong"


@pytest.mark.usefixtures("own_table")
def test_a_proof_that_comes_too_late_proves_nothing(token: Mint) -> None:
    now = clock.now()
    connecting.await_proof("late=", now=now)
    message = SocketMessage(action="auth", token=token("admin"))

    with pytest.raises(connecting.TooLate):
        list(speaking.answer("late=", message, now=now + timedelta(seconds=11)))


@pytest.mark.usefixtures("own_table")
def test_a_connection_ends_after_two_hours_however_long_its_token_lasts() -> None:
    now = clock.now()
    claims = Claims(sub="a", role="admin", until=int((now + timedelta(days=1)).timestamp()))

    ends = connecting.open_("long=", claims, [], now=now)

    assert ends == int((now + timedelta(hours=2)).timestamp())


def test_one_connection_follows_twenty_topics_and_no_more(api: Client, stage: Stage, token: Mint) -> None:
    doctors = [make_doctor(api)["id"] for _ in range(21)]
    desk = stage.line(token("admin"))
    first = [f"availability:{doctor}" for doctor in doctors[:20]]
    desk.say("subscribe", topics=first)
    begun = [desk.hear()["type"] for _ in first]

    refused = desk.ask("subscribe", topic=f"availability:{doctors[20]}")

    assert begun == ["snapshot"] * 20
    assert (refused["type"], refused["code"]) == ("error", "invalid")


def test_who_looks_for_free_times_is_told_to_look_again(api: Client, stage: Stage, token: Mint) -> None:
    place = open_clinic(api)
    patient = stage.line(token("patient", place.patient["id"]))
    patient.ask("subscribe", topic=f"availability:{place.doctor['id']}")
    stage.records()

    book(api, place)
    api.as_("admin").put(f"/api/doctors/{place.doctor['id']}/schedule", {"hours": [EVERY_DAY], "buffer_after": 5})
    stage.pass_on()

    told: list[Data] = []
    while len(told) < 2:
        heard = patient.hear()
        told += events(heard) if heard["topic"].startswith("availability:") else []
    assert [event["type"] for event in told] == ["availability_update"] * 2
    assert (told[0]["data"]["from"][:10], told[1]["data"]["until"]) == (str(DAY), None)


def test_who_signs_out_everywhere_is_off_the_line(api: Client, stage: Stage, token: Mint) -> None:
    said = token("receptionist", "ann")
    desk = stage.line(said)

    api.with_(authorization=f"Bearer {said}").post("/api/sessions/end", {"everywhere": True})
    stage.pass_on()

    with pytest.raises(ConnectionClosed):
        desk.hear()


def test_a_closed_socket_leaves_nothing_in_the_table(
    api: Client, stage: Stage, token: Mint, until: Callable[..., None]
) -> None:
    place = open_clinic(api)
    desk = stage.line(token("receptionist"))
    desk.ask("subscribe", topic=f"location:{place.location['id']}")
    stage.records()

    desk.connection.close()

    gone: set[str] = set()

    def all_gone() -> bool:
        records = [one for one in stage.records() if one["eventName"] == "REMOVE"]
        gone.update(one["dynamodb"]["OldImage"]["kind"]["S"] for one in records)
        return gone == {"connection", "followed", "socketof"}

    until(all_gone)
