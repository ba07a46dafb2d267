"""The forms in which a schedule is given, what it may not say, and how it is stored."""

import json
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.schedules.forms import from_rows, from_s1
from chalicelib.schedules.rules import ScheduleProblem, problems
from chalicelib.scheduling.engine.schedule import Break, Hours, Override, Range, Schedule, from_dict, to_dict

MONDAY = date(2026, 6, 1)
WORK = Hours(location_id="L", start=540, end=1020, weekdays=(0, 1, 2, 3, 4))
GOOD = Schedule(hours=(WORK,))
ROW = {"date": "2026-06-01", "start_time": "09:00", "end_time": "12:00"}


def fields(schedule: Schedule, **options: Any) -> list[str]:
    return [field for field, _ in problems(schedule, **options)]


def test_a_schedule_comes_back_from_its_stored_form_and_defaults_are_not_stored() -> None:
    schedule = Schedule(
        hours=(WORK, replace(WORK, weekdays=(), rrule="FREQ=MONTHLY", valid_from=MONDAY, modes=("telehealth",))),
        breaks=(Break(start=720, end=780), Break(start=600, end=630, on=MONDAY, location_id="L")),
        holidays=(date(2026, 12, 25),),
        holiday_country="US",
        overrides=(Override(date=MONDAY, location_id="L", ranges=(Range(start=540, end=600, capacity=2),)),),
        buffer_after=10,
        valid_to=date(2027, 1, 1),
    )

    stored = json.loads(json.dumps(to_dict(schedule)))

    assert from_dict(stored) == schedule
    assert stored["breaks"][0] == {"start": 720, "end": 780}
    assert "slot_minutes" not in stored
    assert to_dict(Schedule()) == {}


def test_working_hours_without_days_are_monday_to_friday() -> None:
    schedule = from_s1(
        location_id="L",
        working_hours={"start": "09:00", "end": "17:00"},
        breaks=[{"start": "12:00", "end": "13:00"}, {"start": "15:00", "end": "15:15", "day": "fri"}],
        holidays=["2026-12-25", date(2026, 1, 1)],
        max_patients_per_day=12,
        appointment_duration=20,
    )

    assert schedule == Schedule(
        hours=(WORK,),
        breaks=(Break(start=720, end=780), Break(start=900, end=915, weekdays=(4,))),
        holidays=(date(2026, 1, 1), date(2026, 12, 25)),
        daily_cap=12,
        slot_minutes=20,
    )


def test_working_hours_by_day_may_have_several_ranges_or_none() -> None:
    schedule = from_s1(
        location_id="L",
        working_hours={
            "Monday": {"start": "09:00", "end": "17:00"},
            "tue": [{"start": "09:00", "end": "12:00"}, {"start": "20:00", "end": "24:00"}],
            "wednesday": None,
            "thu": {"start": "09:00", "end": "17:00"},
        },
    )

    found = {(item.weekdays, item.start, item.end) for item in schedule.hours}
    assert found == {((0, 3), 540, 1020), ((1,), 540, 720), ((1,), 1200, 1440)}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"working_hours": {"start": "09:00"}}, "working_hours.monday.end"),
        ({"working_hours": {"someday": None, "mon": "9-17"}}, "working_hours.someday"),
        ({"working_hours": {"mon": "9-17"}}, "working_hours.mon"),
        ({"working_hours": {"mon": ["9-17"]}}, "working_hours.mon"),
        ({"working_hours": {"mon": {"start": "09:00", "end": "09:00"}}}, "working_hours.mon.end"),
        ({"working_hours": {"mon": {"start": "25:00", "end": "09:00"}}}, "working_hours.mon.start"),
        ({"working_hours": {}, "holidays": ["2026-02-30"]}, "holidays.0"),
        ({"working_hours": {}, "breaks": [{"start": "12:00", "end": "13:00", "days": ["x"]}]}, "breaks.0.days"),
    ],
)
def test_unreadable_working_hours_name_their_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(ScheduleProblem) as refused:
        from_s1(location_id="L", **given)

    assert refused.value.field == field


def test_a_row_opens_its_date_with_its_own_slot_length_capacity_and_break() -> None:
    row = ROW | {"slot_duration_minutes": 20, "max_patients_per_slot": 3}
    pause = {"break_start_time": "10:00", "break_end_time": "10:15"}

    schedule = from_rows([row | pause], location_id="L", buffer_after=5)

    assert schedule.hours == (Hours(location_id="L", start=540, end=720, on=MONDAY, slot_minutes=20, capacity=3),)
    assert schedule.breaks == (Break(location_id="L", start=600, end=615, on=MONDAY),)
    assert schedule.buffer_after == 5


def test_a_row_that_is_not_available_is_a_break_of_its_date() -> None:
    schedule = from_rows([ROW | {"is_available": False}], location_id="L")

    assert schedule.hours == ()
    assert schedule.breaks == (Break(location_id="L", start=540, end=720, on=MONDAY),)


@pytest.mark.parametrize(
    ("pattern", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,WE", {"weekdays": (0, 2), "valid_from": MONDAY}),
        ("RRULE:FREQ=WEEKLY", {"weekdays": (0,), "valid_from": MONDAY}),
        ("weekly", {"weekdays": (0,), "valid_from": MONDAY}),
        ("Daily", {"weekdays": (0, 1, 2, 3, 4, 5, 6), "valid_from": MONDAY}),
        ("FREQ=DAILY;BYDAY=SU", {"weekdays": (6,), "valid_from": MONDAY}),
        (
            "FREQ=WEEKLY;UNTIL=20261231T000000Z",
            {"weekdays": (0,), "valid_from": MONDAY, "valid_to": date(2026, 12, 31)},
        ),
        ("FREQ=WEEKLY;INTERVAL=2", {"rrule": "FREQ=WEEKLY;INTERVAL=2", "valid_from": MONDAY}),
        ("monthly", {"rrule": "monthly", "valid_from": MONDAY}),
    ],
)
def test_a_recurring_row_becomes_weekdays_where_it_is_no_more_than_that(pattern: str, days: dict[str, Any]) -> None:
    schedule = from_rows([ROW | {"is_recurring": True, "recurrence_pattern": pattern}], location_id="L")

    assert schedule.hours == (Hours(location_id="L", start=540, end=720, **days),)
    assert problems(schedule) == []


def test_the_break_of_a_night_row_may_lie_after_midnight() -> None:
    night = ROW | {"start_time": "22:00", "end_time": "06:00", "break_start_time": "02:00", "break_end_time": "02:30"}

    once = from_rows([night], location_id="L")
    weekly = from_rows([night | {"is_recurring": True, "recurrence_pattern": "FREQ=WEEKLY;BYDAY=SU"}], location_id="L")

    assert once.breaks[0].on == date(2026, 6, 2)
    assert (weekly.breaks[0].weekdays, weekly.breaks[0].valid_from) == ((0,), date(2026, 6, 2))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"date": "2026-02-30"}, "rows.0.date"),
        ({"start_time": None}, "rows.0.start_time"),
        ({"end_time": "09:00"}, "rows.0.end_time"),
        ({"break_start_time": "10:00"}, "rows.0.break_end_time"),
        ({"is_recurring": True}, "rows.0.recurrence_pattern"),
        ({"is_recurring": True, "recurrence_pattern": "FREQ=HOURLY"}, "rows.0.recurrence_pattern"),
        ({"is_recurring": True, "recurrence_pattern": "often"}, "rows.0.recurrence_pattern"),
        ({"is_recurring": True, "recurrence_pattern": "FREQ=WEEKLY;BYDAY=XX"}, "rows.0.recurrence_pattern"),
        ({"is_recurring": True, "recurrence_pattern": "FREQ=WEEKLY;COUNT=0"}, "rows.0.recurrence_pattern"),
        ({"is_recurring": True, "recurrence_pattern": "FREQ=DAILY;INTERVAL=0"}, "rows.0.recurrence_pattern"),
        ({"is_recurring": True, "recurrence_pattern": "FREQ=DAILY;COUNT=" + "9" * 30}, "rows.0.recurrence_pattern"),
        ({"is_recurring": True, "recurrence_pattern": "FREQ=DAILY;BYMONTHDAY=x"}, "rows.0.recurrence_pattern"),
        ({"is_recurring": True, "recurrence_pattern": "FREQ=WEEKLY;UNTIL=soon"}, "rows.0.recurrence_pattern"),
    ],
)
def test_an_unreadable_row_names_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ScheduleProblem) as refused:
        from_rows([ROW | change], location_id="L")

    assert refused.value.field == field


def test_a_good_schedule_has_no_problems() -> None:
    night = Hours(location_id="L", start=1320, end=360, weekdays=(0, 1, 2, 3))

    assert problems(GOOD) == []
    assert problems(replace(GOOD, hours=(WORK, night), breaks=(Break(start=720, end=780),), holiday_country="US")) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slot_minutes": 0}, "slot_minutes"),
        ({"slot_minutes": 7}, "slot_minutes"),
        ({"slot_minutes": 365}, "slot_minutes"),
        ({"grid_minutes": 0}, "grid_minutes"),
        ({"buffer_before": -5}, "buffer_before"),
        ({"buffer_after": 125}, "buffer_after"),
        ({"capacity": 0}, "capacity"),
        ({"daily_cap": 0}, "daily_cap"),
        ({"min_notice_minutes": 3}, "min_notice_minutes"),
        ({"horizon_days": 0}, "horizon_days"),
        ({"modes": ()}, "modes"),
        ({"modes": ("in-person", "fax")}, "modes"),
        ({"valid_from": MONDAY, "valid_to": date(2026, 5, 31)}, "valid_to"),
        ({"holiday_country": "XX"}, "holiday_country"),
        ({"holiday_country": "US", "holiday_subdivision": "QQ"}, "holiday_subdivision"),
        ({"holiday_subdivision": "NY"}, "holiday_subdivision"),
        ({"hours": (replace(WORK, start=541),)}, "hours.0.start"),
        ({"hours": (replace(WORK, start=1440),)}, "hours.0.start"),
        ({"hours": (replace(WORK, end=1445),)}, "hours.0.end"),
        ({"hours": (replace(WORK, end=540),)}, "hours.0.end"),
        ({"hours": (replace(WORK, weekdays=()),)}, "hours.0"),
        ({"hours": (replace(WORK, on=MONDAY),)}, "hours.0"),
        ({"hours": (replace(WORK, weekdays=(7,)),)}, "hours.0.weekdays"),
        ({"hours": (replace(WORK, weekdays=(1, 1)),)}, "hours.0.weekdays"),
        ({"hours": (replace(WORK, slot_minutes=4),)}, "hours.0.slot_minutes"),
        ({"hours": (replace(WORK, modes=("fax",)),)}, "hours.0.modes"),
        ({"hours": (replace(WORK, weekdays=(), rrule="FREQ=DAILY"),)}, "hours.0.valid_from"),
        ({"hours": (replace(WORK, weekdays=(), rrule="nonsense", valid_from=MONDAY),)}, "hours.0.rrule"),
        ({"breaks": (Break(start=720, end=720),)}, "breaks.0.end"),
        ({"overrides": (Override(date=MONDAY, ranges=(Range(start=540, end=600),)),)}, "overrides.0.location_id"),
        ({"overrides": (Override(date=MONDAY), Override(date=MONDAY))}, "overrides.1"),
        (
            {
                "overrides": (
                    Override(
                        date=MONDAY, location_id="L", ranges=(Range(start=540, end=600), Range(start=595, end=660))
                    ),
                )
            },
            "overrides.0.ranges",
        ),
        ({"holidays": tuple(date.fromordinal(740000 + day) for day in range(501))}, "holidays"),
    ],
)
def test_a_bad_schedule_names_the_field(change: dict[str, Any], field: str) -> None:
    assert fields(replace(GOOD, **change)) == [field]


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (replace(WORK, location_id="M", start=960, end=1080, weekdays=(4, 5)), True),
        (replace(WORK, location_id="M", start=1020, end=1080), False),
        (replace(WORK, location_id="M", start=1320, end=600, weekdays=(6,)), True),
        (replace(WORK, location_id="M", start=1320, end=540, weekdays=(6,)), False),
        (replace(WORK, location_id="M", start=1320, end=600, weekdays=(4,)), False),
        (replace(WORK, valid_from=date(2027, 1, 1)), True),
        (replace(WORK, location_id="M", weekdays=(), on=MONDAY), True),
        (replace(WORK, location_id="M", weekdays=(), on=date(2026, 6, 6)), False),
        (replace(WORK, weekdays=(), on=MONDAY), False),
    ],
)
def test_a_doctor_cannot_be_in_two_places_at_once(other: Hours, overlaps: bool) -> None:
    assert fields(Schedule(hours=(WORK, other))) == (["hours.1"] if overlaps else [])


def test_hours_that_never_hold_together_do_not_overlap() -> None:
    old, new = replace(WORK, valid_to=date(2026, 12, 31)), replace(WORK, valid_from=date(2027, 1, 1))

    assert problems(Schedule(hours=(old, new))) == []


def test_walls_of_two_zones_are_not_compared() -> None:
    zones = {"L": ZoneInfo("America/New_York"), "M": ZoneInfo("America/Phoenix")}

    assert fields(Schedule(hours=(WORK, replace(WORK, location_id="M"))), zones=zones) == []
