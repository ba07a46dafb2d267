"""An HTTP server that answers what it was given, byte by byte, and remembers what it was asked."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

SAMPLES = Path(__file__).parent / "samples"


class Answer(NamedTuple):
    """A whole answer; `after` seconds, or a part of its body and then the end of the connection."""

    status: int
    kind: str
    body: bytes
    after: float = 0.0
    cut: bool = False


class Asked(NamedTuple):
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Server:
    """Where it listens, and what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []


@contextmanager
def answering(*answers: Answer) -> Iterator[Server]:
    """A server that gives these answers in order, the last one again and again."""
    waiting = list(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.asked.append(Asked(self.command, self.path, headers, body))
            answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            time.sleep(answer.after)
            self.send_response_only(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
            self.close_connection = answer.cut

        do_GET = do_POST = do_PUT = do_DELETE = do_any  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = Server(f"http://127.0.0.1:{listening.server_port}")
    threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()


def sample(name: str, status: int = 200) -> Answer:
    """One of the documentation's exchanges, written by ourselves."""
    kind = "application/json" if name.endswith("json") else "text/xml"
    return Answer(status, kind, (SAMPLES / name).read_bytes())
