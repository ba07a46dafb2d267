"""A slow, plain second opinion on where an appointment may begin.

It walks absolute time five minutes at a time, asks the zone what the wall shows, and reads the schedule as a person
would. It shares no code with the engine but the schedule's dataclasses.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from holidays import country_holidays

from chalicelib.scheduling.engine.schedule import Break, Hours, Schedule

STEP = timedelta(minutes=5)
DAY = timedelta(days=1)
Place = tuple[ZoneInfo, list[list[tuple[int, int]]] | None]


class Kind(NamedTuple):
    location_id: str
    slot: int
    grid: int
    capacity: int
    modes: tuple[str, ...]


class Start(NamedTuple):
    instant: datetime
    kind: Kind


def free_starts(
    schedule: Schedule,
    places: Mapping[str, Place],
    *,
    begin: datetime,
    end: datetime,
    duration: int | None = None,
    taken: Mapping[datetime, int] = {},
    capped: Collection[date] = (),
    earliest: datetime | None = None,
    latest: datetime | None = None,
) -> set[Start]:
    """Every start in [begin, end) that the schedule and what is taken allow."""
    state: dict[datetime, dict[Kind, bool]] = {}

    def look(instant: datetime) -> dict[Kind, bool]:
        if instant not in state:
            state[instant] = _kinds_at(schedule, places, instant)
        return state[instant]

    found = set()
    instant = begin.astimezone(UTC)
    while instant < end:
        for kind, on_grid in look(instant).items():
            length = timedelta(minutes=duration or kind.slot)
            late = (earliest and instant < earliest) or (latest and instant > latest)
            if not on_grid or late or instant.astimezone(places[kind.location_id][0]).date() in capped:
                continue
            if not all(kind in look(cell) for cell in _cells(instant, instant + length)):
                continue
            reach = _cells(
                instant - timedelta(minutes=schedule.buffer_before),
                instant + length + timedelta(minutes=schedule.buffer_after),
            )
            if all(taken.get(cell, 0) < kind.capacity for cell in reach):
                found.add(Start(instant, kind))
        instant += STEP
    return found


def _cells(begin: datetime, end: datetime) -> Iterator[datetime]:
    while begin < end:
        yield begin
        begin += STEP


def _kinds_at(schedule: Schedule, places: Mapping[str, Place], instant: datetime) -> dict[Kind, bool]:
    """The kinds of appointment open at an instant, and whether one may begin there."""
    kinds: dict[Kind, bool] = {}
    for location_id, (zone, opening) in places.items():
        wall = instant.astimezone(zone).replace(tzinfo=None)
        if opening is not None and not _location_is_open(opening, wall):
            continue
        if any(_on_break(pause, location_id, wall) for pause in schedule.breaks):
            continue
        for day in (wall.date(), wall.date() - DAY):
            for kind, start, end in _ranges_begun(schedule, location_id, day):
                minutes = (wall - datetime.combine(day, time())) // timedelta(minutes=1)
                if start <= minutes < end:
                    kinds[kind] = kinds.get(kind, False) or (minutes - start) % kind.grid == 0
    return kinds


def _ranges_begun(schedule: Schedule, location_id: str, day: date) -> Iterator[tuple[Kind, int, int]]:
    if (schedule.valid_from and day < schedule.valid_from) or (schedule.valid_to and day > schedule.valid_to):
        return
    named = [override for override in schedule.overrides if override.date == day]
    here = [override for override in named if override.location_id == location_id]
    everywhere = [override for override in named if override.location_id is None]
    if here or everywhere:
        ranges = (here or everywhere)[0].ranges
    elif day in schedule.holidays or _is_public_holiday(schedule, day):
        ranges = ()
    else:
        ranges = tuple(item for item in schedule.hours if item.location_id == location_id and _begins(item, day))
    for item in ranges:
        slot = item.slot_minutes or schedule.slot_minutes
        modes = schedule.modes if item.modes is None else item.modes
        kind = Kind(location_id, slot, schedule.grid_minutes or slot, item.capacity or schedule.capacity, modes)
        yield kind, item.start, item.end if item.end > item.start else item.end + 1440


def _begins(item: Hours | Break, day: date) -> bool:
    if item.on:
        return item.on == day
    if item.valid_from and day < item.valid_from:
        return False
    if item.valid_to and day > item.valid_to:
        return False
    if item.rrule:
        assert item.valid_from
        midnight = datetime.combine(day, time())
        return bool(
            rrulestr(item.rrule, dtstart=datetime.combine(item.valid_from, time())).between(
                midnight, midnight, inc=True
            )
        )
    return not item.weekdays or day.weekday() in item.weekdays


def _on_break(pause: Break, location_id: str, wall: datetime) -> bool:
    if pause.location_id not in {None, location_id}:
        return False
    for day in (wall.date(), wall.date() - DAY):
        begin = datetime.combine(day, time()) + timedelta(minutes=pause.start)
        length = pause.end - pause.start if pause.end > pause.start else pause.end + 1440 - pause.start
        if begin <= wall < begin + timedelta(minutes=length) and _begins(pause, day):
            return True
    return False


def _location_is_open(opening: list[list[tuple[int, int]]], wall: datetime) -> bool:
    minutes = wall.hour * 60 + wall.minute
    for start, end in opening[wall.weekday()]:
        if start <= minutes and (end <= start or minutes < end):
            return True
    return any(end <= start and minutes < end for start, end in opening[wall.weekday() - 1])


def _is_public_holiday(schedule: Schedule, day: date) -> bool:
    if schedule.holiday_country is None:
        return False
    return day in country_holidays(schedule.holiday_country, subdiv=schedule.holiday_subdivision, years=day.year)
