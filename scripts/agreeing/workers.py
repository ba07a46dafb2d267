"""Three workers drain the office's feed at once; messages come twice and late, and whoever is killed comes back.

The table's stream is followed in batches that are shuffled, repeated in part and late in part.
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalicelib.advancedmd import following
from chalicelib.kit import clock
from infra.dynamodb_json import plain
from infra.faults import Killed
from scripts.agreeing.ground import Ground
from scripts.agreeing.hours import Hours
from scripts.agreeing.trouble import Trouble

WORKERS = 3
_TWICE, _LATE = 0.1, 0.1
_AGAIN = 0.4  # of all deliveries reach each of the other workers as well
Handler = Callable[[dict[str, Any], Callable[[float], None]], bool]
"""Serves one batch of messages, and waits by what it is given; False when the messages are to come again."""


class Crew:
    """The workers, and whoever follows the stream."""

    def __init__(self, ground: Ground, hours: Hours, trouble: Trouble, *, seed: int, handler: Handler) -> None:
        self._ground, self._hours, self._trouble, self._handler = ground, hours, trouble, handler
        self._sqs, self._streams = ground.engine.client("sqs"), ground.engine.client("dynamodbstreams")
        self._dice = random.Random(seed)  # noqa: S311  # nosec B311 # the same deliveries for the same seed
        self._late: list[dict[str, Any]] = []
        self._iterator: str | None = None
        self._pool = ThreadPoolExecutor(WORKERS)
        self.unfinished = 0

    def close(self) -> None:
        """Everybody goes home."""
        self._pool.shutdown()

    def follow(self) -> int:
        """Tell the sync what has changed in the table since the last time; how many changes of appointments."""
        records = [*self._late, *self._new_records()]
        self._late = [one for one in records if self._dice.random() < _LATE]
        now_told = [one for one in records if one not in self._late]
        repeated = [one for one in now_told if self._dice.random() < _TWICE]
        told = [*now_told, *repeated]
        self._dice.shuffle(told)
        for record in told:
            images = record["dynamodb"]
            thing = images["NewImage"]["PK"]["S"].partition("#")[2]
            following.follow(thing, images.get("OldImage"), images["NewImage"], clock.now())
        return len(records)

    def serve(self) -> int:
        """Let all workers serve what is in the feed, at once; how many messages there were."""
        messages = self._received()
        if messages:
            # One worker has the batch, the others may be given the same by a second delivery.
            others = [self._dice.random() < _AGAIN for _ in range(WORKERS - 1)]
            at_work = [messages, *(messages for again in others if again)]
            for _ in at_work:
                self._hours.begin()
            done = list(self._pool.map(self._work, at_work))
            for message in messages:
                self._done_with(message, done=done[0])
        return len(messages)

    def _work(self, messages: list[dict[str, Any]]) -> bool:
        records = [{"messageId": one["MessageId"], "body": one["Body"]} for one in messages]
        try:
            with self._trouble.at_work():
                return self._handler({"Records": records}, self._hours.pause)
        except Killed:
            return False
        finally:
            self._hours.end()

    def _received(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._sqs.receive_message(QueueUrl=self._ground.feed, MaxNumberOfMessages=10).get(
            "Messages", []
        )
        return found

    def _done_with(self, message: dict[str, Any], *, done: bool) -> None:
        handle = {"QueueUrl": self._ground.feed, "ReceiptHandle": message["ReceiptHandle"]}
        if done:
            self._sqs.delete_message(**handle)
        else:
            self.unfinished += 1
            self._sqs.change_message_visibility(**handle, VisibilityTimeout=0)

    def _new_records(self) -> list[dict[str, Any]]:
        if self._iterator is None:
            shards = self._streams.describe_stream(StreamArn=self._ground.stream)["StreamDescription"]["Shards"]
            where = {"StreamArn": self._ground.stream, "ShardId": shards[-1]["ShardId"]}
            self._iterator = self._streams.get_shard_iterator(**where, ShardIteratorType="TRIM_HORIZON")[
                "ShardIterator"
            ]
        found: list[dict[str, Any]] = []
        while True:
            page = self._streams.get_records(ShardIterator=self._iterator, Limit=1000)
            self._iterator = page["NextShardIterator"]
            found += [one for one in map(plain, page["Records"]) if _is_appointment(one)]
            if not page["Records"]:
                return found


def _is_appointment(record: dict[str, Any]) -> bool:
    image = record["dynamodb"].get("NewImage") or {}
    return bool(image.get("kind", {}).get("S") == "appointment")
