"""Zoom, as far as visits go: sign-in of a server, and meetings made and deleted.

`meetings` is what is planned; `told` is the body of every request that made one.
"""

from __future__ import annotations

import json
import re
import secrets
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any

from infra.simulators.serving import Reply, Request

_MEETING = re.compile(r"/v2/meetings/(\d+)")


@dataclass
class Zoom:
    """One account with one application of its own."""

    account: str = "acc"
    client: str = "app"
    secret: str = "shh"  # noqa: S105  # nosec B105 # of nobody
    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> Reply:
        """What Zoom says."""
        if request.path == "/oauth/token":
            return self._sign_in(request)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _said(401, {"code": 124, "message": "Invalid access token."})
        if (request.method, request.path) == ("POST", "/v2/users/me/meetings"):
            return self._create(json.loads(request.body))
        found = _MEETING.fullmatch(request.path)
        if found is None or found[1] not in self.meetings:
            return _said(404, {"code": 3001, "message": "Meeting does not exist."})
        if request.method == "DELETE":
            del self.meetings[found[1]]
        return Reply(204)

    def refusal(self, kind: str) -> Reply:
        """How Zoom says that it is busy or broken."""
        return _said(429 if kind == "busy" else 500, {"code": kind, "message": "Try again later."})

    def _sign_in(self, request: Request) -> Reply:
        basic = b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode()
        wanted = {"grant_type": "account_credentials", "account_id": self.account}
        if basic != f"{self.client}:{self.secret}" or dict(request.query) != wanted:
            return _said(400, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"})
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        return _said(200, {"access_token": token, "token_type": "bearer", "expires_in": 3599})  # nosec B105 # a word of OAuth

    def _create(self, wish: dict[str, Any]) -> Reply:
        self.told.append(wish)
        number = 85_000_000_000 + len(self.told)
        made = {
            **wish,
            "id": number,
            "join_url": f"https://zoom.example/j/{number}?pwd={secrets.token_urlsafe(8)}",
            "start_url": f"https://zoom.example/s/{number}?zak={secrets.token_urlsafe(24)}",
            "password": secrets.token_urlsafe(6),
        }
        self.meetings[str(number)] = made
        return _said(201, made)


def _said(status: int, body: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(body).encode())
