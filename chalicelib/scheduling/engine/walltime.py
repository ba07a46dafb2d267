"""Between a zone's wall clock and absolute cells: stretches of one constant UTC offset.

What is drawn on the wall clock moves to absolute time stretch by stretch. So an hour that the clock repeats is there
twice, an hour that it skips is not there, and nothing else in scheduling has a rule about daylight saving.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.kit.grid import CELL_MINUTES, CELLS_PER_DAY
from chalicelib.scheduling.engine.cells import Span, between

_CELL = timedelta(minutes=CELL_MINUTES)
_CELL_SECONDS = CELL_MINUTES * 60
_DAY = timedelta(days=1)

# Local time runs up to 14 hours ahead and 12 behind, and a night shift reaches a day further.
LEAD_DAYS = 2


class UnsupportedZone(ValueError):
    """The zone stands or changes off the five-minute grid in this span, or changes twice within two days."""


class Stretch(NamedTuple):
    """Positions [begin, end) of a span in which local time is UTC + offset, all in cells."""

    begin: int
    end: int
    offset: int


class LocalDay(NamedTuple):
    """Positions [begin, end) in which one local date has one offset; a date on which the clock changes has two."""

    begin: int
    end: int
    ordinal: int  # the date, unread: most callers want the dates of few of them
    offset: int
    midnight: int  # where the date would begin had its offset always been this one


def stretches(zone: ZoneInfo, span: Span) -> tuple[Stretch, ...]:
    """The span cut at the zone's clock changes."""
    # One look a day, at wall noon: much cheaper than converting an instant, and equal offsets mean no change between.
    noon = datetime(span.first.year, span.first.month, span.first.day, 12) - _DAY  # noqa: DTZ001 - wall time is meant
    begin, before, found = 0, zone.utcoffset(noon), []
    for _ in range(span.days + 2):
        noon += _DAY
        after = zone.utcoffset(noon)
        if after != before:
            change = min(_change(zone, span, noon, before, after), span.cells)
            if change > begin:
                found.append(Stretch(begin, change, _in_cells(zone, before)))
                begin = change
            before = after
    if begin < span.cells:
        found.append(Stretch(begin, span.cells, _in_cells(zone, before)))
    return tuple(found)


def to_absolute(wall: int, parts: tuple[Stretch, ...]) -> int:
    """A bitmap of the wall clock, which begins at local midnight LEAD_DAYS before the span, as cells of the span."""
    bits = 0
    for part in parts:
        begin = LEAD_DAYS * CELLS_PER_DAY + part.begin + part.offset
        bits |= (wall >> begin & between(0, part.end - part.begin)) << part.begin
    return bits


def cells_of_dates(first: date, last: date, *, span: Span, parts: tuple[Stretch, ...]) -> int:
    """The cells whose local date is `first` to `last`, both included."""
    begin = (first - span.first).days * CELLS_PER_DAY
    end = ((last - span.first).days + 1) * CELLS_PER_DAY
    bits = 0
    for part in parts:
        bits |= between(max(begin - part.offset, part.begin), min(end - part.offset, part.end))
    return bits


def local_days(parts: tuple[Stretch, ...], span: Span) -> Iterator[LocalDay]:
    """The span cut at local midnights and at clock changes, in order."""
    first = span.first.toordinal()
    for begin, end, offset in parts:
        day = (begin + offset) // CELLS_PER_DAY
        for midnight in range(day * CELLS_PER_DAY - offset, end, CELLS_PER_DAY):
            yield LocalDay(max(midnight, begin), min(midnight + CELLS_PER_DAY, end), first + day, offset, midnight)
            day += 1


def _change(zone: ZoneInfo, span: Span, noon: datetime, before: timedelta | None, after: timedelta | None) -> int:
    """The first position with the new offset; `noon` is the first wall noon that has it."""
    # Two days back, because a skipped noon still reads as the old offset.
    low = span.position((noon - 2 * _DAY - (before or timedelta())).replace(tzinfo=UTC))
    high = span.position((noon - (after or timedelta())).replace(tzinfo=UTC))

    def offset(position: int, seconds: int = 0) -> timedelta | None:
        return datetime.fromtimestamp((span.origin + position) * _CELL_SECONDS + seconds, zone).utcoffset()

    if offset(low) != before:
        raise UnsupportedZone(f"{zone.key} changes its clock twice before {noon.date()}")
    while high - low > 1:
        middle = (low + high) // 2
        if offset(middle) == before:
            low = middle
        else:
            high = middle
    if offset(high) != after or offset(high, seconds=-1) != before:
        raise UnsupportedZone(f"{zone.key} changes its clock off the five-minute grid, or twice, before {noon.date()}")
    return high


def _in_cells(zone: ZoneInfo, offset: timedelta | None) -> int:
    cells, rest = divmod(offset or timedelta(), _CELL)
    if rest:
        raise UnsupportedZone(f"{zone.key} stands {offset} from UTC, which is not a multiple of five minutes")
    return cells
