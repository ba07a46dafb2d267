"""A schedule as callers send it: in its own form, as working hours, or as availability rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from chalicelib.kit.errors import Invalid
from chalicelib.kit.models import Example, QueryModel, RequestModel
from chalicelib.kit.types import Count, Date, Flag, Id, MinuteOfDay
from chalicelib.people.place_schemas import Modes
from chalicelib.schedules import forms
from chalicelib.schedules.refusals import ScheduleRefused
from chalicelib.schedules.rules import ScheduleProblem
from chalicelib.schedules.working_hours import DAYS, NAMED_DAY, WorkingHours, weekday
from chalicelib.scheduling.engine.schedule import Break, Hours, Override, Range, Schedule

_SERVER_SET = frozenset({"id", "doctor_id", "created_at", "updated_at"})
_SHAPES = ("hours", "working_hours", "availability")
_ROW_TIMES = frozenset({"date", "start_time", "end_time"})
_OF_THE_SCHEDULE = {"slot_duration_minutes": "slot_minutes", "max_patients_per_slot": "capacity"}
_PLAIN = ("on", "rrule", "valid_from", "valid_to")
_MOST = Field(max_length=500)


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | int) and not isinstance(value, bool) else value


def _sorted(days: list[int]) -> list[int]:
    return sorted(set(days))


Weekdays = Annotated[
    list[Annotated[int, BeforeValidator(weekday), WithJsonSchema(NAMED_DAY)]],
    Field(max_length=len(DAYS)),
    BeforeValidator(_as_list),
    AfterValidator(_sorted),
]
Rule = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
RowTime = Annotated[str, StringConstraints(max_length=8, pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9](:00)?|24:00)$")]


class _Span(RequestModel):
    start: MinuteOfDay
    end: MinuteOfDay
    synonyms: ClassVar[dict[str, str]] = {"start_time": "start", "end_time": "end"}


class _Pattern(_Span):
    weekdays: Weekdays = Field(default_factory=list)
    rrule: Rule | None = None
    on: Date | None = None
    valid_from: Date | None = None
    valid_to: Date | None = None
    location_id: Id | None = None
    synonyms: ClassVar[dict[str, str]] = {**_Span.synonyms, "days": "weekdays", "day": "weekdays", "date": "on"}

    def pattern(self) -> dict[str, Any]:
        """The fields of a `Pattern`."""
        plain = {name: getattr(self, name) for name in ("start", "end", *_PLAIN)}
        return {**plain, "weekdays": tuple(self.weekdays)}


class _Offer(RequestModel):
    slot_minutes: Count | None = None
    capacity: Count | None = None
    modes: Modes | None = None

    def offer(self) -> dict[str, Any]:
        """What differs from the rest of the schedule."""
        modes = tuple(self.modes) if self.modes else None
        return {"slot_minutes": self.slot_minutes, "capacity": self.capacity, "modes": modes}


class WorkingRange(_Pattern, _Offer):
    """Hours of work on weekdays, on the dates of a rule, or on one date."""


class BreakRange(_Pattern):
    """A break; without weekdays, rule or date it is daily, without a location it is everywhere."""


class OverrideRange(_Span, _Offer):
    """Hours of one date, in place of the usual ones."""


class OverrideDay(RequestModel):
    """What replaces a date's hours; without ranges the date is free."""

    date: Date
    location_id: Id | None = None
    ranges: Annotated[list[OverrideRange], Field(max_length=12)] = Field(default_factory=list)


class AvailabilityRow(RequestModel):
    """One row of availability: a date, or with `is_recurring` the dates of a pattern from there on."""

    example: ClassVar[Example] = {"date": "2026-01-15", "start_time": "09:00", "end_time": "17:00"}
    server_set = _SERVER_SET
    date: Date
    start_time: RowTime
    end_time: RowTime
    slot_duration_minutes: Count | None = None
    max_patients_per_slot: Count | None = None
    is_available: Flag | None = None
    break_start_time: RowTime | None = None
    break_end_time: RowTime | None = None
    is_recurring: Flag | None = None
    recurrence_pattern: Rule | None = None


class PutSchedule(RequestModel):
    """A doctor's whole schedule: `hours`, or `working_hours`, or `availability`, and what they have in common.

    `location_id` stands for every place that is left out; it may itself be left out when the doctor has one location.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "hours": [{"start": "09:00", "end": "17:00", "weekdays": ["monday", "tuesday"]}],
                    "breaks": [{"start": "12:00", "end": "13:00"}],
                    "holidays": ["2026-12-25"],
                    "slot_minutes": 30,
                    "daily_cap": 20,
                }
            ]
        }
    )
    server_set = _SERVER_SET | {"version", "schedule_version", "stranded"}
    synonyms: ClassVar[dict[str, str]] = {
        "max_patients_per_day": "daily_cap",
        "appointment_duration": "slot_minutes",
        **{name: name for name in AvailabilityRow.model_fields},
    }
    hours: Annotated[list[WorkingRange], _MOST] | None = None
    working_hours: WorkingHours | None = None
    availability: Annotated[list[AvailabilityRow], _MOST] | None = None
    location_id: Id | None = None
    breaks: Annotated[list[BreakRange], _MOST] = Field(default_factory=list)
    holidays: Annotated[list[Date], _MOST] = Field(default_factory=list)
    holiday_country: Annotated[str, StringConstraints(to_upper=True, max_length=2)] | None = None
    holiday_subdivision: Annotated[str, StringConstraints(to_upper=True, max_length=10)] | None = None
    overrides: Annotated[list[OverrideDay], _MOST] = Field(default_factory=list)
    slot_minutes: Count = 30
    grid_minutes: Count | None = None
    buffer_before: Count = 0
    buffer_after: Count = 0
    capacity: Count = 1
    daily_cap: Count = 20
    min_notice_minutes: Count = 0
    horizon_days: Count = 365
    modes: Modes | None = None
    valid_from: Date | None = None
    valid_to: Date | None = None

    @classmethod
    def translate(cls, data: dict[str, Any]) -> dict[str, Any]:
        """A row at the top level is availability of one row."""
        row = {name: data[name] for name in AvailabilityRow.model_fields if name in data}
        rest = {name: value for name, value in data.items() if name not in row}
        if row.keys() & _ROW_TIMES:
            if "availability" in rest:
                raise Invalid.field("availability", "is given, and a row beside it")
            return {**rest, "availability": [row]}
        for name, field in _OF_THE_SCHEDULE.items():
            if name in row and rest.setdefault(field, row[name]) != row.pop(name):
                raise Invalid.field(field, f"given twice with different values (also as {name!r})")
        return {**rest, **row}

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        given = [name for name in _SHAPES if getattr(self, name) is not None]
        if not given:
            raise Invalid.field("hours", "is required, or working_hours, or availability")
        if len(given) > 1:
            raise Invalid.field(given[1], f"cannot stand beside {given[0]}; send one of them")
        return self

    def schedule(self, location_ids: Sequence[str]) -> Schedule:
        """The schedule that is meant, of a doctor with these locations, or `Invalid` naming the field."""
        try:
            found = self._hours(location_ids)
        except ScheduleProblem as wrong:
            raise ScheduleRefused([(wrong.field, wrong.problem)]) from None
        return replace(
            found,
            breaks=(*found.breaks, *(Break(**pause.pattern(), location_id=pause.location_id) for pause in self.breaks)),
            overrides=tuple(self._overrides(location_ids)),
            holidays=tuple(sorted(set(self.holidays))),
            **self._settings(),
        )

    def _hours(self, location_ids: Sequence[str]) -> Schedule:
        if self.working_hours is not None:
            return forms.from_s1(location_id=self._home(location_ids), working_hours=self.working_hours)
        if self.availability is not None:
            rows = [row.model_dump(exclude_none=True) for row in self.availability]
            return forms.from_rows(rows, location_id=self._home(location_ids))
        return Schedule(
            hours=tuple(
                Hours(**item.pattern(), **item.offer(), location_id=item.location_id or self._home(location_ids))
                for item in self.hours or ()
            )
        )

    def _overrides(self, location_ids: Sequence[str]) -> Iterator[Override]:
        for day in self.overrides:
            ranges = tuple(Range(start=part.start, end=part.end, **part.offer()) for part in day.ranges)
            place = day.location_id or (self._home(location_ids) if ranges else None)
            yield Override(date=day.date, location_id=place, ranges=ranges)

    def _home(self, location_ids: Sequence[str]) -> str:
        if self.location_id:
            return self.location_id
        if len(location_ids) != 1:
            raise Invalid.field("location_id", "is needed: the doctor does not work at exactly one location")
        return location_ids[0]

    def _settings(self) -> dict[str, Any]:
        taken = {*_SHAPES, "location_id", "breaks", "holidays", "overrides", "modes"}
        settings = {name: getattr(self, name) for name in type(self).model_fields if name not in taken}
        return settings | ({"modes": tuple(self.modes)} if self.modes else {})


class ScheduleQuery(QueryModel):
    """Which version; without it the one in force."""

    version: int | None = Field(default=None, ge=0, le=99_999_999)


class DryRun(QueryModel):
    """Whether only to say what would happen."""

    dry_run: bool = False
