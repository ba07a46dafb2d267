"""Zoom: meetings of the clinic's account, by server-to-server OAuth. https://developers.zoom.us/docs/api/meetings/

What `start_url` opens is the host's own session, so it is for the host alone.
"""

import json
from base64 import b64encode
from datetime import datetime
from urllib.parse import quote, urlencode

from chalicelib.gateways import meetings
from chalicelib.gateways.answers import NoAnswer
from chalicelib.gateways.meetings import Bearer, Meeting
from chalicelib.gateways.secrets import secret
from chalicelib.kit import clock

WHO = "Zoom"
_SCHEDULED = 2


def is_there() -> bool:
    """Whether the clinic has an account."""
    return all(secret(f"zoom_{name}") for name in ("account_id", "client_id", "client_secret"))


def create(*, topic: str, start: datetime, minutes: int) -> Meeting:
    """A new meeting with a waiting room, which nobody enters before the host; Refused, NotNow, NoAnswer."""
    wish = {
        "topic": topic,
        "type": _SCHEDULED,
        "start_time": clock.iso(start),
        "duration": minutes,
        "settings": {"waiting_room": True, "join_before_host": False},
    }
    made = _ask("POST", "/users/me/meetings", json.dumps(wish).encode())
    number = made.get("id")
    if not isinstance(number, int | str):
        raise NoAnswer("Zoom has not said which meeting it made.")
    return Meeting(str(number), meetings.address(made, "join_url", WHO), meetings.address(made, "start_url", WHO))


def delete(meeting_id: str) -> None:
    """Let it not take place."""
    _ask("DELETE", f"/meetings/{quote(meeting_id, safe='')}")


def _ask(method: str, path: str, body: bytes = b"") -> dict[str, object]:
    headers = {"Authorization": f"Bearer {_bearer()}", "Content-Type": "application/json"}
    base = secret("zoom_endpoint") or "https://api.zoom.us/v2"
    return meetings.said(method, f"{base}{path}", headers=headers, body=body, who=WHO)


def _sign_in() -> tuple[str, float]:
    login = secret("zoom_login_endpoint") or "https://zoom.us"
    query = urlencode({"grant_type": "account_credentials", "account_id": secret("zoom_account_id")})
    basic = b64encode(f"{secret('zoom_client_id')}:{secret('zoom_client_secret')}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    answer = meetings.said("POST", f"{login}/oauth/token?{query}", headers=headers, who=WHO)
    return meetings.token_of(answer, WHO)


_bearer = Bearer(_sign_in)
forget_sign_in = _bearer.forget
