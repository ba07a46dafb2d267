"""E-mail through SES: one message, asked for once.

Botocore's own retries are off. A request whose answer was lost may have been taken, so whether it is asked again is
for who knows what a repeat would mean.
"""

from functools import cache
from html import escape
from typing import Any

from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.kit.settings import settings

# Of its refusals, these are about the message; the others are about us, and pass when somebody has seen to them.
_NEVER = frozenset({"MessageRejected", "BadRequestException"})
_BROKEN = 500
_PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{subject}</title></head>\
<body style="font-family:sans-serif;font-size:16px;line-height:1.5"><p>{text}</p></body></html>"""


def send(*, to: str, subject: str, text: str, language: str, tag: str) -> str:
    """The provider's id of the message that it has taken; `tag` comes back with every event about it.

    Raises Refused, NotNow, and NoAnswer when nobody knows.
    """
    from botocore.exceptions import (  # noqa: PLC0415 - only what sends needs it
        BotoCoreError,
        ClientError,
        ConnectTimeoutError,
        EndpointConnectionError,
    )

    try:
        reply = _client().send_email(**_request(to=to, subject=subject, text=text, language=language, tag=tag))
    except ClientError as error:
        raise _meaning(error) from None
    except (ConnectTimeoutError, EndpointConnectionError):
        raise NotNow("The mail provider was not reached.") from None
    except (BotoCoreError, ValueError, RecursionError):  # the last two: an answer that is no JSON that we could read
        raise NoAnswer("The mail provider's answer was lost.") from None
    taken = reply.get("MessageId")
    if not isinstance(taken, str) or not taken:
        raise NoAnswer("The mail provider's answer cannot be read.")
    return taken


def _request(*, to: str, subject: str, text: str, language: str, tag: str) -> dict[str, Any]:
    page = _PAGE.format(lang=escape(language), subject=escape(subject), text=escape(text))
    body = {name: {"Data": data, "Charset": "UTF-8"} for name, data in (("Text", text), ("Html", page))}
    request: dict[str, Any] = {
        "FromEmailAddress": settings().smtp_from,
        "Destination": {"ToAddresses": [to]},
        "Content": {"Simple": {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": body}},
        "EmailTags": [{"Name": "reminder", "Value": tag}],
    }
    events = settings().ses_configuration_set
    return {**request, "ConfigurationSetName": events} if events else request


def _meaning(error: Any) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= _BROKEN:
        return NoAnswer("The mail provider failed while it had the message.")
    if code in _NEVER:
        return Refused("The mail provider refuses the message.")
    return NotNow("The mail provider takes no messages from us right now.")


@cache
def _client() -> Any:
    import boto3  # noqa: PLC0415 - only what sends needs it
    from botocore.config import Config  # noqa: PLC0415 - same

    config = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1, "mode": "standard"})
    return boto3.client("sesv2", config=config)
