"""The rule of the budget: no minute of any clock sees more calls than its limit, and the wait told is the wait had."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.advancedmd import budget
from chalicelib.advancedmd.budget import SECOND, SLACK
from chalicelib.gateways.advancedmd.tiers import Tier
from infra.simulators.advancedmd import limits

TIERS: list[Tier] = ["1", "2", "3", "login"]


def micro(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp()) * SECOND


BUSY = micro(2026, 12, 1, 17, 0)
QUIET = micro(2026, 12, 5, 17, 0)
OPENING = micro(2026, 12, 1, 12, 50)  # ten minutes before six o'clock in Denver
CLOSING = micro(2026, 12, 2, 0, 50)


def greedy(tier: Tier, start: int, tries: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Whoever tries after each of these pauses and gets a call, when it was taken and when it arrives."""
    full_at, now, made = 0, start, []
    for pause, late in tries:
        now += pause
        level = budget.take(tier, full_at, now, urgent=True)
        if level is not None:
            full_at = level
            made.append((now, now + late))
    return made


def most_in_a_minute(arrivals: list[int]) -> list[tuple[int, int]]:
    """For the minute that begins with each arrival, when it begins and how many it sees."""
    return [(first, sum(first <= one < first + 60 * SECOND for one in arrivals)) for first in arrivals]


TRIES = st.lists(
    st.tuples(
        st.sampled_from([0, 1, SECOND // 3, SECOND, 5 * SECOND, 30 * SECOND, 70 * SECOND]), st.integers(0, SLACK - 1)
    ),
    min_size=60,
    max_size=250,
)


@pytest.mark.parametrize("tier", ["1", "2", "3"])
@pytest.mark.parametrize("start", [BUSY, QUIET, OPENING, CLOSING])
@settings(max_examples=15, deadline=None)
@given(tries=TRIES)
def test_no_sixty_seconds_see_more_than_the_least_limit_within_them(tier: Tier, start: int, tries) -> None:
    arrivals = sorted(arrived for _, arrived in greedy(tier, start, tries))

    number = int(tier)
    for first, seen in most_in_a_minute(arrivals):
        instants = [datetime.fromtimestamp(at // SECOND, UTC) for at in (first, first + 60 * SECOND)]
        assert seen <= min(limits.allowed(number, one) for one in instants)


@settings(max_examples=25, deadline=None)
@given(tries=TRIES)
def test_sign_ins_fit_into_the_minute_and_the_hour(tries) -> None:
    begun = [arrived for _, arrived in greedy("login", BUSY, tries * 4)]
    arrivals = sorted([*begun, *(one + 20 * SECOND for one in begun)])  # of each the second call comes later

    assert all(seen <= limits.LOGINS_IN_A_MINUTE for _, seen in most_in_a_minute(arrivals))
    for first in arrivals:
        assert sum(first <= one < first + 3600 * SECOND for one in arrivals) <= limits.LOGINS_IN_AN_HOUR


def test_a_bucket_that_counts_the_minute_alone_would_exceed_it() -> None:
    """The negative control: without SLACK, a late call and a punctual one meet in one minute."""
    taken = [BUSY, BUSY + 60 * SECOND]

    arrivals = [taken[0] + 5 * SECOND, taken[1]]

    assert max(seen for _, seen in most_in_a_minute(arrivals)) > limits.PEAK[1]


@pytest.mark.parametrize("tier", ["2", "3"])
def test_people_find_calls_where_the_background_has_used_its_own_up(tier: Tier) -> None:
    full_at = 0
    while (level := budget.take(tier, full_at, BUSY)) is not None:
        full_at = level

    urgent = budget.take(tier, full_at, BUSY, urgent=True)

    assert urgent is not None


def test_the_busy_hours_begin_early_and_end_late_for_us() -> None:
    edges = [(13, 0, 0), (12, 58, 0), (12, 57, 59)]

    assert [budget.is_peak(micro(2026, 12, 1, *edge)) for edge in edges] == [True, True, False]
    assert [budget.is_peak(micro(2026, 12, 2, 1, 1, 59)), budget.is_peak(micro(2026, 12, 2, 1, 2))] == [True, False]


def walked(tier: Tier, full_at: int, now: int, *, place: int) -> int:
    """How long who tries every tenth of a second, behind others who do, really waits."""
    at = now
    for _ in range(place + 1):
        while (level := budget.take(tier, full_at, at)) is None:
            at += SECOND // 10
        full_at = level
    return at - now


@pytest.mark.parametrize("start", [BUSY, QUIET, OPENING])
@settings(max_examples=20, deadline=None)
@given(debt=st.integers(0, 60), place=st.integers(0, 40), tier=st.sampled_from(["1", "2", "3"]))
def test_the_wait_that_is_told_is_the_wait_that_is_had(start: int, debt: int, place: int, tier: Tier) -> None:
    full_at = start + debt * SECOND

    told = budget.wait(tier, full_at, start, place=place)
    had = walked(tier, full_at, start, place=place)

    assert abs(told - had) <= 0.2 * had + 2 * SECOND


@pytest.mark.parametrize("tier", TIERS)
def test_a_shut_bucket_gives_nothing_until_its_time_and_one_call_then(tier: Tier) -> None:
    until = BUSY + 42 * SECOND

    full_at = budget.shut(tier, 0, BUSY, until=until)

    assert budget.take(tier, full_at, until - 1, urgent=True) is None
    assert budget.take(tier, full_at, until, urgent=True) is not None
