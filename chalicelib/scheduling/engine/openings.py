"""A doctor's openings: when a schedule lets appointments be made, as bitmaps of absolute time.

A cell is open when the wall clock at that instant lies in the hours, in the location's opening hours, and in no break.
Holidays and overrides act on the date on which a range begins: a night shift begun the evening before a holiday runs to
its end. Breaks and a location's opening hours act on the wall clock itself, also inside an override.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from chalicelib.kit import publicholidays
from chalicelib.scheduling.engine.calendar import NOTHING, Calendar, Rule, packed, range_bits
from chalicelib.scheduling.engine.cells import Span
from chalicelib.scheduling.engine.schedule import Hours, Pattern, Range, Schedule
from chalicelib.scheduling.engine.walltime import LEAD_DAYS, Stretch, stretches, to_absolute

WeekOfRanges = tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What a location adds: its zone, and its opening ranges in wall minutes, Monday first (None: always open)."""

    zone: ZoneInfo
    opening: WeekOfRanges | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """What appointments of one opening have in common."""

    location_id: str
    slot_minutes: int
    grid_minutes: int
    capacity: int
    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """One session over a span: `open` are the cells that may be used, `grid` those where an appointment may begin."""

    session: Session
    span: Span
    zone: ZoneInfo
    open: int
    grid: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    session: Session
    hours: Calendar
    grid: Calendar
    hours_on: Mapping[int, bytes]  # date ordinal → what an override puts in the date's place
    grid_on: Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class _Limits:
    breaks: Calendar | None
    opening: Calendar | None


@dataclass(frozen=True, slots=True)
class Compiled:
    """A schedule version made ready for queries; keep it as long as schedule and places stay the same."""

    schedule: Schedule
    places: Mapping[str, Place]
    sessions: tuple[_Drawn, ...]
    limits: Mapping[str, _Limits]


def compile_schedule(schedule: Schedule, *, places: Mapping[str, Place]) -> Compiled:
    """Draw a schedule's weeks once. Hours at a location that is not among `places` are left out."""
    hours: dict[Session, list[Hours]] = {}
    for item in schedule.hours:
        if item.location_id in places:
            hours.setdefault(_session(schedule, item.location_id, item), []).append(item)
    for override in schedule.overrides:
        for part in override.ranges:
            if override.location_id is not None and override.location_id in places:
                hours.setdefault(_session(schedule, override.location_id, part), [])
    sessions = tuple(_draw(schedule, session, items) for session, items in hours.items())
    limits = {location_id: _limits(schedule, location_id, place) for location_id, place in places.items()}
    return Compiled(schedule, places, sessions, limits)


def openings(compiled: Compiled, span: Span) -> list[Opening]:
    """Every session's opening over the span, also where nothing is open."""
    first, days = span.first.toordinal() - LEAD_DAYS, span.days + LEAD_DAYS + 1
    holidays = dict.fromkeys(_holidays(compiled.schedule, first, days), NOTHING)
    outside = dict.fromkeys(_outside_validity(compiled.schedule, first, days), NOTHING)
    zones: dict[ZoneInfo, tuple[Stretch, ...]] = {}
    allowed: dict[str, int | None] = {}
    found = []
    for drawn in compiled.sessions:
        location_id = drawn.session.location_id
        zone = compiled.places[location_id].zone
        if zone not in zones:
            zones[zone] = stretches(zone, span)
        if location_id not in allowed:
            allowed[location_id] = _allowed(compiled.limits[location_id], first, days)
        wall = drawn.hours.laid_out(first, days, {**holidays, **drawn.hours_on, **outside})
        limit = allowed[location_id]
        if limit is not None:
            wall &= limit
        grid = drawn.grid.laid_out(first, days, {**holidays, **drawn.grid_on, **outside})
        parts = zones[zone]
        found.append(Opening(drawn.session, span, zone, to_absolute(wall, parts), to_absolute(grid, parts), parts))
    return found


def _session(schedule: Schedule, location_id: str, item: Hours | Range) -> Session:
    slot = item.slot_minutes or schedule.slot_minutes
    return Session(
        location_id=location_id,
        slot_minutes=slot,
        grid_minutes=schedule.grid_minutes or slot,
        capacity=item.capacity or schedule.capacity,
        modes=item.modes if item.modes is not None else schedule.modes,
    )


def _draw(schedule: Schedule, session: Session, items: list[Hours]) -> _Drawn:
    hours_on: dict[int, bytes] = {}
    grid_on: dict[int, bytes] = {}
    # What is said for the location stands above what is said for all of them.
    for override in sorted(schedule.overrides, key=lambda override: override.location_id is not None):
        if override.location_id in {None, session.location_id}:
            mine = [part for part in override.ranges if _session(schedule, session.location_id, part) == session]
            hours_on[override.date.toordinal()] = packed(_union(mine))
            grid_on[override.date.toordinal()] = packed(_union(mine, session.grid_minutes))
    return _Drawn(
        session,
        Calendar.of([(item, range_bits(item.start, item.end)) for item in items]),
        Calendar.of([(item, range_bits(item.start, item.end, session.grid_minutes)) for item in items]),
        hours_on,
        grid_on,
    )


def _union(ranges: list[Range], step: int | None = None) -> int:
    bits = 0
    for part in ranges:
        bits |= range_bits(part.start, part.end, step) if step else range_bits(part.start, part.end)
    return bits


def _limits(schedule: Schedule, location_id: str, place: Place) -> _Limits:
    breaks = [item for item in schedule.breaks if item.location_id in {None, location_id}]
    opening: list[Rule] = [
        (Pattern(start=start, end=end, weekdays=(weekday,)), range_bits(start, end))
        for weekday, ranges in enumerate(place.opening or ())
        for start, end in ranges
    ]
    return _Limits(
        Calendar.of([(item, range_bits(item.start, item.end)) for item in breaks]) if breaks else None,
        Calendar.of(opening) if place.opening is not None else None,
    )


def _allowed(limits: _Limits, first: int, days: int) -> int | None:
    allowed = limits.opening.laid_out(first, days, {}) if limits.opening else None
    if limits.breaks is None:
        return allowed
    closed = limits.breaks.laid_out(first, days, {})
    return ~closed if allowed is None else allowed & ~closed


def _holidays(schedule: Schedule, first: int, days: int) -> list[int]:
    dates = set(schedule.holidays)
    if schedule.holiday_country:
        for year in range(date.fromordinal(first).year, date.fromordinal(first + days - 1).year + 1):
            dates |= publicholidays.in_year(schedule.holiday_country, schedule.holiday_subdivision, year).keys()
    return [day.toordinal() for day in dates]


def _outside_validity(schedule: Schedule, first: int, days: int) -> list[int]:
    begin = schedule.valid_from.toordinal() if schedule.valid_from else first
    end = schedule.valid_to.toordinal() + 1 if schedule.valid_to else first + days
    return [ordinal for ordinal in range(first, first + days) if not begin <= ordinal < end]
