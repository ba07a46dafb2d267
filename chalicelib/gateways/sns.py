"""SNS: text messages to phone numbers, and messages to apps on phones through Apple's and Google's services."""

import json
from functools import cache
from typing import Any

from chalicelib.gateways.answers import Gone, NoAnswer, NotNow, Refused

WHO = "The phone provider"
_NEVER = frozenset({"InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid"})
_GONE = frozenset({"EndpointDisabled", "NotFound"})
_LONGEST, _BROKEN = 1_600, 500


def text(*, to: str, text: str) -> str:
    """The provider's id of the text message that it has taken; Refused, NotNow, and NoAnswer when nobody knows."""
    kind = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
    return _published(PhoneNumber=to, Message=text[:_LONGEST], MessageAttributes=kind)


def push(*, endpoint: str, message: dict[str, Any], topic: str, seconds: int) -> str:
    """The provider's id of the message to an app that it has taken; Gone, Refused, NotNow, and NoAnswer likewise.

    A repeat takes the place of the message with the same topic; after so many seconds it is not shown any more.
    """
    alert = {"title": message["title"], "body": message["body"]}
    apple = {"aps": {"alert": alert, "sound": "default"}, **message}
    google = {"notification": {**alert, "tag": topic}, "data": message, "collapse_key": topic, "time_to_live": seconds}
    said = {"default": message["body"], "APNS": json.dumps(apple), "APNS_SANDBOX": json.dumps(apple)}
    lasts = str(seconds)
    given = {
        "AWS.SNS.MOBILE.APNS.TTL": lasts,
        "AWS.SNS.MOBILE.FCM.TTL": lasts,
        "AWS.SNS.MOBILE.APNS.COLLAPSE_ID": topic,
    }
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in given.items()}
    whole = json.dumps({**said, "GCM": json.dumps(google)})
    return _published(TargetArn=endpoint, Message=whole, MessageStructure="json", MessageAttributes=attributes)


def endpoint(*, application: str, token: str) -> str:
    """The address of an app on a phone, made from the token that the phone gave it; the same token gives the same."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - only what sends needs it

    try:
        reply = _client().create_platform_endpoint(PlatformApplicationArn=application, Token=token)
    except ClientError as error:
        raise _meaning(error) from None
    except BotoCoreError:
        raise NotNow(f"{WHO} was not reached.") from None
    return str(reply["EndpointArn"])


def _published(**request: Any) -> str:
    from botocore.exceptions import (  # noqa: PLC0415 - only what sends needs it
        BotoCoreError,
        ClientError,
        ConnectTimeoutError,
        EndpointConnectionError,
    )

    try:
        taken = _client().publish(**request).get("MessageId")
    except ClientError as error:
        raise _meaning(error) from None
    except (ConnectTimeoutError, EndpointConnectionError):
        raise NotNow(f"{WHO} was not reached.") from None
    except (BotoCoreError, ValueError, RecursionError):
        raise NoAnswer("The answer of the phone provider was lost.") from None
    if not isinstance(taken, str) or not taken:
        raise NoAnswer("The answer of the phone provider cannot be read.")
    return taken


def _meaning(error: Any) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _BROKEN:
        return NoAnswer(f"{WHO} failed while it had the message.")
    if code in _GONE:
        return Gone("The app is not on that phone any more.")
    return Refused(f"{WHO} refuses the message.") if code in _NEVER else NotNow(f"{WHO} takes nothing right now.")


@cache
def _client() -> Any:
    import boto3  # noqa: PLC0415 - only what sends needs it
    from botocore.config import Config  # noqa: PLC0415 - same

    config = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1, "mode": "standard"})
    return boto3.client("sns", config=config)
