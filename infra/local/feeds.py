"""Lambda's part between an SQS queue and its handler: deletes what was done, leaves what failed to come back."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from typing import Any

from infra.local.gateway import lambda_context
from infra.local.polling import Rhythm

logger = logging.getLogger("careslot.feeds")

_PAGE = 10  # SQS gives no more at once


class FeedPoller:
    """Feeds one handler from one queue, in a thread of its own; the queue's redrive policy retries and gives up."""

    def __init__(self, name: str, handler: Callable[..., Any], *, sqs: Any, queue_arn: str, batch_size: int) -> None:
        self._name, self._handler = name, handler
        self._sqs, self._queue_arn = sqs, queue_arn
        self._batch_size = min(batch_size, _PAGE)
        self._url = ""
        self.rhythm = Rhythm(f"feed-{name}", self._poll)
        self.start, self.stop = self.rhythm.start, self.rhythm.stop

    def _poll(self) -> bool:
        """Receive once and hand it over; answers whether there was anything."""
        self._url = self._url or self._sqs.get_queue_url(QueueName=self._queue_arn.rpartition(":")[2])["QueueUrl"]
        messages = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=self._batch_size,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        done = self._invoke(messages) if messages else []
        if done:
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(done)
            ]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)
        return bool(messages)

    def _invoke(self, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The messages that the handler has done."""
        records = [lambda_record(message, self._queue_arn) for message in messages]
        try:
            said = self._handler({"Records": records}, lambda_context(self._name))
        except Exception:
            logger.exception("feed handler failed", extra={"consumer": self._name})
            return []
        failures = said.get("batchItemFailures") if isinstance(said, dict) else None
        failed = {failure.get("itemIdentifier") for failure in failures or []}
        if not failed <= {message["MessageId"] for message in messages}:
            return []  # an identifier that nobody knows fails the whole batch, as in AWS
        return [message for message in messages if message["MessageId"] not in failed]


def lambda_record(message: dict[str, Any], queue_arn: str) -> dict[str, Any]:
    """A message of ReceiveMessage as Lambda passes it on."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()},
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if "StringValue" in value:
        plain["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        plain["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return plain
