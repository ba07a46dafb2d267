"""Catching up: everything behind a version, once and in order; or the state, when that is no longer kept."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.realtime import following, messages, states, witnessing
from chalicelib.realtime.topics import Topic
from chalicelib.table import topics


def frames(topic: Topic, claims: Claims, *, since: int | None, head: int, now: datetime) -> Iterable[bytes]:
    """The frames that bring a client from `since` (None: from nothing) to `head`, or further.

    `head` is the topic's version, read before: what is entered meanwhile is told to the followers anyway.
    """
    missed = None if since is None else topics.since(str(topic), since, head)
    if missed is not None and since is not None:
        sees = following.eyes_of(claims)
        witnessing.note(claims, messages.patients(missed, sees), now)
        return messages.frames(str(topic), since, missed, sees)
    state = states.of(topic, claims, now)
    witnessing.note(claims, state.patients, now)
    return messages.snapshot(str(topic), head, clock.iso(now), state.data)
