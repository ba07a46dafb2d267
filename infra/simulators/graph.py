"""Microsoft Graph, as far as visits go: sign-in of an application, and online meetings of an organiser.

`meetings` is what is planned; `told` is the body of every request that made one.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from infra.simulators.serving import Reply, Request


@dataclass
class Graph:
    """One tenant with one application, which acts for one organiser."""

    tenant: str = "ten"
    client: str = "app"
    secret: str = "shh"  # noqa: S105  # nosec B105 # of nobody
    organizer: str = "org"
    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> Reply:
        """What Graph says."""
        if request.path == f"/{self.tenant}/oauth2/v2.0/token":
            return self._sign_in(request)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _said(401, {"error": {"code": "InvalidAuthenticationToken", "message": "Access token is empty."}})
        place = f"/v1.0/users/{self.organizer}/onlineMeetings"
        if (request.method, request.path) == ("POST", f"{place}/createOrGet"):
            return self._create(json.loads(request.body))
        meeting = request.path.removeprefix(f"{place}/")
        if request.method != "DELETE" or meeting not in self.meetings:
            return _said(404, {"error": {"code": "NotFound", "message": "Meeting not found."}})
        del self.meetings[meeting]
        return Reply(204)

    def refusal(self, kind: str) -> Reply:
        """How Graph says that it is busy or broken."""
        return _said(429 if kind == "busy" else 503, {"error": {"code": kind, "message": "Try again later."}})

    def _sign_in(self, request: Request) -> Reply:
        wanted = {
            "grant_type": "client_credentials",
            "client_id": self.client,
            "client_secret": self.secret,
            "scope": "https://graph.microsoft.com/.default",
        }
        if request.form != wanted:
            return _said(401, {"error": "invalid_client", "error_description": "AADSTS7000215"})
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        return _said(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": token})  # nosec B105 # a word of OAuth

    def _create(self, wish: dict[str, Any]) -> Reply:
        self.told.append(wish)
        known = next((one for one in self.meetings.values() if one["externalId"] == wish["externalId"]), None)
        if known:
            return _said(200, known)
        name = secrets.token_urlsafe(16)
        made = {**wish, "id": name, "joinWebUrl": f"https://teams.example/l/meetup-join/{name}"}
        self.meetings[name] = made
        return _said(201, made)


def _said(status: int, body: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(body).encode())
