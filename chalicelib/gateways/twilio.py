"""Twilio's account as its own package speaks to it, over our own way of asking: no repeats, and an end to everything.

Its refusals fall into three: about the message, which no later try would change; about us or about now; and its
failures, after which nobody knows. https://www.twilio.com/docs/api/errors
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlencode

from chalicelib.gateways import asking
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.gateways.secrets import secret
from chalicelib.kit.settings import settings

WHO = "The phone provider"
T = TypeVar("T")
_API = "https://api.twilio.com/"
_ANSWERS, _SEARCHED = (2, 4), 50
_CLOCKS = timedelta(seconds=30)
_UNWANTED = 21610
_NEVER = frozenset(
    {
        21211,  # no such number
        21214,  # it cannot be rung up
        21217,  # not a number
        21265,  # a short code, which takes no messages
        21408,  # not to this country
        21604,  # nobody to send to
        21612,  # no way from our number to this one
        21614,  # not a mobile phone
        21617,  # longer than any message
        _UNWANTED,  # its owner has said STOP
        13223,  # not a number that can be dialled
        13224,
        13227,  # not to this country, by phone
    }
)


def is_there() -> bool:
    """Whether the clinic has an account with a number to send from; Unavailable when that cannot be read."""
    return all(secret(f"twilio_{name}") for name in ("account_sid", "auth_token", "phone_number"))


def number() -> str:
    """The number that we send from."""
    return secret("twilio_phone_number")


def taken(ask: Callable[[Any], Any]) -> str:
    """Twilio's id of what it has taken; raises Refused, NotNow, and NoAnswer when nobody knows."""
    sid = _asked(lambda account: ask(account).sid)
    if not isinstance(sid, str) or not sid or len(sid) > 64:  # noqa: PLR2004 - theirs have 34
        raise NoAnswer(f"The answer of {WHO.lower()} cannot be read.")
    return sid


def listed(ask: Callable[[Any], Any]) -> list[Any]:
    """The first page of a list, newest first; NotNow when it cannot be had, since asking for it changes nothing."""
    try:
        return _asked(lambda account: list(ask(account))[:_SEARCHED])
    except (NoAnswer, Refused):
        raise NotNow(f"{WHO} does not tell what it was given.") from None


def is_between(made: Any, since: datetime, until: datetime | None = None) -> bool:
    """Whether something was made in that time, give or take what clocks differ by."""
    if not isinstance(made, datetime):
        return False
    return since - _CLOCKS <= made and (until is None or made <= until + _CLOCKS)


def _asked(ask: Callable[[Any], T]) -> T:
    from twilio.base.exceptions import TwilioException  # noqa: PLC0415 - only the worker needs it, and it takes long

    try:
        return ask(_account())
    except TwilioException as error:
        raise _meaning(error) from None
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        raise NoAnswer(f"The answer of {WHO.lower()} cannot be read.") from None


def _meaning(error: Any) -> Exception:
    """What a refusal is about; failures never come this far, see `_asking`."""
    code = getattr(error, "code", 0)
    if isinstance(code, int) and code in _NEVER:
        said = "is not wanted at this number any more" if code == _UNWANTED else "cannot be brought to this number"
        return Refused(f"The message {said}.")
    return NotNow(f"{WHO} takes nothing from us right now.")


def _account() -> Any:
    from twilio.rest import Client  # noqa: PLC0415 - see _asked

    return Client(secret("twilio_account_sid"), secret("twilio_auth_token"), http_client=_asking()())


@cache
def _asking() -> Any:
    from twilio.http.response import Response  # noqa: PLC0415 - same

    class Asking:
        """The package asks through this, so that time-outs and bounds are ours; it logs no numbers."""

        def request(self, method: str, uri: str, params: Any = None, data: Any = None, **around: Any) -> Any:
            """One request; what failed over there is no answer, whatever it says of itself."""
            if not uri.startswith(_API):  # the next page of a list is an address that came with an answer
                raise ValueError("not an address of the provider")
            there = settings().twilio_endpoint.rstrip("/") + "/" if settings().twilio_endpoint else _API
            query = f"?{urlencode(params, doseq=True)}" if params else ""
            signed = b64encode(":".join(around["auth"]).encode()).decode()
            told = asking.ask(
                method,
                there + uri.removeprefix(_API) + query,
                headers={**around["headers"], "Authorization": f"Basic {signed}"},
                body=urlencode(data or {}, doseq=True).encode(),
                who=WHO,
            )
            if told.status // 100 not in _ANSWERS:
                raise NoAnswer(f"{WHO} failed while it had the message.")
            return Response(told.status, told.body.decode(), {})

    return Asking
