"""A mail provider that fails: in front of the real client, and with a book of all that it has taken."""

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from chalicelib.gateways import ses
from chalicelib.reminders.plan import appointment_of
from chalicelib.table import reminders

FAULTS = ("busy", "broken", "lost", "killed_before", "killed_after")


class Killed(BaseException):
    """The worker ends here, as by SIGKILL: nothing that it would have done happens."""


class _Body:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


class Provider:
    """Takes messages; each request meets one of the faults with the given probability each."""

    def __init__(self, rate: float, seed: int) -> None:
        self.taken: Counter[str] = Counter()
        self.met: Counter[str] = Counter()
        self._rate = rate
        self._random = random.Random(seed)  # noqa: S311  # nosec B311 # the same faults on every run
        self._untold: list[str] = []
        self._lock = threading.Lock()

    def before_send(self, request: Any, **_: Any) -> AWSResponse:
        """What the provider says to a request, instead of its being sent."""
        tag = next(one["Value"] for one in json.loads(request.body)["EmailTags"] if one["Name"] == "reminder")
        with self._lock:
            fault = self._draw()
            self.met[fault] += 1
            if fault in {"taken", "lost", "killed_after"}:
                self.taken[tag] += 1
            if fault in {"lost", "killed_after"}:
                self._untold.append(tag)
        if fault in {"killed_before", "killed_after"}:
            raise Killed
        if fault == "lost":
            raise ReadTimeoutError(endpoint_url=request.url)
        return _ANSWERS[fault](request.url)

    def tell(self, now: datetime) -> None:
        """Let the provider's events arrive, of which some tell what a lost answer did not."""
        told, self._untold = self._untold, []
        for tag in told:
            found = reminders.find(tag, str(appointment_of(tag)))
            if found is not None and not reminders.change(found, {"delivery_status": "sent"}, now=now):
                self._untold.append(tag)

    def _draw(self) -> str:
        drawn = self._random.random()
        place = int(drawn / self._rate) if self._rate else len(FAULTS)
        return FAULTS[place] if place < len(FAULTS) else "taken"


@contextmanager
def in_front(provider: Provider) -> Iterator[None]:
    """Let this provider answer in the place of the real one."""
    events = ses._client().meta.events
    events.register_last("before-send.sesv2", provider.before_send)
    try:
        yield
    finally:
        events.unregister("before-send.sesv2", provider.before_send)


def _answer(status: int, body: dict[str, str], **headers: str) -> Any:
    raw = json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda url: AWSResponse(url, status, named, _Body(raw))


_ANSWERS = {
    "taken": _answer(200, {"MessageId": "taken"}),
    "busy": _answer(429, {"message": "no"}, x_amzn_ErrorType="TooManyRequestsException"),
    "broken": _answer(500, {"message": "no"}, x_amzn_ErrorType="InternalFailure"),
}
