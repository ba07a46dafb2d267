"""Suppression: the addresses that want no messages, or take none; looked at right before anything is sent.

An address stands there as a keyed digest. Text messages and calls share the number, so who writes STOP is not rung up
either. Of two words about one address the later counts, whichever comes first.
"""

import hmac
from datetime import datetime

from chalicelib.gateways.secrets import secret
from chalicelib.kit.errors import Unavailable
from chalicelib.kit.settings import settings
from chalicelib.reminders.kinds import CALL, EMAIL, SMS
from chalicelib.table import correspondence

STOPPED, UNSUBSCRIBED = "stopped", "unsubscribed"
BROKEN = frozenset({"hard_bounce"})
"""Why an address takes nothing, where its owner has not asked for that: the patient may be told another way."""
_PHONE = "phone"
_KEPT_AS: dict[str, str] = {EMAIL: EMAIL, SMS: _PHONE, CALL: _PHONE}


def add(*, channel: str, address: str, why: str, now: datetime) -> bool:
    """Let nothing more be sent to the address; False when something later is known."""
    return correspondence.suppress(*place(channel, address), refused=True, why=why, now=now)


def lift(*, channel: str, address: str, now: datetime, why: str = "asked_again") -> bool:
    """Let messages be sent to the address again; False when something later is known."""
    return correspondence.suppress(*place(channel, address), refused=False, why=why, now=now)


def reason(channel: str, address: str) -> str | None:
    """Why nothing is sent to the address; None when it may be."""
    return correspondence.suppressed(*place(channel, address)) if channel in _KEPT_AS else None


def place(channel: str, address: str) -> tuple[str, str]:
    """Under what an address is kept: what it is for, and its digest."""
    key = secret("digest_key")
    if not key and settings().careslot_stage != "local":
        raise Unavailable("The key of the list of addresses is not set.")
    kept_as = _KEPT_AS[channel]
    said = f"{kept_as}\x1f{address.strip().casefold()}"
    return kept_as, hmac.digest(key.encode() or b"local", said.encode(), "sha256").hex()[:40]
