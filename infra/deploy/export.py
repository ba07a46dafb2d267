"""`scripts/export`: the whole table as files, of a stage as it was at one moment.

A stage's table is exported by AWS from its point-in-time recovery, into the stage's export bucket, while it is in
use and without costing it any capacity. `--since` exports only what changed after a moment (to be kept beside the
full export that it follows; scripts/restore reads full ones). A local instance has no point-in-time recovery, so its
table is read page by page into a folder, in the same format: let it rest meanwhile.
"""

from __future__ import annotations

import argparse
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.deploy import places
from infra.deploy.asking import Say, ask
from infra.deploy.exports import Folder, Raw, write_export
from infra.deploy.places import Place
from infra.dynamodb_json import plain

_PAUSE = 10.0


class ExportFailed(Exception):
    """AWS gave up; the message carries its reason."""


def main(argv: list[str] | None = None) -> int:
    """0 when the export is complete."""
    parser = argparse.ArgumentParser(
        prog="scripts/export", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    places.add_arguments(parser)
    parser.add_argument("--since", type=datetime.fromisoformat, help="only what changed since then (a stage only)")
    parser.add_argument("--to", type=Path, help="the folder for a local instance's export")
    parser.add_argument("--yes", action="store_true", help="begin without asking")
    arguments = parser.parse_args(argv)
    if arguments.since and arguments.since.tzinfo is None:
        parser.error("--since needs an offset: 2026-11-21T00:00:00Z")
    if bool(arguments.data) != bool(arguments.to) or (arguments.data and arguments.since):
        parser.error(
            "a local instance (--data) is exported to a folder (--to), a stage to its bucket; --since is for a stage"
        )
    try:
        place = places.find(arguments)
        if arguments.data:
            export_here(place, arguments.to, now=datetime.now(UTC), say=print)
            return 0
        what = f"what changed of {place.table} since {arguments.since}" if arguments.since else f"all of {place.table}"
        print(f"exports {what} to s3://{place.settings['EXPORT_BUCKET']}/exports; AWS bills it by the table's size")
        if not arguments.yes and not ask("begin?"):
            return 1
        print(export_stage(place, since=arguments.since, say=print))
    except (places.NoPlace, ExportFailed) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def export_stage(place: Place, *, since: datetime | None, say: Say, pause: float = _PAUSE) -> str:
    """Have AWS export the table as it is now, and wait; the S3 address for scripts/restore."""
    dynamodb, bucket = place.client("dynamodb"), place.settings["EXPORT_BUCKET"]
    arn = dynamodb.describe_table(TableName=place.table)["Table"]["TableArn"]
    kind: dict[str, Any] = {"ExportType": "FULL_EXPORT"}
    if since:
        kind = {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": {"ExportFromTime": since}}
    begun = dynamodb.export_table_to_point_in_time(
        TableArn=arn,
        S3Bucket=bucket,
        S3Prefix="exports",
        S3SseAlgorithm="KMS",
        ExportFormat="DYNAMODB_JSON",
        ClientToken=uuid.uuid4().hex,
        **kind,
    )["ExportDescription"]
    started = time.monotonic()
    while True:
        found = dynamodb.describe_export(ExportArn=begun["ExportArn"])["ExportDescription"]
        say(f"  {time.monotonic() - started:5.0f} s  {found['ExportStatus'].lower().replace('_', ' ')}")
        if found["ExportStatus"] == "COMPLETED":
            say(f"  {found.get('ItemCount', 0)} items")
            return f"s3://{bucket}/exports/AWSDynamoDB/{found['ExportArn'].rpartition('/')[2]}"
        if found["ExportStatus"] == "FAILED":
            raise ExportFailed(f"AWS gave the export up: {found.get('FailureMessage', found.get('FailureCode'))}")
        time.sleep(pause)


def export_here(place: Place, to: Path, *, now: datetime, say: Say, per_file: int = 5_000) -> Path:
    """Export a local instance's table; the folder for scripts/restore."""
    dynamodb = place.client("dynamodb")
    arn = dynamodb.describe_table(TableName=place.table)["Table"]["TableArn"]
    export_id = f"{int(now.timestamp() * 1000):014d}-{uuid.uuid4().hex[:8]}"
    folder = to / "AWSDynamoDB" / export_id
    items = scan(dynamodb, place.table)
    count = write_export(Folder(folder), items, table_arn=arn, export_id=export_id, now=now, per_file=per_file)
    say(f"{count} items: {folder}")
    return folder


def scan(dynamodb: Any, table: str) -> Iterator[Raw]:
    """Every item, ready for JSON: bytes as base64, as AWS writes them."""
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            yield {name: plain(value) for name, value in item.items()}


if __name__ == "__main__":
    sys.exit(main())
