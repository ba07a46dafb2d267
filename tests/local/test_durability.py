"""The engine keeps every acknowledged write and every stream record, SIGKILL or not."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.local import resources
from infra.local.testing import Engine, EngineFailed, start_engine

TABLE = "careslot-local"
WRITERS = 8
ROOT = Path(__file__).parents[2]
NO_RETRIES = Config(retries={"max_attempts": 0}, max_pool_connections=WRITERS)


class Writers:
    """Clients that write pairs, each in one transaction, until the engine dies; `acknowledged` is what it promised."""

    def __init__(self, engine: Engine) -> None:
        self._client = engine.client("dynamodb", config=NO_RETRIES)
        self.acknowledged: set[str] = set()
        self._threads = [threading.Thread(target=self._write, args=(number,), daemon=True) for number in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def _write(self, writer: int) -> None:
        number = 0
        while True:
            name = f"{writer}-{number}"
            puts = [{"Put": {"TableName": TABLE, "Item": item(name, half)}} for half in ("left", "right")]
            try:
                self._client.transact_write_items(TransactItems=puts)
            except (BotoCoreError, ClientError):
                return
            self.acknowledged.add(name)
            number += 1

    def join(self) -> None:
        for thread in self._threads:
            thread.join(10)


def item(name: str, half: str) -> dict[str, Any]:
    return {"PK": {"S": name}, "SK": {"S": half}, "filling": {"S": "é" * 200}}


def every_item(engine: Engine) -> list[dict[str, Any]]:
    pages = engine.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
    return [found for page in pages for found in page["Items"]]


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def stream_after(engine: Engine, sequence: str | None) -> list[dict[str, Any]]:
    streams = engine.client("dynamodbstreams")
    arn = resources.create_table(engine.client("dynamodb"), TABLE)
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    start = (
        {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": sequence}
        if sequence
        else {"ShardIteratorType": "TRIM_HORIZON"}
    )
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, **start)["ShardIterator"]
    found: list[dict[str, Any]] = []
    while page := streams.get_records(ShardIterator=iterator)["Records"]:
        found += page
        after = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": page[-1]["dynamodb"]["SequenceNumber"]}
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, **after)["ShardIterator"]
    return found


def test_an_engine_killed_under_load_keeps_every_acknowledged_transaction_whole(
    tmp_path: Path, until: Callable[..., None]
) -> None:
    engine = start_engine(tmp_path)
    resources.create_table(engine.client("dynamodb"), TABLE)
    writers = Writers(engine)
    until(lambda: len(writers.acknowledged) > 400)

    engine.kill()
    writers.join()
    with start_engine(tmp_path) as again:
        stored = every_item(again)
        records = stream_after(again, None)

    halves = {(found["PK"]["S"], found["SK"]["S"]) for found in stored}
    lefts = {name for name, half in halves if half == "left"}
    rights = {name for name, half in halves if half == "right"}
    assert writers.acknowledged <= lefts
    assert lefts == rights
    assert [record["dynamodb"]["NewImage"]["PK"]["S"] for record in records[::2]] == [
        record["dynamodb"]["NewImage"]["PK"]["S"] for record in records[1::2]
    ]
    assert len(records) == len(stored)


def test_a_stream_is_resumed_after_a_kill_with_the_same_records_and_images(tmp_path: Path) -> None:
    engine = start_engine(tmp_path)
    client = engine.client("dynamodb")
    resources.create_table(client, TABLE)
    client.put_item(TableName=TABLE, Item=item("a", "left"))
    client.update_item(
        TableName=TABLE,
        Key={"PK": {"S": "a"}, "SK": {"S": "left"}},
        UpdateExpression="SET filling = :f, picture = :p",
        ExpressionAttributeValues={":f": {"S": "new"}, ":p": {"B": b"\x00\xff"}},
    )
    client.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": item(name, "left")}} for name in "bcd"]})
    client.delete_item(TableName=TABLE, Key={"PK": {"S": "b"}, "SK": {"S": "left"}})
    before = stream_after(engine, None)

    engine.kill()
    with start_engine(tmp_path) as again:
        from_start = stream_after(again, None)
        from_third = stream_after(again, before[2]["dynamodb"]["SequenceNumber"])
        again.client("dynamodb").put_item(TableName=TABLE, Item=item("late", "left"))
        newest = stream_after(again, before[-1]["dynamodb"]["SequenceNumber"])

    assert [record["eventName"] for record in before] == ["INSERT", "MODIFY", "INSERT", "INSERT", "INSERT", "REMOVE"]
    assert from_start == before
    assert from_third == before[3:]
    assert [record["dynamodb"]["Keys"]["PK"]["S"] for record in newest] == ["late"]


def test_queues_objects_and_keys_survive_a_kill_and_another_port(tmp_path: Path) -> None:
    engine = start_engine(tmp_path)
    settings = resources.create_all(engine.client)
    engine.client("sqs").send_message(QueueUrl=settings["CHANGES_DLQ_URL"], MessageBody="one")
    engine.client("s3").put_object(Bucket=settings["EXPORT_BUCKET"], Key="k", Body=b"\x00content")
    signed = {"KeyId": settings["SEAL_KEY_ID"], "Message": b"said", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = engine.client("kms").sign(**signed)["Signature"]

    engine.kill()
    with start_engine(tmp_path) as again:
        found = resources.create_all(again.client)
        messages = again.client("sqs").receive_message(QueueUrl=found["CHANGES_DLQ_URL"])["Messages"]
        content = again.client("s3").get_object(Bucket=found["EXPORT_BUCKET"], Key="k")["Body"].read()
        fits = again.client("kms").verify(**signed, Signature=signature)["SignatureValid"]

    assert fits
    assert found["SEAL_KEY_ID"] == settings["SEAL_KEY_ID"]
    assert found["CHANGES_STREAM_ARN"] == settings["CHANGES_STREAM_ARN"]
    assert [message["Body"] for message in messages] == ["one"]
    assert content == b"\x00content"


def test_a_clean_stop_leaves_one_snapshot_and_no_log(tmp_path: Path) -> None:
    engine = start_engine(tmp_path)
    client = engine.client("dynamodb")
    resources.create_table(client, TABLE)
    client.put_item(TableName=TABLE, Item=item("a", "left"))

    code = engine.stop()

    assert code == 0
    assert [path.suffix for path in (tmp_path / "tables").iterdir()] == [".snapshot"]


def test_a_damaged_journal_is_refused_with_a_sentence(tmp_path: Path) -> None:
    engine = start_engine(tmp_path)
    resources.create_table(engine.client("dynamodb"), TABLE)
    engine.stop()
    (snapshot,) = (tmp_path / "tables").glob("*.snapshot")
    snapshot.write_bytes(b"nonsense\n" + snapshot.read_bytes())

    with pytest.raises(EngineFailed, match=r"line 1 of .*snapshot is damaged"):
        start_engine(tmp_path)


def test_an_engine_ends_when_the_process_that_started_it_is_killed(until: Callable[..., None]) -> None:
    starts_one = (
        "from infra.local.testing import start_engine; e = start_engine(); print(e.process.pid, flush=True); input()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", starts_one], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    engine_pid = int(parent.stdout.readline())

    parent.kill()
    parent.communicate()

    until(lambda: is_gone(engine_pid))


def test_an_item_that_expires_is_gone_after_a_restart_and_the_stream_tells_who_removed_it(tmp_path: Path) -> None:
    expires_items = """
import asyncio, json, pathlib, sys, threading
from ministack.services import dynamodb
from infra.local import resources
from infra.local.durable import DurableTables
from infra.local.wal import Journal

tables = DurableTables(dynamodb, Journal(pathlib.Path(sys.argv[1])))
tables.start()

def call(action, **body):
    headers = {"x-amz-target": f"DynamoDB_20120810.{action}"}
    return asyncio.run(dynamodb.handle_request("POST", "/", headers, json.dumps(body).encode(), {}))

call("CreateTable", TableName="careslot-local", **resources.table_definition())
for name in "ab":
    call("PutItem", TableName="careslot-local", Item={"PK": {"S": name}, "SK": {"S": "x"}})
(table,) = dynamodb._tables.all_values()
reaper = threading.Thread(target=dynamodb._remove_item, args=(table, "a", "x"))
reaper.start()
reaper.join()
"""
    subprocess.run([sys.executable, "-c", expires_items, str(tmp_path / "tables")], cwd=ROOT, check=True)

    with start_engine(tmp_path) as engine:
        stored = every_item(engine)
        records = stream_after(engine, None)

    assert [found["PK"]["S"] for found in stored] == ["b"]
    assert [record["eventName"] for record in records] == ["INSERT", "INSERT", "REMOVE"]
    assert records[2]["userIdentity"] == {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
