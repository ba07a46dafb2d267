"""Metering: counts each caller's calls against their limit, with no write on most of them.

A process gives a caller a small number of calls a minute for nothing, and leases further ones from the caller's
bucket in the table by the dozen. So a usual caller is never written down, a busy one costs a write in a dozen or more
calls, and one who is refused costs nothing until the wait is over. A caller who meets P processes at once gets at most
P - 1 free portions more than the limit says.
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from chalicelib.callers import limits
from chalicelib.callers.limits import MINUTE, Limit
from chalicelib.kit import clock
from chalicelib.kit.auth import Claims, Role
from chalicelib.kit.calls import Route
from chalicelib.kit.errors import TooMany, Unavailable
from chalicelib.kit.log import logger
from chalicelib.kit.settings import settings
from chalicelib.table import buckets

_SECOND = 1_000_000
_MOST_CALLERS = 10_000


@dataclass(slots=True)
class _Purse:
    """What a process may still let pass of one caller and kind; instants in microseconds of the epoch."""

    ends: int
    free: int
    leased: int = 0
    full_at: int = 0
    shut_until: int = 0


_purses: dict[tuple[str, str], _Purse] = {}
_lock = threading.Lock()


def spend(route: Route, claims: Claims, _now: datetime) -> dict[str, str]:
    """Count one call; answers the RateLimit headers, or refuses with 429 and Retry-After."""
    scale = settings().rate_limit_scale
    if not route.roles or not scale:
        return {}
    role: Role = "admin" if claims.behind else claims.role  # whoever acts for somebody counts as themselves
    limit = limits.limit(role, route, scale=scale)
    now = int(clock.precise().timestamp() * _SECOND)
    purse = _purse((claims.principal, limit.kind), limit, now)
    if not _pays(purse) and not _lease(purse, limit, claims.principal, now):
        wait = max(1, ceil((purse.shut_until - now) / _SECOND))
        raise TooMany(
            f"Too many calls of the kind {limit.kind}: at most {limit.calls} in a minute. Try again in {wait} s.",
            headers={**_headers(purse, limit, now), "Retry-After": str(wait)},
        )
    return _headers(purse, limit, now)


def _purse(key: tuple[str, str], limit: Limit, now: int) -> _Purse:
    with _lock:
        purse = _purses.get(key)
        if purse is None or (now >= purse.ends and now >= purse.shut_until):
            if len(_purses) >= _MOST_CALLERS:
                _purses.clear()
            # A lease lapses with its minute: the bucket has refilled by then.
            purse = _purses[key] = _Purse(ends=now + MINUTE, free=limit.free)
        return purse


def _pays(purse: _Purse) -> bool:
    with _lock:
        if purse.free > 0:
            purse.free -= 1
            return True
        if purse.leased > 0:
            purse.leased -= 1
            return True
        return False


def _lease(purse: _Purse, limit: Limit, principal: str, now: int) -> bool:
    """Take the next calls from the table, or the last one, and let this one pass."""
    if now < purse.shut_until:
        return False
    depth = limit.shared * limit.spacing
    for calls in (limit.lease, 1):
        try:
            level = buckets.take(principal, limit.kind, cost=calls * limit.spacing, depth=depth, now=now)
        except Unavailable:
            # Limits protect the clinic; they must not be what stops it.
            logger.warning("rate limit not counted", extra={"kind": limit.kind})
            return True
        with _lock:
            purse.full_at = level.full_at
            if level.given:
                purse.leased += calls - 1
                return True
    # Shut until there is a whole lease again, so that who hammers at an empty bucket costs nothing.
    purse.shut_until = purse.full_at + limit.lease * limit.spacing - depth
    return False


def _headers(purse: _Purse, limit: Limit, now: int) -> dict[str, str]:
    """How matters stand, as far as this process knows."""
    debt = max(0, purse.full_at - now)
    left = purse.free + purse.leased + max(0, limit.shared - ceil(debt / limit.spacing))
    remaining = 0 if now < purse.shut_until else left
    return {
        "RateLimit-Limit": str(limit.calls),
        "RateLimit-Remaining": str(remaining),
        "RateLimit-Reset": str(ceil(max(debt, purse.ends - now) / _SECOND)),
        "RateLimit-Policy": f"{limit.calls};w=60",
    }
