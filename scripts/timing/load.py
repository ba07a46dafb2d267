"""Clients that keep their connections and ask one request after the other: how long each takes, seen from outside."""

import http.client
import json
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scripts.timing import instance

_PATIENCE_SECONDS = 30


class Refused(Exception):
    """A request was not answered as it should be; nothing is measured then."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request and the status that it should have."""

    method: str
    path: str
    body: Any = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """One answered request: how long the client waited, and what the server said of it."""

    milliseconds: float
    parts: dict[str, float]
    json: Any


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured, the quickest first."""

    seconds: float
    replies: list[Reply]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.replies) / self.seconds

    @property
    def milliseconds(self) -> list[float]:
        """How long each took, in order."""
        return [reply.milliseconds for reply in self.replies]

    @property
    def usual(self) -> list[Reply]:
        """The middle half, whose means are not those of a busy moment of the machine."""
        quarter = len(self.replies) // 4
        return self.replies[quarter : len(self.replies) - quarter]


def send(url: str, token: str, requests: Iterable[Request], clients: int) -> Run:
    """Send all of them from so many clients at once, each waiting for its reply before it asks again."""
    waiting = iter(list(requests))
    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        done = list(pool.map(lambda _: list(_client(url, token, waiting)), range(clients)))
    seconds = time.perf_counter() - begun
    replies = sorted((reply for one in done for reply in one), key=lambda reply: reply.milliseconds)
    return Run(seconds, replies)


def _client(url: str, token: str, waiting: Iterator[Request]) -> Iterator[Reply]:
    """Take requests from those that wait until none is left, over one connection."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE_SECONDS)
    connection.connect()
    for request in waiting:
        body = None if request.body is None else json.dumps(request.body)
        begun = time.perf_counter()
        connection.request(request.method, request.path, body, headers)
        reply = connection.getresponse()
        content = reply.read()
        milliseconds = (time.perf_counter() - begun) * 1000
        if reply.status != request.status:
            raise Refused(f"{request.method} {request.path} was answered with {reply.status}: {content.decode()}")
        timing = reply.getheader("Server-Timing")
        yield Reply(milliseconds, instance.read(timing) if timing else {}, json.loads(content))
    connection.close()
