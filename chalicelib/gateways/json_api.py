"""Providers that are asked over HTTPS: what their statuses mean, and their answers, read with care."""

import json
from typing import Any

from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.gateways.asking import Told

_OURS = frozenset({401, 402, 403, 404, 405, 408, 409, 425, 429})
"""Refusals that are about us, our account, or now; every other one of its class is about the message."""


def check(told: Told, who: str) -> None:
    """Nothing, for an answer that says that the message was taken; Refused, NotNow or NoAnswer for any other."""
    kind = told.status // 100
    if kind == 2:  # noqa: PLR2004 - the HTTP class
        return
    if kind != 4:  # noqa: PLR2004 - same
        raise NoAnswer(f"{who} failed while it had the message.")
    if told.status in _OURS:
        raise NotNow(f"{who} takes nothing from us right now.")
    raise Refused(f"{who} refuses the message.")


def read(told: Told, who: str) -> dict[str, Any]:
    """The object that was answered; NoAnswer for anything else."""
    try:
        found = json.loads(told.body.decode())
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NoAnswer(f"The answer of {who.lower()} cannot be read.")
    return found


def identified(said: Any, who: str) -> str:
    """The provider's id of what it took; NoAnswer for what is none."""
    if not isinstance(said, str) or not 0 < len(said) <= 200:  # noqa: PLR2004 - no provider's is as long
        raise NoAnswer(f"The answer of {who.lower()} cannot be read.")
    return said
