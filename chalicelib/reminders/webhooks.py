"""What messaging systems tell us by calling us: whether they are who they say, and what somebody has written to us."""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from urllib.parse import urlencode

from chalicelib.gateways import twilio_signature
from chalicelib.gateways.secrets import secret
from chalicelib.kit import late
from chalicelib.kit.errors import Forbidden
from chalicelib.reminders import receipts

MESSAGES = "/api/webhooks/twilio/messages"
STATUS = "/api/webhooks/twilio/status"
_UNWANTED = "21610"  # its owner has said STOP


class Forged(Forbidden):
    """What was told is not signed by the system that is said to tell it."""

    code = "forged_signature"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("This is not signed by the system that it says it comes from.")


def check_twilio(path: str, form: Mapping[str, str], headers: Mapping[str, str], **query: str) -> None:
    """Forged, unless Twilio signed this form for our public address with that path and query."""
    url = address(path, **query)
    said = headers.get(twilio_signature.HEADER, "")
    if not url or not twilio_signature.is_right(secret("twilio_auth_token"), url, form, said):
        raise Forged


def address(path: str, **query: str) -> str:
    """Where we are called at that path from outside; empty while no public address is known."""
    base = secret("public_url").rstrip("/")
    return base and f"{base}{path}" + (f"?{urlencode(query)}" if query else "")


def note_status(
    reminder_id: str, *, text: str | None, call: str | None, to: str, code: str, now: datetime
) -> str | None:
    """Note what became of a text message or a call; what is known of it now, None where that is no news."""
    why = f"The phone network refused it ({code})." if code else None
    if code == _UNWANTED and to:
        receipts.refuse("sms", [to], why=receipts.UNSUBSCRIBED, now=now)
    provider, said = ("twilio", text) if text else ("twilio calls", call or "")
    return receipts.hear(reminder_id, provider=provider, said=said, now=now, why=why)


def hear(*, channel: str, sender: str, text: str, now: datetime) -> str:
    """What somebody has written to us, handed on; the TwiML that answers them, which may say nothing."""
    answers = [hears(channel=channel, sender=sender, text=text, now=now) for hears in late.REPLIES.functions()]
    said = "".join(f"<Message>{escape(answer)}</Message>" for answer in answers if answer)
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}</Response>'
