"""Nobody waits for a slow display; one that is gone is forgotten, and one that takes nothing is given up."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.kit import clock
from chalicelib.kit.settings import settings
from chalicelib.realtime import delivery, messages
from chalicelib.table import connections, topics
from chalicelib.table.topics import Stretch
from tests.builders import Clinic
from tests.client import Client
from tests.queue import waiting
from tests.realtime.stage import Stage

Mint = Callable[..., str]
TOPIC = "location:loc_slow"
NOBODY = '["display", "d", null, "loc_slow"]'


class Door:
    """An endpoint for `@connections` that never answers for some, has never heard of others, and takes the rest."""

    def __init__(self) -> None:
        self.taken: dict[str, float] = {}
        self._server = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as said:
            while line := said.readline():
                name = line.decode().split()[1].rpartition("/")[2]
                headers = dict(iter(lambda: said.readline().decode().strip().partition(":")[::2], ("", "")))
                said.read(int({key.lower(): value for key, value in headers.items()}.get("content-length", 0)))
                if name.startswith("slow"):
                    said.readline()  # until the other side gives up
                    return
                self.taken[name] = time.monotonic()
                status = "410 Gone" if name.startswith("gone") else "200 OK"
                client.sendall(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def door(own_table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:  # noqa: ARG001 - it is under the application
    """The endpoint that the application finds."""
    opened = Door()
    monkeypatch.setenv("SOCKETS_ENDPOINT", opened.url)
    settings.cache_clear()
    yield opened
    settings.cache_clear()
    opened.close()


def follow(*names: str) -> None:
    for name in names:
        connections.follow(name, [TOPIC], who=NOBODY, ends=int(time.time()) + 600)


def say(version: int) -> None:
    """One event to all who follow."""
    event = {"type": "x", "at": clock.iso(clock.now()), "data": {}, "staff": None, "request_id": None}
    delivery.send(TOPIC, [Stretch(version - 1, [{**event, "version": version}])], now=clock.now())


def test_all_others_are_told_while_a_slow_one_is_waited_for(door: Door) -> None:
    names = [f"quick{number}" for number in range(60)]
    follow("slow1", "slow2", *names)

    begun = time.monotonic()
    say(1)
    returned = time.monotonic() - begun

    assert sorted(door.taken) == sorted(names)
    assert max(door.taken.values()) - begun < 1.0
    assert returned < 1.9  # seconds, and a slow one takes two


def test_one_whose_time_is_over_is_told_nothing(door: Door) -> None:
    follow("quick1")
    connections.follow("quick2", [TOPIC], who=NOBODY, ends=int(time.time()) - 1)

    say(1)

    assert list(door.taken) == ["quick1"]


def test_one_that_is_gone_is_forgotten(door: Door) -> None:
    follow("gone1", "quick1")

    say(1)

    assert sorted(door.taken) == ["gone1", "quick1"]
    assert [one.connection_id for one in connections.followers(TOPIC, now=clock.now())] == ["quick1"]


def test_one_that_takes_nothing_three_times_is_given_up(door: Door, until: Callable[..., None]) -> None:
    follow("slow-for-ever", "quick1")
    version = iter(range(1, 1000))

    def given_up() -> bool:
        say(next(version))
        return [one.connection_id for one in connections.followers(TOPIC, now=clock.now())] == ["quick1"]

    until(given_up, seconds=40)

    assert "quick1" in door.taken


def test_a_client_that_does_not_read_is_dropped_and_the_others_go_on(
    api: Client, stage: Stage, token: Mint, until: Callable[..., None]
) -> None:
    place: Clinic = waiting.waiting_room(api)
    name = f"location:{place.location['id']}"
    reader = stage.line(token("display", "reader", location=place.location["id"]))
    reader.ask("subscribe", topic=name)
    (kept,) = connections.followers(name, now=clock.now())
    stalled = stage.line(token("display", "stalled", location=place.location["id"]))
    stalled.ask("subscribe", topic=name)
    (lost,) = {one.connection_id for one in connections.followers(name, now=clock.now())} - {kept.connection_id}
    heavy = messages.dump({"text": "x" * 30_000}).encode()

    def dropped() -> bool:
        delivery.reply(lost, [heavy])
        return [one.connection_id for one in connections.followers(name, now=clock.now())] == [kept.connection_id]

    until(dropped, seconds=90)

    assert reader.ask("ping")["type"] == "pong"


@pytest.mark.usefixtures("own_table")
def test_a_topic_wakes_once_for_many_who_come_at_once() -> None:
    now = clock.now()

    with ThreadPoolExecutor(16) as threads:
        versions = set(threads.map(lambda _: topics.wake(TOPIC, now), range(16)))

    assert len(versions) == 1


def test_a_long_snapshot_comes_in_parts_that_fit_and_say_the_whole() -> None:
    data = {"lines": [{"name": f"Zoë Müller 診療 {number}", "quoted": '"' * 40} for number in range(3_000)]}

    frames = list(messages.snapshot(TOPIC, 7, "2026-01-15T10:00:00Z", data))

    assert all(len(frame) <= 32 * 1024 for frame in frames)
    said = [messages.json.loads(frame) for frame in frames]
    assert [(one["part"], one["parts"]) for one in said] == [(n, len(said)) for n in range(1, len(said) + 1)]
    assert messages.json.loads("".join(one["text"] for one in said)) == data


def test_many_events_are_cut_into_frames_that_connect() -> None:
    events = [
        {"type": "x", "version": number, "at": "", "data": {"text": "診" * 400}, "staff": None, "request_id": None}
        for number in range(11, 211)
    ]

    frames = [messages.json.loads(frame) for frame in messages.frames(TOPIC, 10, events, lambda _: False)]

    assert all(len(messages.dump(frame).encode()) <= 32 * 1024 for frame in frames)
    assert [frame["after"] for frame in frames] == [10, *(frame["version"] for frame in frames[:-1])]
    assert [event["version"] for frame in frames for event in frame["events"]] == list(range(11, 211))


@pytest.mark.usefixtures("stage")
def test_a_connection_that_the_local_server_never_had_is_gone_as_in_api_gateway() -> None:
    connections.follow("never=", [TOPIC], who=NOBODY, ends=int(time.time()) + 600)

    say(1)

    assert connections.followers(TOPIC, now=clock.now()) == []
