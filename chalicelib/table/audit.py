"""Audit entries: who changed or saw what, when, and from which request; each is written once and never touched again.

An entry's sort key is its *place*: its time, its thing, its change. The time is the one that the table's stream gave
the change, so places do not depend on any writer's clock, and a record that comes again has its old place.
"""

import heapq
import itertools
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.table import base, keys
from chalicelib.table.base import Item, Raw
from chalicelib.table.keys import Key
from chalicelib.table.transaction import Transaction

_PAGE = 500  # who needs a thousand entries of all shards shall not read four megabytes


class _CompactJSON(JSONAttribute):
    """Without blanks and escapes: they would make the entry of a booking larger than a kilobyte, and so dearer."""

    def serialize(self, value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class AuditItem(Item, discriminator="audit"):
    """One change or sighting: field → [from, to], values only where they say nothing about a patient."""

    thing_key = UnicodeAttribute()
    at = UnicodeAttribute()
    actor = UnicodeAttribute()
    action = UnicodeAttribute()
    operation = UnicodeAttribute(null=True)
    late = BooleanAttribute(null=True)
    changes: Any = _CompactJSON()

    @property
    def place(self) -> str:
        """Where the entry stands among all."""
        return str(self.SK)


class LateMarkItem(Item, discriminator="late_mark"):
    """Says that a change has its entry, at another place than the one it would have had on time."""

    expires_at = NumberAttribute()


class WrittenBefore(Exception):
    """The change has its entry already."""


def add_late(entry: AuditItem, mark: LateMarkItem) -> bool:
    """Store an entry behind its time, once for one mark; False when it was stored before."""
    transaction = Transaction(landed=lambda: base.get(entry.key, consistent=True) is not None)
    transaction.put(mark, refusal=WrittenBefore)
    transaction.put(entry, refusal=WrittenBefore)
    try:
        transaction.commit()
    except WrittenBefore:
        return False
    return True


def of(thing_key: str, *, after: str | None, limit: int) -> list[AuditItem]:
    """The first `limit` entries of one thing behind a place, in order; what is not where its place belongs is none."""
    bounds = (_behind(after), "~") if after else None
    found = base.query(thing_key, index="by_thing", names=("thing_key", "SK"), between=bounds, limit=limit)
    places = [
        Key(raw["PK"]["S"], raw["SK"]["S"]) for raw in itertools.islice(filter(is_in_place, _items(found)), limit)
    ]
    read = base.get_many(places)
    return [AuditItem.from_raw_data(read[key]) for key in places if key in read]


def between(since: str, until: str) -> Iterator[Raw]:
    """Every entry from the place `since` up to and without `until`, in order, as the table has it this moment.

    Both begin with a UTC date; a time is a place before all entries of its second.
    """
    day, last = date.fromisoformat(since[:10]), date.fromisoformat(until[:10])
    while day <= last and since < until:
        bounds = max(since, f"{day}"), min(until, f"{day}~")
        shards = [base.query(pk, between=bounds, consistent=True, limit=_PAGE) for pk in keys.audit_shards(day)]
        for raw in heapq.merge(*(_items(shard) for shard in shards), key=_place):
            if _place(raw) < until:
                yield raw
        day += timedelta(days=1)


def is_in_place(raw: Raw) -> bool:
    """Whether the item is in the partition where its place belongs, so that no place is taken twice."""
    return bool(keys.audit(_place(raw)).pk == raw["PK"]["S"])


def _items(pages: Iterator[tuple[Raw, Raw | None]]) -> Iterator[Raw]:
    return (raw for raw, _ in pages)


def _place(raw: Raw) -> str:
    return str(raw["SK"]["S"])


def _behind(place: str) -> str:
    return place + " "  # nothing in a place sorts before a blank
