"""Connections: who is on the line, until when, and which topics they follow.

A connection's topics stand beside it, each under a key of its own, so that two messages of one connection that are
handled at once do not undo each other; and each topic has its followers, so that telling them is one Query.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kit import clock
from chalicelib.table import base, keys
from chalicelib.table.base import Item
from chalicelib.table.keys import Key

_KEPT = timedelta(hours=1)  # after its end, so that whoever deals with it still finds it


class ConnectionItem(Item, discriminator="connection"):
    """One open socket: its caller's claims (none before they are proven) and its end in epoch seconds."""

    claims: Any = JSONAttribute(null=True)
    ends = NumberAttribute()

    @property
    def id(self) -> str:
        """The connection's id."""
        return str(self.PK).split("#", 1)[1]


class FollowedItem(Item, discriminator="followed"):
    """That a connection follows a topic: as the connection has it, or as the topic has it.

    `who` says whose connection it is, as realtime reads it; `ends` is the connection's end.
    """

    who = UnicodeAttribute()
    ends = NumberAttribute()


class SocketItem(Item, discriminator="socketof"):
    """That a caller has this connection open, under this sign-in and since then (epoch seconds)."""

    session = UnicodeAttribute(null=True)
    since = NumberAttribute()


@dataclass(frozen=True, slots=True)
class Follower:
    """A connection to be told of what happens in a topic."""

    connection_id: str
    who: str


def await_proof(connection_id: str, *, ends: int) -> None:
    """Enter a connection whose caller is not known yet."""
    base.put_many([_connection(connection_id, None, ends)])


def open_(
    connection_id: str,
    *,
    claims: dict[str, Any],
    caller: tuple[str, str, int],
    topics: Iterable[str],
    who: str,
    ends: int,
) -> None:
    """Enter a proven caller's connection and what it follows; `caller` is principal, sign-in, and its time.

    The caller's own list of connections is what the end of the sign-in finds them by.
    """
    principal, session, since = caller
    key = keys.socket_of(principal, connection_id)
    own = SocketItem(*key, session=session or None, since=since, expires_at=_expiry(ends))
    base.put_many([own, _connection(connection_id, claims, ends), *_followed(connection_id, topics, who, ends)])


def _connection(connection_id: str, claims: dict[str, Any] | None, ends: int) -> ConnectionItem:
    return ConnectionItem(*keys.socket(connection_id), claims=claims, ends=ends, expires_at=_expiry(ends))


def find(connection_id: str) -> ConnectionItem | None:
    """The connection, or None."""
    return ConnectionItem.read(base.get(keys.socket(connection_id), consistent=True))


def follow(connection_id: str, topics: Iterable[str], *, who: str, ends: int) -> None:
    """Let a connection follow these topics."""
    base.put_many(_followed(connection_id, topics, who, ends))


def _followed(connection_id: str, topics: Iterable[str], who: str, ends: int) -> list[Item]:
    return [
        FollowedItem(*key, who=who, ends=ends, expires_at=_expiry(ends))
        for topic in topics
        for key in _both(connection_id, topic)
    ]


def unfollow(connection_id: str, topics: Iterable[str]) -> None:
    """Let it follow these no more."""
    base.delete_many(key for topic in topics for key in _both(connection_id, topic))


def followed(connection_id: str) -> list[str]:
    """The topics that a connection follows."""
    first = keys.socket(connection_id, "TOPIC", "")
    found = base.query(first.pk, between=(first.sk, first.sk + "~"), consistent=True)
    return [raw["SK"]["S"].removeprefix(first.sk) for raw, _ in found]


def followers(topic: str, *, now: datetime) -> list[Follower]:
    """Everyone who follows a topic on a connection that has not ended: all who began before this was asked."""
    first = keys.topic(topic, "SUB", "")
    found = base.query(first.pk, between=(first.sk, first.sk + "~"), consistent=True, only=("SK", "who", "ends"))
    at = clock.outside(now).timestamp()
    return [
        Follower(raw["SK"]["S"].removeprefix(first.sk), raw["who"]["S"])
        for raw, _ in found
        if int(raw["ends"]["N"]) > at
    ]


def of_caller(principal: str) -> Iterator[tuple[str, str, int]]:
    """A caller's open connections: id, sign-in, and since when they are signed in."""
    first = keys.socket_of(principal, "")
    for raw, _ in base.query(first.pk, between=(first.sk, first.sk + "~"), consistent=True):
        connection_id = raw["SK"]["S"].removeprefix(first.sk)
        yield connection_id, raw.get("session", {}).get("S", ""), int(raw["since"]["N"])


def drop(connection_id: str, principal: str | None = None) -> None:
    """Forget a connection and all that it follows; once more does nothing."""
    gone = [key for topic in followed(connection_id) for key in _both(connection_id, topic)]
    gone.append(keys.socket(connection_id))
    if principal:
        gone.append(keys.socket_of(principal, connection_id))
    base.delete_many(gone)


def _both(connection_id: str, topic: str) -> tuple[Key, Key]:
    return keys.socket(connection_id, "TOPIC", topic), keys.topic(topic, "SUB", connection_id)


def _expiry(ends: int) -> int:
    return ends + int(_KEPT.total_seconds())


def ending(now: datetime, within: timedelta) -> int:
    """The end of what begins now, in epoch seconds."""
    return int((now + within).timestamp())
