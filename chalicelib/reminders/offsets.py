"""How long before a visit: offsets as people write them (`24h`, `30m`, `2d`), and the instants that they mean."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SPELLING = re.compile(r"([1-9]\d{0,4})\s*([mhd])")
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60}
_DAY = 24 * 60
LONGEST = 60 * _DAY


def minutes(spelling: object) -> int | None:
    """The minutes that a spelling means, None when it means none: up to sixty days."""
    found = _SPELLING.fullmatch(spelling.strip().lower()) if isinstance(spelling, str) else None
    if found is None:
        return None
    meant = int(found[1]) * _MINUTES[found[2]]
    return meant if meant <= LONGEST else None


def spelled(offset: int) -> str:
    """The offset in the largest unit up to hours that it is whole in: 1440 is `24h`, 90 is `90m`."""
    return f"{offset // 60}h" if offset % 60 == 0 else f"{offset}m"


def before(start: datetime, offset: int, zone: ZoneInfo) -> datetime:
    """The instant so many minutes before the start.

    Whole days keep the time on the wall of `zone`, whatever the clock does between; everything else is real time. A
    wall time that the clock skips is read as if it had not been put forward yet, one that it shows twice is the first.
    """
    days, rest = divmod(offset, _DAY)
    if rest:
        return start - timedelta(minutes=offset)
    wall = start.astimezone(zone).replace(tzinfo=None) - timedelta(days=days)
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
