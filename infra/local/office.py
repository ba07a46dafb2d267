"""AdvancedMD's simulator beside the instance: its address for the application, its log and scheduler for people.

`GET /_local/advancedmd/calls` and `/appointments`, and `POST …/edits` for what somebody does at the office; from this
machine only, and from no page of another site.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.local.gateway import Answer
from infra.local.server import Endpoint, Receive, Scope, Send, reply
from infra.simulators.advancedmd.demo import APP, OFFICE_KEY, PASSWORD, USER
from infra.simulators.advancedmd.front import PARTNER
from infra.simulators.advancedmd.server import Running

MOUNT = "/_local/advancedmd/"
_HERE = frozenset({"127.0.0.1", "localhost"})
_MOST_BYTES = 64 * 1024


def start(folder: Path) -> Running:
    """The simulator on a free port, its offices kept in the folder; ValueError when what is kept is damaged."""
    return Running(kept=folder / "advancedmd.json")


def environment(running: Running) -> dict[str, str]:
    """How the application reaches and opens the demo office."""
    return {
        "ADVANCEDMD_LOGIN_URL": running.url + PARTNER,
        "ADVANCEDMD_OFFICE_KEY": OFFICE_KEY,
        "ADVANCEDMD_USERNAME": USER,
        "ADVANCEDMD_PASSWORD": PASSWORD,
        "ADVANCEDMD_APP_NAME": APP,
    }


def endpoint(running: Running) -> Endpoint:
    """Serves what is behind the scenes."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if not _from_here(scope) or len(body) > _MOST_BYTES:
            await reply(send, _said(HTTPStatus.NOT_FOUND, {"error": "not from here"}))
            return
        what = scope["path"].removeprefix(MOUNT)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        status, document = await asyncio.to_thread(running.behind, scope["method"], what, query, body)
        await reply(send, _said(status, document))

    return serve


def _from_here(scope: Scope) -> bool:
    """Whether the caller is on this machine and no other site's page has sent it."""
    headers: Mapping[str, str] = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    named = urlsplit(f"//{headers.get('host', '')}").hostname
    origin = headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == headers.get("host")
    return (scope.get("client") or ("",))[0] in _HERE and named in _HERE and same


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        chunk: bytes = message.get("body", b"")
        body += chunk[: _MOST_BYTES + 1 - len(body)]
        if not message.get("more_body"):
            return body


def _said(status: int, document: Any) -> Answer:
    return Answer(status, [("Content-Type", "application/json")], json.dumps(document).encode())
