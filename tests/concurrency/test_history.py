"""The history of thousands of requests under faults has an order that a careful clinic could have lived through."""

import pytest

from scripts.claiming import forgeries, proof
from scripts.claiming.callers import CARESLOT, NAIVE

pytestmark = pytest.mark.usefixtures("api")


def test_three_thousand_operations_under_faults_are_linearizable_and_every_forgery_is_rejected(engine) -> None:
    found = proof.prove(engine, CARESLOT, operations=3000, seed=5, lanes=8)

    assert found.operations >= 3000
    assert found.unanswered > 50
    assert (found.not_linearizable, found.undecided, found.violations) == (0, 0, 0)
    assert found.forged == found.rejected
    assert set(found.forged) == set(forgeries.KINDS)
    assert found.holds


def test_the_history_of_a_clinic_that_checks_and_then_puts_is_not(engine) -> None:
    found = proof.prove(engine, NAIVE, operations=600, seed=5, lanes=3)

    assert found.not_linearizable > 0
    assert not found.holds
