"""What the mail provider was asked and has sent: read from the engine, and faults between it and us."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from chalicelib.gateways import ses
from chalicelib.kit.settings import settings
from infra.local.testing import Engine
from tests.builders import Data


def verify(engine: Engine) -> None:
    """Tell the provider that our sender is ours."""
    engine.client("ses").verify_email_identity(EmailAddress=settings().smtp_from)


def sent_to(engine: Engine, address: str) -> list[Data]:
    """The mails to the address, in order."""
    with urlopen(f"{engine.url}/_ministack/ses/messages") as reply:
        told = json.loads(reply.read())
    # On its way, every text ends its last line.
    return [one | {"BodyText": one["BodyText"].rstrip()} for one in _mails(told) if one["To"] == [address]]


def _mails(told: Any) -> Iterator[Data]:
    """All mails, however deep they lie among accounts."""
    if isinstance(told, dict) and "MessageId" in told:
        yield told
        return
    inner = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    for one in inner:
        yield from _mails(one)


@contextmanager
def trouble(kind: str, *, times: int = 1_000) -> Iterator[Counter[str]]:
    """The next requests to the provider meet this; counts how often one did.

    `busy`, `paused`, `broken` and `refused` are its answers, `away` and `lost` are before and after it took the
    message, and anything else is a body that it answers with, without taking the message.
    """
    met: Counter[str] = Counter()
    events = ses._client().meta.events

    def before(request: Any, **_: Any) -> AWSResponse | None:
        if kind == "lost" or met[kind] >= times:
            return None
        met[kind] += 1
        if kind == "away":
            raise EndpointConnectionError(endpoint_url=request.url)
        return AWSResponse(request.url, *_ANSWERS.get(kind, (200, {}, _Body(kind.encode("latin-1")))))

    def after(**_: Any) -> None:
        if kind == "lost" and met[kind] < times:
            met[kind] += 1
            raise ReadTimeoutError(endpoint_url="after it was taken")

    events.register_last("before-send.sesv2", before)
    events.register_last("response-received.sesv2", after)
    try:
        yield met
    finally:
        events.unregister("before-send.sesv2", before)
        events.unregister("response-received.sesv2", after)


class _Body:
    """The body of an answer that never was on a wire."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


def _error(status: int, name: str) -> tuple[int, dict[str, str], _Body]:
    return status, {"x-amzn-ErrorType": name}, _Body(b'{"message": "no"}')


_ANSWERS = {
    "busy": _error(429, "TooManyRequestsException"),
    "broken": _error(500, "InternalFailure"),
    "paused": _error(400, "SendingPausedException"),
    "refused": _error(400, "MessageRejected"),
}
