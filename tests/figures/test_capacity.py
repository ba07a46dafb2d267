"""DynamoDB's rules for units, by the examples of its guide, and against what the engine reports of writes."""

from typing import Any

import pytest

from chalicelib.scheduling import booking
from chalicelib.table import base
from infra.local.testing import Engine
from scripts.metering import ledger
from scripts.metering.capacity import TABLE, Index, Schema, Touch, read_units, size, write_touches
from scripts.metering.here import Here
from scripts.metering.measuring import Measure
from scripts.metering.operations import every
from tests.client import Client
from tests.concurrency.clinics import at, crowd, next_monday, wish

BY_DAY = Index("by_day", ("day", "hour"), frozenset({"PK", "SK", "day", "hour"}))
SCHEMA = Schema(("PK", "SK"), {"by_day": BY_DAY})


def item(count: int, **more: str) -> dict[str, dict[str, str]]:
    """An item of so many bytes."""
    texts = {"PK": "one", "SK": "two"} | more
    used = sum(len(name) + len(text) for name, text in texts.items())
    return {name: {"S": text} for name, text in (texts | {"filler": "x" * (count - used - len("filler"))}).items()}


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ({"S": "Zoë"}, 4),
        ({"N": "27"}, 2),
        ({"N": "-1200.5"}, 5),
        ({"BOOL": True}, 1),
        ({"L": [{"S": "ab"}, {"S": "c"}]}, 8),
        ({"M": {"a": {"S": "bc"}}}, 7),
        ({"SS": ["a", "bc"]}, 3),
    ],
)
def test_values_have_their_published_sizes(value: dict[str, Any], count: int) -> None:
    assert size({"name": value}) == 4 + count


def test_reads_round_each_item_of_a_batch_but_the_sum_of_a_query() -> None:
    small, large = item(1536), item(6656)

    assert read_units([small, large], apart=True, factor=1) == 3
    assert read_units([small, large], apart=False, factor=1) == 2
    assert read_units([small, large], apart=True, factor=0.5) == 1.5
    assert read_units([None], apart=True, factor=0.5) == 0.5


def test_a_write_costs_the_table_by_the_larger_image_and_double_in_a_transaction() -> None:
    alone = list(write_touches(SCHEMA, "one", item(2500), item(900)))
    together = list(write_touches(SCHEMA, "one", item(2500), item(900), factor=2))

    assert alone == [Touch(TABLE, "one", writes=3)]
    assert together == [Touch(TABLE, "one", writes=6)]


def test_an_index_costs_only_when_its_entry_changes_and_twice_when_it_moves() -> None:
    monday, tuesday = item(900, day="mon", hour="9"), item(900, day="tue", hour="9")

    touched = {
        "as it was": list(write_touches(SCHEMA, "one", monday, item(950, day="mon", hour="9")))[1:],
        "moved": list(write_touches(SCHEMA, "one", monday, tuesday))[1:],
        "new": list(write_touches(SCHEMA, "one", None, monday))[1:],
        "gone": list(write_touches(SCHEMA, "one", monday, item(900)))[1:],
    }

    assert touched == {
        "as it was": [],
        "moved": [Touch("by_day", "mon", writes=1), Touch("by_day", "tue", writes=1)],
        "new": [Touch("by_day", "mon", writes=1)],
        "gone": [Touch("by_day", "mon", writes=1)],
    }


def test_the_engine_reports_the_write_units_that_the_rules_give(here: Here) -> None:
    measure = Measure(here)
    with ledger.kept(here.reader) as book:
        for operation in every():
            measure.effort(operation, rounds=1)

    wrong = [sent for sent in book.sent if sent.reported and sent.reported != sent.writes]
    assert len([sent for sent in book.sent if sent.reported]) > 200
    assert wrong == []


@pytest.mark.usefixtures("own_table")
def test_a_read_that_answers_only_a_part_costs_all_that_it_read(api: Client, engine: Engine) -> None:
    clinic = crowd(api, doctors=1, rooms=1, patients=1)
    booking.book(wish(clinic.doctors[0], clinic.patients[0], at(next_monday(), 9)))
    asked = {
        "KeyConditionExpression": "PK = :p",
        "ExpressionAttributeValues": {":p": {"S": f"DOCTOR#{clinic.doctors[0]}"}},
    }

    with ledger.kept(engine.client("dynamodb")) as book:
        base.call("Query", asked)
        base.call("Query", asked | {"Select": "COUNT"})

    whole, counted = book.sent
    assert whole.touches == counted.touches
