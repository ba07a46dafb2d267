"""Every booking of a busy day touches other keys: none takes more than its share, and none would be too hot at the
peak of the largest network that is thought of.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.kit import cache
from chalicelib.table import base, keys
from infra.local.resources import create_table
from infra.local.testing import Engine
from scripts.metering.capacity import TABLE, Touch
from scripts.metering.heat import MOST_SHARE, Heat, Spread
from scripts.metering.here import Here
from scripts.replaying import plan, spread
from scripts.replaying.desk import Outcome
from tests.figures import made_up_day

BOOKINGS = 2_000
COUNTER = "NUMBERS#bookings"


@contextmanager
def clinic(engine: Engine, token: Callable[..., str]) -> Iterator[Here]:
    """The application over a table of its own."""
    from app import app  # noqa: PLC0415 - the application is loaded after its settings

    before, name = base.table_name(), f"careslot-spread-{uuid.uuid4().hex[:8]}"
    create_table(engine.client("dynamodb"), name)
    base.use(name)
    cache.forget_everything()
    yield Here(app, token, engine.client)
    base.use(before)
    cache.forget_everything()


def replayed(here: Here, bookings: int, after_each: Callable[[Outcome], None] = lambda _: None) -> Spread:
    """What became of a made-up day."""
    planned = plan.make(made_up_day.rows(bookings), datetime.now(UTC).date())
    return spread.measure(here, planned, after_each)


@pytest.fixture(scope="module")
def busy_day(engine: Engine, token: Callable[..., str]) -> Iterator[Spread]:
    """The spread of a busy day, with all that its changes set off."""
    with clinic(engine, token) as here:
        yield replayed(here, BOOKINGS)


def merged(day: Spread, place: str, key: str) -> Spread:
    """The same day, if all keys of an index were one."""
    found = Spread(bookings=day.bookings)
    for (where, one), minutes in day.writes.items():
        for minute, units in minutes.items():
            found.add([Touch(where, key if where == place else one, writes=units)], minute)
    return found


def test_no_key_takes_more_than_its_share_of_a_busy_day(busy_day: Spread) -> None:
    assert busy_day.bookings >= 0.99 * BOOKINGS
    assert busy_day.too_large() == []


def test_no_key_is_too_hot_at_the_peak_of_the_largest_network(busy_day: Spread) -> None:
    assert busy_day.too_hot() == []


def test_what_the_followers_write_is_counted_too(busy_day: Spread) -> None:
    kinds = {heat.kind for heat in busy_day.heats() if heat.writes}

    assert {"table DOCTOR#…", "table APPOINTMENT#…", "by_place LOCATION#…#…", "by_doctor DOCTOR#…"} <= kinds
    assert sum(heat.writes for heat in busy_day.heats()) > 13 * busy_day.bookings


@pytest.mark.parametrize("index", ["by_doctor", "by_patient", "by_place"])
def test_an_index_with_one_key_for_all_is_found(busy_day: Spread, index: str) -> None:
    naive = merged(busy_day, index, "ALL")

    assert [heat.key for heat in naive.too_large()] == ["ALL"]
    assert [heat.share for heat in naive.too_large()] == [1.0]


def test_one_counter_of_all_bookings_is_found(engine: Engine, token: Callable[..., str]) -> None:
    def count(_: Outcome) -> None:
        addition = {"UpdateExpression": "ADD taken :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
        key = base.primary(keys.numbers("bookings"))
        update = {"TableName": base.table_name(), "Key": key, **addition}
        base.connection().dispatch("TransactWriteItems", {"TransactItems": [{"Update": update}]})

    with clinic(engine, token) as here:
        day = replayed(here, 100, count)

    assert COUNTER in [heat.key for heat in day.too_large()]
    assert [heat.key for heat in day.too_hot()] == [COUNTER]


def test_the_limits_themselves() -> None:
    mild = Heat(TABLE, "A", reads=3_000, writes=1_000, share=MOST_SHARE, burst=1_000, bookings=1_000)

    assert not mild.too_hot
    assert replace(mild, writes=1_001).too_hot
    assert replace(mild, reads=3_001).too_hot
    assert replace(mild, burst=1_001).too_hot
