"""Sessions: a sign-in that was ended opens nothing any more, however long its tokens would still be valid.

The issuer ends its refresh tokens; what it has signed already is refused here: at once by the process that ended the
sign-in, and by every other within half a minute.
"""

from datetime import datetime

from chalicelib.kit.auth import Claims, SessionEnded
from chalicelib.kit.cache import Memory
from chalicelib.kit.calls import Route
from chalicelib.kit.stamps import Stamp
from chalicelib.table import sessions
from chalicelib.table.sessions import Ended

_SECONDS = 30.0
_ended: Memory[Ended] = Memory(sessions.ended, seconds=_SECONDS)


def check(route: Route, claims: Claims, _now: datetime) -> dict[str, str]:
    """Refuse a caller whose sign-in is over."""
    if route.roles:
        over = _ended(claims.principal)
        if claims.since <= over.until or claims.session in over.sessions:
            raise SessionEnded
    return {}


def end(stamp: Stamp, *, everywhere: bool) -> None:
    """End the caller's own sign-in, or all of them; a token that names no sign-in ends all."""
    by = stamp.by
    if everywhere or not by.session:
        revoke(by.principal, stamp)
        return
    sessions.end_one(by.principal, by.session, now=stamp.now, by=by.actor, request_id=stamp.request_id)
    _ended.forget(by.principal)


def revoke(principal: str, stamp: Stamp) -> None:
    """End every sign-in of somebody, `role:id`."""
    sessions.end_all(principal, now=stamp.now, by=stamp.by.actor, request_id=stamp.request_id)
    _ended.forget(principal)
