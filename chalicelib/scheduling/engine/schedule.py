"""A doctor's schedule as frozen plain values, and its stored form.

Wall-clock times are minutes after midnight at the location. A range whose end is not after its start runs overnight
into the next day; 24:00 is 1440. What may not be is said by `schedule_rules.problems`.
"""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date
from typing import Any

IN_PERSON = "in-person"
TELEHEALTH = "telehealth"
MODES = (IN_PERSON, TELEHEALTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A range of wall time on certain days: weekdays (0 = Monday), or a recurrence from `valid_from`, or one date."""

    start: int
    end: int
    weekdays: tuple[int, ...] = ()
    rrule: str | None = None
    on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(Pattern):
    """When the doctor works at a location; None means as the schedule says."""

    location_id: str
    slot_minutes: int | None = None
    capacity: int | None = None
    modes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Break(Pattern):
    """When the doctor does not, at a location (None: at all); no weekdays, rule or date means every day."""

    location_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """One range of an override."""

    start: int
    end: int
    slot_minutes: int | None = None
    capacity: int | None = None
    modes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What replaces all hours that begin on a date, holiday or not; no ranges: closed, no location: everywhere."""

    date: date
    location_id: str | None = None
    ranges: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a doctor may be booked, and by which limits."""

    hours: tuple[Hours, ...] = ()
    breaks: tuple[Break, ...] = ()
    holidays: tuple[date, ...] = ()
    holiday_country: str | None = None
    holiday_subdivision: str | None = None
    overrides: tuple[Override, ...] = ()
    slot_minutes: int = 30
    grid_minutes: int | None = None
    buffer_before: int = 0
    buffer_after: int = 0
    capacity: int = 1
    daily_cap: int = 20
    min_notice_minutes: int = 0
    horizon_days: int = 365
    modes: tuple[str, ...] = MODES
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def location_ids(self) -> tuple[str, ...]:
        """Every location where the doctor works, sorted."""
        named = {item.location_id for item in self.hours} | {item.location_id for item in self.overrides}
        return tuple(sorted(location_id for location_id in named if location_id is not None))


def to_dict(schedule: Schedule) -> dict[str, Any]:
    """The schedule as plain JSON; fields at their default are left out."""
    return {name: _plain(value) for name, value in _given(schedule)}


def from_dict(data: dict[str, Any]) -> Schedule:
    """The schedule that `to_dict` wrote."""
    values = dict(data)
    values["hours"] = tuple(Hours(**_typed(item)) for item in data.get("hours", ()))
    values["breaks"] = tuple(Break(**_typed(item)) for item in data.get("breaks", ()))
    values["holidays"] = tuple(date.fromisoformat(day) for day in data.get("holidays", ()))
    values["overrides"] = tuple(
        Override(**_typed(item | {"ranges": tuple(Range(**_typed(part)) for part in item.get("ranges", ()))}))
        for item in data.get("overrides", ())
    )
    return Schedule(**_typed(values))


_DATES = frozenset({"on", "date", "valid_from", "valid_to"})


def _typed(item: dict[str, Any]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for name, value in item.items():
        if name in _DATES:
            typed[name] = date.fromisoformat(value)
        elif isinstance(value, list):
            typed[name] = tuple(value)
        else:
            typed[name] = value
    return typed


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Pattern | Range | Override):
        return {name: _plain(item) for name, item in _given(value)}
    return value


def _given(value: Pattern | Range | Override | Schedule) -> Iterator[tuple[str, Any]]:
    for field in fields(value):
        item = getattr(value, field.name)
        if field.default is MISSING or item != field.default:
            yield field.name, item
