"""A whole instance is killed, engine and all, and started again: displays go on where they were."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from tests.builders import Data
from tests.instance import Instance
from tests.realtime.stage import Line, events
from tests.scheduling.desk import EVERY_DAY

Start = Callable[[], Instance]
Open = Callable[[Instance, str], Line]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Instance]]:
    """Start an instance, always on the same data folder; none survives the test."""
    started: list[Instance] = []

    def begin() -> Instance:
        started.append(Instance(tmp_path))
        return started[-1]

    yield begin
    for instance in started:
        instance.kill()


@pytest.fixture
def lines() -> Iterator[Callable[[Instance, str], Line]]:
    """Open a socket with a token."""
    with ExitStack() as stack:

        def opened(instance: Instance, token: str) -> Line:
            url = f"{instance.base_url.replace('http', 'ws')}/ws/queue?token={token}"
            return Line(stack.enter_context(connect(url)))

        yield opened


def send(instance: Instance, method: str, path: str, body: Any = None) -> Data:
    headers = {"Authorization": f"Bearer {instance.token('admin')}"}
    answer = httpx.request(method, f"{instance.base_url}{path}", json=body, headers=headers, timeout=30)
    said: Data = answer.json()
    assert said["success"], said
    data: Data = said["data"]
    return data


def waiting_room(instance: Instance) -> tuple[str, str]:
    """A location and a doctor who works there now."""
    place = send(instance, "POST", "/api/locations", {"name": "Main Street", "zone": "UTC"})["id"]
    said = {"name": "Dr. Smith", "specialty": "Cardiology", "location_ids": [place]}
    doctor = send(instance, "POST", "/api/doctors", said)["id"]
    send(instance, "PUT", f"/api/doctors/{doctor}/schedule", {"hours": [EVERY_DAY]})
    return place, doctor


def join(instance: Instance, doctor: str, number: int) -> str:
    details = {"first_name": "Ann", "last_name": f"Walker {number}", "phone": f"+1415555{number:04d}"}
    return str(send(instance, "POST", "/api/queue/join", {"doctor_id": doctor, "patient_details": details})["id"])


def of_display(instance: Instance, place: str) -> str:
    return instance.token("display", hospital=None, location=place)


def joined(told: list[Data]) -> list[str]:
    return [event["data"]["entry"]["id"] for event in told if event["type"] == "queue_update"]


def connected(frames: list[Data], since: int) -> list[Data]:
    """The events that follow each other behind a version; what overtook the answer to `resume` finds its place."""
    told = []
    for frame in sorted(frames, key=lambda one: int(one["after"])):
        if frame["after"] <= since < frame["version"]:
            told += [event for event in events(frame) if event["version"] > since]
            since = frame["version"]
    return told


def test_displays_resume_after_a_kill_without_a_gap_and_without_a_repeat(start: Start, lines: Open) -> None:
    first = start()
    place, doctor = waiting_room(first)
    display = lines(first, of_display(first, place))
    snapshot = display.ask("subscribe", topic=f"location:{place}")
    before = [join(first, doctor, number) for number in range(3)]
    seen = [display.hear()]
    since = seen[-1]["version"]
    unseen = [join(first, doctor, number) for number in range(3, 6)]
    first.kill()

    again = start()
    display = lines(again, of_display(again, place))
    frames = [display.ask("resume", topic=f"location:{place}", since=since)]
    last = join(again, doctor, 6)
    while last not in joined(told := connected(frames, since)):
        frames.append(display.hear())

    numbers = [event["version"] for event in told]
    assert seen[0]["after"] == snapshot["version"]
    assert numbers == list(range(since + 1, since + 1 + len(numbers)))
    assert joined(events(seen[0])) + joined(told) == [*before, *unseen, last]


def test_a_change_at_reception_reaches_patient_doctor_and_lobby(start: Start, lines: Open) -> None:
    instance = start()
    place, doctor = waiting_room(instance)
    entry = join(instance, doctor, 1)
    patient = send(instance, "GET", f"/api/queue/{entry}")["patient_id"]
    people = [instance.token("patient", patient, hospital=None), instance.token("doctor", doctor, hospital=None)]
    portals = [lines(instance, token) for token in (*people, of_display(instance, place))]
    assert [line.ask("ping")["type"] for line in portals] == ["pong"] * 3

    send(instance, "POST", "/api/queue/call-next", {"doctor_id": doctor, "location_id": place})

    for line in portals:
        called: list[Data] = []
        while not called:
            called = [event["data"] for event in events(line.hear()) if event["type"] == "patient_called"]
        assert called[0]["id"] == entry


def test_a_message_that_is_no_text_and_one_that_is_too_long_are_refused(start: Start, lines: Open) -> None:
    instance = start()
    place, _ = waiting_room(instance)
    line = lines(instance, of_display(instance, place))

    line.connection.send(b"\xff\xfe")
    binary = line.hear()
    line.connection.send(json.dumps({"action": "ping", "token": "x" * 20_000}))
    long = line.hear()

    assert (binary["type"], long["code"]) == ("error", "payload_too_large")
