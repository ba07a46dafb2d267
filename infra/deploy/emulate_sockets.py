"""The stack's sockets on the embedded engine: a handshake without the front door's secret is refused, one with it is
let in, a topic is followed, and a change over HTTP comes through the table's stream and the fan-out to the socket."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

_WAIT_SECONDS = 60
_FORBIDDEN = 403


class NotTold(Exception):
    """The socket was not opened, or not told, as it should be; the message is a sentence."""


def endpoint(engine_url: str, api_id: str, stage: str) -> str:
    """Where the engine serves the stage of a WebSocket API."""
    return f"{engine_url}/_aws/execute-api/{api_id}/{stage}"


def follow(address: str, *, token: str, door: str, topic: str, change: Callable[[], Any]) -> None:
    """Follow the topic, make the change, and wait until the socket is told of it; NotTold otherwise."""
    url = f"{address.replace('http', 'ws', 1)}?token={token}"
    _check_refused(url)
    with connect(url, additional_headers={"X-Origin-Secret": door}, open_timeout=_WAIT_SECONDS) as line:
        line.send(json.dumps({"action": "subscribe", "topic": topic}))
        snapshot = _heard(line, topic)
        if snapshot["type"] != "snapshot":
            raise NotTold(f"following {topic} was answered with {snapshot}")
        change()
        told = _heard(line, topic)
        if told["after"] != snapshot["version"]:
            raise NotTold(f"what came behind version {snapshot['version']} was {told}")


def _check_refused(url: str) -> None:
    try:
        with connect(url, open_timeout=_WAIT_SECONDS):
            raise NotTold("a handshake past the front door was let in")
    except InvalidStatus as refused:
        if refused.response.status_code != _FORBIDDEN:
            raise NotTold(f"a handshake past the front door was answered {refused.response.status_code}") from refused


def _heard(line: ClientConnection, topic: str) -> dict[str, Any]:
    """The next message about the topic."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        try:
            message: dict[str, Any] = json.loads(line.recv(left))
        except TimeoutError:
            break
        if message.get("topic") == topic or message["type"] == "error":
            return message
    raise NotTold(f"nothing was told of {topic}")
