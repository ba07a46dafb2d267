"""All workers together stay below an office's limits, whatever their own clocks say."""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from subprocess import PIPE, Popen

import pytest

from chalicelib.advancedmd import budget, permits
from chalicelib.advancedmd.budget import SECOND
from chalicelib.gateways.advancedmd import masters, visits
from chalicelib.gateways.advancedmd.refusals import NotYet
from chalicelib.gateways.advancedmd.tiers import Tier
from chalicelib.kit import clock
from chalicelib.table import buckets
from infra.local.testing import Engine
from infra.simulators.advancedmd import limits
from infra.simulators.advancedmd.server import Running
from tests.advancedmd.clients import Shelf, at_simulator
from tests.builders import unique

pytestmark = pytest.mark.usefixtures("engine")

WORKERS = 6
STEPS = 40
ROUNDS = 3
STEP = timedelta(seconds=3)
SKEWS = [timedelta(minutes=minutes) for minutes in (-5, -3, 0, 2, 4, 5)]
BUSY = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)

Show = Callable[[datetime], None]
Try = Callable[[int], bool]
"""Whether a worker of this number would call now."""


def contest(attempt: Try, show: Show) -> list[datetime]:
    """For two minutes in steps all workers try at once, three times; the true times of those who would call."""
    made: list[datetime] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        for step in range(STEPS):
            now = BUSY + step * STEP
            show(now)
            for _ in range(ROUNDS):
                made += [now for called in pool.map(attempt, range(WORKERS)) if called]
    return made


def most_in_a_minute(made: list[datetime]) -> int:
    """The most calls in any sixty seconds, wherever they begin."""
    return max(sum(first <= one < first + timedelta(minutes=1) for one in made) for first in made)


@pytest.mark.parametrize("tier", ["1", "2", "3"])
def test_workers_who_ask_at_once_never_exceed_the_limit_together(show: Show, tier: Tier) -> None:
    office = unique("office")

    def attempt(_worker: int) -> bool:
        try:
            permits.asking(office, urgent=True)(tier)
        except NotYet:
            return False
        return True

    made = contest(attempt, show)

    most = limits.allowed(int(tier), BUSY)
    assert most_in_a_minute(made) <= most
    assert len(made) >= 1 + (STEPS * STEP).total_seconds() / 70 * most / 2  # and they are not kept from working


@pytest.mark.parametrize("tier", ["1", "2", "3"])
def test_the_same_workers_by_their_own_clocks_exceed_it_at_one_moment(tier: Tier) -> None:
    """The negative control: the same bucket, shared and conditional, but by clocks up to ten minutes apart."""
    office = unique("office")
    held = budget.rule(tier, int(BUSY.timestamp()) * SECOND)
    depth = held.depth * held.spacing

    calls = [
        buckets.take(office, tier, cost=held.spacing, depth=depth, now=int((BUSY + skew).timestamp()) * SECOND).given
        for skew in SKEWS
        for _ in range(held.depth)
    ]

    assert calls.count(True) > limits.allowed(int(tier), BUSY)


@pytest.fixture
def two_clocks(engine: Engine) -> Iterator[Callable[[str], list[Popen[str]]]]:  # noqa: ARG001 - they need its address
    """Two workers in processes of their own, one by a right clock and one whose clock is five minutes ahead."""
    started: list[Popen[str]] = []

    def start(how: str) -> list[Popen[str]]:
        office = unique("office")
        for wrong in ("0", "300"):
            command = [sys.executable, "-m", "tests.advancedmd.wrong_clock", wrong, office, how]
            started.append(Popen(command, stdin=PIPE, stdout=PIPE, text=True))
        return started

    yield start
    for process in started:
        process.kill()
        process.communicate()


def asked(worker: Popen[str], ahead: timedelta) -> int:
    """How many calls the worker would make now."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(f"{ahead.total_seconds()}\n")
    worker.stdin.flush()
    return int(worker.stdout.readline())


@pytest.mark.parametrize(("how", "keeps"), [("budget", True), ("own", False)])
def test_two_processes_whose_clocks_are_five_minutes_apart(
    two_clocks: Callable[[str], list[Popen[str]]], how: str, keeps: bool
) -> None:
    """And the negative control: the same two by their own clocks."""
    workers = two_clocks(how)
    ahead = BUSY - datetime.now(UTC)

    made: list[datetime] = []
    for step in range(30):
        for worker in workers:
            calls = asked(worker, ahead + step * STEP)
            made += [BUSY + step * STEP] * calls

    assert (most_in_a_minute(made) <= limits.allowed(3, BUSY)) is keeps
    assert len(made) > 20


def test_one_who_is_refused_is_told_a_wait_after_which_there_is_a_call(show: Show) -> None:
    office = unique("office")
    show(BUSY)
    permits.asking(office, urgent=False)("1")

    with pytest.raises(NotYet) as refused:
        permits.asking(office, urgent=False)("1")

    assert 60 < refused.value.wait <= 71
    show(BUSY + timedelta(seconds=refused.value.wait + 1))
    permits.asking(office, urgent=False)("1")


def test_a_refusal_of_theirs_stops_every_worker_until_it_has_passed(show: Show) -> None:
    office = unique("office")
    show(BUSY)
    permits.shut(office, "3", seconds=50)

    with pytest.raises(NotYet) as refused:
        permits.asking(office, urgent=True)("3")

    assert 47 < refused.value.wait <= 50
    show(BUSY + timedelta(seconds=51))
    permits.asking(office, urgent=True)("3")


def test_a_sign_in_that_has_to_wait_succeeds_though_others_try_all_the_time(running: Running, show: Show) -> None:
    """Whoever had a permit for the first of its two calls alone would use up what the second needs, for ever."""
    key, shelves = unique("office"), [Shelf() for _ in range(3)]

    for second in range(0, 300, 5):
        show(BUSY + timedelta(seconds=second))
        running.whole.clock.stand(clock.precise())
        for shelf in shelves:
            with suppress(NotYet):
                masters.facilities(at_simulator(running, shelf=shelf, permits=permits.asking(key, urgent=False)))

    assert all(shelf.session for shelf in shelves)
    assert len(running.whole.calls.rows(action="login")) == 2 * len(shelves)


def test_the_wait_grows_with_the_place_in_the_line(show: Show) -> None:
    office = unique("office")
    show(BUSY)

    told = [permits.waits(office, "2", place=place) for place in (0, 1, 5, 10)]

    assert told == sorted(told)
    assert told[0] == 0
    assert 45 < told[3] < 75


def test_the_simulators_log_shows_no_call_over_a_limit_when_clients_ask_first(running: Running, show: Show) -> None:
    office, shelf = unique("office"), Shelf()
    lock = threading.Lock()
    running.whole.clock.stand(BUSY)
    refused = []

    def work(_: int) -> None:
        client = at_simulator(running, shelf=shelf, permits=permits.asking(office, urgent=False))
        for call in (lambda: masters.facilities(client), lambda: visits.changed_since(client, "2026-11-30T00:00:00")):
            try:
                call()
            except NotYet as early:
                with lock:
                    refused.append(early)

    with ThreadPoolExecutor(3) as pool:
        for minute in range(0, 12 * 60, 5):
            true = BUSY + timedelta(seconds=minute)
            running.whole.clock.stand(true)
            show(true)
            list(pool.map(work, range(3)))

    log = running.whole.calls
    assert log.over() == []
    assert len(refused) > 0
    assert len(log.rows(action="getupdatedvisits")) >= 9
