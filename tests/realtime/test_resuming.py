"""Nothing is missed and nothing comes twice, whatever the stream does and however often a client is away."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kit import clock
from chalicelib.realtime import fanout
from chalicelib.realtime.changes import read
from chalicelib.table import base, topics
from chalicelib.table.topics import EventItem
from tests.builders import Clinic, Data
from tests.client import Client
from tests.realtime.stage import Line, Stage, events, fan_out
from tests.scheduling.desk import book, contents, open_clinic
from tests.scheduling.desk import read as shown

Mint = Callable[..., str]
TIMES = [f"{hour:02d}:{minute:02d}" for hour in range(8, 20) for minute in (0, 30)]


@pytest.fixture
def place(api: Client) -> Clinic:
    """A clinic whose doctor is followed."""
    return open_clinic(api, patient={}, location={"patient_daily_cap": 100})


def topic_of(place: Clinic) -> str:
    return f"doctor:{place.doctor['id']}"


def desk(stage: Stage, token: Mint, place: Clinic, **said: Any) -> tuple[Line, Data]:
    """A desk that follows the doctor, and what it is told at once."""
    line = stage.line(token("receptionist"))
    action = "resume" if "since" in said else "subscribe"
    return line, line.ask(action, topic=topic_of(place), **said)


def booked(api: Client, place: Clinic, count: int, first: int = 0) -> list[Data]:
    return [book(api, place, time) for time in TIMES[first : first + count]]


def numbers(found: list[Data]) -> list[int]:
    return [event["version"] for event in found]


def test_whoever_comes_back_is_told_what_was_missed_once_and_in_order(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    line, snapshot = desk(stage, token, place)
    stage.records()
    line.connection.close()
    made = booked(api, place, 5)
    stage.pass_on()

    again, missed = desk(stage, token, place, since=snapshot["version"])

    assert missed["after"] == snapshot["version"]
    assert numbers(events(missed)) == [snapshot["version"] + number for number in range(1, 6)]
    assert [event["data"]["id"] for event in events(missed)] == [one["id"] for one in made]
    assert again.ask("ping")["versions"] == {topic_of(place): missed["version"]}


def test_whoever_comes_back_may_say_so_with_the_proof_and_is_spared_the_state(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    said = token("doctor", place.doctor["id"])
    doctor = stage.line()
    doctor.ask("auth", token=said)
    snapshot = doctor.hear()
    stage.records()
    doctor.connection.close()
    (made,) = booked(api, place, 1)
    stage.pass_on()

    again = stage.line()
    welcome = again.ask("auth", token=said, topic=topic_of(place), since=snapshot["version"])
    missed = again.hear()

    assert (welcome["type"], welcome["topics"]) == ("welcome", [topic_of(place)])
    assert missed["after"] == snapshot["version"]
    assert [event["data"]["id"] for event in events(missed)] == [made["id"]]


def test_whoever_missed_nothing_is_told_so(stage: Stage, token: Mint, place: Clinic) -> None:
    _, snapshot = desk(stage, token, place)

    _, answer = desk(stage, token, place, since=snapshot["version"])

    assert (answer["type"], answer["version"], answer["events"]) == ("events", snapshot["version"], [])


@pytest.mark.parametrize("since", [0, 10**14])
def test_whoever_was_away_too_long_or_comes_from_elsewhere_gets_a_snapshot(
    stage: Stage, token: Mint, place: Clinic, since: int
) -> None:
    desk(stage, token, place)

    _, answer = desk(stage, token, place, since=since)

    assert answer["type"] == "snapshot"


def test_a_topic_that_slept_lets_nobody_believe_that_nothing_happened(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    _, snapshot = desk(stage, token, place)
    stage.records()
    booked(api, place, 1)
    fanout.follow([read(record) for record in stage.records()], clock.now() + timedelta(hours=30))
    asleep = topics.live([topic_of(place)], clock.now() + timedelta(hours=30))

    version = topics.wake(topic_of(place), clock.now() + timedelta(hours=30))

    assert asleep == {}
    assert topics.since(topic_of(place), snapshot["version"], version) is None


def test_an_event_that_is_no_longer_kept_makes_a_snapshot_of_what_was_missed(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    _, snapshot = desk(stage, token, place)
    stage.records()
    booked(api, place, 3)
    stage.pass_on()
    second = topics.keys.topic(topic_of(place), "E", snapshot["version"] + 2)
    base.delete_many([second])

    _, answer = desk(stage, token, place, since=snapshot["version"])

    assert answer["type"] == "snapshot"


def test_records_that_come_twice_are_numbered_once_and_sent_as_they_were(
    api: Client, stage: Stage, token: Mint, place: Clinic
) -> None:
    line, snapshot = desk(stage, token, place)
    stage.records()
    booked(api, place, 4)
    records = stage.pass_on()
    first = line.told(topic_of(place), to=snapshot["version"] + 4)

    fan_out(records)
    second = line.told(topic_of(place), to=snapshot["version"] + 4)

    assert numbers(first) == [snapshot["version"] + number for number in range(1, 5)]
    assert first == second
    assert line.ask("ping")["versions"] == {topic_of(place): snapshot["version"] + 4}


@pytest.mark.parametrize("seed", range(3))
def test_records_in_any_order_and_any_batches_end_with_things_as_they_are(
    api: Client, stage: Stage, token: Mint, place: Clinic, seed: int
) -> None:
    line, snapshot = desk(stage, token, place)
    stage.records()
    made = booked(api, place, 4)
    for one in made:
        for status in ("confirmed", "checked_in", "in_progress", "completed")[: 1 + made.index(one)]:
            api.as_("receptionist").put(f"/api/appointments/{one['id']}/status", {"status": status})
    records = stage.records() * 2
    dice = random.Random(seed)
    dice.shuffle(records)

    while records:
        size = dice.randint(1, 7)
        fan_out(records[:size])
        records = records[size:]

    heads = topics.live([topic_of(place)], clock.now())
    kept = topics.since(topic_of(place), snapshot["version"], heads[topic_of(place)]) or []
    last = {event["staff"]["id"]: event["staff"] for event in kept}
    assert len(kept) == 4 + (1 + 2 + 3 + 4)
    assert {one["id"]: (last[one["id"]]["status"], last[one["id"]]["version"]) for one in made} == {
        one["id"]: (now["status"], now["version"]) for one in made for now in [shown(api, one)]
    }
    assert line.ask("ping")


class Killed(BaseException):
    """What ends a process between two of its steps."""


@contextmanager
def killed_before(operation: str, pk: str) -> Iterator[None]:
    """A process that ends when it is about to ask the table for this."""
    client = base.connection().client.meta.events

    def end(request: Any, **_: Any) -> None:
        if pk in request.body.decode():
            raise Killed

    client.register_last(f"before-send.dynamodb.{operation}", end)
    with pytest.raises(Killed):
        yield
    client.unregister(f"before-send.dynamodb.{operation}", end)


@pytest.mark.parametrize("step", ["BatchGetItem", "TransactWriteItems", "Query"])
def test_a_consumer_that_was_killed_at_any_step_sends_when_the_batch_comes_again(
    api: Client, stage: Stage, token: Mint, place: Clinic, step: str
) -> None:
    line, snapshot = desk(stage, token, place)
    stage.records()
    booked(api, place, 2)
    records = stage.records()
    with killed_before(step, f"TOPIC#{topic_of(place)}"):
        fan_out(records)

    fan_out(records)

    assert numbers(line.told(topic_of(place), to=snapshot["version"] + 2)) == [
        snapshot["version"] + 1,
        snapshot["version"] + 2,
    ]


def test_what_nobody_follows_is_not_logged(api: Client, stage: Stage, place: Clinic) -> None:
    booked(api, place, 1)

    stage.pass_on()

    kinds = {item.get("kind", {}).get("S") for item in contents(stage.engine).values()}
    assert kinds.isdisjoint({"topichead", "topicevent", "topicmark"})


@pytest.mark.usefixtures("stage")
def test_a_large_batch_is_entered_in_parts_and_without_a_gap() -> None:
    now = clock.now()
    version = topics.wake("doctor:none", now)
    said = [topics.Said(f"change{number}", [{"type": "x", "number": number}]) for number in range(40)]

    (stretch,) = topics.enter("doctor:none", said, now=now)
    again = topics.enter("doctor:none", said[5:7], now=now)

    assert (stretch.after, stretch.version) == (version, version + 40)
    assert [event["number"] for one in again for event in one.events] == [5, 6]
    assert EventItem.read(base.get(topics.keys.topic("doctor:none", "E", version + 40)))
