"""The engine's tables as lines of a journal, and back.

The first line holds all settings; every other line is a list of operations, the same in a snapshot as in the log. An
operation sets or removes one item. A stream record rides on it as four values: replaying the operation meets the old
image and leaves the new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from ministack.core.persistence import _json_default, _json_object_hook

from infra.local.wal import BrokenJournal

FORMAT = 1
IMAGES = "NEW_AND_OLD_IMAGES"
TTL_IDENTITY = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
_SETTINGS = (
    "tags",
    "ttl_settings",
    "pitr_settings",
    "kinesis_destinations",
    "contributor_insights",
    "resource_policies",
)


def state(dynamodb: ModuleType) -> Iterator[Any]:
    """The whole state of MiniStack's DynamoDB module, line by line."""
    tables = type(dynamodb._tables)()
    for (account, region, name), table in dynamodb._tables.all_items():
        bare = {key: value for key, value in table.items() if key not in ("items", dynamodb._INDEX_MEMBERS)}
        tables.set_scoped(account, region, name, bare | {"items": {}, "ItemCount": 0})
    settings = {name: getattr(dynamodb, f"_{name}") for name in _SETTINGS}
    yield {"format": FORMAT, "state": json.dumps({"tables": tables, **settings}, default=_json_default)}
    for scope, table in dynamodb._tables.all_items():
        for members in table["items"].values():
            yield [{"table": list(scope), "set": item} for item in members.values()]
    for scope, records in dynamodb._stream_records.all_items():
        for record in records:
            yield [{"table": list(scope), "whole_record": record}]


def restore(dynamodb: ModuleType, stored: Iterable[Any]) -> None:
    """Bring a module that holds nothing into the state that the lines tell."""
    lines = iter(stored)
    head = next(lines, None)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise BrokenJournal("the journal of tables has a format that this version does not read")
    dynamodb.load_persisted_state(json.loads(head["state"], object_hook=_json_object_hook))
    for operations in lines:
        for operation in operations:
            _replay(dynamodb, operation)


def scope_of(table: dict[str, Any]) -> list[str]:
    """Account, region and name, out of `arn:aws:dynamodb:<region>:<account>:table/<name>`."""
    _, _, _, region, account, _ = str(table["TableArn"]).split(":", 5)
    return [account, region, str(table["TableName"])]


def _replay(dynamodb: ModuleType, operation: dict[str, Any]) -> None:
    account, region, name = operation["table"]
    table = dynamodb._tables.get_scoped(account, region, name)
    if table is None:
        raise BrokenJournal(f"the journal of tables speaks of a table that it does not hold, {name}")
    if "whole_record" in operation:
        _records(dynamodb, operation["table"]).append(operation["whole_record"])
        return
    new = operation.get("set")
    keys = new or operation["remove"]
    pk = dynamodb._extract_key_val(keys[table["pk_name"]])
    sk = dynamodb._extract_key_val(keys[table["sk_name"]]) if table["sk_name"] else "__no_sort__"
    old = dynamodb._remove_item(table, pk, sk) if new is None else dynamodb._set_item(table, pk, sk, new)
    if "record" in operation:
        event, event_id, sequence, created = operation["record"]
        record = dynamodb._build_change_record(table, event, old, new, IMAGES)
        record |= {"eventID": event_id, "awsRegion": region}
        if operation.get("expired"):
            record["userIdentity"] = TTL_IDENTITY
        record["dynamodb"] |= {"SequenceNumber": sequence, "ApproximateCreationDateTime": created}
        _records(dynamodb, operation["table"]).append(record)


def _records(dynamodb: ModuleType, scope: list[str]) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] | None = dynamodb._stream_records.get_scoped(*scope)
    if records is None:
        records = []
        dynamodb._stream_records.set_scoped(*scope, records)
    return records
