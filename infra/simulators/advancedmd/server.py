"""The simulator on a port of its own, one thread per connection, on this machine alone."""

from __future__ import annotations

import json
import threading
import time
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.simulators.advancedmd import controls, keeping
from infra.simulators.advancedmd.demo import demo_office
from infra.simulators.advancedmd.front import AdvancedMD, Request, Response

HOST = "127.0.0.1"
CONTROL = "/_simulator/"
_MOST_BYTES = 20 * 1024 * 1024
_IDLE_SECONDS = 60
_STOPS_IN = 0.1  # seconds


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


class Running:
    """A running simulator, stopped at the end of a `with`; `whole` is for whoever shares its process."""

    def __init__(self, *, port: int = 0, kept: Path | None = None) -> None:
        """On a free port unless one is named; `kept` is the file of its offices. ValueError when that is damaged."""
        offices = keeping.load(kept) if kept else {}
        self._kept = kept
        self._server = _Server((HOST, port), _handler(self))
        self.url = f"http://{HOST}:{self._server.server_address[1]}"
        self.whole = AdvancedMD(*offices.values(), base=self.url)
        if not offices:
            office = demo_office(self.whole.clock.now())
            self.whole.offices[office.key] = office
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_STOPS_IN,), name="advancedmd", daemon=True
        )
        self._thread.start()

    def answer(self, request: Request) -> Response:
        """What is answered; the offices are kept first, when a stamp was given out."""
        with self.whole.lock:
            before = self.whole.clock.stamped
            response = self.whole.answer(request)
            if self.whole.clock.stamped != before:
                self._keep()
        return response

    def behind(self, method: str, what: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        """What is answered behind the scenes, likewise."""
        with self.whole.lock:
            status, document = controls.answer(self.whole, method, what, query, body)
            if method != "GET":
                self._keep()
        return status, document

    def _keep(self) -> None:
        if self._kept:
            keeping.save(self.whole.offices, self._kept)

    def stop(self) -> None:
        """Take no more requests."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _handler(running: Running) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "simulator", ""
        timeout = _IDLE_SECONDS
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            """Any method: to the simulator, or behind the scenes."""
            size = int(self.headers.get("Content-Length") or 0)
            if size > _MOST_BYTES:
                self.close_connection = True
                self._reply(Response(413, b"The body is too large."))
                return
            body = self.rfile.read(size)
            if self.path.startswith(CONTROL):
                self._reply(_behind(running, self.command, self.path, body))
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            response = running.answer(Request(self.command, self.path, headers, body))
            time.sleep(response.seconds)
            if response.dropped:
                self.close_connection = True
                return
            self._reply(response)

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - the names that http.server calls

        def _reply(self, response: Response) -> None:
            self.send_response_only(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Date", format_datetime(running.whole.clock.now(), usegmt=True))
            self.send_header("Content-Length", str(len(response.body)))
            try:
                self.end_headers()
                self.wfile.write(response.body)
            except ConnectionError:  # whoever asked has given up waiting
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Requests are in the call log; addresses and bodies stay out of the terminal."""

    return Handler


def _behind(running: Running, method: str, target: str, body: bytes) -> Response:
    place = urlsplit(target)
    what = place.path.removeprefix(CONTROL)
    status, document = running.behind(method, what, dict(parse_qsl(place.query)), body)
    return Response(status, json.dumps(document).encode(), {"Content-Type": "application/json"})
