"""Text messages through Twilio: one message, asked for once, and whether one was taken when nobody knows."""

import re
from datetime import datetime
from typing import Any

from chalicelib.gateways import twilio

_LONGEST = 1_600  # characters that Twilio takes
_LINK = re.compile(r"https?://\S+")


def send(*, to: str, text: str, callback: str) -> str:
    """The provider's id of the message that it has taken; what becomes of it is told to `callback`, if there is any.

    Raises Refused, NotNow, and NoAnswer when nobody knows.
    """
    told = {"status_callback": callback} if callback else {}
    return twilio.taken(
        lambda account: account.messages.create(to=to, from_=twilio.number(), body=text[:_LONGEST], **told)
    )


def taken(*, to: str, text: str, since: datetime) -> str | None:
    """The provider's id of such a message that it was given since then; None when it was given none.

    Links are not compared: what opens one thing once may be another secret in each letter. NotNow when it does not say.
    """
    # Not asked for by time: what was taken and not sent yet has none.
    found = twilio.listed(lambda account: account.messages.page(to=to, from_=twilio.number(), page_size=50))
    same = (one for one in found if _gist(one.body) == _gist(text[:_LONGEST]))
    return next((one.sid for one in same if twilio.is_between(one.date_created, since)), None)


def _gist(text: Any) -> str:
    return " ".join(_LINK.sub("", text).split()) if isinstance(text, str) else ""
