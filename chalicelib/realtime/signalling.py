"""Signals: what two browsers tell each other through us so that they can talk without us.

An offer, an answer, addresses to try: texts of at most 12 KiB that we pass on, and neither read nor keep. They go from
one who was let into a visit to another one, and to nobody else; each counts as a call of who sends it, which bounds
how many there can be. Sound and picture never come here: browsers encrypt them for each other.
"""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.kit.auth import SYSTEM, Claims
from chalicelib.kit.errors import Invalid, NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.realtime import connecting, delivery, topics
from chalicelib.realtime.messages import dump
from chalicelib.realtime.schemas import SocketMessage
from chalicelib.realtime.topics import VISIT, Topic
from chalicelib.table import connections
from chalicelib.table.telehealth import VisitRoomItem
from chalicelib.telehealth import rooms, seats, terms, waiting


def pass_on(claims: Claims, topic: Topic, message: SocketMessage, *, now: datetime) -> None:
    """Hand the signal to the person it is for, at whichever windows they are.

    Raises NotFound, VisitOver, and NotAdmitted for who is not in, or sends to who is not.
    """
    if topic.kind != VISIT:
        raise Invalid.field("topic", "must be visit:<id>")
    seat = seats.take(claims, topic.id, field="topic")
    rooms.check_open(seat.room, now)
    for person in (seat.person, str(message.to)):
        waiting.check_admitted(seat.room.id, person)
    said = {"type": "signal", "topic": str(topic), "from": seat.person, "signal": message.signal}
    frame = dump(said).encode()
    for one in connections.followers(str(topic), now=now):
        if _person(one.who, seat.room) == message.to:
            delivery.reply(one.connection_id, [frame])


def depart(claims: Claims | None, followed: Iterable[str], *, now: datetime) -> None:
    """Note that a connection has ended which followed these: who has no other one to a visit has left the visit."""
    for topic in map(topics.parse, followed):
        if claims and topic.kind == VISIT:
            _leave(claims, topic, now)


def _leave(claims: Claims, topic: Topic, now: datetime) -> None:
    try:
        seat = seats.take(claims, topic.id)
    except NotFound:
        return
    left = {_person(one.who, seat.room) for one in connections.followers(str(topic), now=now)}
    if seat.person not in left:
        waiting.leave(seat.room.id, seat.person, stamp=Stamp(by=SYSTEM, now=now, request_id="connection-ended"))


def _person(who: str, room: VisitRoomItem) -> str | None:
    claims = connecting.bounded(who)
    side = seats.side_of(claims, room)
    return claims.sub if side == terms.GUEST else side
