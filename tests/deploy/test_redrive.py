"""What its consumer could not process is processed later, from the stream, and never thrown away."""

import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib import changes
from infra.deploy.places import Place
from infra.deploy.redrive import Tally, redrive
from infra.local.gateway import lambda_context
from infra.local.streams import Positions, StreamPoller
from infra.local.testing import Engine
from tests.client import Client
from tests.scheduling import desk


def works(event: dict[str, Any]) -> Any:
    """The application's own consumer."""
    return changes.handle(event, lambda_context("on_change"))


def changed(place: Place, stream_arn: str) -> int:
    """How many records the stream holds."""
    streams = place.client("dynamodbstreams")
    (shard,) = streams.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]
    from_the_first = {"StreamArn": stream_arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(**from_the_first)["ShardIterator"]
    return len(streams.get_records(ShardIterator=iterator)["Records"])


def fails(*_: Any) -> Any:
    """A consumer that is broken."""
    raise RuntimeError("broken")


@pytest.fixture
def place(engine: Engine, own_table: str) -> Place:
    """A table of its own with a place for dead letters."""
    url = engine.client("sqs").create_queue(QueueName=f"letters-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    return Place("staging", engine.client, {"TABLE_NAME": own_table, "CHANGES_DLQ_URL": url})


@pytest.fixture
def waiting(place: Place) -> Callable[[], int]:
    """How many letters there are, in sight or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def count() -> int:
        found = place.client("sqs").get_queue_attributes(
            QueueUrl=place.settings["CHANGES_DLQ_URL"], AttributeNames=names
        )
        return sum(int(found["Attributes"][name]) for name in names)

    return count


@pytest.fixture
def appointment(api: Client, place: Place, waiting: Callable[[], int], tmp_path: Path) -> dict[str, Any]:
    """An appointment all of whose changes, the clinic's too, are dead letters: the consumer was broken."""
    made = desk.book(api, desk.open_clinic(api))
    table = place.client("dynamodb").describe_table(TableName=place.table)["Table"]
    sqs, given = place.client("sqs"), []

    def give_up(body: str) -> None:
        given.append(body)
        sqs.send_message(QueueUrl=place.settings["CHANGES_DLQ_URL"], MessageBody=body)

    poller = StreamPoller(
        "on_change",
        fails,
        streams=place.client("dynamodbstreams"),
        stream_arn=table["LatestStreamArn"],
        batch_size=10,
        positions=Positions(tmp_path / "positions.json"),
        dead_letter=give_up,
        attempts=1,
    )
    poller.start()
    deadline = time.monotonic() + 30
    while len(given) < changed(place, table["LatestStreamArn"]) or waiting() < len(given):
        assert time.monotonic() < deadline
    poller.stop()
    return made


def trail(api: Client, appointment: dict[str, Any]) -> Any:
    """What the audit trail has of the appointment."""
    return api.as_("admin").get(f"/api/audit/appointment/{appointment['id']}").data


def test_letters_go_through_once_the_consumer_works(
    api: Client, place: Place, appointment: dict[str, Any], waiting: Callable[[], int]
) -> None:
    letters, before = waiting(), trail(api, appointment)

    tally = redrive(place, works, say=lambda _: None)

    assert before == []
    assert tally == Tally(through=letters)
    assert waiting() == 0
    assert len(trail(api, appointment)) == 1


def test_what_fails_again_stays(
    api: Client, place: Place, appointment: dict[str, Any], waiting: Callable[[], int]
) -> None:
    letters = waiting()

    tally = redrive(place, fails, say=lambda _: None)

    assert tally == Tally(failed=letters)
    assert waiting() == letters
    assert trail(api, appointment) == []


def test_one_record_that_fails_again_keeps_its_letter_alone(
    place: Place, appointment: dict[str, Any], waiting: Callable[[], int]
) -> None:
    letters = waiting()

    def about_the_appointment(event: dict[str, Any]) -> Any:
        keys = [record["dynamodb"]["Keys"]["PK"]["S"] for record in event["Records"]]
        failed = [key for key in keys if key.endswith(appointment["id"])]
        return {"batchItemFailures": [{"itemIdentifier": key} for key in failed]}

    tally = redrive(place, about_the_appointment, say=lambda _: None)

    assert (tally.failed, tally.through) == (1, letters - 1)
    assert waiting() == 1


@pytest.mark.usefixtures("appointment")
def test_a_dry_run_only_says_what_waits(place: Place, waiting: Callable[[], int]) -> None:
    letters, said = waiting(), []

    redrive(place, fails, say=said.append, dry_run=True)

    assert len(said) == letters
    assert all("wait" in line for line in said)
    assert waiting() == letters


def test_a_letter_that_the_stream_has_forgotten_is_kept_for_a_person(place: Place, waiting: Callable[[], int]) -> None:
    stream = "arn:aws:dynamodb:us-east-1:000000000000:table/gone/stream/2026-01-01T00:00:00.000"
    where = {
        "streamArn": stream,
        "shardId": "shardId-00000000000000000000-00000000",
        "startSequenceNumber": "100000000000000000001",
        "endSequenceNumber": "100000000000000000001",
        "batchSize": 1,
        "approximateArrivalOfFirstRecord": "2026-01-01T00:00:00Z",
    }
    body = json.dumps({"DDBStreamBatchInfo": where})
    place.client("sqs").send_message(QueueUrl=place.settings["CHANGES_DLQ_URL"], MessageBody=body)

    tally = redrive(place, works, say=lambda _: None)

    assert tally == Tally(forgotten=1)
    assert waiting() == 1
