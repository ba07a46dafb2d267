"""`scripts/bench slots`: our slot engine beside interval arithmetic with `portion`, in the same run.

A doctor in New York: 9 to 17 on weekdays, lunch and a coffee break, 30-minute slots on a 15-minute grid, a ten-minute
buffer, across the spring clock change. Both start from the same weekly hours and the same bookings, in the form each
reads fastest (counters of day sheets, a list of intervals), compute the zone's windows anew on each call, and end at a
list of start minutes, which must be the same one before anything is timed.
"""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import portion

from chalicelib.kit import grid
from chalicelib.scheduling.engine.availability import Slot, free_starts, render
from chalicelib.scheduling.engine.cells import Span, positions, taken_cells
from chalicelib.scheduling.engine.openings import Compiled, Opening, Place, compile_schedule, openings
from chalicelib.scheduling.engine.schedule import Break, Hours, Schedule

ZONE = ZoneInfo("America/New_York")
FIRST = date(2026, 3, 1)  # the clock changes on 8 March 2026
SLOT, STEP, BUFFER = 30, 15, 10
WEEKDAYS = (0, 1, 2, 3, 4)
WORK = (9 * 60, 17 * 60)
BREAKS = ((10 * 60 + 30, 10 * 60 + 45), (12 * 60, 13 * 60))
SCHEDULE = Schedule(
    hours=(Hours(location_id="L", start=WORK[0], end=WORK[1], weekdays=WEEKDAYS),),
    breaks=tuple(Break(start=start, end=end) for start, end in BREAKS),
    slot_minutes=SLOT,
    grid_minutes=STEP,
    buffer_after=BUFFER,
)
PLACES = {"L": Place(ZONE)}


@dataclass(frozen=True)
class Workload:
    """Some days, and the bookings on them as minutes after the first UTC midnight and as day sheets."""

    days: int
    span: Span
    bookings: list[tuple[int, int]]
    sheets: list[dict[int, int]]


def workload(days: int, bookings: int) -> Workload:
    """A doctor's days with that many appointments, drawn one by one from what is still free."""
    chance = random.Random(days)  # noqa: S311  # nosec B311 # the same bookings on every run
    span = Span(FIRST, days)
    made: list[tuple[int, int]] = []
    sheets: dict[date, dict[int, int]] = {}
    compiled = compile_schedule(SCHEDULE, places=PLACES)
    for _ in range(bookings):
        minutes = ours(compiled, span, list(sheets.values()))
        start = chance.choice(minutes)
        made.append((start, start + SLOT))
        for day, cells in grid.by_day(grid.span(_instant(start), SLOT, after=BUFFER)):
            sheets.setdefault(day, {}).update(dict.fromkeys(cells, 1))
    return Workload(days, span, made, list(sheets.values()))


def ours(compiled: Compiled, span: Span, sheets: list[dict[int, int]]) -> list[int]:
    """The free starts by bitmaps, as minutes."""
    _, free = _free(compiled, span, sheets)
    return [position * grid.CELL_MINUTES for position in positions(free)]


def ours_rendered(compiled: Compiled, span: Span, sheets: list[dict[int, int]]) -> list[Slot]:
    """The free starts by bitmaps, as the slots that go over the wire."""
    opening, free = _free(compiled, span, sheets)
    return render(opening, free, duration=SLOT)


def by_portion(days: int, bookings: list[tuple[int, int]]) -> list[int]:
    """The free starts by interval arithmetic: each date's windows, less its breaks, less the bookings and buffers."""
    windows, breaks = [], []
    for offset in range(-1, days + 1):
        day = FIRST + timedelta(days=offset)
        if day.weekday() in WEEKDAYS:
            windows.append(_window(day, WORK, days))
            breaks += [_window(day, pause, days) for pause in BREAKS]
    busy = [portion.closedopen(start - BUFFER, end + BUFFER) for start, end in bookings]
    work = portion.Interval(*windows)
    free = work - portion.Interval(*breaks) - portion.Interval(*busy)
    anchors = {window.lower: window for window in windows if not window.empty}
    starts: list[int] = []
    remaining = iter(sorted(anchors))
    anchor = next(remaining, None)
    for part in free:
        while anchor is not None and anchors[anchor].upper <= part.lower:
            anchor = next(remaining, None)
        if anchor is not None and not part.empty:
            starts += range(part.lower + (anchor - part.lower) % STEP, part.upper - SLOT + 1, STEP)
    return starts


def main() -> None:
    """Print the table."""
    print(f"{'median ms':<24}{'CareSlot':>10}{'portion':>10}{'ratio':>8}{'rendering':>12}{'starts':>8}")
    compiled = compile_schedule(SCHEDULE, places=PLACES)
    for load in (workload(14, 20), workload(90, 200)):
        mine = partial(ours, compiled, load.span, load.sheets)
        theirs = partial(by_portion, load.days, load.bookings)
        rendered = partial(ours_rendered, compiled, load.span, load.sheets)
        if mine() != theirs():
            raise SystemExit("the two engines disagree; nothing was measured")
        own, other, shown = _medians(mine, theirs, rendered)
        name = f"{load.days} days, {len(load.bookings)} bookings"
        print(f"{name:<24}{own:>10.3f}{other:>10.3f}{other / own:>7.1f}×{shown - own:>+12.3f}{len(mine()):>8}")
    (once,) = _medians(partial(compile_schedule, SCHEDULE, places=PLACES))
    print("CareSlot and portion end at start minutes; rendering is what it adds to end at slots for the wire instead.")
    print(f"CareSlot draws a schedule's weeks once per version, which is not in the figures above: {once:.3f} ms.")


def _free(compiled: Compiled, span: Span, sheets: list[dict[int, int]]) -> tuple[Opening, int]:
    opening = openings(compiled, span)[0]
    taken = taken_cells(sheets, span=span)
    return opening, free_starts(opening, duration=SLOT, taken=taken, after=BUFFER)


def _medians(*calls: Callable[[], object]) -> list[float]:
    # Interleaved, so that a busy moment of the machine does not fall on one of them alone.
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(200):
        for call, spent in zip(calls, times, strict=True):
            begin = time.perf_counter()
            call()
            spent.append((time.perf_counter() - begin) * 1000)
    return [statistics.median(spent) for spent in times]


def _window(day: date, wall: tuple[int, int], days: int) -> portion.Interval:
    start, end = (_minute(day, minutes) for minutes in wall)
    return portion.closedopen(max(start, 0), min(end, days * 24 * 60))


def _minute(day: date, minutes: int) -> int:
    instant = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=ZONE)
    return int(instant.timestamp() - _instant(0).timestamp()) // 60


def _instant(minutes: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(minutes=minutes)


if __name__ == "__main__":
    main()
