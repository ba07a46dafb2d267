"""The local instance with stopwatches: `scripts/run` as it is, each reply with a Server-Timing header.

`python -m scripts.timing.instance` takes the options of `scripts/run`. Stopwatches stand at five nested places: around
the stand-in for API Gateway, the Chalice application, the declared route, each SDK call to the table, and each request
of the SDK on the wire. A part is what a place takes less what the next one inside it takes:

gateway    the stand-in for API Gateway: matching, the Lambda event, the reply
framework  Chalice, and Powertools' logger around it
own        ours: token, validation, rules, views, with the libraries that we call (PyJWT, pydantic, PynamoDB)
sdk        botocore: serialising, signing, parsing
engine     from the request on the wire to the reply: the embedded engine, which stands for DynamoDB
"""

import sys
import threading
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from chalice.app import Chalice

from infra.local import run, serving
from infra.local.gateway import Answer, Gateway, Headers

PLACES = ("gateway", "app", "view", "call", "wire")
PARTS = ("gateway", "framework", "own", "sdk", "engine")


class _Watches(threading.local):
    """The seconds that the request of this thread has spent at each place."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PLACES, 0.0)

    def around(self, place: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same work, timed; it may happen several times in one request."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            begun = perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                self.seconds[place] += perf_counter() - begun

        return timed


_watches = _Watches()


class TimedGateway(Gateway):
    """The gateway of the instance, with a stopwatch at every place."""

    def __init__(self, app: Chalice, *, cors_origin: str = "*") -> None:
        super().__init__(app, cors_origin=cors_origin)
        from chalicelib.table import base  # noqa: PLC0415 - the instance has set its environment only now

        for methods in app.routes.values():
            for entry in methods.values():
                entry.view_function = _watches.around("view", entry.view_function)
        kind = type(app)
        app.__class__ = type("TimedChalice", (kind,), {"__call__": _watches.around("app", kind.__call__)})
        client: Any = base.connection().client
        client._make_api_call = _watches.around("call", client._make_api_call)
        session = client._endpoint.http_session
        session.send = _watches.around("wire", session.send)

    def answer(self, method: str, raw_path: bytes, query: bytes, headers: Headers, body: bytes) -> Answer:
        """One request, whose reply says where its time went."""
        _watches.seconds = dict.fromkeys(PLACES, 0.0)
        said: Answer = _watches.around("gateway", super().answer)(method, raw_path, query, headers, body)
        said.headers.append(("Server-Timing", _written(list(_watches.seconds.values()))))
        return said


def _written(nested: Sequence[float]) -> str:
    """The parts in milliseconds, as the header has them."""
    inner = [*nested[1:], 0.0]
    parts = zip(PARTS, nested, inner, strict=True)
    return ", ".join(f"{part};dur={(outer - within) * 1000:.3f}" for part, outer, within in parts)


def read(header: str) -> dict[str, float]:
    """The parts of a Server-Timing header, in milliseconds."""
    pairs = (part.split(";dur=") for part in header.split(", "))
    return {name: float(milliseconds) for name, milliseconds in pairs}


if __name__ == "__main__":
    vars(serving)["Gateway"] = TimedGateway
    sys.exit(run.main())
