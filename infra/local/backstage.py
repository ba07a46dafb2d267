"""Behind the scenes: what one may ask of a local instance under `/_local/`.

Nobody needs a token, so only this machine is answered, by a name of its own, and no page of another site in a browser
on it. Answers come in the API's envelope. None of it is deployed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.local.gateway import Answer
from infra.local.server import Endpoint, Receive, Scope, Send, reply

MOUNT = "/_local/"
Deed = Callable[[Mapping[str, str], Any], Any]
"""What is done when it is asked for: takes the query and the JSON body, gives back the data of the answer."""
Deeds = Mapping[tuple[str, str], Deed]
"""Deeds by method and path behind the mount: `("GET", "outbox")`."""
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_HEADERS = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
_MOST_BYTES = 64 * 1024


class Refused(Exception):
    """A request that is refused, with its status, code and sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def endpoint(deeds: Deeds) -> Endpoint:
    """Serves the deeds, each in a thread, since it may ask the application on this very loop, and take long."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        try:
            _check(scope)
            data = await asyncio.to_thread(_deed(deeds, scope), _query(scope), _read(body))
            answer = _said(HTTPStatus.OK, {"success": True, "data": data})
        except Refused as refusal:
            error = {"code": refusal.code, "message": str(refusal), "details": []}
            answer = _said(refusal.status, {"success": False, "error": error})
        await reply(send, answer)

    return serve


def _check(scope: Scope) -> None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    asked = urlsplit(f"//{headers.get('host', '')}").hostname
    page = urlsplit(headers["origin"]).hostname if "origin" in headers else "localhost"
    client = (scope.get("client") or ("",))[0]
    if not {client, asked, page} <= _HERE:
        raise Refused(HTTPStatus.FORBIDDEN, "forbidden", "Only this machine may ask that.")


def _deed(deeds: Deeds, scope: Scope) -> Deed:
    found = deeds.get((scope["method"], scope["path"].removeprefix(MOUNT).rstrip("/")))
    if found is None:
        known = ", ".join(f"{method} {MOUNT}{path}" for method, path in deeds)
        raise Refused(HTTPStatus.NOT_FOUND, "not_found", f"There is no such address; there are {known}.")
    return found


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope["query_string"].decode("latin-1")))


def _read(body: bytes) -> Any:
    if len(body) > _MOST_BYTES:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", f"A body has at most {_MOST_BYTES} bytes.")
    try:
        return json.loads(body or b"{}")
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, "malformed", "The body is not JSON.") from None


async def _body(receive: Receive) -> bytes:
    """The body, or the beginning of one that is too long."""
    body = b""
    while True:
        message = await receive()
        chunk: bytes = message.get("body", b"")
        body += chunk[: _MOST_BYTES + 1 - len(body)]
        if not message.get("more_body"):
            return body


def _said(status: int, document: Mapping[str, Any]) -> Answer:
    return Answer(status, _HEADERS, json.dumps(document, ensure_ascii=False).encode())
