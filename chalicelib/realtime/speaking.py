"""What a client may say on a socket, and what it is answered.

auth         who speaks, when the handshake did not say; then the caller's own topics are followed. Who comes back names
             one of them with `since`, and is told of it what was missed in place of the state
subscribe    follow topics; each answers with a snapshot
resume       follow a topic, and be told all that was missed behind `since`
signal       what one browser has to say to another in a telehealth visit, so that they find each other
unsubscribe  follow them no more
ping         a sign of life; the answer has the version of each topic, so that a lost last message is noticed
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.kit import clock, gates
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Invalid
from chalicelib.realtime import catching_up, connecting, following, signalling, topics, witnessing
from chalicelib.realtime.messages import dump
from chalicelib.realtime.schemas import SocketMessage
from chalicelib.realtime.topics import Topic
from chalicelib.table import connections
from chalicelib.table import topics as logs


def answer(connection_id: str, message: SocketMessage, *, now: datetime) -> Iterator[bytes]:
    """The frames that a message is answered with; refusals are raised."""
    claims, ends = connecting.speaking(connection_id, now=now)
    if message.action == "auth":
        yield from _prove(connection_id, message, now)
        return
    if claims is None:
        raise connecting.NotProven
    if message.action == "ping":
        versions = logs.live(connections.followed(connection_id), now)
        yield _said("pong", at=clock.iso(now), versions=versions)
        return
    gates.admit(witnessing.SOCKET, claims, now, {})
    asked = [topics.parse(name) for name in message.named or connections.followed(connection_id)]
    if message.action == "signal":
        signalling.pass_on(claims, topics.parse(message.topic or ""), message, now=now)
        return
    if message.action == "unsubscribe":
        connections.unfollow(connection_id, map(str, asked))
        yield _said("unsubscribed", topics=[str(topic) for topic in asked])
        return
    if message.action == "resume" and len(asked) != 1:
        raise Invalid.field("topic", "is required: which topic `since` is a version of")
    yield from _follow(connection_id, claims, asked, since=_since(message, asked), ends=ends, now=now)


def _prove(connection_id: str, message: SocketMessage, now: datetime) -> Iterator[bytes]:
    claims = connecting.admit(message.token or "", now)
    own = following.of_caller(claims)
    ends = connecting.open_(connection_id, claims, own, now=now)
    yield _said("welcome", topics=[str(topic) for topic in own], until=_instant(ends))
    known = [topics.parse(name) for name in message.named]
    yield from _follow(connection_id, claims, own, since=_since(message, known), ends=ends, now=now)


def _since(message: SocketMessage, named: list[Topic]) -> dict[Topic, int]:
    """Up to which version the client has received everything of the topics that it names."""
    return {} if message.since is None else dict.fromkeys(named, message.since)


def _follow(
    connection_id: str, claims: Claims, asked: list[Topic], *, since: dict[Topic, int], ends: int, now: datetime
) -> Iterator[bytes]:
    heads = connecting.follow(connection_id, claims, asked, ends=ends, now=now)
    for topic in asked:
        head = heads[str(topic)]
        yield from catching_up.frames(topic, claims, since=since.get(topic), head=head, now=now)


def _said(kind: str, **more: Any) -> bytes:
    return dump({"type": kind, **more}).encode()


def _instant(seconds: int) -> str:
    return clock.iso(clock.at(seconds))
