"""Recurrence rules of RFC 5545, as far as a schedule needs them: which dates, never which times.

A rule is walked date by date up to the end of a year. `dateutil`, with which the tests compare it, searches a rule that
no date fulfils (30 February, daily) to the year 9999, which takes many seconds. BYWEEKNO and BYYEARDAY are not read,
and UNTIL is read as a date of the location, whatever time stands behind it.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby, islice

_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "WKST"})
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_BARE_WORDS = {"daily": "FREQ=DAILY", "weekly": "FREQ=WEEKLY", "monthly": "FREQ=MONTHLY"}
_UNTIL = re.compile(r"(\d{8})(T\d{6}Z?)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?[1-9]\d{0,3}", re.ASCII)
_WEEKDAY = re.compile(r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_MAX_LENGTH = 200
# A rule is walked from its first date, so a first date long ago costs time on every expansion.
_FIRST_YEAR = 2000


class BadRule(ValueError):
    """The recurrence rule cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class _Rule:
    frequency: str
    interval: int
    count: int | None
    until: date | None
    weekdays: frozenset[tuple[int, int]]  # (which one of the month or year or 0 for each, weekday)
    months: frozenset[int]
    month_days: frozenset[int]
    positions: frozenset[int]
    week_start: int


def check(rule: str, first: date) -> None:
    """Raise BadRule unless the rule can be used from this first date."""
    if first.year < _FIRST_YEAR:
        raise BadRule(f"must not begin before {_FIRST_YEAR}")
    _read(rule, first)


def weekdays(rule: str, first: date) -> tuple[tuple[int, ...], date | None] | None:
    """The weekdays and last date of a rule that is no more than that; None for any richer rule."""
    read = _read(rule, first)
    if read.frequency not in {"DAILY", "WEEKLY"} or read.interval > 1 or read.count or read.months or read.month_days:
        return None
    days = tuple(sorted(weekday for _, weekday in read.weekdays)) or tuple(range(7))
    return days, read.until


@lru_cache(maxsize=1024)
def dates_in_year(rule: str, first: date, year: int) -> frozenset[date]:
    """The dates of a rule that fall in one year."""
    read = _read(rule, first)
    return frozenset(day for day in islice(_dates(read, first, year), read.count) if day.year == year)


def _read(rule: str, first: date) -> _Rule:
    if len(rule) > _MAX_LENGTH:
        raise BadRule(f"must have at most {_MAX_LENGTH} characters")
    text = _BARE_WORDS.get(rule.strip().lower(), rule).strip().upper().removeprefix("RRULE:").rstrip(";")
    pairs = [part.partition("=") for part in text.split(";")]
    found = {name: value for name, _, value in pairs}
    if len(found) != len(pairs) or not all(name in _PARTS and value for name, value in found.items()):
        raise BadRule("must be an RFC 5545 rule of dates, like FREQ=WEEKLY;BYDAY=MO,WE")
    frequency = found.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise BadRule("FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY")
    days, months, month_days = _weekdays(found), _numbers(found, "BYMONTH", 12), _numbers(found, "BYMONTHDAY", 31)
    if min(months, default=1) < 1:
        raise BadRule("BYMONTH must be numbers from 1 to 12")
    if frequency in {"DAILY", "WEEKLY"} and ("BYSETPOS" in found or any(which for which, _ in days)):
        raise BadRule("BYSETPOS and numbered weekdays need FREQ=MONTHLY or YEARLY")
    if not days and not month_days:  # what the rule does not say, its first date says
        if frequency == "WEEKLY":
            days = frozenset({(0, first.weekday())})
        elif frequency != "DAILY":
            month_days = frozenset({first.day})
            months = months or (frozenset({first.month}) if frequency == "YEARLY" else months)
    return _Rule(
        frequency=frequency,
        interval=_positive(found, "INTERVAL") or 1,
        count=_positive(found, "COUNT"),
        until=_until(found),
        weekdays=days,
        months=months,
        month_days=month_days,
        positions=_numbers(found, "BYSETPOS", 366),
        week_start=_week_start(found),
    )


def _positive(found: dict[str, str], name: str) -> int | None:
    if name not in found:
        return None
    if not _NUMBER.fullmatch(found[name]) or int(found[name]) < 1:
        raise BadRule(f"{name} must be a number from 1 to 9999")
    return int(found[name])


def _numbers(found: dict[str, str], name: str, most: int) -> frozenset[int]:
    texts = found[name].split(",") if name in found else []
    if not all(_NUMBER.fullmatch(text) and abs(int(text)) <= most for text in texts):
        raise BadRule(f"{name} must be numbers up to {most}")
    return frozenset(int(text) for text in texts)


def _weekdays(found: dict[str, str]) -> frozenset[tuple[int, int]]:
    shapes = [_WEEKDAY.fullmatch(text) for text in found["BYDAY"].split(",")] if "BYDAY" in found else []
    if not all(shapes):
        raise BadRule("BYDAY must be weekdays like MO,WE or 2TU")
    return frozenset((int(shape[1] or 0), _WEEKDAYS[shape[2]]) for shape in shapes if shape)


def _week_start(found: dict[str, str]) -> int:
    if found.get("WKST", "MO") not in _WEEKDAYS:
        raise BadRule("WKST must be a weekday like MO")
    return _WEEKDAYS[found.get("WKST", "MO")]


def _until(found: dict[str, str]) -> date | None:
    if "UNTIL" not in found:
        return None
    shape = _UNTIL.fullmatch(found["UNTIL"])
    try:
        return date.fromisoformat(shape[1] if shape else "")
    except ValueError:
        raise BadRule("UNTIL must be a date like 20261231") from None


def _dates(rule: _Rule, first: date, last_year: int) -> Iterator[date]:
    begin, end = date(first.year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
    origin = _period(rule, first)
    days = (date.fromordinal(ordinal) for ordinal in range(begin, end + 1))
    for period, members in groupby(days, key=lambda day: _period(rule, day)):
        if (period - origin) % rule.interval:
            continue
        chosen = [day for day in members if _matches(rule, day)]
        if rule.positions:
            chosen = [day for place, day in enumerate(chosen) if {place + 1, place - len(chosen)} & rule.positions]
        for day in chosen:
            if rule.until and day > rule.until:
                return
            if day >= first:
                yield day


def _period(rule: _Rule, day: date) -> int:
    if rule.frequency == "DAILY":
        return day.toordinal()
    if rule.frequency == "WEEKLY":
        return (day.toordinal() - 1 - rule.week_start) // 7
    return day.year * 12 + day.month if rule.frequency == "MONTHLY" else day.year


def _matches(rule: _Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    length = monthrange(day.year, day.month)[1]
    if rule.month_days and not {day.day, day.day - length - 1} & rule.month_days:
        return False
    if not rule.weekdays:
        return True
    place = day.day
    if rule.frequency == "YEARLY" and not rule.months:
        place, length = day.timetuple().tm_yday, 366 if isleap(day.year) else 365
    which = {0, (place - 1) // 7 + 1, -((length - place) // 7 + 1)}
    return any((number, day.weekday()) in rule.weekdays for number in which)
