"""The engine against the plain second opinion, at the clock changes of every zone that has any from 2024 to 2030."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.scheduling.engine.availability import free_starts
from chalicelib.scheduling.engine.cells import Span, positions
from chalicelib.scheduling.engine.openings import Place, compile_schedule, openings
from chalicelib.scheduling.engine.schedule import Break, Hours, Schedule
from chalicelib.scheduling.engine.walltime import stretches
from tests.scheduling import enumerator, naive
from tests.scheduling.zones import Change, changes

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
DAY_AND_NIGHT = Schedule(
    hours=(
        Hours(location_id="L", start=8 * 60, end=17 * 60, weekdays=EVERY_DAY),
        Hours(location_id="L", start=22 * 60, end=6 * 60, weekdays=EVERY_DAY, slot_minutes=40),
    ),
    breaks=(
        Break(start=12 * 60, end=12 * 60 + 30),
        Break(start=23 * 60 + 50, end=20),
        Break(start=2 * 60, end=2 * 60 + 15),
    ),
    grid_minutes=25,
)


@pytest.fixture(params=["UTC", "America/New_York"])
def process_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The zone of the process, which must not matter."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def both_directions(name: str) -> list[Change]:
    """One forward and one backward change of a zone; which years differs from zone to zone."""
    mine = changes()[name]
    chosen = []
    for forward in (True, False):
        some = [change for change in mine if change.forward is forward]
        if some:
            chosen.append(some[sum(name.encode()) % len(some)])
    return chosen


def engine_starts(schedule: Schedule, change: Change, span: Span) -> set[enumerator.Start]:
    compiled = compile_schedule(schedule, places={"L": Place(change.zone)})
    found = set()
    for opening in openings(compiled, span):
        session = opening.session
        kind = enumerator.Kind("L", session.slot_minutes, session.grid_minutes, session.capacity, session.modes)
        starts = free_starts(opening, duration=session.slot_minutes)
        found |= {enumerator.Start(span.instant(position), kind) for position in positions(starts)}
    return found


def oracle_starts(schedule: Schedule, change: Change, span: Span) -> set[enumerator.Start]:
    # An appointment must lie inside the span for the engine, hence the last starts are compared no further.
    begin = span.instant(0)
    places: dict[str, enumerator.Place] = {"L": (change.zone, None)}
    return enumerator.free_starts(schedule, places, begin=begin, end=begin + timedelta(days=span.days))


def around(change: Change) -> Span:
    return Span((change.instant - timedelta(hours=18)).date(), 3)


def inside(starts: set[enumerator.Start], span: Span) -> set[enumerator.Start]:
    end = span.instant(span.cells)
    return {start for start in starts if start.instant + timedelta(minutes=start.kind.slot) <= end}


@pytest.mark.usefixtures("process_zone")
@pytest.mark.parametrize("name", sorted(changes()))
def test_day_and_night_hours_agree_with_the_second_opinion_at_both_clock_changes(name: str) -> None:
    chosen = both_directions(name)

    compared = [
        (engine_starts(DAY_AND_NIGHT, change, around(change)), oracle_starts(DAY_AND_NIGHT, change, around(change)))
        for change in chosen
    ]

    assert compared
    for change, (engine, oracle) in zip(chosen, compared, strict=True):
        assert engine == inside(oracle, around(change)), change


def test_every_clock_change_of_every_zone_is_found_to_the_minute() -> None:
    span = Span(date(2024, 1, 1), 7 * 365 + 2)

    found = {
        name: [span.instant(part.begin) for part in stretches(mine[0].zone, span)[1:]]
        for name, mine in changes().items()
    }

    assert len(found) > 150
    assert found == {name: [change.instant for change in mine] for name, mine in changes().items()}


def naive_differences(change: Change, span: Span) -> int:
    oracle = {start.instant for start in inside(oracle_starts(DAY_AND_NIGHT, change, span), span)}
    begin, end = span.instant(0), span.instant(span.cells)
    guess = {
        instant
        for instant, slot in naive.starts(DAY_AND_NIGHT, change.zone, span.first, span.days)
        if begin <= instant and instant + timedelta(minutes=slot) <= end
    }
    return len(guess ^ oracle)


def test_a_naive_wall_clock_generator_fails_the_same_comparison_on_transition_days_only() -> None:
    chosen = [change for name in ("America/New_York", "Australia/Lord_Howe") for change in both_directions(name)]

    on_change = [naive_differences(change, around(change)) for change in chosen]
    week_later = [naive_differences(change, Span(around(change).first + timedelta(days=7), 3)) for change in chosen]

    assert all(on_change), on_change
    assert not any(week_later), week_later


@pytest.mark.usefixtures("process_zone")
@pytest.mark.parametrize(
    ("name", "day", "offset"),
    [
        ("America/New_York", date(2026, 3, 8), -4),
        ("America/New_York", date(2026, 11, 1), -5),
        ("Europe/Berlin", date(2026, 3, 29), 2),
        ("Australia/Sydney", date(2026, 10, 4), 11),
    ],
)
def test_one_in_the_afternoon_of_a_transition_day_is_one_in_the_afternoon(name: str, day: date, offset: int) -> None:
    change = next(change for change in changes()[name] if abs(change.instant.date() - day) <= timedelta(days=1))
    schedule = Schedule(hours=(Hours(location_id="L", start=13 * 60, end=14 * 60, weekdays=EVERY_DAY),))

    starts = sorted(start.instant for start in engine_starts(schedule, change, Span(day, 1)))

    one_o_clock = datetime(day.year, day.month, day.day, 13, tzinfo=UTC) - timedelta(hours=offset)
    assert starts == [one_o_clock, one_o_clock + timedelta(minutes=30)]
