"""The one table: the item's base class, reads that take every page, and the connection."""

import os
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Self, cast

from pynamodb.attributes import DiscriminatorAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from chalicelib.kit.errors import Unavailable
from chalicelib.kit.settings import settings
from chalicelib.table.keys import Key

BATCH_GET_KEYS = 100  # DynamoDB's limit of keys in one BatchGetItem
BATCH_WRITE_ITEMS = 25  # and of writes in one BatchWriteItem
Raw = dict[str, dict[str, Any]]


class Item(Model):
    """What every item of the table has: its key, its kind, and who touched it last."""

    class Meta:
        table_name = settings().table_name
        region = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
        max_pool_connections = 50  # the local server answers from 32 threads
        connect_timeout_seconds = 2
        read_timeout_seconds = 5
        max_retry_attempts = 2

    PK = UnicodeAttribute(hash_key=True)
    SK = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    version = NumberAttribute(default=1)
    created_at = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute(null=True)
    updated_by = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    missing: ClassVar[str] = "thing"

    @property
    def key(self) -> Key:
        """The item's primary key."""
        return Key(self.PK, self.SK)

    @classmethod
    def read(cls, raw: Raw | None) -> Self | None:
        """The item in DynamoDB's own form, as this class; None when there is none."""
        return cls.from_raw_data(raw) if raw else None


def setting(kind: type[Item], fields: Mapping[str, Any]) -> list[Action]:
    """The actions that give these fields their values; None removes one."""
    attributes = kind.get_attributes()
    return [
        attributes[name].remove() if value is None else attributes[name].set(value) for name, value in fields.items()
    ]


def use(table_name: str) -> None:
    """Point this process at another table, after the environment has changed."""
    Item.Meta.table_name = table_name
    Item._connection = None


def connection() -> Connection:
    """The process's one connection; its client is built on first use."""
    return Item._get_connection().connection


def table_name() -> str:
    """The table's name, as raw operations carry it."""
    return Item.Meta.table_name


def primary(key: Key) -> dict[str, dict[str, str]]:
    """A key in DynamoDB's own form."""
    return {"PK": {"S": key.pk}, "SK": {"S": key.sk}}


def call(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """One read or single-item write; trouble that retrying did not cure is `Unavailable`."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with the client anyway

    try:
        return cast(dict[str, Any], connection().dispatch(operation, {"TableName": table_name(), **request}))
    except (PynamoDBException, BotoCoreError) as error:
        raise Unavailable("The table does not answer; try again shortly.") from error
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise
        raise Unavailable("The table does not answer; try again shortly.") from error


def get(key: Key, *, consistent: bool = False) -> Raw | None:
    """One item, or None."""
    found = call("GetItem", {"Key": primary(key), "ConsistentRead": consistent})
    return cast("Raw | None", found.get("Item"))


def get_dated(key: Key) -> tuple[Raw | None, datetime]:
    """One item as it is now, and the table's own clock, to the second below."""
    found = call("GetItem", {"Key": primary(key), "ConsistentRead": True})
    told = found["ResponseMetadata"]["HTTPHeaders"]["date"]
    return found.get("Item"), parsedate_to_datetime(told)


def put_new(item: Item) -> bool:
    """Store an item where there is none; False when there is one already."""
    return put_if(item, Item.PK.does_not_exist())


def put_if(item: Item, condition: Condition) -> bool:
    """Store an item where the condition holds; False when it does not."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see call

    try:
        call("PutItem", item.get_save_kwargs_from_instance(condition=condition))
    except ClientError:
        return False
    return True


def update(key: Key, actions: list[Action], *, condition: Condition | None = None) -> Raw | None:
    """Change an item, or begin it: the item afterwards; None when the condition does not hold, and nothing changes."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see call

    request = connection().get_operation_kwargs(table_name(), *key, actions=actions, condition=condition)
    request.pop("ReturnConsumedCapacity", None)
    try:
        found: Raw = call("UpdateItem", request | {"ReturnValues": "ALL_NEW"})["Attributes"]
    except ClientError:
        return None
    return found


def delete_if(key: Key, condition: Condition) -> bool:
    """Remove an item where the condition holds; False when it does not."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see call

    request = connection().get_operation_kwargs(table_name(), *key, condition=condition)
    request.pop("ReturnConsumedCapacity", None)
    try:
        call("DeleteItem", request)
    except ClientError:
        return False
    return True


def get_many(keys: Iterable[Key], *, consistent: bool = False) -> dict[Key, Raw]:
    """The items that exist, by key: one BatchGetItem per hundred keys, until none is left unread."""
    wanted = list(dict.fromkeys(keys))
    found: dict[Key, Raw] = {}
    for first in range(0, len(wanted), BATCH_GET_KEYS):
        chunk = [primary(key) for key in wanted[first : first + BATCH_GET_KEYS]]
        pending: dict[str, Any] = {table_name(): {"Keys": chunk, "ConsistentRead": consistent}}
        for _ in range(_UNREAD_ROUNDS):
            if not pending:
                break
            reply = _batch("BatchGetItem", pending)
            for raw in reply.get("Responses", {}).get(table_name(), []):
                found[Key(raw["PK"]["S"], raw["SK"]["S"])] = raw
            pending = reply.get("UnprocessedKeys") or {}
        if pending:
            raise Unavailable("The table is too busy to read a page; try again shortly.")
    return found


_UNREAD_ROUNDS = 8


def put_many(items: Iterable[Item]) -> None:
    """Store these, in place of what has their keys: 25 at a time, until none is left unwritten."""
    _write_many([{"PutRequest": {"Item": item.serialize()}} for item in items])


def delete_many(wanted: Iterable[Key]) -> None:
    """Remove what has these keys, if anything has."""
    _write_many([{"DeleteRequest": {"Key": primary(key)}} for key in dict.fromkeys(wanted)])


def _write_many(written: list[dict[str, Any]]) -> None:
    for first in range(0, len(written), BATCH_WRITE_ITEMS):
        pending: dict[str, Any] = {table_name(): written[first : first + BATCH_WRITE_ITEMS]}
        for attempt in range(_UNREAD_ROUNDS):
            time.sleep(random.uniform(0, _PAUSE * attempt))  # noqa: S311  # nosec B311 # jitter, not a secret
            pending = _batch("BatchWriteItem", pending).get("UnprocessedItems") or {}
            if not pending:
                break
        else:
            raise Unavailable("The table is too busy to write; try again shortly.")


_PAUSE = 0.02


def _batch(operation: str, pending: dict[str, Any]) -> dict[str, Any]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see call

    try:
        return cast(dict[str, Any], connection().dispatch(operation, {"RequestItems": pending}))
    except (PynamoDBException, BotoCoreError, ClientError) as error:
        raise Unavailable("The table does not answer; try again shortly.") from error


def query(
    pk: str,
    *,
    index: str | None = None,
    names: tuple[str, str] = ("PK", "SK"),
    between: tuple[str, str] | None = None,
    newest_first: bool = False,
    after: Raw | None = None,
    limit: int | None = None,
    consistent: bool = False,
    only: tuple[str, ...] = (),
) -> Iterator[tuple[Raw, Raw | None]]:
    """The items under one partition key in order, page after page, each with the page's continuation key.

    `names` are the key attributes of the table or index, `between` bounds the sort key (both ends
    included), `after` continues behind an earlier item, `limit` is the size of a page, `consistent`
    sees every write that was acknowledged before (not on an index), `only` names the attributes wanted.
    """
    request: dict[str, Any] = {
        "KeyConditionExpression": "#p = :p" + (" AND #s BETWEEN :a AND :b" if between else ""),
        "ExpressionAttributeNames": {"#p": names[0], **({"#s": names[1]} if between else {})},
        "ExpressionAttributeValues": {":p": {"S": pk}},
        "ScanIndexForward": not newest_first,
        "ConsistentRead": consistent,
    }
    if between:
        request["ExpressionAttributeValues"] |= {":a": {"S": between[0]}, ":b": {"S": between[1]}}
    if only:
        request["ProjectionExpression"] = ", ".join(f"#o{place}" for place in range(len(only)))
        request["ExpressionAttributeNames"] |= {f"#o{place}": name for place, name in enumerate(only)}
    if index:
        request["IndexName"] = index
    if limit:
        request["Limit"] = limit
    if consistent:
        request["ConsistentRead"] = True
    while True:
        if after:
            request["ExclusiveStartKey"] = after
        page = call("Query", request)
        after = page.get("LastEvaluatedKey")
        for raw in page["Items"]:
            yield raw, after
        if not after:
            return
