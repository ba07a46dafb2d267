"""What the tests of the trail do: read the table's stream as Lambda does, hand it over, seal, look at trails."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib import changes
from chalicelib.audit import sealing
from chalicelib.table import base
from infra.local import rights
from infra.local.streams import lambda_record
from infra.local.testing import Engine
from tests.builders import Data, make_hospital
from tests.client import Answer, Client

GRACE = timedelta(minutes=20)


def stream(engine: Engine, pk: str = "") -> list[Data]:
    """The records of all things whose key begins like this, as Lambda passes them on."""
    reader = engine.client("dynamodbstreams")
    arn = engine.client("dynamodb").describe_table(TableName=base.table_name())["Table"]["LatestStreamArn"]
    found: list[Data] = []
    for shard in reader.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        position = reader.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
            "ShardIterator"
        ]
        while position:
            page = reader.get_records(ShardIterator=position, Limit=1000)
            found += page["Records"]
            position = page.get("NextShardIterator") if page["Records"] else None
    records = [lambda_record(record, arn) for record in found]
    return [record for record in records if record["dynamodb"]["Keys"]["PK"]["S"].startswith(pk)]


def handle(records: list[Data]) -> Any:
    """What the stream's consumer says of these records."""
    with rights.of("on_change"):
        return changes.handle({"Records": records}, None)


def dated(record: Data, at: datetime) -> Data:
    """The record as if the table had stored the change at another time."""
    copy: Data = json.loads(json.dumps(record))
    copy["dynamodb"]["ApproximateCreationDateTime"] = int(at.timestamp())
    return copy


def trail(api: Client, kind: str, thing: Data) -> list[Data]:
    """The entries of a thing."""
    found: list[Data] = api.as_("admin").get(f"/api/audit/{kind}/{thing['id']}").data
    return found


def now() -> datetime:
    """This second."""
    return datetime.now(UTC).replace(microsecond=0)


def seal(after: timedelta = GRACE) -> int:
    """Let the sealer run after a while; how many entries it sealed."""
    return sealing.run(now() + after)


def recorded(api: Client, engine: Engine, count: int = 3, *, after: timedelta = timedelta()) -> None:
    """Some hospitals, each with its entry, as if they had been made after a while."""
    known = len(stream(engine, "HOSPITAL#"))
    for _ in range(count):
        make_hospital(api)
    handle([dated(record, now() + after) for record in stream(engine, "HOSPITAL#")[known:]])


def chained(api: Client, engine: Engine, count: int) -> None:
    """Some seals, half an hour apart, each with an entry."""
    for number in range(count):
        after = timedelta(minutes=30 * number)
        recorded(api, engine, 1, after=after)
        seal(after + GRACE)


def verify(api: Client, **query: Any) -> Answer:
    """What the auditor is told."""
    return api.as_("admin").get("/api/audit/verify", **query)


def found(api: Client, **query: Any) -> list[tuple[str, int | None, str | None]]:
    """The problems that a verification names: kind, seal, place."""
    return [(one["kind"], one["seal"], one["place"]) for one in verify(api, **query).data["problems"]]


def entries(engine: Engine) -> list[Data]:
    """Every entry in the table, in order of place."""
    return sorted(_of_kind(engine, "audit"), key=lambda item: str(item["SK"]["S"]))


def seals(engine: Engine) -> list[Data]:
    """Every seal in the table, in order."""
    return sorted(_of_kind(engine, "seal"), key=lambda item: str(item["SK"]["S"]))


def put(engine: Engine, item: Data) -> None:
    """Write behind the application's back."""
    engine.client("dynamodb").put_item(TableName=base.table_name(), Item=item)


def remove(engine: Engine, item: Data) -> None:
    """Delete behind the application's back."""
    key = {name: item[name] for name in ("PK", "SK")}
    engine.client("dynamodb").delete_item(TableName=base.table_name(), Key=key)


def write_units(calls: list[tuple[str, Data, Data]]) -> float:
    """The write units that the table reported, indexes included."""
    spent = [reply["ConsumedCapacity"] for name, _, reply in calls if name in ("BatchWriteItem", "PutItem")]
    return sum(part["CapacityUnits"] for one in spent for part in (one if isinstance(one, list) else [one]))


def _of_kind(engine: Engine, kind: str) -> list[Data]:
    pages = engine.client("dynamodb").get_paginator("scan").paginate(TableName=base.table_name())
    return [item for page in pages for item in page["Items"] if item.get("kind") == {"S": kind}]
