"""The only module that reads the clock; everything else is given `now`."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def precise() -> datetime:
    """The present instant in UTC, to the microsecond, for measuring and for ids."""
    return datetime.now(UTC)


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
