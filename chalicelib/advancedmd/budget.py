"""How many calls of a tier may be made, so that an office's limits hold whoever calls and whatever clocks say. Pure.

AdvancedMD counts what arrives in a minute of its own clock. So the promise is stronger than its limit: of the calls
taken in any sixty seconds and SLACK, wherever these begin, no more arrive than a minute allows. A token bucket keeps
it: `depth` calls at once, then one each `spacing`. It is stored as the instant at which it will be full.

All times are microseconds of the epoch, by one clock for all workers (that of the table).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.gateways.advancedmd.tiers import Tier

SECOND = 1_000_000
SLACK = 10 * SECOND
"""The longest from the table's reading of the clock to the arrival of the call: the clock's whole seconds, what the
taking may last (PATIENCE), connecting, and the way."""
PATIENCE = 3.0
"""Seconds after which what was taken is too old to be used."""
WINDOW = 60 * SECOND + SLACK
_HOUR = 3600 * SECOND + 60 * SECOND  # a sign-in's second call is as late as the answer to its first
_PEAK: dict[Tier, int] = {"1": 1, "2": 12, "3": 24}
_OFF_PEAK: dict[Tier, int] = {"1": 60, "2": 120, "3": 120}
_SIGN_INS, _SIGN_INS_IN_AN_HOUR = 2, 30
_DENVER = ZoneInfo("America/Denver")
_MARGIN = timedelta(minutes=2)  # more than WINDOW, and than what two clocks of servers may differ by
_OPENS, _CLOSES, _SATURDAY = 6, 18, 5


@dataclass(frozen=True, slots=True)
class Rule:
    """A bucket: `reserve` of its `depth` calls are for people who wait at a screen."""

    depth: int
    spacing: int
    reserve: int

    def least(self, *, urgent: bool) -> int:
        """How far ahead of now the bucket may be full before a call is taken."""
        return (self.depth - 1 - (0 if urgent else self.reserve)) * self.spacing


def rule(tier: Tier, now: int) -> Rule:
    """The bucket that holds at an instant."""
    if tier == "login":  # five calls in a minute and sixty in an hour; a sign-in is two
        return Rule(_SIGN_INS, _HOUR // (_SIGN_INS_IN_AN_HOUR - _SIGN_INS + 1) + 1, 0)
    limit = (_PEAK if is_peak(now) else _OFF_PEAK)[tier]
    depth = max(1, limit // 4)
    return Rule(depth, WINDOW // (limit - depth + 1) + 1, depth // 3)


def is_peak(now: int) -> bool:
    """Monday to Friday from six to six in Denver, and two minutes on either side."""
    instant = datetime.fromtimestamp(now // SECOND, UTC)
    return any(_works(instant + shift) for shift in (-_MARGIN, timedelta(), _MARGIN))


def _works(instant: datetime) -> bool:
    there = instant.astimezone(_DENVER)
    return there.weekday() < _SATURDAY and _OPENS <= there.hour < _CLOSES


def take(tier: Tier, full_at: int, now: int, *, urgent: bool = False) -> int | None:
    """The bucket's new level when a call may be made now; None when it may not."""
    held = rule(tier, now)
    return max(full_at, now) + held.spacing if full_at - now <= held.least(urgent=urgent) else None


def wait(tier: Tier, full_at: int, now: int, *, place: int = 0, urgent: bool = False) -> int:
    """Microseconds until a call may be made before which `place` others of the same kind wait; busy hours counted."""
    return [*line(tier, full_at, now, [(now, 1)] * (place + 1), urgent=urgent)][-1]


def line(tier: Tier, full_at: int, now: int, work: Iterable[tuple[int, int]], *, urgent: bool = False) -> Iterator[int]:
    """For each operation of a line: in how many microseconds the last of its calls may be made.

    An operation is when it is due at the earliest, and how many calls it takes; one that takes none is over at once.
    """
    at = now
    for due, calls in work:
        at = max(at, due)
        for _ in range(calls):
            at += max(0, full_at - at - rule(tier, at).least(urgent=urgent))
            at = _settled(tier, full_at, at, urgent=urgent)
            full_at = max(full_at, at) + rule(tier, at).spacing
        yield at - now


def _settled(tier: Tier, full_at: int, at: int, *, urgent: bool) -> int:
    """The first instant from `at` on at which the rule of that instant gives a call."""
    while take(tier, full_at, at, urgent=urgent) is None:
        at += max(SECOND // 10, full_at - at - rule(tier, at).least(urgent=urgent))
    return at


def shut(tier: Tier, full_at: int, now: int, *, until: int) -> int:
    """The level of a bucket that gives nothing before `until`: AdvancedMD itself has said that it is too much."""
    return max(full_at, until + rule(tier, now).least(urgent=True))
