"""Delivery: frames go to every follower at once, and nobody waits for the slow ones.

A connection that is gone is forgotten. One that does not take a message in time is left out for a while: it will see by
the versions that something is missing, and ask. The third failure in a row ends it.
"""

import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from functools import cache

from chalicelib.gateways import sockets
from chalicelib.gateways.sockets import Gone
from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Unavailable
from chalicelib.kit.log import logger
from chalicelib.realtime import connecting, following, messages, witnessing
from chalicelib.table import connections
from chalicelib.table.connections import Follower
from chalicelib.table.topics import Stretch

_HANDS = 16
_PATIENCE_SECONDS = 0.5  # in which nobody takes anything; who is left then is not waited for
_REST_SECONDS = 5.0
_FAILURES = 3
_MOST_TROUBLED = 10_000
_A_DEVICE = Claims(sub="device", role="display")


class _Troubles:
    """Connections that did not take a message, how often, and until when they are left alone; and those under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: dict[str, tuple[int, float]] = {}
        self._busy: set[str] = set()

    def begin(self, connection_id: str) -> bool:
        """Whether to try the connection now."""
        with self._lock:
            if connection_id in self._busy or self._failed.get(connection_id, (0, 0.0))[1] > time.monotonic():
                return False
            self._busy.add(connection_id)
            return True

    def done(self, connection_id: str) -> None:
        """It took the message, or is gone."""
        with self._lock:
            self._busy.discard(connection_id)
            self._failed.pop(connection_id, None)

    def failed(self, connection_id: str) -> bool:
        """It did not; whether that is enough."""
        with self._lock:
            self._busy.discard(connection_id)
            if len(self._failed) >= _MOST_TROUBLED:
                self._failed.clear()
            failures = self._failed.get(connection_id, (0, 0.0))[0] + 1
            self._failed[connection_id] = (failures, time.monotonic() + _REST_SECONDS)
            return failures >= _FAILURES


_troubles = _Troubles()


def send(topic: str, stretches: Sequence[Stretch], *, now: datetime) -> None:
    """Send what was entered in a topic to all who follow it; those are asked for now, when it has its numbers."""
    if not stretches:
        return
    followers = [one for one in connections.followers(topic) if one.ends > now.timestamp()]
    frames = {who: _frames(topic, who, stretches, now) for who in {_seen_as(one) for one in followers}}
    under_way = {
        _hands().submit(_tell, follower.connection_id, frames[_seen_as(follower)])
        for follower in followers
        if _troubles.begin(follower.connection_id)
    }
    _await(under_way)


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


def _seen_as(follower: Follower) -> str:
    """Whose eyes count: all devices are told the same."""
    return follower.who if following.is_told_names(connecting.bounded(follower.who)) else ""


def _frames(topic: str, who: str, stretches: Sequence[Stretch], now: datetime) -> list[bytes]:
    """The frames for somebody, once it is recorded whose data they show."""
    claims = connecting.bounded(who) if who else _A_DEVICE
    sees = following.eyes_of(claims)
    shown = messages.patients((event for one in stretches for event in one.events), sees)
    if shown and claims.role != "patient":  # patients are told of nobody else
        witnessing.note(claims, shown, now)
    return [frame for one in stretches for frame in messages.frames(topic, one.after, one.events, sees)]


def _await(under_way: set[Future[None]]) -> None:
    """Wait as long as somebody gets something; those who hold out longer are left to themselves."""
    while under_way:
        done, under_way = wait(under_way, timeout=_PATIENCE_SECONDS, return_when=FIRST_COMPLETED)
        for one in done:
            one.result()
        if not done:
            return


def _tell(connection_id: str, frames: Sequence[bytes]) -> None:
    try:
        for frame in frames:
            sockets.post(connection_id, frame)
    except Gone:
        _troubles.done(connection_id)
        connections.drop(connection_id)
    except Unavailable:
        if _troubles.failed(connection_id):
            logger.warning("connection dropped", extra={"connection": connection_id, "at": clock.iso(clock.now())})
            end(connection_id)
    else:
        _troubles.done(connection_id)


@cache
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_HANDS, thread_name_prefix="fanout")
