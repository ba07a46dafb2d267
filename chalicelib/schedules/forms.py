"""The two forms in which a schedule may be given besides its own: one record of working hours, or availability rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from chalicelib.kit import recurrence
from chalicelib.schedules.rules import ScheduleProblem
from chalicelib.scheduling.engine.schedule import Break, Hours, Pattern, Schedule

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {name: number for number, day in enumerate(_DAYS) for name in (day, day[:3])}
_WORKING_WEEK = (0, 1, 2, 3, 4)
_END_OF_DAY = "24:00"


def from_s1(
    *,
    location_id: str,
    working_hours: Mapping[str, Any],
    breaks: Iterable[Mapping[str, Any]] = (),
    holidays: Iterable[date | str] = (),
    max_patients_per_day: int = 20,
    appointment_duration: int = 30,
) -> Schedule:
    """A schedule from one record of working hours.

    `working_hours` is `{"start": "09:00", "end": "17:00"}`, read as Monday to Friday, or day → such a range, several of
    them, or null for a day off; days by name or by its first three letters. A break without `day` or `days` is daily.
    """
    return Schedule(
        hours=tuple(_working_hours(location_id, working_hours)),
        breaks=tuple(_break(item, f"breaks.{index}") for index, item in enumerate(breaks)),
        holidays=tuple(sorted({_date(day, f"holidays.{index}") for index, day in enumerate(holidays)})),
        daily_cap=max_patients_per_day,
        slot_minutes=appointment_duration,
    )


def from_rows(rows: Iterable[Mapping[str, Any]], *, location_id: str, **settings: Any) -> Schedule:
    """A schedule from availability rows; `settings` are further fields of `Schedule`.

    A row adds its hours to its date, or with `is_recurring` to the dates of its pattern from there on (an RFC 5545
    rule, or daily, weekly, monthly). With `is_available: false` it is a break instead. Its own break cuts its own days.
    """
    hours: list[Hours] = []
    breaks: list[Break] = []
    for index, row in enumerate(rows):
        path = f"rows.{index}"
        start, end = _ends(row.get("start_time"), row.get("end_time"), (f"{path}.start_time", f"{path}.end_time"))
        days = _days(row, path)
        if not row.get("is_available", True):
            breaks.append(Break(start=start, end=end, location_id=location_id, **days))
            continue
        hours.append(
            Hours(
                start=start,
                end=end,
                location_id=location_id,
                slot_minutes=row.get("slot_duration_minutes"),
                capacity=row.get("max_patients_per_slot"),
                **days,
            )
        )
        pause = row.get("break_start_time"), row.get("break_end_time")
        if pause != (None, None):
            names = (f"{path}.break_start_time", f"{path}.break_end_time")
            breaks.append(_pause(hours[-1], _ends(*pause, names), names[0], days))
    return Schedule(hours=tuple(hours), breaks=tuple(breaks), **settings)


def _working_hours(location_id: str, given: Mapping[str, Any]) -> Iterable[Hours]:
    if "start" in given or "end" in given:
        given = {_DAYS[weekday]: given for weekday in _WORKING_WEEK}
    by_range: dict[tuple[int, int], list[int]] = {}
    for name, ranges in given.items():
        field = f"working_hours.{name}"
        weekday = _weekday(name, field)
        for item in _listed(ranges, field):
            by_range.setdefault(_start_and_end(item, field), []).append(weekday)
    for (start, end), weekdays in by_range.items():
        yield Hours(location_id=location_id, start=start, end=end, weekdays=tuple(sorted(weekdays)))


def _listed(ranges: Any, field: str) -> Sequence[Any]:
    if ranges is None:
        return ()
    if isinstance(ranges, Mapping):
        return (ranges,)
    if isinstance(ranges, Sequence) and not isinstance(ranges, str):
        return ranges
    raise ScheduleProblem(field, "must be a range with start and end, a list of them, or null")


def _break(item: Mapping[str, Any], field: str) -> Break:
    start, end = _start_and_end(item, field)
    named = item.get("days", item.get("day"))
    names = [named] if isinstance(named, str) else named or ()
    weekdays = tuple(sorted({_weekday(name, f"{field}.days") for name in names}))
    return Break(start=start, end=end, weekdays=weekdays)


def _pause(hours: Hours, ends: tuple[int, int], field: str, days: dict[str, Any]) -> Break:
    # The break of a night shift may lie after midnight, hence on the day after the one on which the row begins.
    if hours.end <= hours.start and ends[0] < hours.start:
        if hours.rrule is not None:
            raise ScheduleProblem(field, "a break after midnight needs plain weekdays or a single date")
        return Break(start=ends[0], end=ends[1], location_id=hours.location_id, **_next_day(hours))
    return Break(start=ends[0], end=ends[1], location_id=hours.location_id, **days)


def _next_day(pattern: Pattern) -> dict[str, Any]:
    def after(day: date | None) -> date | None:
        return date.fromordinal(day.toordinal() + 1) if day else None

    return {
        "weekdays": tuple(sorted((weekday + 1) % 7 for weekday in pattern.weekdays)),
        "on": after(pattern.on),
        "valid_from": after(pattern.valid_from),
        "valid_to": after(pattern.valid_to),
    }


def _days(row: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The fields of a pattern that say on which days a row applies."""
    first = _date(row.get("date"), f"{path}.date")
    if not row.get("is_recurring", False):
        return {"on": first}
    field = f"{path}.recurrence_pattern"
    rule = row.get("recurrence_pattern")
    if not isinstance(rule, str):
        raise ScheduleProblem(field, "is needed when is_recurring is true")
    try:
        recurrence.check(rule, first)
        plain = recurrence.weekdays(rule, first)
    except recurrence.BadRule as bad:
        raise ScheduleProblem(field, str(bad)) from None
    if plain is None:
        return {"rrule": rule, "valid_from": first}
    weekdays, until = plain
    return {"weekdays": weekdays, "valid_from": first, "valid_to": until}


def _start_and_end(item: Any, field: str) -> tuple[int, int]:
    if not isinstance(item, Mapping):
        raise ScheduleProblem(field, "must be a range with start and end")
    return _ends(item.get("start"), item.get("end"), (f"{field}.start", f"{field}.end"))


def _ends(start: Any, end: Any, fields: tuple[str, str]) -> tuple[int, int]:
    ends = _minutes(start, fields[0]), _minutes(end, fields[1])
    if ends[0] == ends[1]:
        raise ScheduleProblem(fields[1], "must not be the same as the start")
    return ends


def _minutes(value: Any, field: str) -> int:
    if value == _END_OF_DAY:
        return 24 * 60
    try:
        moment = value if isinstance(value, time) else time.fromisoformat(value)
    except (TypeError, ValueError):
        raise ScheduleProblem(field, "must be a time of day like 09:30") from None
    if moment.second or moment.microsecond or moment.tzinfo:
        raise ScheduleProblem(field, "must be a whole minute of the location's wall clock")
    return moment.hour * 60 + moment.minute


def _date(value: Any, field: str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ScheduleProblem(field, "must be a date like 2026-01-15") from None


def _weekday(name: Any, field: str) -> int:
    weekday = _WEEKDAYS.get(name.lower()) if isinstance(name, str) else None
    if weekday is None:
        raise ScheduleProblem(field, "must be a day of the week, like monday or mon")
    return weekday
