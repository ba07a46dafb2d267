"""The sockets of the local server in this process, clients on them, and the stream's records as Lambda brings them."""

import json
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlencode

from websockets.sync.client import ClientConnection, connect

import app
from chalicelib.kit.settings import settings
from infra.local.gateway import Gateway, lambda_context
from infra.local.server import Server, Site
from infra.local.sockets import MOUNT, Sockets
from infra.local.testing import Engine
from tests.audit.auditing import stream
from tests.builders import Data

SECONDS = 10.0  # nobody waits so long for an answer


class Line:
    """One client's socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, action: str, **more: Any) -> None:
        """Send one message."""
        self.connection.send(json.dumps({"action": action, **more}))

    def hear(self) -> Data:
        """The next message."""
        heard: Data = json.loads(self.connection.recv(SECONDS))
        return heard

    def ask(self, action: str, **more: Any) -> Data:
        """The answer to one message."""
        self.say(action, **more)
        return self.hear()

    def told(self, topic: str, *, to: int) -> list[Data]:
        """The events of a topic, as they come, until its version is reached."""
        found: list[Data] = []
        version = 0
        while version < to:
            frame = self.hear()
            if frame.get("topic") == topic:
                found += events(frame)
                version = frame["version"]
        return found


def events(frame: Data) -> list[Data]:
    """The events that a frame brings."""
    found: list[Data] = frame["events"] if frame["type"] == "events" else [frame]
    return found


class Stage:
    """A server with sockets over the application and its present table."""

    def __init__(self, engine: Engine, port: int, stack: ExitStack) -> None:
        self.engine = engine
        self.url = f"ws://127.0.0.1:{port}/ws/queue"
        self._stack = stack
        self._passed = 0

    def line(self, token: str | None = None, **query: str) -> Line:
        """A client that has opened a socket with this token in the address, or without one."""
        said = {**query, **({"token": token} if token else {})}
        url = f"{self.url}?{urlencode(said)}" if said else self.url
        # One that is full of what nobody has read hears no farewell, and is not waited for.
        return Line(self._stack.enter_context(connect(url, close_timeout=0.5)))

    def records(self) -> list[Data]:
        """The stream's records since this was asked last."""
        found = stream(self.engine)
        fresh = found[self._passed :]
        self._passed = len(found)
        return fresh

    def pass_on(self) -> list[Data]:
        """Hand the stream's new records to the fan-out; those records."""
        fresh = self.records()
        fan_out(fresh)
        return fresh


def fan_out(records: Sequence[Data]) -> None:
    """What Lambda does with a batch."""
    said = app.on_fanout({"Records": list(records)}, lambda_context("on_fanout"))
    assert said == {"batchItemFailures": []}


@contextmanager
def opened(engine: Engine) -> Iterator[Stage]:
    """The stage, until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    os.environ["SOCKETS_ENDPOINT"] = f"http://127.0.0.1:{port}"
    settings.cache_clear()
    sockets = Sockets(app.app.handler_map["on_socket"])
    site = Site(Gateway(app.app), mounts={MOUNT: sockets.connections}, sockets=sockets.sockets)
    server = Server(site, listener)
    server.start()
    with ExitStack() as stack:
        yield Stage(engine, port, stack)
    server.stop()
    sockets.stop()
