"""What a schedule may not say, as (field, problem) pairs; an empty list is a good schedule."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from zoneinfo import ZoneInfo

from chalicelib.kit import publicholidays, recurrence
from chalicelib.kit.grid import CELL_MINUTES
from chalicelib.scheduling.engine.calendar import ordered
from chalicelib.scheduling.engine.schedule import MODES, Break, Hours, Override, Pattern, Range, Schedule

Problem = tuple[str, str]

_DAY = 24 * 60
_WEEK_CELLS = 7 * _DAY // CELL_MINUTES
_WEEK_BITS = (1 << _WEEK_CELLS) - 1
_MOST_ENTRIES = 500  # a schedule is one item of the table, and is read with every query
# field → least, most, whether it must lie on the five-minute grid. Six hours and two buffers of two stay far below
# the 300 operators that DynamoDB allows in the condition of one claim.
_LIMITS: dict[str, tuple[int, int, bool]] = {
    "slot_minutes": (5, 360, True),
    "grid_minutes": (5, 1440, True),
    "buffer_before": (0, 120, True),
    "buffer_after": (0, 120, True),
    "capacity": (1, 100, False),
    "daily_cap": (1, 500, False),
    "min_notice_minutes": (0, 60 * _DAY, True),
    "horizon_days": (1, 730, False),
}


class ScheduleProblem(ValueError):
    """A schedule that cannot be: the field, and what is wrong with it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


def problems(schedule: Schedule, *, zones: Mapping[str, ZoneInfo] | None = None) -> list[Problem]:
    """All that is wrong with a schedule.

    Overlaps are found among weekly hours and single dates. Recurrences are not expanded, and hours at locations in
    two zones are not compared; the day sheets refuse a doctor in two places whatever the schedule says.
    """
    found = [*_limits(schedule, ""), *_modes(schedule.modes, "modes"), *_validity(schedule, "")]
    lists = ("hours", "breaks", "holidays", "overrides")
    long = [name for name in lists if len(getattr(schedule, name)) > _MOST_ENTRIES]
    found += [(name, f"must have at most {_MOST_ENTRIES} entries") for name in long]
    if found:
        return found
    for index, item in enumerate(schedule.hours):
        found += _pattern(item, f"hours.{index}")
    for index, pause in enumerate(schedule.breaks):
        found += _pattern(pause, f"breaks.{index}")
    found += _public_holidays(schedule)
    found += _overrides(schedule.overrides)
    return found or list(_overlaps(schedule.hours, zones or {}))


def _limits(item: Schedule | Hours | Range, path: str) -> Iterator[Problem]:
    for name, (least, most, on_grid) in _LIMITS.items():
        value = getattr(item, name, None)
        if value is None:
            continue
        if not least <= value <= most:
            yield path + name, f"must lie between {least} and {most}"
        elif on_grid and value % CELL_MINUTES:
            yield path + name, f"must be a multiple of {CELL_MINUTES} minutes"


def _modes(modes: tuple[str, ...] | None, field: str) -> Iterator[Problem]:
    if modes is not None and (not modes or len(set(modes)) != len(modes) or not set(modes) <= set(MODES)):
        yield field, f"must be one or more of {', '.join(MODES)}"


def _validity(item: Schedule | Pattern, path: str) -> Iterator[Problem]:
    if item.valid_from and item.valid_to and item.valid_to < item.valid_from:
        yield path + "valid_to", "must not be before valid_from"


def _range(item: Pattern | Range, path: str) -> Iterator[Problem]:
    if not 0 <= item.start < _DAY:
        yield path + ".start", "must be a time of day from 00:00 to 23:55"
    elif not 0 <= item.end <= _DAY:
        yield path + ".end", "must be a time of day from 00:00 to 24:00"
    elif item.start % CELL_MINUTES or item.end % CELL_MINUTES:
        field = ".start" if item.start % CELL_MINUTES else ".end"
        yield path + field, f"must be a multiple of {CELL_MINUTES} minutes"
    elif item.start == item.end:
        yield path + ".end", "must not be the same as start"
    if isinstance(item, Hours | Range):
        yield from _limits(item, path + ".")
        yield from _modes(item.modes, path + ".modes")


def _pattern(item: Hours | Break, path: str) -> Iterator[Problem]:
    yield from _range(item, path)
    yield from _validity(item, path + ".")
    ways = [bool(item.weekdays), item.rrule is not None, item.on is not None]
    if sum(ways) > 1 or (isinstance(item, Hours) and not any(ways)):
        yield path, "must have one of weekdays, rrule and on"
    if len(set(item.weekdays)) != len(item.weekdays) or not set(item.weekdays) <= set(range(7)):
        yield path + ".weekdays", "must be different numbers from 0 (Monday) to 6 (Sunday)"
    if item.rrule is None:
        return
    if item.valid_from is None:
        yield path + ".valid_from", "is needed with rrule: the first date"
        return
    try:
        recurrence.check(item.rrule, item.valid_from)
    except recurrence.BadRule as bad:
        yield path + ".rrule", str(bad)


def _public_holidays(schedule: Schedule) -> Iterator[Problem]:
    country, subdivision = schedule.holiday_country, schedule.holiday_subdivision
    if country is None:
        if subdivision is not None:
            yield "holiday_subdivision", "needs holiday_country"
    elif not publicholidays.known(country, None):
        yield "holiday_country", "must be a two-letter country code for which public holidays are known"
    elif not publicholidays.known(country, subdivision):
        yield "holiday_subdivision", f"is not a known subdivision of {country}"


def _overrides(overrides: tuple[Override, ...]) -> Iterator[Problem]:
    seen: set[tuple[date, str | None]] = set()
    for index, override in enumerate(overrides):
        path = f"overrides.{index}"
        if (override.date, override.location_id) in seen:
            yield path, "there is already an override for this date and location"
        seen.add((override.date, override.location_id))
        if override.ranges and override.location_id is None:
            yield path + ".location_id", "is needed with ranges"
        wrong = [
            problem
            for number, part in enumerate(override.ranges)
            for problem in _range(part, f"{path}.ranges.{number}")
        ]
        yield from wrong
        spans = [ordered(part.start, part.end) for part in override.ranges]
        if not wrong and any(_cross(one, other) for one, other in combinations(spans, 2)):
            yield path + ".ranges", "must not overlap"


def _overlaps(hours: tuple[Hours, ...], zones: Mapping[str, ZoneInfo]) -> Iterator[Problem]:
    weeks = [_week(item) for item in hours]
    for (first, one), (second, other) in combinations(enumerate(hours), 2):
        same_zone = _zone(one, zones) == _zone(other, zones)
        if same_zone and _meet(one, other, share_a_weekday=bool(weeks[first] & weeks[second])):
            where = "" if one.location_id == other.location_id else ", at another location"
            yield f"hours.{second}", f"overlaps hours.{first}{where}"


def _zone(item: Hours, zones: Mapping[str, ZoneInfo]) -> str | None:
    zone = zones.get(item.location_id)
    return zone.key if zone else None


def _meet(one: Hours, other: Hours, *, share_a_weekday: bool) -> bool:
    if one.rrule is not None or other.rrule is not None:
        return False
    if one.on is None and other.on is None:
        return share_a_weekday and _valid_together(one, other)
    if one.on is not None and other.on is not None:
        return _cross(_dated(one, one.on), _dated(other, other.on))
    # A single date adds to the weekly hours of the same location, so only another location is refused.
    single, weekly = (one, other) if one.on is not None else (other, one)
    if single.location_id == weekly.location_id or single.on is None:
        return False
    begins = range(single.on.toordinal() - 1, single.on.toordinal() + 2)
    days = [date.fromordinal(day) for day in begins if _begins(weekly, date.fromordinal(day))]
    return any(_cross(_dated(single, single.on), _dated(weekly, day)) for day in days)


def _valid_together(one: Hours, other: Hours) -> bool:
    begin = max(one.valid_from or date.min, other.valid_from or date.min)
    return begin <= min(one.valid_to or date.max, other.valid_to or date.max)


def _begins(weekly: Hours, day: date) -> bool:
    valid = (weekly.valid_from or day) <= day <= (weekly.valid_to or day)
    return valid and day.weekday() in weekly.weekdays


def _week(item: Hours) -> int:
    """Which cells of a week its weekdays take, as bits; a Sunday night goes on into Monday."""
    if item.on is not None or item.rrule is not None:
        return 0
    start, end = (minute // CELL_MINUTES for minute in ordered(item.start, item.end))
    one_day = ((1 << (end - start)) - 1) << start
    bits = 0
    for weekday in item.weekdays:
        bits |= one_day << (weekday * _DAY // CELL_MINUTES)
    return bits & _WEEK_BITS | bits >> _WEEK_CELLS


def _dated(item: Hours, day: date) -> tuple[int, int]:
    start, end = ordered(item.start, item.end)
    return day.toordinal() * _DAY + start, day.toordinal() * _DAY + end


def _cross(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
