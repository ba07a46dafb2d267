"""Delivery: frames go to every follower at once, and nobody waits for the slow ones.

A connection that is gone is forgotten. One that does not take a message in time is left out for a while: it will see by
the versions that something is missing, and ask. The third failure in a row ends it.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache

from chalicelib.gateways import sockets
from chalicelib.gateways.sockets import Gone
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Unavailable
from chalicelib.kit.log import described, logger
from chalicelib.realtime import connecting, following, messages, witnessing
from chalicelib.realtime.troubles import Troubles
from chalicelib.table import connections
from chalicelib.table.topics import Stretch

_HANDS = 8
_PATIENCE_SECONDS = 0.5  # in which nobody takes anything; who is left then is not waited for
_A_DEVICE = Claims(sub="device", role="display")
_troubles = Troubles()


def send(topic: str, stretches: Sequence[Stretch], *, now: datetime) -> None:
    """Send what was entered in a topic to all who follow it; those are asked for now, when it has its numbers."""
    if not stretches:
        return
    followers = connections.followers(topic, now=now)
    seen_as = {who: _seen_as(who) for who in {one.who for one in followers}}
    frames = {who: _frames(topic, who, stretches, now) for who in set(seen_as.values())}
    _Round({one.connection_id: frames[seen_as[one.who]] for one in followers}).go()


def reply(connection_id: str, frames: Iterable[bytes]) -> None:
    """Send to one connection, in order; one that is gone is forgotten."""
    try:
        for frame in frames:
            sockets.post(connection_id, frame)
    except Gone:
        connections.drop(connection_id)


def end(connection_id: str, principal: str | None = None) -> None:
    """Forget a connection and close it."""
    connections.drop(connection_id, principal)
    try:
        sockets.close(connection_id)
    except Unavailable:
        logger.warning("connection not closed", extra={"connection": connection_id})


def _seen_as(who: str) -> str:
    """Whose eyes count: all devices are told the same."""
    return who if following.is_told_names(connecting.bounded(who)) else ""


def _frames(topic: str, who: str, stretches: Sequence[Stretch], now: datetime) -> list[bytes]:
    """The frames for somebody, once it is recorded whose data they show."""
    claims = connecting.bounded(who) if who else _A_DEVICE
    sees = following.eyes_of(claims)
    shown = messages.patients((event for one in stretches for event in one.events), sees)
    if shown and claims.role != "patient":  # patients are told of nobody else
        witnessing.note(claims, shown, now)
    return [frame for one in stretches for frame in messages.frames(topic, one.after, one.events, sees)]


class _Round:
    """Frames by connection, handed out by a few hands, each of which takes the next connection when it is free."""

    def __init__(self, frames: Mapping[str, Sequence[bytes]]) -> None:
        self._left = len(frames)
        self._waiting = iter(frames.items())
        self._lock = threading.Lock()
        self._finished = threading.Event()

    def go(self) -> None:
        """Hand all of them out; returns when that is done, or nobody who is left takes anything."""
        if not self._left:
            return
        for _ in range(min(_HANDS, self._left)):
            _hands().submit(self._work)
        left = self._left
        while not self._finished.wait(_PATIENCE_SECONDS):
            if self._left == left:
                return
            left = self._left

    def _work(self) -> None:
        while True:
            with self._lock:
                taken = next(self._waiting, None)
            if taken is None:
                return
            try:
                _tell(*taken)
            except Exception as bug:  # noqa: BLE001 - whatever one connection meets, the others are told
                logger.error("connection not told", extra={"connection": taken[0], **described(bug)})
            with self._lock:
                self._left -= 1
                if not self._left:
                    self._finished.set()


def _tell(connection_id: str, frames: Sequence[bytes]) -> None:
    if not _troubles.begin(connection_id):
        return
    try:
        for frame in frames:
            sockets.post(connection_id, frame)
    except Gone:
        _troubles.done(connection_id)
        connections.drop(connection_id)
    except Unavailable:
        if _troubles.failed(connection_id):
            logger.warning("connection dropped", extra={"connection": connection_id})
            end(connection_id)
    else:
        _troubles.done(connection_id)


@cache
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_HANDS, thread_name_prefix="fanout")
