"""The generator that many schedulers have: minutes since local midnight, added to that midnight. Wrong on purpose."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.scheduling.engine.schedule import Schedule


def starts(schedule: Schedule, zone: ZoneInfo, first: date, days: int) -> Iterator[tuple[datetime, int]]:
    """Start times of all weekly hours and their slot lengths, cut by breaks, as if every day had 24 hours."""
    for number in range(-1, days + 1):
        day = first + timedelta(days=number)
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        for hours in schedule.hours:
            slot = hours.slot_minutes or schedule.slot_minutes
            end = hours.end if hours.end > hours.start else hours.end + 1440
            for minute in range(hours.start, end - slot + 1, schedule.grid_minutes or slot):
                if not any(_meets(minute, minute + slot, pause.start, pause.end) for pause in schedule.breaks):
                    yield midnight + timedelta(minutes=minute), slot


def _meets(start: int, end: int, first: int, last: int) -> bool:
    last = last if last > first else last + 1440
    return any(start < last + shift and first + shift < end for shift in (-1440, 0, 1440))
