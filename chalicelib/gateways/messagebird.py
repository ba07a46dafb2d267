"""Text messages through MessageBird, which keeps our own reference. https://developers.messagebird.com/api/sms-messaging"""

import json
from datetime import datetime, timedelta
from urllib.parse import urlencode

from chalicelib.gateways import asking, json_api
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.gateways.asking import Told
from chalicelib.gateways.secrets import secret
from chalicelib.kit import clock
from chalicelib.kit.settings import settings

WHO = "The phone provider"
_LONGEST, _SEARCHED = 1_377, 100
_CLOCKS = timedelta(seconds=30)


def send(*, to: str, text: str, tag: str) -> str:
    """The provider's id of the message that it has taken; raises Refused, NotNow, and NoAnswer when nobody knows."""
    said = {
        "originator": secret("messagebird_originator"),
        "recipients": [to.removeprefix("+")],
        "body": text[:_LONGEST],
        "reference": tag,
        "datacoding": "auto",
    }
    told = _ask("POST", "/messages", json.dumps(said).encode())
    json_api.check(told, WHO)
    return json_api.identified(json_api.read(told, WHO).get("id"), WHO)


def taken(*, tag: str, since: datetime) -> str | None:
    """The provider's id of the message with that reference, if it was given it; NotNow when it does not say."""
    query = {"direction": "mt", "limit": _SEARCHED, "from": clock.iso(since - _CLOCKS)}
    try:
        told = _ask("GET", f"/messages?{urlencode(query)}")
        json_api.check(told, WHO)
        items = json_api.read(told, WHO).get("items")
    except (NoAnswer, Refused):
        items = None
    if not isinstance(items, list):
        raise NotNow(f"{WHO} does not tell what it was given.")
    found = (one for one in items if isinstance(one, dict) and one.get("reference") == tag)
    return next((str(one["id"]) for one in found if isinstance(one.get("id"), str)), None)


def _ask(method: str, path: str, body: bytes = b"") -> Told:
    headers = {"Authorization": f"AccessKey {secret('messagebird_access_key')}", "Content-Type": "application/json"}
    return asking.ask(method, f"{settings().messagebird_endpoint}{path}", headers=headers, body=body, who=WHO)
