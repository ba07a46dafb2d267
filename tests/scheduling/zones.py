"""The zones whose clocks change from 2024 to 2030, and when: found with zoneinfo alone."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_END = datetime(2031, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=2)


class Change(NamedTuple):
    zone: ZoneInfo
    instant: datetime
    forward: bool


@cache
def changes() -> dict[str, list[Change]]:
    """Zone name → its clock changes, to the minute; zones that never change are left out."""
    found = {}
    for name in sorted(zoneinfo.available_timezones()):
        zone = ZoneInfo(name)
        low = _BEGIN
        mine = []
        while low < _END:
            high = low + _STEP
            if _offset(low, zone) != _offset(high, zone):
                mine.append(_between(low, high, zone))
            low = high
        if mine:
            found[name] = mine
    return found


def _between(low: datetime, high: datetime, zone: ZoneInfo) -> Change:
    before, after = _offset(low, zone), _offset(high, zone)
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) // 2
        if _offset(middle, zone) == before:
            low = middle
        else:
            high = middle
    instant = (low + timedelta(seconds=59)).replace(second=0, microsecond=0)
    instant = instant if _offset(instant, zone) == after else instant + timedelta(minutes=1)
    return Change(zone, instant, after > before)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
