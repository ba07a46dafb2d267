"""Every reason why a time is not offered, and that the decision agrees with what is listed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.kit import grid
from chalicelib.scheduling.engine.availability import free_starts
from chalicelib.scheduling.engine.cells import Span, taken_cells
from chalicelib.scheduling.engine.explain import Decision, RoomUse, Wish, decide
from chalicelib.scheduling.engine.openings import Place, compile_schedule, openings
from chalicelib.scheduling.engine.schedule import Break, Hours, Override, Range, Schedule

ZONE = ZoneInfo("America/New_York")
MONDAY = date(2026, 6, 1)
NOW = datetime(2026, 5, 29, 12, tzinfo=UTC)
OPEN = (((8 * 60, 18 * 60),),) * 7
SCHEDULE = Schedule(
    hours=(Hours(location_id="L", start=9 * 60, end=19 * 60, weekdays=(0, 1, 2, 3, 4), modes=("in-person",)),),
    breaks=(Break(start=12 * 60, end=13 * 60),),
    buffer_after=10,
    grid_minutes=15,
    horizon_days=30,
)


def at(wall: str, day: date = MONDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{wall}").replace(tzinfo=ZONE)


def claimed(wall: str, minutes: int) -> dict[int, int]:
    return dict.fromkeys(grid.span(at(wall), minutes), 1)


def decision(wish: Wish, schedule: Schedule = SCHEDULE, **facts: object) -> Decision:
    compiled = compile_schedule(schedule, places={"L": Place(ZONE, OPEN)})
    return decide(compiled, wish, **({"now": NOW} | facts))  # type: ignore[arg-type]


def codes(wish: Wish, schedule: Schedule = SCHEDULE, **facts: object) -> list[str]:
    return [reason.code for reason in decision(wish, schedule, **facts).reasons]


def test_a_free_time_is_admitted_with_its_opening() -> None:
    found = decision(Wish(start=at("10:00"), mode="in-person", location_id="L"))

    assert found.admitted
    assert found.opening is not None
    assert found.opening.session.slot_minutes == 30


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("08:30", ["outside_hours"]),
        ("10:05", ["not_on_grid"]),
        ("10:02", ["not_on_grid"]),
        ("11:45", ["break"]),
        ("17:45", ["location_closed"]),
        ("18:45", ["outside_hours"]),
    ],
)
def test_a_closed_time_says_what_closes_it(wall: str, expected: list[str]) -> None:
    assert codes(Wish(start=at(wall))) == expected


def test_a_holiday_is_named_only_where_it_closes_the_hours() -> None:
    schedule = replace(SCHEDULE, holiday_country="US")
    independence_day = date(2026, 7, 3)  # observed

    found = decision(Wish(start=at("10:00", independence_day)), replace(schedule, horizon_days=60))

    assert [reason.code for reason in found.reasons] == ["holiday"]
    assert "Independence Day" in found.reasons[0].sentence
    assert codes(Wish(start=at("07:00", independence_day)), replace(schedule, horizon_days=60)) == ["outside_hours"]


@pytest.mark.parametrize("holidays", [(), (MONDAY,)])
def test_an_override_is_the_reason_even_on_a_holiday(holidays: tuple[date, ...]) -> None:
    afternoon = Override(date=MONDAY, location_id="L", ranges=(Range(start=840, end=900),))
    schedule = replace(SCHEDULE, overrides=(afternoon,), holidays=holidays)

    assert codes(Wish(start=at("10:00")), schedule) == ["override"]
    assert codes(Wish(start=at("14:00")), schedule) == []


def test_a_break_inside_an_override_is_the_break() -> None:
    evening = Override(date=MONDAY, location_id="L", ranges=(Range(start=660, end=840),))

    assert codes(Wish(start=at("12:15")), replace(SCHEDULE, overrides=(evening,))) == ["break"]


@pytest.mark.parametrize(
    ("now", "schedule", "expected"),
    [
        (at("10:05"), SCHEDULE, ["past"]),
        (at("09:30"), replace(SCHEDULE, min_notice_minutes=60), ["min_notice"]),
        (at("09:00"), replace(SCHEDULE, min_notice_minutes=60), []),
        (at("10:00") - timedelta(days=30), SCHEDULE, []),
        (at("09:55") - timedelta(days=30), SCHEDULE, ["beyond_horizon"]),
    ],
)
def test_notice_and_horizon_count_from_now(now: datetime, schedule: Schedule, expected: list[str]) -> None:
    assert codes(Wish(start=at("10:00")), schedule, now=now) == expected


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (("10:25", 5), ["taken"]),
        (("10:30", 5), ["buffer"]),
        (("10:35", 5), ["buffer"]),
        (("10:40", 5), []),
        (("09:55", 5), []),
    ],
)
def test_another_appointment_takes_the_time_or_its_buffer(taken: tuple[str, int], expected: list[str]) -> None:
    assert codes(Wish(start=at("10:00")), sheets=[claimed(*taken)]) == expected


def test_a_taken_time_is_free_while_the_capacity_lasts() -> None:
    group = replace(SCHEDULE, capacity=2)

    assert codes(Wish(start=at("10:00")), group, sheets=[claimed("10:00", 40)]) == []


def test_a_wrong_mode_a_reached_cap_and_a_taken_room_are_all_told() -> None:
    room = RoomUse(sheets=[claimed("10:30", 30)], turnover=15)

    found = codes(Wish(start=at("10:00"), mode="telehealth"), capped={MONDAY}, rooms=[room])

    assert found == ["mode", "daily_cap", "room"]


def test_one_free_room_is_enough_and_no_room_at_all_is_not() -> None:
    taken, free = RoomUse(sheets=[claimed("10:00", 30)]), RoomUse(sheets=[])

    assert codes(Wish(start=at("10:00")), rooms=[taken, free]) == []
    assert codes(Wish(start=at("10:00")), rooms=[]) == ["room"]


def test_a_location_where_the_doctor_does_not_work_is_outside_hours() -> None:
    assert codes(Wish(start=at("10:00"), location_id="elsewhere")) == ["outside_hours"]


def test_a_shift_begun_two_utc_dates_ago_is_still_seen() -> None:
    long_shift = Hours(location_id="L", start=22 * 60, end=21 * 60, weekdays=(6,))
    schedule = Schedule(hours=(long_shift,))

    found = decide(compile_schedule(schedule, places={"L": Place(ZONE)}), Wish(start=at("20:30")), now=NOW)

    assert found.admitted
    assert at("20:30").astimezone(UTC).date() == MONDAY + timedelta(days=1)


@settings(max_examples=80)
@given(
    cell=st.integers(0, 575),
    duration=st.sampled_from([15, 30, 45]),
    booked=st.integers(0, 500),
    notice=st.sampled_from([0, 24 * 60 * 3]),
)
def test_a_time_is_admitted_exactly_when_it_is_listed(cell: int, duration: int, booked: int, notice: int) -> None:
    schedule = replace(SCHEDULE, min_notice_minutes=notice)
    span = Span(MONDAY, 3)
    start = span.instant(cell)
    first = grid.cell(span.instant(booked))
    sheets = [dict.fromkeys(part, 1) for _, part in grid.by_day(range(first, first + 8))]

    admitted = decision(Wish(start=start, duration=duration), schedule, sheets=sheets).admitted

    (opening,) = openings(compile_schedule(schedule, places={"L": Place(ZONE, OPEN)}), span)
    taken = taken_cells(sheets, span=span)
    earliest = NOW + timedelta(minutes=notice)
    listed = free_starts(opening, duration=duration, taken=taken, after=10, earliest=earliest)
    assert admitted == bool(listed >> cell & 1)
