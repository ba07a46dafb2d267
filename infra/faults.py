"""Faults between the application and the table: throttling, conflicts, time-outs before and after the commit, death.

Put in with botocore's own event hooks, so that production code runs unchanged.
"""

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from chalicelib.table import base

_PREFIX = "com.amazonaws.dynamodb.v20120810#"


class _Raw:
    """The body of a reply that never was on a wire."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


def answer(request: Any, status: int, body: dict[str, Any]) -> AWSResponse:
    """What a table would have said, had it been asked: for a hook on `before-send`."""
    headers = {"content-type": "application/x-amz-json-1.0"}
    return AWSResponse(request.url, status, headers, _Raw(json.dumps(body).encode()))


class Faults:
    """Each request meets one of four faults with the given probability each; counts what it did."""

    def __init__(self, rate: float, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self._rate = rate
        self._random = random.Random(seed)  # noqa: S311  # nosec B311 # the same faults on every run
        self._lock = threading.Lock()

    def before_send(self, request: Any, **_: Any) -> AWSResponse | None:
        operation = request.headers.get("X-Amz-Target", b"").decode().partition(".")[2]
        fault = self._draw(("throttle", "conflict", "timeout_before"))
        if fault == "timeout_before":
            raise ReadTimeoutError(endpoint_url=request.url)
        if fault == "throttle":
            return answer(request, 400, {"__type": f"{_PREFIX}ThrottlingException", "message": "slow down"})
        if fault == "conflict" and operation == "TransactWriteItems":
            count = len(json.loads(request.body)["TransactItems"])
            reasons = [{"Code": "None"} for _ in range(count)]
            reasons[count // 2] = {"Code": "TransactionConflict", "Message": "conflict"}
            body = {
                "__type": f"{_PREFIX}TransactionCanceledException",
                "message": "cancelled",
                "CancellationReasons": reasons,
            }
            return answer(request, 400, body)
        return None

    def response_received(self, **_: Any) -> None:
        if self._draw(("timeout_after",)):
            raise ReadTimeoutError(endpoint_url="after the commit")

    def _draw(self, kinds: tuple[str, ...]) -> str | None:
        with self._lock:
            drawn = self._random.random()
            for number, kind in enumerate(kinds, start=1):
                if drawn < number * self._rate:
                    self.counts[kind] += 1
                    return kind
        return None


@contextmanager
def injected(rate: float, *, seed: int = 1) -> Iterator[Faults]:
    """All requests of this process to the table meet faults inside the block."""
    faults = Faults(rate, seed)
    events = base.connection().client.meta.events
    events.register_last("before-send.dynamodb", faults.before_send)
    events.register_last("response-received.dynamodb", faults.response_received)
    try:
        yield faults
    finally:
        events.unregister("before-send.dynamodb", faults.before_send)
        events.unregister("response-received.dynamodb", faults.response_received)


class Killed(BaseException):
    """The process ends here, as by SIGKILL: nothing that it would have done happens."""


class Moments:
    """Counts this process's requests to the table, and kills it before one of them."""

    def __init__(self, deadly: int | None) -> None:
        self.seen = 0
        self._deadly = deadly

    def before_send(self, **_: Any) -> None:
        if self.seen == self._deadly:
            raise Killed
        self.seen += 1


@contextmanager
def killed(before: int | None) -> Iterator[Moments]:
    """Inside the block the process is killed before its request of this number; with None it is only counted.

    Who does something else between two requests has done it when the second one is the deadly one.
    """
    moments = Moments(before)
    events = base.connection().client.meta.events
    events.register_last("before-send.dynamodb", moments.before_send)
    try:
        yield moments
    finally:
        events.unregister("before-send.dynamodb", moments.before_send)
