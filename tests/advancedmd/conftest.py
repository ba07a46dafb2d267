"""A simulator for each test, and somebody who speaks to it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kit import clock
from infra.local.testing import Engine
from infra.simulators.advancedmd.server import Running
from tests.advancedmd.offices import Connected, reachable
from tests.advancedmd.speaking import Speaker
from tests.client import Client

BUSY = datetime(2026, 12, 1, 17, 0, 30, tzinfo=UTC)
"""A Tuesday at 10:00:30 in Denver."""
QUIET = datetime(2026, 12, 5, 17, 0, 30, tzinfo=UTC)
"""The Saturday after."""


@pytest.fixture
def running() -> Iterator[Running]:
    """The simulator on a free port, on a quiet day, its clock standing."""
    with Running() as one:
        one.whole.clock.stand(QUIET)
        yield one


@pytest.fixture
def speaker(running: Running) -> Speaker:
    """Signed in at the demo office."""
    return Speaker(running).sign_in()


@pytest.fixture
def show() -> Iterator[Callable[[datetime], None]]:
    """Put the instance's clock ahead, or back, to an instant: `show(BUSY)`; it shows the time again afterwards."""
    yield lambda instant: clock.put_ahead(instant - clock.outside(clock.precise()))
    clock.put_ahead(timedelta())


@pytest.fixture
def clinic(
    api: Client,
    engine: Engine,
    running: Running,
    own_table: str,  # noqa: ARG001 - so that nothing else is due
    show: Callable[[datetime], None],
) -> Iterator[Connected]:
    """A clinic and its office, which has no appointments yet, on a day when many calls are allowed."""
    show(QUIET)
    running.whole.clock.stand(clock.precise())
    running.whole.clock.go_on()
    with reachable(engine, running):
        made = Connected(api, running)
        made.theirs.appointments.clear()
        yield made
