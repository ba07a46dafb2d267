"""The simulators' HTTP server: systems by the beginning of their path, and faults that they meet on demand.

A fault befalls one request. `busy` and `broken` come before the system has taken anything; `failing`, `dropped`,
`slow`, `huge`, `endless`, `wrong_type`, `wrong_encoding` and `not_json` after it has.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

HOST = "127.0.0.1"
BEFORE = frozenset({"busy", "broken"})
AFTER = frozenset(
    {"failing", "dropped", "slow", "huge", "endless", "wrong_type", "wrong_encoding", "not_json", "redirected"}
)
_DRIPS, _PAUSE = 4_000, 0.05
_MOST_BYTES = 12 * 1024 * 1024
_STOPS_IN = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its path without the beginning by which the system was found."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


class System(Protocol):
    """One outside system."""

    def answer(self, request: Request) -> Reply:
        """What it says, after it has done what it was asked for."""

    def refusal(self, kind: str) -> Reply:
        """How it says that it is `busy` or `broken`."""


class Faults:
    """What befalls the next requests, in order; `slow` waits until `let_go` or for so many seconds."""

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._lock = threading.Lock()
        self.let_go = threading.Event()
        self.seconds = 30.0

    def add(self, kind: str, times: int = 1) -> None:
        """Let this befall so many more requests; ValueError for a fault that nobody knows."""
        if kind not in BEFORE | AFTER:
            raise ValueError(kind)
        with self._lock:
            self._waiting.extend([kind] * times)

    def clear(self) -> None:
        """Let nothing befall anything any more."""
        with self._lock:
            self._waiting.clear()
        self.let_go.set()

    def next(self) -> str:
        """What befalls the request at hand; empty for nothing."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else ""


class Simulators:
    """All systems on one port of the loopback: `with Simulators(twilio=…) as served: served.url("twilio")`."""

    def __init__(self, **systems: System) -> None:
        self.faults = {name: Faults() for name in systems}
        handler = type("Handler", (_Handler,), {"systems": systems, "faults": self.faults})
        self._server = ThreadingHTTPServer((HOST, 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_STOPS_IN,), name="simulators", daemon=True
        )

    def url(self, name: str) -> str:
        """Where the system is asked."""
        return f"http://{HOST}:{self._server.server_port}/{name}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        for faults in self.faults.values():
            faults.clear()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Simulators:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    systems: Mapping[str, System]
    faults: Mapping[str, Faults]

    def _serve(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _MOST_BYTES))
        there = urlsplit(self.path)
        name, _, path = there.path.lstrip("/").partition("/")
        system = self.systems.get(name)
        if system is None:
            self._send(Reply(404, b"{}"))
            return
        headers = {key.lower(): value for key, value in self.headers.items()}
        request = Request(self.command, f"/{path}", dict(parse_qsl(there.query, keep_blank_values=True)), headers, body)
        faults = self.faults[name]
        kind = faults.next()
        if kind in BEFORE:
            self._send(system.refusal(kind))
            return
        self._meet(kind, system.answer(request), system, faults)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the names that the server looks for

    def _meet(self, kind: str, reply: Reply, system: System, faults: Faults) -> None:
        """Send the answer as the fault leaves it."""
        if kind == "slow":
            faults.let_go.wait(faults.seconds)
        changed: dict[str, Callable[[], Reply]] = {
            "failing": lambda: system.refusal("broken"),
            "huge": lambda: Reply(reply.status, b'{"sid": "' + b"x" * 8_000_000 + b'"}'),
            "wrong_type": lambda: Reply(reply.status, b'["sid", {"sid": 7}]'),
            "wrong_encoding": lambda: Reply(reply.status, b'{"sid": "\xff\xfe\xe9"}'),
            "not_json": lambda: Reply(reply.status, b"<html>Welcome</html>"),
            "redirected": lambda: Reply(302, b"", {"Location": "http://127.0.0.1:9/"}),
        }
        if kind == "dropped":
            self.close_connection = True
        elif kind == "endless":
            self._drip(reply.status)
        else:
            self._send(changed[kind]() if kind in changed else reply)

    def _drip(self, status: int) -> None:
        """Byte by byte, and never to the end."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Length", str(_DRIPS))
            self.end_headers()
            for _ in range(_DRIPS - 1):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(_PAUSE)

    def _send(self, reply: Reply) -> None:
        with contextlib.suppress(OSError):  # whoever asked may be gone
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: addresses and numbers would stand there."""
