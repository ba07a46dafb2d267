"""Keeps book of every request that the application's own connection really sends to the table."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from botocore.exceptions import ClientError

from chalicelib.table import base
from scripts.metering.capacity import TABLE, Raw, Schema, Touch, Uncountable, read_units, write_touches

Request = Mapping[str, Any]
Write = tuple[str, Request]
"""One write of a request: its kind and its body."""
_TRANSACTIONAL = 2.0
_PARTIAL = ("ProjectionExpression", "FilterExpression", "Select", "AttributesToGet")
_PLACEHOLDER = re.compile(r"[#:]\w+")
_EQUALS = re.compile(r"(#?\w+)\s*=\s*(:\w+)")
_NEW = re.compile(r"attribute_not_exists ?\((#?\w+)\)")
_WRITES = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: what it was, what it touched, and the write units that the engine reported for it."""

    operation: str
    touches: tuple[Touch, ...]
    reported: float
    refused: bool

    @property
    def reads(self) -> float:
        """Read units, by DynamoDB's rules."""
        return sum(touch.reads for touch in self.touches)

    @property
    def writes(self) -> float:
        """Write units, by DynamoDB's rules; a refused write costs as much."""
        return sum(touch.writes for touch in self.touches)


@dataclass(slots=True)
class Ledger:
    """Every request inside the block, in order."""

    sent: list[Sent] = field(default_factory=list)

    @property
    def reads(self) -> float:
        """Read units of all."""
        return sum(one.reads for one in self.sent)

    @property
    def writes(self) -> float:
        """Write units of all."""
        return sum(one.writes for one in self.sent)


@contextmanager
def kept(reader: Any) -> Iterator[Ledger]:
    """Book all requests inside the block. `reader` is a client of the same endpoint that is not counted.

    Writes are let through one at a time, so that the items before and after each are known; nobody else may write.
    """
    ledger, client = Ledger(), cast(Any, base.connection().client)
    clerk = _Clerk(reader, base.table_name())
    real: Callable[..., dict[str, Any]] = client._make_api_call

    def booked(operation: str, request: Request) -> Any:
        reply, entry = clerk.send(real, operation, request)
        ledger.sent.append(entry)
        if isinstance(reply, ClientError):
            raise reply
        return reply

    client._make_api_call = booked
    try:
        yield ledger
    finally:
        client._make_api_call = real


class _Clerk:
    """Knows one table's schema and says of a request what it touched."""

    def __init__(self, reader: Any, table_name: str) -> None:
        self._reader, self._table = reader, table_name
        self._schema = Schema.of(reader.describe_table(TableName=table_name)["Table"])
        self._one_write = threading.Lock()
        self._written: dict[str, Raw | None] = {}

    def send(self, real: Callable[..., dict[str, Any]], operation: str, request: Request) -> Any:
        """The reply, or the refusal as a value, and its entry."""
        writes = list(_writes(operation, request))
        if not writes:
            reply = real(operation, request)
            return reply, Sent(operation, tuple(self._reads(operation, request, reply)), 0.0, refused=False)
        with self._one_write:
            before = self._before(writes)
            try:
                said = real(operation, request)
            except ClientError as refusal:
                said, before = refusal, self._items([self._key_of(*write) for write in writes])
                after = before
            else:
                after = self._after(writes, before)
            self._written |= after
        factor = _TRANSACTIONAL if operation == "TransactWriteItems" else 1.0
        touches = [
            touch
            for key in (self._key_of(*write) for write in writes)
            for touch in write_touches(
                self._schema, self._partition(key), before[str(key)], after[str(key)], factor=factor
            )
        ]
        refused = isinstance(said, ClientError)
        return said, Sent(operation, tuple(touches), 0.0 if refused else _reported(said), refused)

    def _before(self, writes: Sequence[Write]) -> dict[str, Raw | None]:
        """The items that are to be written, as they are; read only where that is not known."""
        found: dict[str, Raw | None] = {}
        unknown = []
        for kind, part in writes:
            key = self._key_of(kind, part)
            if str(key) in self._written or (kind == "Put" and self._only_if_new(part)):
                found[str(key)] = self._written.get(str(key))
            else:
                unknown.append(key)
        return found | self._items(unknown)

    def _after(self, writes: Sequence[Write], before: Mapping[str, Raw | None]) -> dict[str, Raw | None]:
        """The items as they were written; read only where the request does not say it."""
        found: dict[str, Raw | None] = {}
        changed = []
        for kind, part in writes:
            key = self._key_of(kind, part)
            match kind:
                case "Put":
                    found[str(key)] = part["Item"]
                case "Delete":
                    found[str(key)] = None
                case "ConditionCheck":
                    found[str(key)] = before[str(key)]
                case _:
                    changed.append(key)
        return found | self._items(changed)

    def _only_if_new(self, put: Request) -> bool:
        """Whether it succeeds only where there is no item."""
        said = _NEW.fullmatch(put.get("ConditionExpression", ""))
        return said is not None and put.get("ExpressionAttributeNames", {}).get(said[1], said[1]) in self._schema.keys

    def _key_of(self, kind: str, part: Request) -> Raw:
        return self._key(part["Item"] if kind == "Put" else part["Key"])

    def _key(self, item: Raw) -> Raw:
        return {name: item[name] for name in self._schema.keys}

    def _partition(self, key: Raw) -> str:
        return _text(key[self._schema.keys[0]])

    def _items(self, keys: Sequence[Raw]) -> dict[str, Raw | None]:
        """The items as they are now, by their keys in writing."""
        found: dict[str, Raw | None] = {str(key): None for key in keys}
        for first in range(0, len(keys), base.BATCH_GET_KEYS):
            wanted = {"Keys": keys[first : first + base.BATCH_GET_KEYS], "ConsistentRead": True}
            reply = self._reader.batch_get_item(RequestItems={self._table: wanted})
            found |= {str(self._key(item)): item for item in reply["Responses"][self._table]}
        return found

    def _reads(self, operation: str, request: Request, reply: Request) -> Iterator[Touch]:
        match operation:
            case "GetItem":
                yield from self._read(request, [request["Key"]], [reply["Item"]] if "Item" in reply else [])
            case "BatchGetItem":
                [(_, part)] = request["RequestItems"].items()
                unread = reply.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
                keys = [key for key in part["Keys"] if key not in unread]
                yield from self._read(part, keys, reply["Responses"].get(self._table, []))
            case "Query":
                yield self._queried(request, reply)
            case _:
                raise Uncountable(f"a request of the kind {operation}")

    def _read(self, request: Request, keys: Sequence[Raw], items: Sequence[Raw]) -> Iterator[Touch]:
        partly = any(name in request for name in _PARTIAL)
        found = self._items(keys) if partly else {str(self._key(item)): item for item in items}
        for key in keys:
            units = read_units([found.get(str(self._key(key)))], apart=True, factor=_factor(request))
            yield Touch(TABLE, self._partition(key), reads=units)

    def _queried(self, request: Request, reply: Request) -> Touch:
        index, names = request.get("IndexName"), request.get("ExpressionAttributeNames", {})
        equal = {names.get(name, name): value for name, value in _EQUALS.findall(request["KeyConditionExpression"])}
        value = request["ExpressionAttributeValues"][equal[self._schema.hash_key(index)]]
        partly = any(name in request for name in _PARTIAL)
        items = self._reader.query(**_in_full(request))["Items"] if partly else reply["Items"]
        return Touch(index or TABLE, _text(value), reads=read_units(items, apart=False, factor=_factor(request)))


def _in_full(request: Request) -> dict[str, Any]:
    """The same Query, answering all that it reads; it may then name only what its key condition names."""
    full = {name: value for name, value in request.items() if name not in _PARTIAL}
    named = set(_PLACEHOLDER.findall(request["KeyConditionExpression"]))
    for group in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if kept := {name: value for name, value in full.pop(group, {}).items() if name in named}:
            full[group] = kept
    return full


def _writes(operation: str, request: Request) -> Iterator[Write]:
    """Each write of a request, as kind and body."""
    if operation in _WRITES:
        yield _WRITES[operation], request
    elif operation == "TransactWriteItems":
        for part in request["TransactItems"]:
            yield from part.items()
    elif operation == "BatchWriteItem":
        for parts in request["RequestItems"].values():
            for part in parts:
                yield from ((kind.removesuffix("Request"), body) for kind, body in part.items())


def _reported(reply: Request) -> float:
    """The write units in a reply, indexes included."""
    said = reply.get("ConsumedCapacity") or []
    return float(sum(part["CapacityUnits"] for part in (said if isinstance(said, list) else [said])))


def _factor(request: Request) -> float:
    return 1.0 if request.get("ConsistentRead") else 0.5


def _text(value: Mapping[str, Any]) -> str:
    return str(next(iter(value.values())))
