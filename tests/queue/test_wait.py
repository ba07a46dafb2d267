"""Ranges of waits, for any line."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.queue import wait
from chalicelib.queue.wait import Ahead, Running

VISIT = Ahead("visit", 15)
KINDS = st.sampled_from(["visit", "first", "unknown"])
PLANNED = st.sampled_from([10.0, 15.0, 30.0])
LINES = st.lists(st.builds(Ahead, KINDS, PLANNED), max_size=8)
RUNNING = st.lists(st.builds(Running, KINDS, PLANNED, st.floats(0, 500)), max_size=2)
PACES = st.dictionaries(KINDS, st.lists(st.floats(0, 400), max_size=60))
BETWEEN = 1.0  # minutes from one visit to the next
STEADY = {"visit": [15.0] * 60}


def test_with_nobody_there_a_newcomer_goes_in_at_once() -> None:
    (newcomer,) = wait.estimate([], running=[], pace={})

    assert (newcomer.p50, newcomer.p90) == (0, 0)


def test_nobody_goes_in_before_the_doctor_is_there() -> None:
    first, newcomer = wait.estimate([VISIT], running=[], pace={}, doctor_free_in=25)

    assert (first.p50, first.p90) == (25, 25)
    assert newcomer.p50 > 25


def test_a_doctor_who_takes_longer_than_planned_makes_everybody_wait_longer() -> None:
    line = [VISIT] * 5

    slow, planned, quick = (
        wait.estimate(line, running=[], pace={"visit": [minutes] * 40})[-1].p50 for minutes in (24, 15, 8)
    )

    assert quick == pytest.approx(5 * (8 + BETWEEN), rel=0.1)
    assert planned == pytest.approx(5 * (15 + BETWEEN), rel=0.1)
    assert slow == pytest.approx(5 * (24 + BETWEEN), rel=0.1)


def test_a_few_times_move_the_planned_ones_less_than_many() -> None:
    unknown, few, many = (
        wait.estimate([VISIT] * 4, running=[], pace={"visit": [30.0] * times})[-1].p50 for times in (0, 3, 60)
    )

    assert unknown < few < many


def test_little_known_makes_the_range_wider() -> None:
    little, much = (wait.estimate([VISIT] * 6, running=[], pace={"visit": [15.0] * n})[-1] for n in (0, 60))

    assert little.p90 / little.p50 > much.p90 / much.p50


def test_a_visit_of_another_kind_is_waited_for_as_its_own_kind_takes() -> None:
    pace = {"check": [5.0] * 30, "surgery": [60.0] * 30}

    after_check = wait.estimate([Ahead("check", 5)], running=[], pace=pace)[-1]
    after_surgery = wait.estimate([Ahead("surgery", 60)], running=[], pace=pace)[-1]

    assert after_surgery.p50 > 5 * after_check.p90


def test_a_running_visit_has_less_left_the_longer_it_runs_and_never_nothing_certain() -> None:
    fresh, running, overdue = (
        wait.estimate([], running=[Running("visit", 15, minutes)], pace=STEADY)[0] for minutes in (0, 10, 60)
    )

    assert fresh.p50 > running.p50 > 0
    assert overdue.p90 > overdue.p50 > 0


@given(LINES, RUNNING, PACES, st.floats(0, 60))
@settings(max_examples=40)
def test_every_place_has_a_range_and_the_same_one_each_time(
    line: list[Ahead], running: list[Running], pace: dict[str, list[float]], free_in: float
) -> None:
    found = wait.estimate(line, running=running, pace=pace, doctor_free_in=free_in)

    assert len(found) == len(line) + 1
    assert all(free_in <= place.p50 <= place.p90 < float("inf") for place in found)
    assert found == wait.estimate(line, running=running, pace=pace, doctor_free_in=free_in)


@given(LINES, RUNNING, PACES)
@settings(max_examples=40)
def test_nobody_waits_less_than_whoever_stands_before_them(
    line: list[Ahead], running: list[Running], pace: dict[str, list[float]]
) -> None:
    found = wait.estimate(line, running=running, pace=pace)

    assert [place.p50 for place in found] == sorted(place.p50 for place in found)
    assert [place.p90 for place in found] == sorted(place.p90 for place in found)


def test_forty_in_line_are_estimated_in_a_few_milliseconds() -> None:
    line = [VISIT] * 40
    wait.estimate(line, running=[], pace=STEADY)

    spent = []
    for _ in range(5):
        begin = time.perf_counter()
        wait.estimate(line, running=[Running("visit", 15, 5)], pace=STEADY)
        spent.append(time.perf_counter() - begin)

    assert min(spent) < 0.05
