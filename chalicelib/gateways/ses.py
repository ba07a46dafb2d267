"""E-mail through SES: one message, asked for once.

Botocore's own retries are off. A request whose answer was lost may have been taken, so whether it is asked again is
for who knows what a repeat would mean.
"""

from functools import cache
from typing import Any

from chalicelib.gateways import mime
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.gateways.mime import Mail
from chalicelib.kit.settings import settings

# Of its refusals, these are about the message; the others are about us, and pass when somebody has seen to them.
_NEVER = frozenset({"MessageRejected", "BadRequestException"})
_BROKEN = 500


def send(mail: Mail) -> str:
    """The provider's id of the mail that it has taken; raises Refused, NotNow, and NoAnswer when nobody knows."""
    from botocore.exceptions import (  # noqa: PLC0415 - only what sends needs it
        BotoCoreError,
        ClientError,
        ConnectTimeoutError,
        EndpointConnectionError,
    )

    request = _request(mail)
    try:
        reply = _client().send_email(**request)
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


def _request(mail: Mail) -> dict[str, Any]:
    sender = settings().smtp_from
    made = mime.message(mail, sender)
    del made["Message-ID"]  # SES gives each its own
    request: dict[str, Any] = {
        "FromEmailAddress": sender,
        "Destination": {"ToAddresses": [mime.recipient(made)]},
        "Content": {"Raw": {"Data": mime.wire(made)}},
        "EmailTags": [{"Name": "reminder", "Value": mail.tag}],
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
