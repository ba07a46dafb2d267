"""Requests to the instance: timed, and repeated under the same key when the answer did not come."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import httpx

_ATTEMPTS = 5
_BUSY = frozenset({429, 502, 503, 504})
_PATIENCE_SECONDS = 30


class NoAnswer(Exception):
    """The instance does not answer, or has failed; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    json: Any

    @property
    def code(self) -> str:
        """The refusal's code."""
        return str(self.json["error"]["code"])


class Sender(Protocol):
    """Whatever sends requests to the application."""

    def send(self, kind: str, method: str, path: str, body: Any = None, *, key: str = "") -> Answer:
        """One request, booked under `kind`; a repeat of it carries the same key."""


class Caller:
    """Sends with one token over kept connections; may be used from many threads."""

    def __init__(self, url: str, token: str, connections: int) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.repeats: Counter[str] = Counter()
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            timeout=_PATIENCE_SECONDS,
            trust_env=False,
        )

    def send(self, kind: str, method: str, path: str, body: Any = None, *, key: str = "") -> Answer:
        """One request, its time kept under `kind`; NoAnswer after several attempts, each of the same request."""
        headers = {"Idempotency-Key": key} if key else {}
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(0.1 * 2**attempt)
                self.repeats[kind] += 1
            begun = time.perf_counter()
            try:
                reply = self._client.request(method, path, json=body, headers=headers)
            except httpx.TransportError:
                continue
            self.seconds[kind].append(time.perf_counter() - begun)
            if reply.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR and reply.status_code not in _BUSY:
                raise NoAnswer(f"{method} {path} was answered with {reply.status_code}: {reply.text}")
            if reply.status_code not in _BUSY:
                return Answer(reply.status_code, reply.json())
        raise NoAnswer(f"{self._client.base_url} does not answer {method} {path}")

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()
