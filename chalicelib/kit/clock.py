"""The only module that reads the clock; everything else is given `now`.

The instance on a laptop can put its clock ahead, to see today what the clinic does tomorrow. Whoever signs people in
keeps the time outside, so the lives of tokens, sign-ins and connections are told by that.
"""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_ahead = {"by": timedelta()}


def now() -> datetime:
    """The present instant in UTC, to the second."""
    return precise().replace(microsecond=0)


def precise() -> datetime:
    """The present instant in UTC, to the microsecond, for measuring and for ids."""
    return datetime.now(UTC) + _ahead["by"]


def outside(instant: datetime) -> datetime:
    """What clocks outside show at an instant of ours: the same, unless this clock was put ahead."""
    return instant - _ahead["by"]


def ahead() -> timedelta:
    """How far this clock was put ahead."""
    return _ahead["by"]


def put_ahead(by: timedelta) -> None:
    """Let this process's clock be so far ahead of the time outside; a clock in AWS cannot be."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        raise RuntimeError("Only the clock of an instance on a laptop can be put ahead.")
    _ahead["by"] = by


def iso(instant: datetime) -> str:
    """An instant as `2026-01-15T10:00:00Z`: sorts as text, reads back with `parse`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> datetime:
    """The instant that `iso` wrote."""
    return datetime.fromisoformat(text)


def at(seconds: float) -> datetime:
    """The instant so many seconds after the epoch."""
    return datetime.fromtimestamp(int(seconds), UTC)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar date on the wall at `instant`."""
    return instant.astimezone(zone).date()


def from_wall(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """The instant at which the wall shows `wall`, or None when the clock jumps over it; the first of two."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    shown = instant.astimezone(zone).replace(tzinfo=None)
    return instant if shown == wall else None
