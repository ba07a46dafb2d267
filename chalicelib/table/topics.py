"""Topics: what was said in each, numbered without a gap, for a day.

The head holds the topic's version, which is the number of its last event, and until when it is logged at all: a topic
that nobody has asked for lately costs nothing. A change is entered once however often it is brought, because its mark
is written in the same transaction. A topic that wakes again skips a number, so that whoever followed it before finds
that something is missing.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.kit import clock
from chalicelib.table import base, keys
from chalicelib.table.base import Item, Raw
from chalicelib.table.revision import ATTEMPTS, Overtaken, pause
from chalicelib.table.transaction import Transaction, never

KEPT = timedelta(days=1)
MOST_AT_ONCE = 40  # events in one transaction; each has a mark of its own at the worst, and DynamoDB takes a hundred
_LIVES = timedelta(hours=26)  # renewed while a connection's two hours more would not outlast the day
_RENEWED_BEFORE = timedelta(hours=24)
_HEAD_KEPT = timedelta(days=30)
_MARK_KEPT = timedelta(days=2)  # a stream's record can come again for a day


class HeadItem(Item, discriminator="topichead"):
    """The topic's version, and until when it is logged (epoch seconds)."""

    live_until = NumberAttribute()


class EventItem(Item, discriminator="topicevent"):
    """One event as it is sent: `content` is JSON, `version` its number."""

    content = UnicodeAttribute()


class MarkItem(Item, discriminator="topicmark"):
    """A change that was said in the topic: the number of its first event is `version`, of its last one `last`."""

    last = NumberAttribute()


@dataclass(frozen=True, slots=True)
class Said:
    """What one change means in one topic: its id, and the events as plain values."""

    change: str
    events: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Events of a topic that follow each other, the first one behind version `after`."""

    after: int
    events: list[dict[str, Any]]

    @property
    def version(self) -> int:
        """The topic's version after the last of them."""
        return self.after + len(self.events)


def live(topics: Iterable[str], now: datetime) -> dict[str, int]:
    """Those of the topics that are logged, with their versions."""
    found = base.get_many((keys.topic(topic) for topic in topics), consistent=True)
    return {
        key.pk.removeprefix("TOPIC#"): int(raw["version"]["N"])
        for key, raw in found.items()
        if int(raw["live_until"]["N"]) > now.timestamp()
    }


def enter(topic: str, said: Sequence[Said], *, now: datetime) -> list[Stretch]:
    """Log what was said in a topic; nothing while it is not live. Answers it with its numbers, and in their order.

    What was entered before is answered as it was entered then: it may not have been sent. At most MOST_AT_ONCE events.
    """
    for attempt in range(ATTEMPTS):
        pause(attempt)
        marks = list(dict.fromkeys(keys.topic(topic, "ID", one.change) for one in said))
        found = base.get_many([keys.topic(topic), *marks], consistent=True)
        head = found.get(keys.topic(topic))
        if head is None or int(head["live_until"]["N"]) <= now.timestamp():
            return []
        version = int(head["version"]["N"])
        fresh = {one.change: one for one in said if keys.topic(topic, "ID", one.change) not in found}
        known = [found[mark] for mark in marks if mark in found]
        try:
            _write(topic, list(fresh.values()), version, now)
        except Overtaken:
            continue
        return _stretches(topic, known, version, [event for one in fresh.values() for event in one.events])
    raise Overtaken


def since(topic: str, version: int, head: int) -> list[dict[str, Any]] | None:
    """The events behind `version` up to `head`, in order; None when some of them are not kept."""
    first, last = keys.topic(topic, "E", version + 1), keys.topic(topic, "E", head)
    if not 0 <= head - version <= _MOST_MISSED:
        return None
    if head == version:
        return []
    found = [_content(raw) for raw, _ in base.query(first.pk, between=(first.sk, last.sk), consistent=True)]
    return found if len(found) == head - version else None


_MOST_MISSED = 2_000  # more than that is longer than the state itself


def wake(topic: str, now: datetime) -> int:
    """Have the topic logged for the next day at least; answers its version."""
    for attempt in range(ATTEMPTS):
        pause(attempt)
        head = HeadItem.read(base.get(keys.topic(topic), consistent=True))
        if head and int(head.live_until) > (now + _RENEWED_BEFORE).timestamp():
            return int(head.version)
        version = _renew(topic, head, now)
        if version is not None:
            return version
    raise Overtaken


def _renew(topic: str, head: HeadItem | None, now: datetime) -> int | None:
    """The topic's version, now that it will be logged; None when it has moved on meanwhile."""
    asleep = head is not None and int(head.live_until) <= now.timestamp()
    # A topic begins at the present second, so that one that was forgotten does not count the same numbers again.
    version = int(now.timestamp()) if head is None else int(head.version) + asleep
    fresh = HeadItem(
        *keys.topic(topic),
        version=version,
        live_until=int((now + _LIVES).timestamp()),
        updated_at=clock.iso(now),
        expires_at=int((now + _LIVES + _HEAD_KEPT).timestamp()),
    )
    unchanged = HeadItem.PK.does_not_exist() if head is None else HeadItem.version == int(head.version)
    return version if base.put_if(fresh, unchanged) else None


def _write(topic: str, said: Sequence[Said], version: int, now: datetime) -> None:
    """Head, events and marks in one transaction, on the version that was read; Overtaken when it has moved on."""
    events = sum(len(one.events) for one in said)
    if not events:
        return
    transaction = Transaction(landed=lambda: _landed(topic, said, version))
    actions = [HeadItem.version.set(version + events)]
    transaction.update(keys.topic(topic), actions, condition=HeadItem.version == version, refusal=Overtaken)
    kept, marked = (int((now + period).timestamp()) for period in (KEPT, _MARK_KEPT))
    for one in said:
        mark = MarkItem(
            *keys.topic(topic, "ID", one.change),
            version=version + 1,
            last=version + len(one.events),
            expires_at=marked,
        )
        transaction.put(mark, refusal=Overtaken)
        for event in one.events:
            version += 1
            numbered = json.dumps({**event, "version": version}, separators=(",", ":"), ensure_ascii=False)
            item = EventItem(*keys.topic(topic, "E", version), version=version, content=numbered, expires_at=kept)
            transaction.put(item, refusal=never)
    transaction.commit()


def _landed(topic: str, said: Sequence[Said], version: int) -> bool:
    """Whether the first of these changes stands where this transaction would have put it."""
    found = base.get(keys.topic(topic, "ID", said[0].change), consistent=True)
    return found is not None and int(found["version"]["N"]) == version + 1


def _stretches(topic: str, known: Sequence[Raw], version: int, fresh: Sequence[dict[str, Any]]) -> list[Stretch]:
    """What is to be sent: first what was entered before, then what is new behind `version`."""
    ranges = sorted((int(raw["version"]["N"]) - 1, int(raw["last"]["N"])) for raw in known)
    again = [Stretch(after, found) for after, last in ranges if (found := since(topic, after, last))]
    if not fresh:
        return again
    numbered = [{**event, "version": version + place} for place, event in enumerate(fresh, start=1)]
    return [*again, Stretch(version, numbered)]


def _content(raw: Raw) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(raw["content"]["S"])
    return content
