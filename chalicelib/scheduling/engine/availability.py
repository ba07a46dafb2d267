"""When an appointment may begin: openings less what is taken, and how that is shown.

A start is free when the whole appointment lies in one opening, it begins on the opening's grid, no cell from
`before` its start to `after` its end is taken (buffers may lie outside the hours), and the limits allow it. All of it
works on whole bitmaps, for one day or ninety; durations and buffers are minutes, multiples of five.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypedDict

from chalicelib.kit.grid import CELL_MINUTES, CELLS_PER_DAY
from chalicelib.scheduling.engine.cells import between, cells_in, positions, runs, smear
from chalicelib.scheduling.engine.openings import Opening
from chalicelib.scheduling.engine.schedule import Schedule
from chalicelib.scheduling.engine.walltime import cells_of_dates, local_days

_CLOCK = tuple(f"{cell // 12:02}:{cell % 12 * CELL_MINUTES:02}" for cell in range(CELLS_PER_DAY))


class Slot(TypedDict):
    """One time on the wire; the times carry the location's offset, `date` and `time` are its wall clock."""

    start_time: str
    end_time: str
    duration_minutes: int
    date: str
    time: str
    available: bool


def bookable(schedule: Schedule, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last instant at which an appointment made now may begin."""
    return now + timedelta(minutes=schedule.min_notice_minutes), now + timedelta(days=schedule.horizon_days)


def free_starts(
    opening: Opening,
    *,
    duration: int,
    taken: int = 0,
    before: int = 0,
    after: int = 0,
    earliest: datetime | None = None,
    latest: datetime | None = None,
    capped: Collection[date] = (),
) -> int:
    """The positions where an appointment may begin; `capped` are local dates that have reached the daily cap."""
    span = opening.span
    free = runs(opening.open, cells_in(duration)) & opening.grid
    if taken:
        free &= ~blocked_starts(taken, duration=duration, before=before, after=after)
    if earliest is not None or latest is not None:
        begin = 0 if earliest is None else span.position(earliest)
        end = span.cells if latest is None else span.position(latest + timedelta.resolution)
        free &= between(begin, min(end, span.cells))
    for day in capped:
        free &= ~on_dates(opening, day, day)
    return free


def blocked_starts(taken: int, *, duration: int, before: int = 0, after: int = 0) -> int:
    """The positions from which an appointment with its buffers would meet a taken cell."""
    ahead = cells_in(before)
    return smear(taken << ahead, ahead + cells_in(duration) + cells_in(after))


def without_room(rooms: Iterable[tuple[int, int]], *, duration: int) -> int:
    """The positions from which no room is free; a room is its taken cells and its turnover minutes after."""
    blocked = -1
    for taken, turnover in rooms:
        blocked &= blocked_starts(taken, duration=duration, after=turnover)
    return blocked


def on_dates(opening: Opening, first: date, last: date) -> int:
    """The positions on these local dates of the opening's location, both included."""
    return cells_of_dates(first, last, span=opening.span, parts=opening.stretches)


def first_start(opening: Opening, starts: int) -> datetime | None:
    """The earliest of these starts."""
    return opening.span.instant((starts & -starts).bit_length() - 1) if starts else None


def counts(opening: Opening, starts: int) -> dict[date, int]:
    """How many of these starts each local date has; dates without any are left out."""
    found: dict[date, int] = {}
    for day in local_days(opening.stretches, opening.span):
        count = (starts >> day.begin & between(0, day.end - day.begin)).bit_count()
        if count:
            local = date.fromordinal(day.ordinal)
            found[local] = found.get(local, 0) + count
    return found


def render(opening: Opening, starts: int, *, duration: int, unavailable: int = 0) -> list[Slot]:
    """The starts as slots in order of time, and those of `unavailable` among them as not available."""
    found = positions(starts | unavailable)
    shut = frozenset(positions(unavailable))
    slots: list[Slot] = []
    for part in opening.stretches:
        last = bisect_left(found, part.end, len(slots))
        while len(slots) < last:
            begin = len(slots)
            day = (found[begin] + part.offset) // CELLS_PER_DAY
            midnight = day * CELLS_PER_DAY - part.offset
            stop = min(midnight + CELLS_PER_DAY, part.end)
            end = bisect_left(found, stop, begin, last)
            text = (opening.span.first + timedelta(days=day)).isoformat()
            slots += _slots_of_date(text, part.offset, [position - midnight for position in found[begin:end]], duration)
            # The last ones of a date may end on another date or at another offset.
            for index in range(bisect_left(found, stop - cells_in(duration), begin, end), end):
                slots[index]["end_time"] = _stamp(opening, found[index] + cells_in(duration))
    if shut:
        for slot, position in zip(slots, found, strict=True):
            slot["available"] = position not in shut
    return slots


def _slots_of_date(text: str, offset: int, starts: list[int], duration: int) -> list[Slot]:
    # The times of a date differ by their clock only, so no slot converts a time of its own.
    tails, length = _tails(offset), cells_in(duration)
    return [
        {
            "start_time": text + tails[start],
            "end_time": text + tails[start + length],
            "duration_minutes": duration,
            "date": text,
            "time": _CLOCK[start],
            "available": True,
        }
        for start in starts
    ]


@lru_cache(maxsize=128)
def _tails(offset: int) -> tuple[str, ...]:
    minutes = abs(offset) * CELL_MINUTES
    zone = f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    # Twice a day, since an appointment may run past midnight; `render` corrects the date of those.
    return 2 * tuple(f"T{clock}:00{zone}" for clock in _CLOCK)


def _stamp(opening: Opening, position: int) -> str:
    return opening.span.instant(position).astimezone(opening.zone).isoformat()
