"""HTTP to the application without a socket, through Chalice's own gateway."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import unquote, urlencode

from infra.local import rights


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """The envelope's data; fails loudly with the whole reply when it is a failure."""
        reply = self.json
        assert reply["success"], reply
        return reply["data"]

    @property
    def error(self) -> Any:
        reply = self.json
        assert not reply["success"], reply
        return reply["error"]

    @property
    def fields(self) -> list[str]:
        """The fields that the refusal names."""
        return [detail.get("field") for detail in self.error["details"]]


@dataclass
class Client:
    """A caller; `as_` gives the same caller with another role."""

    token: Callable[..., str]
    headers: dict[str, str] = field(default_factory=dict)

    def as_(self, role: str, sub: str = "", **scope: Any) -> "Client":
        return self.with_(authorization=f"Bearer {self.token(role, sub, **scope)}")

    def with_(self, **headers: str) -> "Client":
        return replace(self, headers=self.headers | {name.replace("_", "-"): value for name, value in headers.items()})

    def get(self, path: str, **query: Any) -> Answer:
        return self.send("GET", path, query=query)

    def post(self, path: str, body: Any = None, **query: Any) -> Answer:
        return self.send("POST", path, body, query)

    def put(self, path: str, body: Any = None, **query: Any) -> Answer:
        return self.send("PUT", path, body, query)

    def delete(self, path: str, body: Any = None, **query: Any) -> Answer:
        return self.send("DELETE", path, body, query)

    def send(self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None) -> Answer:
        """One request; `body` is JSON unless it is bytes already."""
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": "application/json"} | self.headers
        if query:
            path += "?" + urlencode(query, doseq=True)
        with rights.of(rights.API):
            reply = _gateway().handle_request(method, path, headers, raw)
        found = {name.lower(): value for name, value in reply["headers"].items()}
        return Answer(reply["statusCode"], found, _text(reply["body"]))


def _text(body: str | bytes) -> str:
    return body.decode() if isinstance(body, bytes) else body


@cache
def _gateway() -> Any:
    from chalice.config import Config  # noqa: PLC0415 - the application is loaded after its settings
    from chalice.local import LocalGateway  # noqa: PLC0415 - same

    from app import app  # noqa: PLC0415 - same

    gateway = LocalGateway(app, Config(chalice_stage="local"))
    convert = gateway.event_converter.create_lambda_event

    def decoded(*args: Any, **kwargs: Any) -> Any:
        event = convert(*args, **kwargs)
        parameters = event.get("pathParameters") or {}
        event["pathParameters"] = {name: unquote(value) for name, value in parameters.items()}
        return event

    gateway.event_converter.create_lambda_event = decoded
    return gateway
