"""`/_local/clock`: what the instance's clock shows, and putting it ahead so that tomorrow can be watched today.

`GET` answers `{"now", "outside", "ahead_seconds"}`; `POST {"advance": "PT23H"}`, an ISO 8601 duration of whole
seconds up to sixty days, answers the same with what was `fired`, once everything in between is done. It takes no
token, so it hears only this machine, and no page of another site in a browser on it.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from chalicelib.kit import clock
from infra.local.advancing import LONGEST, Advancing, StillBusy
from infra.local.gateway import Answer
from infra.local.server import Endpoint, Receive, Scope, Send, reply

MOUNT = "/_local/clock"
_DURATION = re.compile(r"P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?")
_UNITS = ("weeks", "days", "hours", "minutes", "seconds")
_MOST_BYTES = 1024
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_HEADERS = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]


class _Refused(Exception):
    """A request that is refused, with its status, code and sentence."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def endpoint(advancing: Advancing) -> Endpoint:
    """Serves the clock; a long advance runs beside everything else."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        try:
            _check(scope)
            match scope["method"], scope["path"]:
                case "GET", "/_local/clock":
                    answer = _said(_shown())
                case "POST", "/_local/clock":
                    by = duration(body)
                    done = await asyncio.get_running_loop().run_in_executor(None, advancing.advance, by)
                    answer = _said({**_shown(), "fired": dict(done.fired)})
                case _:
                    raise _Refused(HTTPStatus.NOT_FOUND, "not_found", "There is no such address; ask /_local/clock.")
        except _Refused as refusal:
            answer = _refusal(refusal.status, refusal.code, str(refusal))
        except StillBusy as refusal:
            answer = _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "still_busy", str(refusal))
        await reply(send, answer)

    return serve


def duration(body: bytes) -> timedelta:
    """How far a body asks to go ahead."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    wanted = said.get("advance") if isinstance(said, dict) else None
    found = _DURATION.fullmatch(wanted) if isinstance(wanted, str) else None
    by = timedelta(
        **{unit: int(count or 0) for unit, count in zip(_UNITS, found.groups(), strict=True)} if found else {}
    )
    if not timedelta() < by <= LONGEST:
        message = 'Send {"advance": "PT23H"}: an ISO 8601 duration, longer than nothing and at most sixty days.'
        raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", message)
    return by


def _check(scope: Scope) -> None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    asked = urlsplit(f"//{headers.get('host', '')}").hostname
    page = urlsplit(headers["origin"]).hostname if "origin" in headers else "localhost"
    client = (scope.get("client") or ("",))[0]
    if not {client, asked, page} <= _HERE:
        raise _Refused(HTTPStatus.FORBIDDEN, "forbidden", "Only this machine may ask that.")


def _shown() -> Mapping[str, Any]:
    now = clock.now()
    ahead = int(clock.ahead().total_seconds())
    return {"now": clock.iso(now), "outside": clock.iso(clock.outside(now)), "ahead_seconds": ahead}


def _said(data: Mapping[str, Any]) -> Answer:
    return Answer(HTTPStatus.OK, _HEADERS, json.dumps({"success": True, "data": data}).encode())


def _refusal(status: HTTPStatus, code: str, message: str) -> Answer:
    body = {"success": False, "error": {"code": code, "message": message, "details": []}}
    return Answer(status, _HEADERS, json.dumps(body).encode())


async def _body(receive: Receive) -> bytes:
    """The body; nothing that can be read of one that is too long."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"") if len(body) <= _MOST_BYTES else b""
        if not message.get("more_body"):
            return body if len(body) <= _MOST_BYTES else b""
