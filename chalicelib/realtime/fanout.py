"""The fan-out: each change of the table becomes events in the topics that it is news for, and goes to who follows them.

It is a consumer of the stream of its own, so that no slow client delays the audit trail. It may be brought a change
twice, late, or out of order: an event is numbered once, tells how things stand when it is made, and is sent again
rather than not at all. A topic that nobody has followed for a day is neither logged nor sent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from chalicelib.kit import clock
from chalicelib.realtime import delivery, endings, letters, lines, openings, rooms, visits
from chalicelib.realtime.changes import Change, News, read
from chalicelib.table import topics
from chalicelib.table.topics import Said, Stretch


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """One batch of stream records, all of it or, when something fails, all of it again."""
    changes = {change.id: change for change in map(read, event["Records"])}  # a batch may bring one twice
    follow(list(changes.values()), clock.now())
    return {"batchItemFailures": []}


def follow(changes: Sequence[Change], now: datetime) -> None:
    """Log the changes in their topics, send them, and close the connections of sign-ins that have ended."""
    for change in changes:
        endings.follow(change)
    told = list(_news(changes, now))
    awake = topics.live({news.topic for news in told}, now)
    said: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for news in told:
        if news.topic in awake:
            said[news.topic][news.change.id].append(news.event())
    for topic, by_change in said.items():
        stretches = [
            stretch
            for part in _parts([Said(change_id, events) for change_id, events in by_change.items()])
            for stretch in topics.enter(topic, part, now=now)
        ]
        delivery.send(topic, _joined(stretches), now=now)


def _news(changes: Sequence[Change], now: datetime) -> Iterator[News]:
    """What the changes mean, told by who can say it; for most of what is stored there is nobody."""
    yield from visits.news(_followed(changes, "appointment", visits.touched, now))
    yield from openings.news([change for change in changes if _moves_openings(change)])
    yield from rooms.news([change for change in changes if change.kind in rooms.KINDS])
    yield from letters.news(_followed(changes, "reminder", letters.touched, now))
    # Whom else a place in line concerns is known only from the board, so that is read whoever follows.
    yield from lines.news([change for change in changes if change.kind == "queueentry" and change.new])


def _followed(
    changes: Iterable[Change], kind: str, touched: Callable[[Change], Iterable[str]], now: datetime
) -> list[Change]:
    """The changes of things of this kind that touch a topic which somebody follows."""
    touching = [(change, set(touched(change))) for change in changes if change.kind == kind and change.new]
    awake = topics.live({topic for _, of in touching for topic in of}, now)
    return [change for change, of in touching if not awake.keys().isdisjoint(of)]


def _moves_openings(change: Change) -> bool:
    return change.pk.startswith("DOCTOR#") and (change.sk.startswith("DAY#") or change.sk == "FENCE")


def _parts(said: Sequence[Said]) -> Iterator[list[Said]]:
    """As much at a time as one transaction takes; the events of one change stay together."""
    part: list[Said] = []
    for one in said:
        if part and sum(len(other.events) for other in part) + len(one.events) > topics.MOST_AT_ONCE:
            yield part
            part = []
        part.append(one)
    if part:
        yield part


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches that follow each other as one, so that they travel in one frame."""
    joined: list[Stretch] = []
    for stretch in stretches:
        if joined and joined[-1].version == stretch.after:
            joined[-1] = Stretch(joined[-1].after, [*joined[-1].events, *stretch.events])
        else:
            joined.append(stretch)
    return joined
