"""Many want one slot: exactly as many get it as it has places."""

import pytest

from chalicelib.kit import clock
from chalicelib.scheduling import booking
from chalicelib.scheduling.refusals import SlotTaken
from infra.faults import injected
from infra.table_audit import audit
from scripts.claiming import naive
from tests.client import Client
from tests.concurrency.clinics import all_at_once, at, crowd, next_monday, wish

CLIENTS = 200


@pytest.mark.parametrize("capacity", [1, 3])
def test_two_hundred_claimants_of_one_slot_leave_exactly_its_capacity_of_winners(
    api: Client, engine, own_table, capacity: int
) -> None:
    clinic = crowd(api, doctors=1, rooms=2, patients=CLIENTS, capacity=capacity)
    start = at(next_monday(), 10)
    wishes = [wish(clinic.doctors[0], patient, start) for patient in clinic.patients]

    results = all_at_once(booking.book, wishes)

    losers = [one for one in results if isinstance(one, SlotTaken)]
    assert len(results) - len(losers) == capacity
    assert len(losers) == CLIENTS - capacity
    assert all(loser.details[0]["time"] != "10:00" for loser in losers)
    assert audit(engine.client("dynamodb"), own_table, clock.now()).violations == []


def test_the_same_holds_under_faults(api: Client, engine, own_table) -> None:
    clinic = crowd(api, doctors=1, rooms=1, patients=60)
    start = at(next_monday(), 10)
    wishes = [wish(clinic.doctors[0], patient, start) for patient in clinic.patients]

    with injected(0.03, seed=7) as faults:
        results = all_at_once(booking.book, wishes)

    winners = [one for one in results if not isinstance(one, Exception)]
    assert len(winners) == 1
    assert faults.counts["timeout_after"] > 0
    assert audit(engine.client("dynamodb"), own_table, clock.now()).violations == []


def test_the_audit_finds_what_check_then_put_does_to_the_same_slot(api: Client, engine, own_table) -> None:
    clinic = crowd(api, doctors=1, rooms=1, patients=64)
    start = at(next_monday(), 10)
    wishes = [wish(clinic.doctors[0], patient, start) for patient in clinic.patients]

    results = all_at_once(naive.book, wishes)

    winners = [one for one in results if not isinstance(one, Exception)]
    report = audit(engine.client("dynamodb"), own_table, clock.now())
    assert len(winners) > 1
    assert "overlap" in {violation.kind for violation in report.violations}


def test_a_request_repeated_at_the_same_moment_books_once(api: Client, engine, own_table) -> None:
    clinic = crowd(api, doctors=1, rooms=1, patients=1)
    start = at(next_monday(), 11)
    again = [wish(clinic.doctors[0], clinic.patients[0], start, key="tap-tap") for _ in range(24)]

    results = all_at_once(booking.book, again)

    assert len({one.appointment.id for one in results}) == 1
    assert sum(not one.replayed for one in results) == 1
    assert audit(engine.client("dynamodb"), own_table, clock.now()).violations == []
