"""The README's cost table is measured again: a number that has grown is a failure, one that has shrunk is news."""

from dataclasses import replace

import pytest

from chalicelib.kit.http import ROUTES
from scripts.metering import operations, table
from scripts.metering.here import Here
from scripts.metering.measuring import Cost, Measure, Units

ROW = Cost("`GET /api/things`", Units(1, 0.5, 0), Units(2, 1.5, 0), Units(0, 0, 0))
SAID = {ROW.name: (ROW.warm, ROW.followers, ROW.cold)}


def test_no_operation_asks_more_of_the_table_than_the_readme_says(here: Here) -> None:
    measure = Measure(here)

    costs = [measure.cost(operation) for operation in operations.every()]

    said = table.shown()
    assert table.grown(costs, said) == []
    assert table.shrunk(costs, said) == [], "cheaper than the README says: run scripts/bench cost --write"


def test_every_declared_route_has_a_row() -> None:
    rows = operations.every()

    assert list(operations.without_row(ROUTES, rows)) == []
    assert list(operations.without_row(ROUTES, rows[1:])) == [rows[0].route]


@pytest.mark.parametrize("column", ["warm", "cold", "followers"])
@pytest.mark.parametrize("part", ["requests", "reads", "writes"])
def test_a_number_that_grows_or_shrinks_is_named(column: str, part: str) -> None:
    now = getattr(ROW, column)
    dearer = replace(ROW, **{column: replace(now, **{part: getattr(now, part) + 0.5})})

    assert len(table.grown([dearer], SAID)) == 1
    assert table.grown([ROW], SAID) == []
    assert len(table.shrunk([ROW], {ROW.name: (dearer.warm, dearer.followers, dearer.cold)})) == 1
    assert table.shrunk([dearer], SAID) == []


def test_a_row_that_comes_or_goes_is_named() -> None:
    assert table.grown([ROW], {}) == [f"{ROW.name} is not in the table"]
    assert table.shrunk([], SAID) == [f"{ROW.name} is not measured any more"]


def row(name: str) -> operations.Operation:
    """The row with this name."""
    return next(row for row in operations.every() if row.name == name)


def test_an_operation_with_cold_caches_is_seen_to_ask_more(here: Here) -> None:
    cost = Measure(here).cost(row("`POST /api/appointments`"))

    dearer = replace(cost, warm=cost.cold)
    assert cost.cold.requests > cost.warm.requests
    assert table.grown([dearer], {cost.name: (cost.warm, cost.followers, cost.cold)}) != []


@pytest.mark.parametrize(
    ("name", "requests", "writes"),
    [
        ("`POST /api/appointments`", 2, 13),
        ("`POST /api/appointments/book` with much to say", 2, 15),
        ("`POST /api/appointments/book` with a new patient", 3, 21),
        ("`POST /api/appointments` lost race", 2, 0),
        ("`DELETE /api/appointments/{id}`", 2, 12),
    ],
)
def test_claims_stay_within_what_the_design_allows_whatever_the_readme_says(
    here: Here, name: str, requests: int, writes: int
) -> None:
    cost = Measure(here).cost(row(name))

    assert cost.warm.requests <= requests
    assert cost.warm.writes <= writes
