"""Recurrence rules of RFC 5545, as far as a schedule needs them: which dates, never which times.

UNTIL is read as a date of the location, whatever time stands behind it.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice

_PARTS = frozenset(
    {
        "FREQ",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "BYDAY",
        "BYMONTH",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYSETPOS",
        "WKST",
    }
)
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_BARE_WORDS = {"daily": "FREQ=DAILY", "weekly": "FREQ=WEEKLY", "monthly": "FREQ=MONTHLY"}
_UNTIL = re.compile(r"(\d{8})(T\d{6}Z?)?", re.ASCII)
_POSITIVE = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_MAX_LENGTH = 200
# A rule is walked from its first date, so a first date long ago costs time on every expansion.
_FIRST_YEAR = 2000


class BadRule(ValueError):
    """The recurrence rule cannot be used; the text says why."""


def parts(rule: str) -> dict[str, str]:
    """The rule's parts by name, upper case; also reads a leading RRULE: and the bare words daily, weekly, monthly."""
    if len(rule) > _MAX_LENGTH:
        raise BadRule(f"must have at most {_MAX_LENGTH} characters")
    text = _BARE_WORDS.get(rule.strip().lower(), rule).strip().upper().removeprefix("RRULE:").rstrip(";")
    pairs = [part.partition("=") for part in text.split(";")]
    found = {name: value for name, _, value in pairs}
    if len(found) != len(pairs) or not all(name in _PARTS and value for name, value in found.items()):
        raise BadRule("must be an RFC 5545 rule of dates, like FREQ=WEEKLY;BYDAY=MO,WE")
    if found.get("FREQ") not in _FREQUENCIES:
        raise BadRule("FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY")
    # dateutil never returns from an interval of nothing.
    for name in ("INTERVAL", "COUNT"):
        if name in found and not _POSITIVE.fullmatch(found[name]):
            raise BadRule(f"{name} must be a number from 1 to 9999")
    return found


def check(rule: str, first: date) -> None:
    """Raise BadRule unless the rule can be expanded from its first date."""
    if first.year < _FIRST_YEAR:
        raise BadRule(f"must not begin before {_FIRST_YEAR}")
    _expand(rule, first, first + timedelta(days=366))


def weekdays(rule: str, first: date) -> tuple[tuple[int, ...], date | None] | None:
    """The weekdays and last date of a rule that is no more than that; None for any richer rule."""
    found = parts(rule)
    plain = found["FREQ"] in {"DAILY", "WEEKLY"} and found.get("INTERVAL", "1") == "1"
    if not plain or found.keys() - {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "WKST"}:
        return None
    names = found["BYDAY"].split(",") if "BYDAY" in found else []
    if any(name not in _WEEKDAYS for name in names):
        return None
    everyday = range(7) if found["FREQ"] == "DAILY" else [first.weekday()]
    days = sorted({_WEEKDAYS[name] for name in names}) if names else everyday
    return tuple(days), _until(found)


@lru_cache(maxsize=1024)
def dates_in_year(rule: str, first: date, year: int) -> frozenset[date]:
    """The dates of a rule that fall in one year."""
    return frozenset(day for day in _expand(rule, first, date(year, 12, 31)) if day.year == year)


def _until(found: dict[str, str]) -> date | None:
    if "UNTIL" not in found:
        return None
    shape = _UNTIL.fullmatch(found["UNTIL"])
    if shape is None:
        raise BadRule("UNTIL must be a date like 20261231")
    try:
        return datetime.strptime(shape[1] + "+0000", "%Y%m%d%z").date()
    except ValueError:
        raise BadRule("UNTIL must be a date like 20261231") from None


def _expand(rule: str, first: date, last: date) -> list[date]:
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - imported where it is needed (cold start)

    found = parts(rule)
    until = _until(found)
    count = found.pop("COUNT", None)
    # Always bounded: a rule that no date fulfils (30 February) would otherwise be searched to the year 9999.
    found["UNTIL"] = f"{min(last, until) if until else last:%Y%m%d}T000000"
    text = ";".join(f"{name}={value}" for name, value in found.items())
    try:
        rule_dates = rrulestr(text, dtstart=datetime.combine(first, time()))
    except (ValueError, TypeError) as problem:
        raise BadRule(f"is not an RFC 5545 rule: {problem}") from None
    return [moment.date() for moment in islice(rule_dates, int(count) if count else None)]
