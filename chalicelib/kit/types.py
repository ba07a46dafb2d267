"""The kinds of value on the wire: ids, instants, wall times, minutes, money."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    WithJsonSchema,
)

from chalicelib.kit import clock, ids
from chalicelib.kit.auth import EVERYWHERE

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHORTEST, _LONGEST = len("2026-01-15 10:00"), 40
_OFFSET = r"(Z|[+-]\d{2}:?\d{2})"
_MOMENT = rf"\d{{4}}-\d{{2}}-\d{{2}}( \d{{2}}:\d{{2}}(:00)?|[T ]\d{{2}}:\d{{2}}(:00)?{_OFFSET})"
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:00)?")
_END_OF_DAY = "24:00"
_NOT_PLACES = {"Factory", "localtime"}  # in tzdata's list, but the zone of no place
_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
_METRES = 7  # decimals of a degree, about a centimetre: finer is no place, and the table refuses numbers below 1e-130
_THOUSANDTHS = 3
_LONGEST_EMAIL = 254
_WIDEST = 1_000_000_000  # beyond any number that a request can mean
_SECONDS_LIVED = (1900, 2200)  # years that a clinic can mean; keeps arithmetic away from datetime's ends


@dataclass(frozen=True, slots=True)
class When:
    """A moment as the caller wrote it: an instant, or a wall time of the location."""

    instant: datetime | None = None
    wall: datetime | None = None

    def at(self, zone: ZoneInfo) -> datetime | None:
        """The instant meant in `zone`; None when the clock there jumps over it."""
        if self.instant is not None:
            return self.instant
        return clock.from_wall(self.wall, zone) if self.wall is not None else None


def _id(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # the seeds write ids as numbers
    if not isinstance(value, str) or not ids.SHAPE.fullmatch(value):
        raise ValueError("must be an id: letters, digits, _ . : - (at most 64)")
    return value


def _date(value: Any) -> Any:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("must be a date like 2026-01-15")
    return _sane(date.fromisoformat(value))


def _sane(day: date) -> date:
    first, last = _SECONDS_LIVED
    if not first <= day.year <= last:
        raise ValueError(f"must lie between the years {first} and {last}")
    return day


def _instant(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    moment = _parsed(value)
    if moment.tzinfo is None:
        raise ValueError("must carry an offset, like 2026-01-15T10:00:00Z")
    return moment.astimezone(UTC)


def _when(value: Any) -> Any:
    if isinstance(value, When):
        return value
    moment = _parsed(value)
    if moment.second or moment.microsecond:
        raise ValueError("must be a whole minute")
    if moment.tzinfo is not None:
        return When(instant=moment.astimezone(UTC))
    if "T" in value:
        raise ValueError("must carry an offset, like 2026-01-15T10:00:00Z")
    return When(wall=moment)  # "2026-01-15 10:00:00": the location's wall time


def _parsed(value: Any) -> datetime:
    if not isinstance(value, str) or not _SHORTEST <= len(value) <= _LONGEST or not _DATE.match(value):
        raise ValueError("must be a time like 2026-01-15T10:00:00Z")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a time like 2026-01-15T10:00:00Z") from None
    _sane(moment.date())
    return moment


def _clock_time(value: Any) -> Any:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError("must be a time of day like 09:30")
    return time.fromisoformat(value)


def _minute_of_day(value: Any) -> Any:
    if value == _END_OF_DAY:
        return 24 * 60
    moment = _clock_time(value)
    return moment.hour * 60 + moment.minute


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("must be a number")
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) > _WIDEST:
        raise ValueError("is too large")
    return number


def _amount(value: Any) -> Any:
    amount = _number(value)
    if amount != round(amount, 2):
        raise ValueError("must have at most two decimals")
    return amount


def _degrees(value: Any) -> Any:
    return round(float(_number(value)), _METRES)


def _points(value: Any) -> Any:
    return round(float(_number(value)), _THOUSANDTHS)


@cache
def zones() -> frozenset[str]:
    """The names of all IANA zones; read once, since that takes 30 ms."""
    return frozenset(available_timezones() - _NOT_PLACES)


def _zone(value: Any) -> Any:
    if not isinstance(value, str) or value not in zones():
        raise ValueError("is not an IANA time zone, like Europe/Berlin")
    return value


def _email(value: Any) -> Any:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - few requests carry one

    if not isinstance(value, str) or len(value) > _LONGEST_EMAIL:
        raise ValueError("must be an e-mail address")
    try:
        # `.test` addresses reach no one and harm no one, and demonstrations need some; the rest of the rules stay.
        return validate_email(value.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise ValueError("must be an e-mail address") from None


def _said(pattern: str, most: int, **more: Any) -> WithJsonSchema:
    """How the description shows text of a shape that a validator of ours checks."""
    return WithJsonSchema({"type": "string", "maxLength": most, "pattern": f"^({pattern})$", **more})


def _typed(*, blank: bool, lines: bool) -> Any:
    """How the description says that text is what one can type (`jsonbody.check_text`), and whether it may be empty."""
    controls = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f" if lines else r"\x00-\x1f\x7f-\x9f"
    some = "" if blank else rf"[^\s{controls}][^{controls}]*"
    pattern: Any = rf"^[^{controls}]*{some}$"
    return Field(json_schema_extra={"pattern": pattern})


Id = Annotated[
    str,
    BeforeValidator(_id),
    WithJsonSchema({"type": "string", "maxLength": ids.LONGEST, "pattern": f"^{ids.SHAPE.pattern}$"}),
]
Reach = Annotated[
    str,
    BeforeValidator(lambda value: value if value == EVERYWHERE else _id(value)),
    WithJsonSchema({"type": "string", "maxLength": ids.LONGEST, "pattern": rf"^(\*|{ids.SHAPE.pattern})$"}),
]
"""An id, or `*` for all there are."""
Date = Annotated[date, BeforeValidator(_date)]
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    PlainSerializer(clock.iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Moment = Annotated[
    When,
    BeforeValidator(_when),
    _said(
        _MOMENT,
        _LONGEST,
        description="With an offset, or as 2026-01-15 10:00 on the location's wall.",
        examples=["2026-01-15T10:00:00Z"],
    ),
]
ClockTime = Annotated[time, BeforeValidator(_clock_time), _said(_TIME.pattern, 8)]
MinuteOfDay = Annotated[
    int, BeforeValidator(_minute_of_day), _said(f"{_TIME.pattern}|{_END_OF_DAY}", 8, examples=["09:30"])
]
Count = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]
Minutes = Annotated[int, Strict(), Field(ge=0, le=10_080, multiple_of=5)]
Flag = Annotated[bool, Strict()]
# How long before a visit: minutes, hours or days, up to sixty days.
OFFSET = re.compile(r"[1-9][0-9]{0,3}m|[1-9][0-9]{0,2}h|([1-9]|[1-5][0-9]|60)d")
Offset = Annotated[str, StringConstraints(max_length=5, pattern=f"^({OFFSET.pattern})$")]
MOST_OFFSETS = 10
Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(ge=0, le=1_000_000),
    PlainSerializer(float, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1_000_000, "description": "At most two decimals."}),
]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=120, strip_whitespace=True, pattern=r"^[^\n\r\t]+$"),
    _typed(blank=False, lines=False),
]
Line = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True), _typed(blank=True, lines=True)]
Text = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True), _typed(blank=True, lines=True)]
Points = Annotated[float, Field(ge=0, le=1000), BeforeValidator(_points)]
Zone = Annotated[
    str, BeforeValidator(_zone), WithJsonSchema({"type": "string", "maxLength": 64, "examples": ["Europe/Berlin"]})
]
Phone = Annotated[str, StringConstraints(max_length=16, pattern=r"^\+[1-9][0-9]{6,14}$")]
Email = Annotated[
    str, BeforeValidator(_email), WithJsonSchema({"type": "string", "format": "email", "maxLength": _LONGEST_EMAIL})
]
Language = Annotated[str, StringConstraints(max_length=35, pattern=_LANGUAGE)]
Latitude = Annotated[float, Field(ge=-90, le=90), BeforeValidator(_degrees)]
Longitude = Annotated[float, Field(ge=-180, le=180), BeforeValidator(_degrees)]
