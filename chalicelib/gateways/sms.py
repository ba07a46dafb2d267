"""Text messages, through whichever provider the clinic has set: Twilio unless it says otherwise."""

from datetime import datetime

from chalicelib.gateways import twilio
from chalicelib.gateways.answers import NotNow
from chalicelib.gateways.secrets import secret

_TWILIO = "twilio"


def is_there() -> bool:
    """Whether the clinic has an account to send from; Unavailable when that cannot be read."""
    return twilio.is_there() if _provider() == _TWILIO else True


def send(*, to: str, text: str, tag: str, callback: str) -> str:
    """The provider's id of the message that it has taken; `tag` is what the message is known by here.

    Raises Refused, NotNow, NoAnswer when nobody knows, and Unavailable when the account cannot be read.
    """
    match _provider():
        case "twilio":
            from chalicelib.gateways import twilio_texts  # noqa: PLC0415 - only the one that is set is loaded

            return twilio_texts.send(to=to, text=text, callback=callback)
        case "sns":
            from chalicelib.gateways import sns  # noqa: PLC0415 - same

            return sns.text(to=to, text=text)
        case "messagebird":
            from chalicelib.gateways import messagebird  # noqa: PLC0415 - same

            return messagebird.send(to=to, text=text, tag=tag)
    raise NotNow("The phone provider that is set is not known.")


def taken(*, to: str, text: str, tag: str, since: datetime) -> str | None:
    """The provider's id of such a message given to it since then; None when it was given none, or cannot be asked.

    NotNow when it could be asked and does not say.
    """
    match _provider():
        case "twilio":
            from chalicelib.gateways import twilio_texts  # noqa: PLC0415 - see send

            return twilio_texts.taken(to=to, text=text, since=since)
        case "messagebird":
            from chalicelib.gateways import messagebird  # noqa: PLC0415 - same

            return messagebird.taken(tag=tag, since=since)
    return None


def _provider() -> str:
    return secret("sms_provider") or _TWILIO
