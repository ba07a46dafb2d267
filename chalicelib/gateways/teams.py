"""Microsoft Teams: online meetings of one organiser, through Graph with the application's own credentials.

A meeting is made under an id of ours, so that asking again finds the same one.
https://learn.microsoft.com/graph/api/onlinemeeting-createorget
"""

import json
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from chalicelib.gateways import meetings
from chalicelib.gateways.answers import NoAnswer
from chalicelib.gateways.meetings import Bearer, Meeting
from chalicelib.gateways.secrets import secret
from chalicelib.kit import clock

WHO = "Microsoft Teams"


def is_there() -> bool:
    """Whether the clinic has an application and an organiser."""
    return all(secret(f"teams_{name}") for name in ("tenant_id", "client_id", "client_secret", "organizer_id"))


def create(*, topic: str, start: datetime, minutes: int, key: str) -> Meeting:
    """The meeting under the key, made now if there is none; Refused, NotNow, NoAnswer."""
    wish = {
        "externalId": key,
        "startDateTime": clock.iso(start),
        "endDateTime": clock.iso(start + timedelta(minutes=minutes)),
        "subject": topic,
    }
    made = _ask("POST", "/onlineMeetings/createOrGet", json.dumps(wish).encode())
    found = made.get("id")
    if not isinstance(found, str) or not found:
        raise NoAnswer("Microsoft Teams has not said which meeting it made.")
    return Meeting(found, meetings.address(made, "joinWebUrl", WHO))


def delete(meeting_id: str) -> None:
    """Let it not take place."""
    _ask("DELETE", f"/onlineMeetings/{quote(meeting_id, safe='')}")


def _ask(method: str, path: str, body: bytes = b"") -> dict[str, object]:
    headers = {"Authorization": f"Bearer {_bearer()}", "Content-Type": "application/json"}
    base = secret("graph_endpoint") or "https://graph.microsoft.com/v1.0"
    organizer = quote(secret("teams_organizer_id"), safe="")
    return meetings.said(method, f"{base}/users/{organizer}{path}", headers=headers, body=body, who=WHO)


def _sign_in() -> tuple[str, float]:
    login = secret("teams_login_endpoint") or "https://login.microsoftonline.com"
    form = {
        "grant_type": "client_credentials",
        "client_id": secret("teams_client_id"),
        "client_secret": secret("teams_client_secret"),
        "scope": "https://graph.microsoft.com/.default",
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    where = f"{login}/{quote(secret('teams_tenant_id'), safe='')}/oauth2/v2.0/token"
    answer = meetings.said("POST", where, headers=headers, body=urlencode(form).encode(), who=WHO)
    return meetings.token_of(answer, WHO)


_bearer = Bearer(_sign_in)
forget_sign_in = _bearer.forget
