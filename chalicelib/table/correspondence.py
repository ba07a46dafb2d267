"""Correspondence: which addresses want no messages, what each number was told of late, and whom we told how much today.

Addresses stand here as keyed digests only, so that the list of those who want no messages is no list of addresses.
"""

from datetime import date, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.kit import clock
from chalicelib.table import base, keys
from chalicelib.table.base import Item

_REMEMBERED = timedelta(days=62)  # longer before a visit nobody is reminded of it
_COUNTED = timedelta(days=3)


class SuppressedItem(Item, discriminator="suppressed"):
    """That an address wants no messages, or takes none: `refused` while that holds, and `why`."""

    refused = BooleanAttribute()
    why = UnicodeAttribute()


class ToldItem(Item, discriminator="told"):
    """That a number was told of a visit, by the reminder that its key names; what it answers is about one of these."""

    told_at = UnicodeAttribute()


class LinkItem(Item, discriminator="link"):
    """Which reminder the secret of a letter's links belongs to; the secret itself is kept nowhere."""

    reminder_id = UnicodeAttribute()


def suppress(channel: str, digest: str, *, refused: bool, why: str, now: datetime) -> bool:
    """Note whether an address may be written to; False when something later was noted already."""
    at = clock.iso(now)
    item = SuppressedItem(*keys.address(channel, digest), refused=refused, why=why, updated_at=at, created_at=at)
    unknown = SuppressedItem.PK.does_not_exist() | (SuppressedItem.updated_at <= at)
    return base.put_if(item, unknown)


def suppressed(channel: str, digest: str) -> str | None:
    """Why an address is not written to; None when it may be."""
    found = SuppressedItem.read(base.get(keys.address(channel, digest), consistent=True))
    return found.why if found is not None and found.refused else None


def note_told(channel: str, digest: str, reminder_id: str, *, now: datetime) -> None:
    """Note that an address is told of a visit by this reminder."""
    key = keys.address(channel, digest, "TOLD", reminder_id)
    expires = int((now + _REMEMBERED).timestamp())
    base.put_many([ToldItem(*key, told_at=clock.iso(now), expires_at=expires)])


def told(channel: str, digest: str) -> list[str]:
    """The reminders by which an address was told of visits lately, in no order."""
    first = keys.address(channel, digest, "TOLD", "")
    found = base.query(first.pk, between=(first.sk, first.sk + "~"), consistent=True)
    return [raw["SK"]["S"].removeprefix(first.sk) for raw, _ in found]


def put_link(digest: str, reminder_id: str, *, until: datetime) -> None:
    """Let a secret with this digest open a reminder's links."""
    key = keys.link(digest)
    base.put_many([LinkItem(*key, reminder_id=reminder_id, expires_at=int(until.timestamp()))])


def linked(digest: str) -> str | None:
    """The reminder that the secret with this digest belongs to, or None."""
    found = LinkItem.read(base.get(keys.link(digest), consistent=True))
    return found.reminder_id if found else None


def count_told(patient_id: str, day: date, reminder_id: str, *, most: int | None, now: datetime) -> bool:
    """Count a message of a patient's day; False, and nothing is counted, when that would be more than `most`.

    Each message counts once, however often it is tried.
    """
    names = {"#told": "told"}
    values: dict[str, Any] = {
        ":one": {"SS": [reminder_id.rpartition("-")[2]]},
        ":kind": {"S": "toldday"},
        ":expires": {"N": str(int((now + _COUNTED).timestamp()))},
    }
    request: dict[str, Any] = {
        "Key": base.primary(keys.told_on(patient_id, day)),
        "UpdateExpression": "ADD #told :one SET kind = :kind, expires_at = :expires",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    if most is not None:
        request["ConditionExpression"] = "attribute_not_exists(#told) OR contains(#told, :this) OR size(#told) < :most"
        values |= {":this": {"S": reminder_id.rpartition("-")[2]}, ":most": {"N": str(most)}}
    try:
        base.call("UpdateItem", request)
    except ClientError:
        return False
    return True
