"""A schedule as the wire shows it: the form in which it can be sent back."""

from datetime import date
from typing import Any, ClassVar, Self

from chalicelib.kit.models import Example, View
from chalicelib.people.schemas import MoreDoctorView
from chalicelib.schedules.working_hours import DAYS
from chalicelib.scheduling.engine.schedule import Break, Hours, Override, Pattern, Range, Schedule
from chalicelib.scheduling.views import AppointmentView


class ScheduleView(View):
    """One version of a doctor's schedule; times are the location's wall time, null means as the schedule says."""

    example: ClassVar[Example] = {
        "doctor_id": "doc_123",
        "version": 4,
        "hours": [
            {
                "location_id": "loc_new_york",
                "start": "09:00",
                "end": "17:00",
                "weekdays": ["monday", "tuesday"],
                "slot_minutes": None,
                "capacity": None,
                "modes": None,
            }
        ],
        "holidays": ["2026-12-25"],
        "slot_minutes": 30,
        "capacity": 1,
        "daily_cap": 20,
        "horizon_days": 365,
        "modes": ["in-person"],
    }
    doctor_id: str
    version: int
    hours: list[dict[str, Any]]
    breaks: list[dict[str, Any]]
    holidays: list[str]
    holiday_country: str | None
    holiday_subdivision: str | None
    overrides: list[dict[str, Any]]
    slot_minutes: int
    grid_minutes: int | None
    buffer_before: int
    buffer_after: int
    capacity: int
    daily_cap: int
    min_notice_minutes: int
    horizon_days: int
    modes: list[str]
    valid_from: str | None
    valid_to: str | None

    @classmethod
    def of(cls, doctor_id: str, version: int, schedule: Schedule, **more: Any) -> Self:
        """The view of a schedule version."""
        plain = {name: getattr(schedule, name) for name in cls.model_fields if hasattr(schedule, name)}
        spoken = {
            "hours": [_hours(item) for item in schedule.hours],
            "breaks": [_break(item) for item in schedule.breaks],
            "holidays": [day.isoformat() for day in schedule.holidays],
            "overrides": [_override(item) for item in schedule.overrides],
            "modes": list(schedule.modes),
            "valid_from": _day(schedule.valid_from),
            "valid_to": _day(schedule.valid_to),
        }
        return cls.model_validate({**plain, **spoken, "doctor_id": doctor_id, "version": version, **more})


class EditedScheduleView(ScheduleView):
    """The schedule after an edit, and the upcoming appointments that no longer fit, each with its reason."""

    stranded: list[AppointmentView]


def _hours(item: Hours) -> dict[str, Any]:
    return {"location_id": item.location_id, **_pattern(item), **_offer(item)}


def _break(item: Break) -> dict[str, Any]:
    return {"location_id": item.location_id, **_pattern(item)}


def _override(item: Override) -> dict[str, Any]:
    ranges = [{"start": _clock(part.start), "end": _clock(part.end), **_offer(part)} for part in item.ranges]
    return {"date": item.date.isoformat(), "location_id": item.location_id, "ranges": ranges}


def _pattern(item: Pattern) -> dict[str, Any]:
    return {
        "start": _clock(item.start),
        "end": _clock(item.end),
        "weekdays": [DAYS[weekday] for weekday in item.weekdays],
        "rrule": item.rrule,
        "on": _day(item.on),
        "valid_from": _day(item.valid_from),
        "valid_to": _day(item.valid_to),
    }


def _offer(item: Hours | Range) -> dict[str, Any]:
    modes = list(item.modes) if item.modes is not None else None
    return {"slot_minutes": item.slot_minutes, "capacity": item.capacity, "modes": modes}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


class DoctorInServiceView(MoreDoctorView):
    """A doctor taken out of service or brought back, and the upcoming appointments that need another one."""

    stranded: list[AppointmentView]


class StrandedMeta(View):
    """How many appointments no longer fit, also those that the caller may not see."""

    stranded_count: int


class EditedMeta(StrandedMeta):
    """Whether it only said what would happen, and to how many."""

    dry_run: bool
