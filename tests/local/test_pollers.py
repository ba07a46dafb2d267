"""Event handlers get what AWS would send: in order, at least once, with failures retried and set aside."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Chalice, DynamoDBEvent, SQSEvent

from infra.local import resources
from infra.local.pollers import Pollers
from infra.local.testing import Engine, start_engine


class Clinic:
    """A table, a feed and a place for dead letters on an engine, and a tiny app that listens."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.name = f"clinic-{uuid.uuid4().hex[:8]}"
        self.table = engine.client("dynamodb")
        self.stream_arn = resources.create_table(self.table, self.name)
        self.sqs = engine.client("sqs")
        self.dlq_url = self._queue(f"{self.name}-dlq")
        self.feed_url = self._queue(f"{self.name}-feed", VisibilityTimeout="1")
        self.app = Chalice(app_name="tiny", configure_logs=False)
        self._pollers: list[Pollers] = []

    def _queue(self, name: str, **attributes: str) -> str:
        url: str = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url

    def listen(self, **options: int) -> Pollers:
        pollers = Pollers(
            self.app,
            self.engine.client,
            positions=self.folder / "positions.json",
            dlq_url=self.dlq_url,
            **options,
        )
        pollers.start()
        self._pollers.append(pollers)
        return pollers

    def put(self, *names: str) -> None:
        for name in names:
            self.table.put_item(TableName=self.name, Item={"PK": {"S": name}, "SK": {"S": "x"}, "raw": {"B": b"\xff"}})

    def dead_letters(self) -> list[dict[str, Any]]:
        messages = self.sqs.receive_message(QueueUrl=self.dlq_url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]

    def close(self) -> None:
        for pollers in self._pollers:
            pollers.stop()


@pytest.fixture
def clinic(engine: Engine, tmp_path: Path) -> Iterator[Clinic]:
    opened = Clinic(engine, tmp_path)
    yield opened
    opened.close()


def name_of(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["Keys"]["PK"]["S"])


def sequence_of(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def test_changes_arrive_in_order_in_lambdas_shape(clinic: Clinic, until: Callable[..., None]) -> None:
    seen: list[dict[str, Any]] = []

    @clinic.app.on_dynamodb_record(stream_arn=clinic.stream_arn, batch_size=2)
    def on_change(event: DynamoDBEvent) -> None:
        seen.extend(event.to_dict()["Records"])

    clinic.put("a", "b")
    clinic.listen()
    clinic.put("c")
    until(lambda: len(seen) == 3)

    assert [name_of(record) for record in seen] == ["a", "b", "c"]
    assert seen[0]["eventSourceARN"] == clinic.stream_arn
    assert seen[0]["eventSource"] == "aws:dynamodb"
    assert seen[0]["dynamodb"]["NewImage"]["raw"] == {"B": "/w=="}
    assert isinstance(seen[0]["dynamodb"]["ApproximateCreationDateTime"], int)
    assert json.dumps(seen)


def test_a_failed_record_is_retried_and_those_before_it_are_not(clinic: Clinic, until: Callable[..., None]) -> None:
    tried: list[str] = []

    @clinic.app.on_dynamodb_record(stream_arn=clinic.stream_arn, batch_size=10)
    def on_change(event: DynamoDBEvent) -> dict[str, Any]:
        records = event.to_dict()["Records"]
        tried.extend(name_of(record) for record in records)
        failed = [record for record in records if name_of(record) == "b" and tried.count("b") < 3]
        return {"batchItemFailures": [{"itemIdentifier": sequence_of(record)} for record in failed]}

    clinic.put("a", "b", "c")
    clinic.listen()
    until(lambda: tried.count("c") == 2)

    assert tried == ["a", "b", "c", "b", "b", "c"]


def test_a_record_that_never_works_goes_to_the_dead_letters_and_the_stream_moves_on(
    clinic: Clinic, until: Callable[..., None]
) -> None:
    done: list[str] = []
    poison: list[str] = []

    @clinic.app.on_dynamodb_record(stream_arn=clinic.stream_arn, batch_size=10)
    def on_change(event: DynamoDBEvent) -> None:
        for record in event.to_dict()["Records"]:
            if name_of(record) == "poison":
                poison.append(sequence_of(record))
                raise RuntimeError("no")
            done.append(name_of(record))

    clinic.put("a", "poison", "b")
    clinic.listen(attempts=3)
    until(lambda: "b" in done)

    (letter,) = clinic.dead_letters()
    assert letter["DDBStreamBatchInfo"]["startSequenceNumber"] == poison[0]
    assert letter["DDBStreamBatchInfo"]["streamArn"] == clinic.stream_arn
    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert set(done) == {"a", "b"}


def test_a_stream_goes_on_where_the_last_run_ended_across_a_kill_of_the_engine(
    tmp_path: Path, until: Callable[..., None]
) -> None:
    seen: list[str] = []
    engine = start_engine(tmp_path / "engine")
    clinic = Clinic(engine, tmp_path)

    @clinic.app.on_dynamodb_record(stream_arn=clinic.stream_arn, batch_size=7)
    def on_change(event: DynamoDBEvent) -> None:
        seen.extend(name_of(record) for record in event.to_dict()["Records"])

    names = [f"{number:03}" for number in range(120)]
    clinic.put(*names[:60])
    clinic.listen()
    until(lambda: len(seen) >= 20)
    clinic.put(*names[60:])
    engine.kill()
    clinic.close()
    with start_engine(tmp_path / "engine") as again:
        clinic.engine = again
        clinic.listen()
        until(lambda: names[-1] in seen)
        clinic.close()

    first_times = list(dict.fromkeys(seen))
    assert first_times == names
    assert len(seen) <= len(names) + 7  # only the batch that was running at the kill may come twice


def test_a_feed_deletes_what_was_done_and_brings_back_what_failed(clinic: Clinic, until: Callable[..., None]) -> None:
    seen: list[dict[str, Any]] = []
    arn = f"arn:aws:sqs:us-east-1:000000000000:{clinic.name}-feed"

    @clinic.app.on_sqs_message(queue_arn=arn, batch_size=10)
    def on_message(event: SQSEvent) -> dict[str, Any]:
        records = event.to_dict()["Records"]
        seen.extend(records)
        failed = [record for record in records if record["body"] == "bad" and len(seen) < 4]
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}

    for body in ("good", "bad", "fine"):
        kind = {"Kind": {"DataType": "String", "StringValue": "k"}}
        clinic.sqs.send_message(QueueUrl=clinic.feed_url, MessageBody=body, MessageAttributes=kind)
    clinic.listen()
    until(lambda: len(seen) == 4)

    assert sorted(record["body"] for record in seen) == ["bad", "bad", "fine", "good"]
    assert seen[0]["eventSourceARN"] == arn
    assert seen[0]["messageAttributes"]["Kind"]["stringValue"] == "k"
    assert seen[0]["attributes"]["ApproximateReceiveCount"] == "1"
    until(lambda: clinic.engine.client("sqs").receive_message(QueueUrl=clinic.feed_url).get("Messages") is None)
