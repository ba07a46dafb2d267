"""Free starts on random schedules, zones and bookings: the engine against the plain second opinion."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.kit import grid
from chalicelib.scheduling.engine.availability import (
    Slot,
    counts,
    first_start,
    free_starts,
    on_dates,
    render,
    without_room,
)
from chalicelib.scheduling.engine.cells import Span, positions, taken_cells, touched_dates
from chalicelib.scheduling.engine.openings import Opening, Place, compile_schedule, openings
from chalicelib.scheduling.engine.schedule import Break, Hours, Override, Range, Schedule, from_dict, to_dict
from tests.scheduling import enumerator

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Pacific/Kiritimati",
        "Asia/Kolkata",
    )
]
# Days on which the clocks of New York, Lord Howe and Casablanca change, and quiet ones.
DAYS = [date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5), date(2026, 10, 4), date(2026, 2, 15), date(2026, 7, 1)]

minutes = st.integers(0, 287).map(lambda cell: cell * 5)
ends = st.integers(0, 288).map(lambda cell: cell * 5)
ranges = st.tuples(minutes, ends).filter(lambda pair: pair[0] != pair[1])
lengths = st.sampled_from([5, 15, 20, 30, 45, 60, 90])
weekdays = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
near = st.integers(-3, 3)


@st.composite
def whens(draw: st.DrawFn, day: date) -> dict[str, object]:
    around = [day + timedelta(days=draw(near)) for _ in range(2)]
    validity: dict[str, object] = {"valid_from": min(around), "valid_to": max(around)}
    return draw(
        st.one_of(
            weekdays.map(lambda days: {"weekdays": days}),
            weekdays.map(lambda days: {"weekdays": days} | validity),
            st.just({"on": around[0]}),
            st.sampled_from(["FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO,SU;COUNT=3", "FREQ=MONTHLY"]).map(
                lambda rule: {"rrule": rule, "valid_from": around[0] - timedelta(days=60)}
            ),
        )
    )


@st.composite
def schedules(draw: st.DrawFn, day: date) -> Schedule:
    optional = {"slot_minutes": st.none() | lengths, "capacity": st.none() | st.integers(1, 2)}

    def hours() -> Hours:
        start, end = draw(ranges)
        extra = {name: draw(choice) for name, choice in optional.items()}
        return Hours(location_id=draw(st.sampled_from("LM")), start=start, end=end, **extra, **draw(whens(day)))

    def pause() -> Break:
        start, end = draw(ranges)
        return Break(start=start, end=end, location_id=draw(st.sampled_from(["L", None])), **draw(whens(day)))

    def override(apart: int) -> Override:
        parts = [
            Range(start=start, end=end, **{name: draw(choice) for name, choice in optional.items()})
            for start, end in draw(st.lists(ranges, max_size=2))
        ]
        location_id = "L" if parts else draw(st.sampled_from(["L", None]))
        return Override(date=day + timedelta(days=apart), location_id=location_id, ranges=tuple(parts))

    return Schedule(
        hours=tuple(hours() for _ in range(draw(st.integers(1, 3)))),
        breaks=tuple(pause() for _ in range(draw(st.integers(0, 2)))),
        holidays=tuple({day + timedelta(days=apart) for apart in draw(st.lists(near, max_size=1))}),
        overrides=tuple(override(apart) for apart in sorted(draw(st.sets(near, max_size=2)))),
        slot_minutes=draw(lengths),
        grid_minutes=draw(st.none() | lengths),
        buffer_before=draw(st.sampled_from([0, 0, 10])),
        buffer_after=draw(st.sampled_from([0, 10, 25])),
        valid_from=draw(st.none() | near.map(lambda apart: day + timedelta(days=apart))),
    )


openings_of_a_week = st.none() | st.lists(st.lists(ranges, max_size=2), min_size=7, max_size=7)


@settings(max_examples=250, suppress_health_check=[HealthCheck.data_too_large])
@given(data=st.data())
def test_free_starts_agree_with_the_second_opinion(data: st.DataObject) -> None:
    day = data.draw(st.sampled_from(DAYS))
    schedule = data.draw(schedules(day))
    zones = {"L": data.draw(st.sampled_from(ZONES)), "M": data.draw(st.sampled_from(ZONES))}
    week = data.draw(openings_of_a_week)
    duration = data.draw(st.none() | lengths)
    span = Span.of_dates(day, day)
    booked = data.draw(st.lists(st.integers(0, span.cells - 10), max_size=6))
    claims = Counter(span.instant(cell + more) for cell in booked for more in range(9))
    capped = data.draw(st.sets(near.map(lambda apart: day + timedelta(days=apart)), max_size=1))
    off_cell = timedelta(minutes=data.draw(st.sampled_from([0, 3])))
    moments = st.none() | minutes.map(lambda minute: span.instant(minute // 5) + off_cell)
    earliest, latest = data.draw(moments), data.draw(moments)
    limits = {
        "earliest": earliest and earliest + timedelta(days=1),
        "latest": latest and latest + timedelta(days=2),
    }

    engine = set()
    places = {"L": Place(zones["L"], _frozen(week)), "M": Place(zones["M"])}
    for opening in openings(compile_schedule(from_dict(to_dict(schedule)), places=places), span):
        session = opening.session
        starts = free_starts(
            opening,
            duration=duration or session.slot_minutes,
            taken=taken_cells(sheets_of(claims), span=span, capacity=session.capacity),
            before=schedule.buffer_before,
            after=schedule.buffer_after,
            capped=capped,
            **limits,
        ) & on_dates(opening, day, day)
        kind = enumerator.Kind(
            session.location_id, session.slot_minutes, session.grid_minutes, session.capacity, session.modes
        )
        engine |= {enumerator.Start(span.instant(position), kind) for position in positions(starts)}

    oracle = enumerator.free_starts(
        schedule,
        {"L": (zones["L"], week), "M": (zones["M"], None)},
        begin=span.instant(0),
        end=span.instant(span.cells),
        duration=duration,
        taken=claims,
        capped=capped,
        **limits,
    )
    assert engine == {start for start in oracle if _local_date(start, zones) == day}


def sheets_of(claims: Counter[datetime]) -> list[dict[int, int]]:
    """Claims by instant as the day sheets hold them."""
    sheets: dict[date, dict[int, int]] = {}
    for instant, count in claims.items():
        sheets.setdefault(instant.date(), {})[grid.cell(instant)] = count
    return list(sheets.values())


def _frozen(week: list[list[tuple[int, int]]] | None) -> tuple[tuple[tuple[int, int], ...], ...] | None:
    return None if week is None else tuple(tuple(day) for day in week)


def _local_date(start: enumerator.Start, zones: dict[str, ZoneInfo]) -> date:
    return start.instant.astimezone(zones[start.kind.location_id]).date()


def opening_of(
    schedule: Schedule, *, zone: str = "America/New_York", first: date = date(2026, 3, 7), days: int = 4
) -> Opening:
    """The only opening of a schedule at location L."""
    (opening,) = openings(compile_schedule(schedule, places={"L": Place(ZoneInfo(zone))}), Span(first, days))
    return opening


NIGHT = Schedule(hours=(Hours(location_id="L", start=22 * 60, end=6 * 60, weekdays=(0, 1, 2, 3, 4, 5, 6)),))


@settings(max_examples=60)
@given(zone=st.sampled_from(ZONES), day=st.sampled_from(DAYS), duration=lengths, bits=st.integers(0, (1 << 864) - 1))
def test_rendered_slots_are_the_locations_wall_clock(zone: ZoneInfo, day: date, duration: int, bits: int) -> None:
    opening = opening_of(NIGHT, zone=zone.key, first=day, days=3)
    starts = bits & (bits >> 7) & (bits >> 11)

    slots = render(opening, starts, duration=duration)

    instants = [opening.span.instant(position) for position in positions(starts)]
    assert slots == [_converted(instant, duration, zone) for instant in instants]


def _converted(instant: datetime, duration: int, zone: ZoneInfo) -> Slot:
    local, end = instant.astimezone(zone), (instant + timedelta(minutes=duration)).astimezone(zone)
    return {
        "start_time": local.isoformat(),
        "end_time": end.isoformat(),
        "duration_minutes": duration,
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M}",
        "available": True,
    }


def test_taken_times_are_shown_among_the_free_ones_when_asked_for() -> None:
    opening = opening_of(NIGHT)
    every = free_starts(opening, duration=30)
    free = free_starts(opening, duration=30, taken=1 << positions(every)[1])

    slots = render(opening, free, duration=30, unavailable=every & ~free)

    assert len(slots) == every.bit_count()
    assert [slot["available"] for slot in slots[:3]] == [True, False, True]


def test_the_earliest_and_the_latest_instant_are_themselves_bookable() -> None:
    opening = opening_of(NIGHT)
    every = positions(free_starts(opening, duration=30))
    instants = [opening.span.instant(position) for position in every]

    found = free_starts(opening, duration=30, earliest=instants[1], latest=instants[3])
    between = free_starts(opening, duration=30, earliest=instants[1] + timedelta(seconds=1), latest=instants[3])

    assert positions(found) == every[1:4]
    assert positions(between) == every[2:4]


def test_an_overlap_night_lists_the_repeated_hour_twice() -> None:
    opening = opening_of(NIGHT, first=date(2026, 10, 31), days=3)

    slots = render(
        opening,
        free_starts(opening, duration=30) & on_dates(opening, date(2026, 11, 1), date(2026, 11, 1)),
        duration=30,
    )

    repeated = [slot["start_time"] for slot in slots if slot["time"] in {"01:00", "01:30"}]
    assert repeated == [
        "2026-11-01T01:00:00-04:00",
        "2026-11-01T01:30:00-04:00",
        "2026-11-01T01:00:00-05:00",
        "2026-11-01T01:30:00-05:00",
    ]


def test_a_gap_night_lists_no_missing_hour() -> None:
    opening = opening_of(NIGHT)

    slots = render(
        opening, free_starts(opening, duration=30) & on_dates(opening, date(2026, 3, 8), date(2026, 3, 8)), duration=30
    )

    assert [slot["time"] for slot in slots if slot["time"] < "04:00"] == [
        "00:00",
        "00:30",
        "01:00",
        "01:30",
        "03:00",
        "03:30",
    ]
    assert slots[3]["end_time"] == "2026-03-08T03:00:00-04:00"


@settings(max_examples=100)
@given(bits=st.integers(0, (1 << 1152) - 1), day=st.sampled_from(DAYS), zone=st.sampled_from(ZONES))
def test_counts_per_date_are_the_rendered_slots_counted(bits: int, day: date, zone: ZoneInfo) -> None:
    opening = opening_of(NIGHT, zone=zone.key, first=day, days=4)

    found = counts(opening, bits)

    dates = Counter(slot["date"] for slot in render(opening, bits, duration=5))
    assert {day.isoformat(): count for day, count in found.items()} == dates


def test_a_start_needs_one_room_that_is_free_from_start_to_end_and_turnover() -> None:
    one, other = 1 << 108, 1 << 120

    blocked = without_room([(one, 15), (other | one, 0)], duration=30)

    assert positions(blocked & ((1 << 288) - 1)) == [103, 104, 105, 106, 107, 108]


def test_without_any_room_nothing_can_begin() -> None:
    assert without_room([], duration=30) & 0b1011 == 0b1011


def test_the_first_start_is_the_earliest_instant() -> None:
    opening = opening_of(NIGHT)

    assert first_start(opening, (1 << 300) | (1 << 12)) == datetime(2026, 3, 7, 1, tzinfo=UTC)
    assert first_start(opening, 0) is None


@given(cells=st.sets(st.integers(0, 863), min_size=1, max_size=5), before=st.integers(0, 24), after=st.integers(1, 96))
def test_the_touched_dates_are_those_of_every_claimed_cell(cells: set[int], before: int, after: int) -> None:
    span = Span(date(2026, 3, 7), 3)

    dates = touched_dates(sum(1 << cell for cell in cells), span=span, before=before, after=after)

    claimed = {span.instant(cell + more).date() for cell in cells for more in range(-before, after)}
    assert dates == sorted(claimed)


def test_an_ordinary_day_in_new_york_needs_one_sheet() -> None:
    day = Schedule(hours=(Hours(location_id="L", start=9 * 60, end=17 * 60, weekdays=(0, 1, 2, 3, 4)),))
    opening = opening_of(day, first=date(2026, 3, 9), days=3)
    starts = free_starts(opening, duration=30) & on_dates(opening, date(2026, 3, 10), date(2026, 3, 10))

    assert touched_dates(starts, span=opening.span, after=6) == [date(2026, 3, 10)]


@pytest.mark.parametrize("duration", [7, -5])
def test_a_duration_off_the_grid_is_refused(duration: int) -> None:
    with pytest.raises(ValueError, match="not a multiple of 5"):
        free_starts(opening_of(NIGHT), duration=duration)
