"""What Zoom and Microsoft Teams have in common: a sign-in of the clinic's own, and answers that are looked at twice."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chalicelib.gateways import asking
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused

_SPARE_SECONDS = 60.0
_BUSY, _WRONG, _BROKEN = 429, 400, 500
_LONGEST = 2_048


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting at a platform; `host_url` lets its holder run it, and is for the host alone; empty where none is."""

    id: str
    join_url: str
    host_url: str = ""


class Bearer:
    """A token of the platform's, used until a minute before its end."""

    def __init__(self, sign_in: Callable[[], tuple[str, float]]) -> None:
        self._sign_in = sign_in
        self._lock = threading.Lock()
        self._token, self._ends = "", 0.0

    def __call__(self) -> str:
        """The token; asked for again once it is about to end."""
        with self._lock:
            if time.monotonic() >= self._ends:
                self._token, seconds = self._sign_in()
                self._ends = time.monotonic() + max(0.0, seconds - _SPARE_SECONDS)
            return self._token

    def forget(self) -> None:
        """Sign in anew next time."""
        with self._lock:
            self._ends = 0.0


def said(method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"", who: str) -> dict[str, Any]:
    """What a platform says, empty when it says nothing; Refused, NotNow or NoAnswer otherwise."""
    told = asking.ask(method, url, headers=headers, body=body, who=who)
    if told.status == _BUSY or told.status >= _BROKEN:
        raise NotNow(f"{who} is too busy or broken: {told.status}.")
    if not told.status < 300:  # noqa: PLR2004 - the HTTP class
        raise Refused(f"{who} has refused: {told.status}.")
    if not told.body:
        return {}
    try:
        found = json.loads(told.body)
    except ValueError:
        raise NoAnswer(f"The answer of {who} cannot be read.") from None
    if not isinstance(found, dict):
        raise NoAnswer(f"The answer of {who} is of another kind.")
    return found


def token_of(answer: Mapping[str, Any], who: str) -> tuple[str, float]:
    """The token of a sign-in, and for how many seconds it is good."""
    token, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(seconds, int | float):
        raise NoAnswer(f"The sign-in at {who} cannot be read.")
    return token, float(seconds)


def address(answer: Mapping[str, Any], name: str, who: str) -> str:
    """An address that is shown to people: of HTTPS, and of a sane length."""
    found = answer.get(name)
    if not isinstance(found, str) or len(found) > _LONGEST or urlsplit(found).scheme != "https":
        raise NoAnswer(f"{who} has given no address.")
    return found
