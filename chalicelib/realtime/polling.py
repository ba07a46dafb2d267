"""The same events over HTTP, for networks that let no socket through: asked for again and again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.realtime import following, messages, states, witnessing
from chalicelib.realtime.topics import Topic
from chalicelib.table import topics


@dataclass(frozen=True, slots=True)
class Polled:
    """What is new in a topic: events behind `after` up to `version`, while the topic itself has come to `head`."""

    events: list[dict[str, Any]]
    after: int
    version: int
    head: int


def head_of(topic: Topic, claims: Claims, *, now: datetime) -> int:
    """The topic's version, for who may follow it; from now on it is logged for a day."""
    following.check(claims, topic)
    return topics.wake(str(topic), now)


def poll(topic: Topic, claims: Claims, *, since: int | None, head: int, limit: int, now: datetime) -> Polled:
    """At most `limit` events behind `since`, or the state where those are not kept or nothing is known yet."""
    missed = None if since is None else topics.since(str(topic), since, head)
    if missed is None or since is None:
        state = states.of(topic, claims, now)
        snapshot = {"type": "snapshot", "version": head, "at": clock.iso(now), "data": state.data}
        witnessing.note(claims, state.patients, now)
        return Polled([snapshot], after=head, version=head, head=head)
    sees = following.eyes_of(claims)
    taken = missed[:limit]
    shown = [event for one in taken if (event := messages.shaped(one, sees)) is not None]
    return Polled(shown, after=since, version=taken[-1]["version"] if taken else since, head=head)
