"""A schedule on the wire: three shapes, one meaning, and every mistake named."""

from datetime import date
from typing import Any

import pytest

from chalicelib.kit.errors import Invalid
from chalicelib.schedules.requests import PutSchedule
from chalicelib.schedules.views import ScheduleView
from chalicelib.scheduling.engine.schedule import Break, Hours, Override, Range, Schedule

MONDAY = date(2026, 6, 1)
WORK = Hours(location_id="L", start=540, end=1020, weekdays=(0, 1, 2, 3, 4))
HOURS = [{"weekdays": ["monday"], "start": "09:00", "end": "17:00"}]
ROW = {"date": "2026-06-01", "start_time": "09:00", "end_time": "12:00"}


def meant(body: dict[str, Any], *, at: tuple[str, ...] = ("L",)) -> Schedule:
    return PutSchedule.read(body).schedule(at)


@pytest.mark.parametrize(
    "weekdays",
    [["monday", "Tuesday", "WEDNESDAY", "thu", "fri"], [0, 1, 2, 3, 4], [4, "mon", 1, "wed", "thursday", 0]],
)
def test_weekdays_are_names_first_letters_or_numbers(weekdays: list[Any]) -> None:
    schedule = meant({"hours": [{"location_id": "L", "weekdays": weekdays, "start": "09:00", "end": "17:00"}]})

    assert schedule == Schedule(hours=(WORK,))


def test_working_hours_are_read_with_the_names_of_their_table() -> None:
    body = {
        "working_hours": {"start": "09:00", "end": "17:00"},
        "breaks": [{"start": "12:00", "end": "13:00"}, {"start": "15:00", "end": "15:15", "day": "fri"}],
        "holidays": ["2026-12-25", "2026-01-01", "2026-12-25"],
        "max_patients_per_day": 12,
        "appointment_duration": 20,
    }

    assert meant(body) == Schedule(
        hours=(WORK,),
        breaks=(Break(start=720, end=780), Break(start=900, end=915, weekdays=(4,))),
        holidays=(date(2026, 1, 1), date(2026, 12, 25)),
        daily_cap=12,
        slot_minutes=20,
    )


def test_working_hours_may_be_written_in_camel_case_with_settings_of_our_own() -> None:
    body = {
        "workingHours": {"mon": [{"start": "09:00", "end": "12:00"}], "tue": None},
        "maxPatientsPerDay": 8,
        "bufferAfter": 10,
        "minNoticeMinutes": 60,
    }

    schedule = meant(body)

    assert schedule.hours == (Hours(location_id="L", start=540, end=720, weekdays=(0,)),)
    assert (schedule.daily_cap, schedule.buffer_after, schedule.min_notice_minutes) == (8, 10, 60)


def test_one_range_of_working_hours_may_name_its_days() -> None:
    schedule = meant({"working_hours": {"start": "09:00", "end": "17:00", "days": ["sat", "sunday"]}})

    assert schedule.hours == (Hours(location_id="L", start=540, end=1020, weekdays=(5, 6)),)


def test_availability_rows_are_read_as_they_stand_in_their_table() -> None:
    stored = {"id": 1, "doctor_id": 123, "created_at": "2024-01-01", "is_available": True, "recurrence_pattern": None}
    row = ROW | stored | {"slot_duration_minutes": 20, "max_patients_per_slot": 3}
    pause = {"break_start_time": "10:00:00", "break_end_time": "10:15:00"}

    schedule = meant({"availability": [row | pause], "buffer_before": 5})

    assert schedule.hours == (Hours(location_id="L", start=540, end=720, on=MONDAY, slot_minutes=20, capacity=3),)
    assert schedule.breaks == (Break(location_id="L", start=600, end=615, on=MONDAY),)
    assert schedule.buffer_before == 5


def test_one_row_may_stand_alone() -> None:
    recurring = {"isRecurring": True, "recurrencePattern": "FREQ=WEEKLY;BYDAY=MO,WE"}
    row = {"id": 7, "doctorId": "123", "date": "2026-06-01", "startTime": "09:00", "endTime": "12:00"} | recurring

    schedule = meant({**row, "slot_duration_minutes": 20, "daily_cap": 9})

    hours = Hours(location_id="L", start=540, end=720, weekdays=(0, 2), valid_from=MONDAY, slot_minutes=20)
    assert schedule == Schedule(hours=(hours,), daily_cap=9)


def test_breaks_of_the_schedule_stand_beside_those_of_its_rows() -> None:
    row = ROW | {"break_start_time": "10:00", "break_end_time": "10:15"}

    schedule = meant({"availability": [row], "breaks": [{"start": "11:00", "end": "11:15"}]})

    assert schedule.breaks == (
        Break(location_id="L", start=600, end=615, on=MONDAY),
        Break(start=660, end=675),
    )


def test_a_location_that_is_left_out_is_the_one_given_beside_or_the_doctors_only_one() -> None:
    beside = meant({"hours": HOURS, "location_id": "M"}, at=("L", "M"))
    only = meant({"hours": HOURS}, at=("L",))

    assert beside.location_ids == ("M",)
    assert only.location_ids == ("L",)


@pytest.mark.parametrize(
    "body",
    [
        {"hours": HOURS},
        {"working_hours": {"start": "09:00", "end": "17:00"}},
        {"availability": [ROW]},
        {"hours": [], "overrides": [{"date": "2026-06-01", "ranges": [{"start": "09:00", "end": "10:00"}]}]},
    ],
)
@pytest.mark.parametrize("locations", [(), ("L", "M")])
def test_without_one_location_the_location_is_asked_for(body: dict[str, Any], locations: tuple[str, ...]) -> None:
    request = PutSchedule.read(body)

    with pytest.raises(Invalid) as refused:
        request.schedule(locations)

    assert refused.value.details[0]["field"] == "location_id"


def test_what_is_shown_can_be_sent_back() -> None:
    schedule = Schedule(
        hours=(
            WORK,
            Hours(location_id="L", start=1200, end=120, rrule="FREQ=MONTHLY", valid_from=MONDAY, modes=("telehealth",)),
        ),
        breaks=(Break(start=720, end=780), Break(start=600, end=630, on=MONDAY, location_id="L")),
        holidays=(date(2026, 12, 25),),
        holiday_country="US",
        overrides=(Override(date=MONDAY, location_id="L", ranges=(Range(start=540, end=1440, capacity=2),)),),
        grid_minutes=15,
        buffer_after=10,
        modes=("in-person",),
        valid_to=date(2027, 1, 1),
    )

    shown = ScheduleView.of("doc_1", 3, schedule).wire()

    assert meant({**shown, "stranded": []}, at=()) == schedule
    assert shown["hours"][1]["end"] == "02:00"
    assert shown["overrides"][0]["ranges"][0]["end"] == "24:00"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "hours"),
        ({"hours": HOURS, "working_hours": {}}, "working_hours"),
        ({"hours": HOURS, "availability": [ROW]}, "availability"),
        ({"working_hours": {}, **ROW}, "availability"),
        ({"availability": [ROW], **ROW}, "availability"),
        ({"hours": HOURS, "lunch": "12:00"}, "lunch"),
        ({"hours": HOURS, "is_available": True}, "is_available"),
        ({"hours": [{"weekdays": ["someday"], "start": "09:00", "end": "17:00"}]}, "hours[0].weekdays[0]"),
        ({"hours": [{"weekdays": [7], "start": "09:00", "end": "17:00"}]}, "hours[0].weekdays[0]"),
        ({"hours": [{"weekdays": [True], "start": "09:00", "end": "17:00"}]}, "hours[0].weekdays[0]"),
        ({"hours": [{"weekdays": [1], "start": "25:00", "end": "17:00"}]}, "hours[0].start"),
        ({"hours": [{"weekdays": [1], "start": "09:00"}]}, "hours[0].end"),
        ({"hours": HOURS, "holidays": ["2026-02-30"]}, "holidays[0]"),
        ({"hours": HOURS, "slot_minutes": "30"}, "slot_minutes"),
        ({"hours": HOURS, "slot_minutes": 30, "appointment_duration": 20}, "slot_minutes"),
        ({"hours": HOURS, "slot_minutes": 30, "slot_duration_minutes": 20}, "slot_minutes"),
        ({"hours": HOURS, "modes": ["carrier pigeon"]}, "modes[0]"),
        ({"hours": HOURS, "overrides": [{"date": "2026-06-01", "ranges": [{}]}]}, "overrides[0].ranges[0].start"),
        ({"working_hours": []}, "working_hours"),
        ({"working_hours": {"mon": "9-17"}}, "working_hours"),
        ({"working_hours": {"start": "09:00", "end": "17:00", "days": []}}, "working_hours"),
        ({"working_hours": {"start": "09:00", "end": "17:00", "room": 1}}, "working_hours"),
        ({"availability": [ROW | {"start_time": "9 am"}]}, "availability[0].start_time"),
        ({"availability": [{"date": "2026-06-01"}]}, "availability[0].start_time"),
    ],
)
def test_an_unreadable_schedule_is_refused_by_its_field(body: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        PutSchedule.read(body)

    assert refused.value.details[0]["field"] == field


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"working_hours": {"someday": None}}, "working_hours.someday"),
        ({"working_hours": {"mon": {"start": "09:00", "end": "09:00"}}}, "working_hours.mon.end"),
        ({"availability": [ROW, ROW | {"end_time": "09:00"}]}, "availability[1].end_time"),
        ({"availability": [ROW | {"is_recurring": True}]}, "availability[0].recurrence_pattern"),
    ],
)
def test_a_shape_that_means_nothing_is_refused_by_its_field(body: dict[str, Any], field: str) -> None:
    request = PutSchedule.read(body)

    with pytest.raises(Invalid) as refused:
        request.schedule(["L"])

    assert refused.value.details[0]["field"] == field
