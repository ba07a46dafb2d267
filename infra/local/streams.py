"""Lambda's part between a table's stream and its handler: in order, at least once, resumed after any stop.

A failed record holds the stream up, as in AWS, and is tried again alone. After the last attempt its place in the
stream (not its content) goes to the dead letters and the stream moves on.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.kit import clock
from infra.dynamodb_json import plain
from infra.local.gateway import lambda_context
from infra.local.polling import SHORTEST_PAUSE, Rhythm

logger = logging.getLogger("careslot.streams")

ATTEMPTS = 5
_PAGE = 1000


class Positions:
    """How far each consumer has got, in one small file; ValueError when the file is damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if not isinstance(self._known, dict):
            raise ValueError("it holds no positions")

    def get(self, consumer: str, stream_arn: str) -> str | None:
        """The last sequence number that this consumer has done with on this stream."""
        arn, sequence = self._known.get(consumer, ["", ""])
        return sequence if arn == stream_arn else None

    def set(self, consumer: str, stream_arn: str, sequence: str) -> None:
        """Remember it; survives SIGKILL from here on."""
        with self._lock:
            self._known[consumer] = [stream_arn, sequence]
            temporary = self._path.with_suffix(".tmp")
            temporary.write_text(json.dumps(self._known), encoding="utf-8")
            temporary.rename(self._path)


class StreamPoller:
    """Feeds one handler from one stream, in a thread of its own."""

    def __init__(
        self,
        name: str,
        handler: Callable[..., Any],
        *,
        streams: Any,
        stream_arn: str,
        batch_size: int,
        positions: Positions,
        dead_letter: Callable[[str], None],
        attempts: int = ATTEMPTS,
    ) -> None:
        self._name, self._handler = name, handler
        self._streams, self._stream_arn = streams, stream_arn
        self._batch_size, self._attempts = batch_size, attempts
        self._positions, self._dead_letter = positions, dead_letter
        self._iterator: str | None = None
        self.rhythm = Rhythm(f"stream-{name}", self._poll, on_failure=self._start_over)
        self.start, self.stop = self.rhythm.start, self.rhythm.stop

    def _start_over(self) -> None:
        self._iterator = None

    def _poll(self) -> bool:
        """Read one page and hand it over; answers whether there was anything."""
        self._iterator = self._iterator or self._resume()
        page = self._streams.get_records(ShardIterator=self._iterator, Limit=_PAGE)
        records = [lambda_record(record, self._stream_arn) for record in page["Records"]]
        self._deliver(records)
        self._iterator = None if self.rhythm.stopping.is_set() else page.get("NextShardIterator")
        return bool(records)

    def _resume(self) -> str:
        # Never an iterator of an earlier run: the engine would skip records silently.
        shards = self._streams.describe_stream(StreamArn=self._stream_arn)["StreamDescription"]["Shards"]
        where = {"StreamArn": self._stream_arn, "ShardId": shards[-1]["ShardId"]}
        done = self._positions.get(self._name, self._stream_arn)
        if done is not None:
            try:
                return self._iterator_at(where, ShardIteratorType="AFTER_SEQUENCE_NUMBER", SequenceNumber=done)
            except self._streams.exceptions.TrimmedDataAccessException:
                logger.warning(
                    "position is older than the stream; starting at its beginning", extra={"consumer": self._name}
                )
        return self._iterator_at(where, ShardIteratorType="TRIM_HORIZON")

    def _iterator_at(self, where: dict[str, str], **kind: str) -> str:
        iterator: str = self._streams.get_shard_iterator(**where, **kind)["ShardIterator"]
        return iterator

    def _deliver(self, records: list[dict[str, Any]]) -> None:
        """Hand records over in batches; those of a failed batch one by one, until each is through or given up."""
        start, attempt, alone_until = 0, 0, 0
        while start < len(records) and not self.rhythm.stopping.is_set():
            batch = records[start : start + (1 if start < alone_until else self._batch_size)]
            done = self._invoke(batch)
            if done < len(batch):
                alone_until = max(alone_until, start + len(batch))
                attempt = 1 if done else attempt + 1
            else:
                attempt = 0
            start += done
            if attempt >= self._attempts:
                self._give_up(records[start])
                start, attempt = start + 1, 0
            elif attempt:
                self.rhythm.stopping.wait(SHORTEST_PAUSE * 2**attempt)
            if start:
                self._positions.set(self._name, self._stream_arn, _sequence(records[start - 1]))

    def _invoke(self, batch: list[dict[str, Any]]) -> int:
        """How many records, from the first on, the handler has done."""
        try:
            said = self._handler({"Records": batch}, lambda_context(self._name))
        except Exception:
            logger.exception("stream handler failed", extra={"consumer": self._name})
            return 0
        failures = said.get("batchItemFailures") if isinstance(said, dict) else None
        if not failures:
            return len(batch)
        failed = {failure.get("itemIdentifier") for failure in failures}
        places = [place for place, record in enumerate(batch) if _sequence(record) in failed]
        return min(places, default=0)  # an identifier that nobody knows fails the whole batch, as in AWS

    def _give_up(self, record: dict[str, Any]) -> None:
        logger.error("stream record given up", extra={"consumer": self._name, "sequence": _sequence(record)})
        self._dead_letter(json.dumps(self._failure(record)))

    def _failure(self, record: dict[str, Any]) -> dict[str, Any]:
        """What Lambda sends to an on-failure destination."""
        sequence = _sequence(record)
        arrived = datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC).isoformat()
        return {
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": lambda_context(self._name).invoked_function_arn,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": self._attempts,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(),
            "DDBStreamBatchInfo": {
                "shardId": "shardId-00000000000000000000-00000000",
                "startSequenceNumber": sequence,
                "endSequenceNumber": sequence,
                "approximateArrivalOfFirstRecord": arrived,
                "approximateArrivalOfLastRecord": arrived,
                "batchSize": 1,
                "streamArn": self._stream_arn,
            },
        }


def lambda_record(record: dict[str, Any], stream_arn: str) -> dict[str, Any]:
    """A record of GetRecords as Lambda passes it on: times as epoch seconds, bytes as base64, with its source.

    The engine's clock is the one outside; what it stores is stored by the instance's clock.
    """
    said: dict[str, Any] = plain(record)
    if "ApproximateCreationDateTime" in said["dynamodb"]:
        said["dynamodb"]["ApproximateCreationDateTime"] += int(clock.ahead().total_seconds())
    identity = said.pop("userIdentity", None)
    if identity:
        said["userIdentity"] = {name[0].lower() + name[1:]: value for name, value in identity.items()}
    return said | {"eventSourceARN": stream_arn}


def _sequence(record: dict[str, Any]) -> str:
    sequence: str = record["dynamodb"]["SequenceNumber"]
    return sequence
