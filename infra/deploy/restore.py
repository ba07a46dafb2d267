"""`scripts/restore`: a table of its own, from an export's files or from a stage's point-in-time recovery.

Nothing is ever restored over a table that is in use: the new one is made, filled, counted, and then looked at with
`python -m infra.table_audit`. A restore from files that was interrupted goes on with the first file that is not
written yet, from any machine: what is done is noted in the new table itself until the end.
"""

from __future__ import annotations

import argparse
import base64
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.table import keys
from infra.deploy import exports, places
from infra.deploy.asking import Say, ask
from infra.deploy.exports import BrokenExport, Export, Raw
from infra.local import resources

_BATCH = 25  # what BatchWriteItem takes
_ROUNDS = 12


class RestoreRefused(Exception):
    """The restore would write where it must not, or did not bring back what it should."""


def main(argv: list[str] | None = None) -> int:
    """0 when the new table holds everything."""
    parser = argparse.ArgumentParser(
        prog="scripts/restore", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    places.add_arguments(parser)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--from", dest="source", help="an export: its folder, or its s3:// address")
    source.add_argument("--at", help="a moment of the last 35 days (2026-11-21T10:00:00Z), or `latest` (a stage only)")
    parser.add_argument("--table", help="the new table's name")
    parser.add_argument("--check", action="store_true", help="only read the export's files and check them")
    parser.add_argument("--yes", action="store_true", help="begin without asking")
    arguments = parser.parse_args(argv)
    if not arguments.check and not arguments.table:
        parser.error("--table names the new table")
    try:
        place = places.find(arguments)
        if arguments.at:
            return _from_past(place, arguments)
        export = exports.open_export(_store(place, arguments.source))
        print(f"{export.items} items in {len(export.files)} files")
        if arguments.check:
            export.check()
            print("every file is what the export wrote")
            return 0
        if not arguments.yes and not ask(f"restore them into the new table {arguments.table} of {place.name}?"):
            return 1
        fill(place.client("dynamodb"), arguments.table, export, say=print)
        harden(place.client("dynamodb"), arguments.table)
        _tell(place, arguments.table)
    except (places.NoPlace, BrokenExport, RestoreRefused) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _store(place: places.Place, source: str) -> exports.Store:
    if not source.startswith("s3://"):
        return exports.Folder(Path(source))
    bucket, _, prefix = source.removeprefix("s3://").rstrip("/").partition("/")
    return exports.Bucket(place.client("s3"), bucket, prefix)


def _from_past(place: places.Place, arguments: argparse.Namespace) -> int:
    at = None if arguments.at == "latest" else datetime.fromisoformat(arguments.at)
    print(f"restores {place.table} as it was {'just now' if at is None else f'at {at}'} into {arguments.table}")
    if not arguments.yes and not ask("begin?"):
        return 1
    from_past(place.client("dynamodb"), place.table, arguments.table, at=at, say=print)
    _tell(place, arguments.table)
    return 0


def _tell(place: places.Place, table: str) -> None:
    found = place.client("dynamodb").describe_table(TableName=table)["Table"]
    print(f"look at it first:  .venv/bin/python -m infra.table_audit --table {table}")
    if place.name != "local":
        sets = f"--set RestoredTable={table} --set RestoredStream={found['LatestStreamArn']}"
        print(f"to have the stage use it:  scripts/deploy --stage {place.name} {sets}")


def from_past(dynamodb: Any, source: str, target: str, *, at: datetime | None, say: Say, pause: float = 10.0) -> None:
    """A new table with what the source held at a moment, None for the latest that can be had.

    AWS restores items, indexes and encryption; stream, TTL, recovery and protection are set here.
    """
    when: dict[str, Any] = {"UseLatestRestorableTime": True} if at is None else {"RestoreDateTime": at}
    dynamodb.restore_table_to_point_in_time(SourceTableName=source, TargetTableName=target, **when)
    started = time.monotonic()
    while (status := dynamodb.describe_table(TableName=target)["Table"]["TableStatus"]) != "ACTIVE":
        say(f"  {time.monotonic() - started:5.0f} s  {status.lower()}")
        time.sleep(pause)
    stream = resources.table_definition()["StreamSpecification"]
    dynamodb.update_table(TableName=target, StreamSpecification=stream)
    dynamodb.get_waiter("table_exists").wait(TableName=target)
    ttl = resources.load()["Resources"]["Table"]["Properties"]["TimeToLiveSpecification"]
    dynamodb.update_time_to_live(TableName=target, TimeToLiveSpecification=ttl)
    harden(dynamodb, target)
    say(f"{target} is ready")


def fill(dynamodb: Any, table: str, export: Export, *, say: Say) -> None:
    """Make the table unless an earlier attempt has, write every file that is not written yet, and count."""
    done = _begun(dynamodb, table, export)
    for number, file in enumerate(export.files, 1):
        if file.name in done:
            continue
        write_all(dynamodb, table, export.read(file))
        done.append(file.name)
        _note(dynamodb, table, export, done)
        say(f"  {number} of {len(export.files)} files, {file.items} items more")
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True, Select="COUNT")
    there = sum(page["Count"] for page in pages) - 1  # the note
    if there != export.items:
        raise RestoreRefused(f"{table} holds {there} items after the restore, and the export {export.items}")
    dynamodb.delete_item(TableName=table, Key=_key(export))
    say(f"{table} holds all {there} items")


def harden(dynamodb: Any, table: str) -> None:
    """Recovery and protection, as the stage's own table has them."""
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)


def write_all(dynamodb: Any, table: str, items: list[Raw]) -> None:
    """Put items, as often as some are handed back; putting one twice is the same as once."""
    for first in range(0, len(items), _BATCH):
        pending = [{"PutRequest": {"Item": dict(_bytes(item))}} for item in items[first : first + _BATCH]]
        for attempt in range(_ROUNDS):
            if not pending:
                break
            time.sleep(0.05 * (2**attempt - 1) if attempt else 0)
            reply = dynamodb.batch_write_item(RequestItems={table: pending})
            pending = reply.get("UnprocessedItems", {}).get(table, [])
        if pending:
            raise RestoreRefused(f"{table} takes no more writes; run the same command again to go on")


def _begun(dynamodb: Any, table: str, export: Export) -> list[str]:
    """The files that an earlier attempt has written; refuses a table that is not this restore's."""
    definition = {**resources.table_definition(), "SSESpecification": {"Enabled": True, "SSEType": "KMS"}}
    try:
        dynamodb.create_table(TableName=table, **definition)
        dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
        ttl = resources.load()["Resources"]["Table"]["Properties"]["TimeToLiveSpecification"]
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=ttl)
    except dynamodb.exceptions.ResourceInUseException:
        note = dynamodb.get_item(TableName=table, Key=_key(export), ConsistentRead=True).get("Item")
        if note:
            return [file["S"] for file in note["files"]["L"]]
        if dynamodb.scan(TableName=table, ConsistentRead=True, Limit=1)["Items"]:
            raise RestoreRefused(f"{table} exists and is not from this export: name a new table") from None
    _note(dynamodb, table, export, [])
    return []


def _note(dynamodb: Any, table: str, export: Export, done: list[str]) -> None:
    files = {"L": [{"S": name} for name in done]}
    dynamodb.put_item(TableName=table, Item={**_key(export), "files": files})


def _key(export: Export) -> dict[str, dict[str, str]]:
    pk, sk = keys.restore(export.id)
    return {"PK": {"S": pk}, "SK": {"S": sk}}


def _bytes(item: Raw) -> Iterator[tuple[str, Any]]:
    """Attributes as the client wants them: AWS writes bytes as base64."""
    for name, value in item.items():
        ((kind, content),) = value.items()
        if kind == "B":
            yield name, {"B": base64.b64decode(content)}
        elif kind == "BS":
            yield name, {"BS": [base64.b64decode(one) for one in content]}
        else:
            yield name, value


if __name__ == "__main__":
    sys.exit(main())
