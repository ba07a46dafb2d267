"""Feeds: SQS queues between those who find work and those who do it."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from chalicelib.kit.errors import Unavailable

_MOST = 10  # messages that SQS takes at once


def send(queue_url: str, bodies: Iterable[str]) -> int:
    """Put messages into a feed; how many there were. Unavailable when one was not taken, though others may be."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - only what sends needs it

    sent = 0
    try:
        for chunk in _chunks(bodies):
            entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(chunk)]
            reply = _client().send_message_batch(QueueUrl=queue_url, Entries=entries)
            if reply.get("Failed"):
                raise Unavailable("The feed did not take every message.")
            sent += len(chunk)
    except (BotoCoreError, ClientError) as silent:
        raise Unavailable("The feed does not answer; try again shortly.") from silent
    return sent


def send_in_order(queue_url: str, body: str, *, group: str, once: str) -> None:
    """Put a message into a FIFO feed, behind those of its group; a second with the same `once` is not kept."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see send

    try:
        _client().send_message(QueueUrl=queue_url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=once)
    except (BotoCoreError, ClientError) as silent:
        raise Unavailable("The feed does not answer; try again shortly.") from silent


def _chunks(bodies: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for body in bodies:
        chunk.append(body)
        if len(chunk) == _MOST:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@cache
def _client() -> Any:
    import boto3  # noqa: PLC0415 - only what sends needs it
    from botocore.config import Config  # noqa: PLC0415 - same

    config = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    return boto3.client("sqs", config=config)
