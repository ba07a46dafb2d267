"""Opening and closing connections: a caller proves who they are in the handshake, or with their first message.

A connection ends with the token or key that opened it, and after two hours at the latest; clients come back and go on
where they were. Whoever proves nothing within ten seconds is sent away at their next word, and is told nothing before.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.kit import auth, clock, gates
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Invalid, Unauthenticated
from chalicelib.realtime import following, witnessing
from chalicelib.realtime.schemas import MOST_TOPICS
from chalicelib.realtime.topics import Topic
from chalicelib.table import connections, topics

LONGEST = timedelta(hours=2)  # API Gateway's own
PROOF_WITHIN = timedelta(seconds=10)


class NotProven(Unauthenticated):
    """The connection's first message has to prove who is speaking."""

    def __init__(self) -> None:
        super().__init__("Say who you are first: send the action auth with your token.")


class TooLate(Unauthenticated):
    """The connection was not proven in time, or its token has ended."""

    def __init__(self) -> None:
        super().__init__("This connection has ended; open another with a valid token.")


def await_proof(connection_id: str, *, now: datetime) -> None:
    """Let somebody in who has yet to say who they are."""
    connections.await_proof(connection_id, ends=connections.ending(clock.outside(now), PROOF_WITHIN))


def admit(token: str, now: datetime) -> Claims:
    """Who sends the token, once they have passed every gate that HTTP has."""
    claims = auth.verify(token)
    gates.admit(witnessing.SOCKET, claims, now, {})
    return claims


def open_(connection_id: str, claims: Claims, topics_: Sequence[Topic], *, now: datetime) -> int:
    """Enter a proven caller's connection and let it follow these; answers its end in epoch seconds.

    Raises NotFound for a topic that the caller may not follow.
    """
    for topic in topics_:
        following.check(claims, topic)
    longest = connections.ending(clock.outside(now), LONGEST)
    ends = min(longest, claims.until or longest)
    connections.open_(
        connection_id,
        claims=_kept(claims),
        caller=(claims.principal, claims.session, claims.since),
        topics=[str(topic) for topic in topics_],
        who=_bounds(claims),
        ends=ends,
    )
    for topic in topics_:
        topics.wake(str(topic), now)
    return ends


def follow(connection_id: str, claims: Claims, topics_: Sequence[Topic], *, ends: int, now: datetime) -> dict[str, int]:
    """Have the topics told to a connection from now on; answers the version of each at this moment, or before.

    Raises NotFound as `open_` does, and Invalid for more topics than one connection may follow.
    """
    for topic in topics_:
        following.check(claims, topic)
    names = [str(topic) for topic in topics_]
    known = connections.followed(connection_id)
    if len({*known, *names}) > MOST_TOPICS:
        raise Invalid.field("topics", f"are more than the {MOST_TOPICS} that one connection may follow")
    fresh = [name for name in names if name not in known]
    connections.follow(connection_id, fresh, who=_bounds(claims), ends=ends)
    return {name: topics.wake(name, now) for name in names}


def speaking(connection_id: str, *, now: datetime) -> tuple[Claims | None, int]:
    """Who speaks on a connection (None before they have proven it) and its end; TooLate when that is over."""
    found = connections.find(connection_id)
    if found is None or int(found.ends) <= clock.outside(now).timestamp():
        raise TooLate
    return (_claims(found.claims) if found.claims else None), int(found.ends)


def close(connection_id: str) -> tuple[Claims | None, list[str]]:
    """Forget a connection that has ended; answers whose it was and which topics it followed."""
    found = connections.find(connection_id)
    claims = _claims(found.claims) if found and found.claims else None
    known = connections.followed(connection_id) if claims else []
    connections.drop(connection_id, claims.principal if claims else None)
    return claims, known


def bounded(who: str) -> Claims:
    """The caller whom `_bounds` wrote, as far as what they may see goes."""
    role, sub, hospital_id, location_id, *visit = json.loads(who)
    bounds = {"hospital_id": hospital_id, "location_id": location_id, "visit": visit[0] if visit else None}
    return Claims(sub=sub, role=role, **bounds)


def _bounds(claims: Claims) -> str:
    bounds = [claims.role, claims.sub, claims.hospital_id, claims.location_id]
    return json.dumps([*bounds, claims.visit] if claims.visit else bounds)


def _kept(claims: Claims) -> dict[str, object]:
    kept = {name: getattr(claims, name) for name in Claims.__dataclass_fields__}
    return {**kept, "operations": sorted(claims.operations) if claims.operations is not None else None}


def _claims(kept: dict[str, object]) -> Claims:
    operations = kept["operations"]
    known = frozenset(operations) if isinstance(operations, list) else None
    return Claims(**{**kept, "operations": known})  # type: ignore[arg-type]  # as _kept wrote them
