"""Token buckets: how much a caller has asked of late, as the one instant at which the bucket will be full again.

All times are microseconds of the epoch. What is taken moves the instant ahead; a bucket whose instant has
passed is full. So one number and at most two conditional updates are a whole token bucket (known as GCRA).
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.table import base, keys
from chalicelib.table.keys import Key

_KEPT_SECONDS = 86_400
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Level:
    """Whether the bucket gave what was asked, and when it will be full again."""

    given: bool
    full_at: int


def take(principal: str, kind: str, *, cost: int, depth: int, now: int) -> Level:
    """Take `cost` out of a bucket `depth` deep, both in microseconds of refill; nothing is taken when it has less."""
    key = keys.bucket(principal, kind)
    expires = {":expires": {"N": str(now // _MICROSECONDS + _KEPT_SECONDS)}, ":kind": {"S": "bucket"}}
    begun = _write(
        key,
        "SET full_at = :next, kind = :kind, expires_at = :expires",
        "attribute_not_exists(full_at) OR full_at < :now",
        {":next": {"N": str(now + cost)}, ":now": {"N": str(now)}, **expires},
    )
    if begun is not None:
        return Level(given=True, full_at=begun)
    gone_on = _write(
        key,
        "SET full_at = full_at + :cost, expires_at = :expires",
        "full_at <= :most",
        {
            ":cost": {"N": str(cost)},
            ":most": {"N": str(now + depth - cost)},
            ":expires": expires[":expires"],
        },
    )
    if gone_on is not None:
        return Level(given=True, full_at=gone_on)
    found = base.get(key, consistent=True) or {}
    return Level(given=False, full_at=int(found["full_at"]["N"]) if "full_at" in found else now)


def _write(key: Key, expression: str, condition: str, values: dict[str, Any]) -> int | None:
    """The bucket's new instant, or None when the condition did not hold."""
    update = {
        "Key": base.primary(key),
        "UpdateExpression": expression,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "ReturnValues": "UPDATED_NEW",
    }
    try:
        return int(base.call("UpdateItem", update)["Attributes"]["full_at"]["N"])
    except ClientError:
        return None
