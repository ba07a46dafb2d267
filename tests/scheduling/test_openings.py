"""What holidays, overrides, breaks, validity and a location's hours do to a doctor's openings."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from chalicelib.scheduling.engine.availability import free_starts, on_dates, render
from chalicelib.scheduling.engine.cells import Span
from chalicelib.scheduling.engine.openings import Place, compile_schedule, openings
from chalicelib.scheduling.engine.schedule import Break, Hours, Override, Range, Schedule

NEW_YORK = ZoneInfo("America/New_York")
MONDAY, TUESDAY = date(2026, 6, 1), date(2026, 6, 2)
MORNING = Schedule(hours=(Hours(location_id="L", start=9 * 60, end=11 * 60, weekdays=(0, 1)),))
NIGHT = Schedule(hours=(Hours(location_id="L", start=22 * 60, end=2 * 60, weekdays=(0, 1)),), slot_minutes=60)


def times(schedule: Schedule, day: date, places: Mapping[str, Place] | None = None) -> list[str]:
    """The wall times of a date at which an appointment of the slot length may begin."""
    compiled = compile_schedule(schedule, places=places or {"L": Place(NEW_YORK)})
    found = []
    for opening in openings(compiled, Span.of_dates(day, day)):
        duration = opening.session.slot_minutes
        starts = free_starts(opening, duration=duration) & on_dates(opening, day, day)
        found += [slot["time"] for slot in render(opening, starts, duration=duration)]
    return sorted(found)


def test_weekly_hours_are_listed_by_slot_length_on_their_weekdays_only() -> None:
    assert times(MORNING, MONDAY) == ["09:00", "09:30", "10:00", "10:30"]
    assert times(MORNING, date(2026, 6, 3)) == []


def test_a_finer_grid_lists_starts_that_still_fit() -> None:
    assert times(replace(MORNING, grid_minutes=45), MONDAY) == ["09:00", "09:45", "10:30"]


def test_a_night_shift_runs_into_the_next_date() -> None:
    assert times(NIGHT, MONDAY) == ["22:00", "23:00"]
    assert times(NIGHT, TUESDAY) == ["00:00", "01:00", "22:00", "23:00"]
    assert times(NIGHT, date(2026, 6, 3)) == ["00:00", "01:00"]


def test_a_night_shift_begun_before_a_holiday_runs_to_its_end() -> None:
    schedule = replace(NIGHT, holidays=(TUESDAY,))

    assert times(schedule, MONDAY) == ["22:00", "23:00"]
    assert times(schedule, TUESDAY) == ["00:00", "01:00"]
    assert times(schedule, date(2026, 6, 3)) == []


def test_public_holidays_of_the_country_close_the_day() -> None:
    thanksgiving = date(2026, 11, 26)
    thursdays = Schedule(hours=(Hours(location_id="L", start=540, end=600, weekdays=(3,)),))

    assert times(thursdays, thanksgiving) == ["09:00", "09:30"]
    assert times(replace(thursdays, holiday_country="US"), thanksgiving) == []


def test_an_override_wins_over_a_holiday() -> None:
    extra = Override(date=MONDAY, location_id="L", ranges=(Range(start=840, end=900, slot_minutes=20, capacity=3),))

    assert times(replace(MORNING, holidays=(MONDAY,), overrides=(extra,)), MONDAY) == ["14:00", "14:20", "14:40"]


def test_an_override_without_ranges_closes_its_date_alone() -> None:
    schedule = replace(MORNING, overrides=(Override(date=MONDAY),))

    assert times(schedule, MONDAY) == []
    assert times(schedule, TUESDAY) == ["09:00", "09:30", "10:00", "10:30"]


def test_what_is_said_for_one_location_stands_above_what_is_said_for_all() -> None:
    here = Override(date=MONDAY, location_id="L", ranges=(Range(start=600, end=660),))

    assert times(replace(MORNING, overrides=(here, Override(date=MONDAY))), MONDAY) == ["10:00", "10:30"]


@pytest.mark.parametrize(
    ("pause", "left"),
    [
        (Break(start=600, end=630), ["09:00", "09:30", "10:30"]),
        (Break(start=605, end=610), ["09:00", "09:30", "10:30"]),
        (Break(start=600, end=630, weekdays=(1,)), ["09:00", "09:30", "10:00", "10:30"]),
        (Break(start=600, end=630, on=MONDAY), ["09:00", "09:30", "10:30"]),
        (Break(start=600, end=630, location_id="M"), ["09:00", "09:30", "10:00", "10:30"]),
        (Break(start=600, end=630, valid_to=date(2026, 5, 31)), ["09:00", "09:30", "10:00", "10:30"]),
    ],
)
def test_a_break_removes_the_starts_that_would_meet_it(pause: Break, left: list[str]) -> None:
    assert times(replace(MORNING, breaks=(pause,)), MONDAY) == left


def test_a_break_after_midnight_cuts_the_night_shift_of_the_day_before() -> None:
    assert times(replace(NIGHT, breaks=(Break(start=0, end=30, weekdays=(1,)),)), TUESDAY) == [
        "01:00",
        "22:00",
        "23:00",
    ]


def test_a_break_applies_inside_an_override_too() -> None:
    override = Override(date=MONDAY, location_id="L", ranges=(Range(start=720, end=840),))

    assert times(replace(MORNING, overrides=(override,), breaks=(Break(start=720, end=780),)), MONDAY) == [
        "13:00",
        "13:30",
    ]


def test_hours_are_cut_to_the_locations_opening_hours() -> None:
    closed_until_ten = (((600, 1080),),) * 7

    assert times(MORNING, MONDAY, {"L": Place(NEW_YORK, closed_until_ten)}) == ["10:00", "10:30"]
    assert times(MORNING, MONDAY, {"L": Place(NEW_YORK, ((),) * 7)}) == []


def test_hours_hold_only_while_they_and_their_schedule_are_valid() -> None:
    from_june_2 = replace(MORNING.hours[0], valid_from=TUESDAY)

    assert times(replace(MORNING, hours=(from_june_2,)), MONDAY) == []
    assert times(replace(MORNING, hours=(from_june_2,)), TUESDAY) != []
    assert times(replace(MORNING, valid_to=MONDAY), TUESDAY) == []
    assert times(replace(MORNING, valid_to=MONDAY), MONDAY) != []


def test_a_night_shift_begun_on_the_last_valid_date_runs_to_its_end() -> None:
    assert times(replace(NIGHT, valid_to=MONDAY), TUESDAY) == ["00:00", "01:00"]


def test_a_recurrence_opens_its_dates_only() -> None:
    every_other = Hours(location_id="L", start=540, end=570, rrule="FREQ=WEEKLY;INTERVAL=2", valid_from=MONDAY)
    schedule = Schedule(hours=(every_other,))

    assert [times(schedule, day) for day in (MONDAY, date(2026, 6, 8), date(2026, 6, 15))] == [["09:00"], [], ["09:00"]]


def test_single_dates_add_to_the_weekly_hours() -> None:
    extra = Hours(location_id="L", start=840, end=900, on=MONDAY)

    assert times(replace(MORNING, hours=(*MORNING.hours, extra)), MONDAY)[-2:] == ["14:00", "14:30"]
    assert times(replace(MORNING, hours=(*MORNING.hours, extra)), TUESDAY)[-1] == "10:30"


def test_each_location_is_read_on_its_own_wall() -> None:
    schedule = Schedule(
        hours=(
            Hours(location_id="L", start=540, end=570, weekdays=(0,)),
            Hours(location_id="M", start=1020, end=1050, weekdays=(0,)),
        )
    )
    places = {"L": Place(NEW_YORK), "M": Place(ZoneInfo("America/Phoenix"))}

    found = {
        opening.session.location_id: render(opening, free_starts(opening, duration=30), duration=30)[0]["start_time"]
        for opening in openings(compile_schedule(schedule, places=places), Span.of_dates(MONDAY, MONDAY))
    }

    assert found == {"L": "2026-06-01T09:00:00-04:00", "M": "2026-06-01T17:00:00-07:00"}


def test_hours_at_a_location_that_is_not_given_are_left_out() -> None:
    assert openings(compile_schedule(MORNING, places={}), Span(MONDAY, 1)) == []


def test_an_appointment_may_not_run_from_one_kind_of_hours_into_another() -> None:
    group = Hours(location_id="L", start=11 * 60, end=12 * 60, weekdays=(0,), capacity=5)

    assert times(replace(MORNING, hours=(*MORNING.hours, group), slot_minutes=60), MONDAY) == [
        "09:00",
        "10:00",
        "11:00",
    ]
