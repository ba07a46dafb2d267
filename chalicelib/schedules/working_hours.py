"""Weekly working hours as callers write them: one range for the working week, or ranges by day."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {spelling: number for number, day in enumerate(DAYS) for spelling in (day, day[:3])}
_MOST_RANGES = 12


def weekday(value: Any) -> int:
    """A day of the week as its number, Monday 0: from its name, its first three letters, or the number."""
    number = _NUMBERS.get(value.strip().lower()) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(DAYS):
        raise ValueError("must be a day of the week, like monday or mon, or its number from 0 (Monday) to 6")
    return number


def _by_day(value: Any) -> Any:
    """Day → ranges; one range alone holds for its `days`, or for Monday to Friday."""
    if not isinstance(value, Mapping):
        raise ValueError("must be an object: days with ranges of start and end, or one start and end")
    if not {"start", "end"} & value.keys():
        return {str(day): _ranges(day, ranges) for day, ranges in value.items()}
    alone = {name: part for name, part in value.items() if name not in ("days", "weekdays")}
    days = value.get("days", value.get("weekdays", DAYS[:5]))
    if not isinstance(days, list | tuple) or not 0 < len(days) <= len(DAYS):
        raise ValueError("days must be a list of days of the week")
    return {DAYS[weekday(day)]: _ranges("days", alone) for day in days}


def _ranges(day: str, value: Any) -> Any:
    if value is None:
        return []
    ranges = [value] if isinstance(value, Mapping) else value
    if not isinstance(ranges, list) or len(ranges) > _MOST_RANGES:
        raise ValueError(f"{day}: must be a range with start and end, a list of at most {_MOST_RANGES}, or null")
    for one in ranges:
        if not isinstance(one, Mapping) or not one.keys() <= {"start", "end"}:
            raise ValueError(f"{day}: a range has start and end, and nothing else")
    return ranges


NAMED_DAY = {"type": "string", "maxLength": 9, "examples": list(DAYS)}
_CLOCK = {"type": "string", "maxLength": 8, "pattern": r"^(([01]\d|2[0-3]):[0-5]\d(:00)?|24:00)$"}
_RANGE = {
    "type": "object",
    "properties": {"start": _CLOCK, "end": _CLOCK},
    "required": ["start", "end"],
    "additionalProperties": False,
}
_RANGES = {"anyOf": [_RANGE, {"type": "array", "items": _RANGE, "maxItems": _MOST_RANGES}, {"type": "null"}]}
_BY_DAY = {"type": "object", "properties": dict.fromkeys(DAYS, _RANGES), "additionalProperties": False}
_ALONE = _RANGE | {
    "properties": {
        "start": _CLOCK,
        "end": _CLOCK,
        "days": {"type": "array", "items": NAMED_DAY, "minItems": 1, "maxItems": len(DAYS)},
    }
}
WorkingHours = Annotated[
    dict[str, Any],
    BeforeValidator(_by_day),
    WithJsonSchema(
        {"anyOf": [_BY_DAY, _ALONE], "examples": [{"monday": [{"start": "09:00", "end": "17:00"}], "tuesday": None}]}
    ),
]
