"""Hundreds of reminders due in one minute, three workers, faults, kills: each goes out once, none that should not."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.kit import cache
from chalicelib.kit.settings import settings
from infra.local.testing import Engine
from scripts.reminding import contest, ground

VISITS = 160  # two reminders each; `scripts/bench reminders` runs thousands


@pytest.fixture
def sqs(engine: Engine, own_table: str) -> Iterator[Any]:
    """A feed of one's own over a table of one's own."""
    client = engine.client("sqs")
    os.environ["REMINDERS_FEED_URL"] = client.create_queue(QueueName=f"{own_table}-feed")["QueueUrl"]
    settings.cache_clear()
    cache.forget_everything()
    yield client
    del os.environ["REMINDERS_FEED_URL"]
    settings.cache_clear()


def test_each_is_sent_once_none_is_lost_and_none_for_a_visit_that_was_called_off_or_moved(sqs: Any) -> None:
    due = ground.prepare(VISITS)

    outcome = contest.hold(due, sqs, workers=3, rate=0.04, seed=1)

    assert (outcome.wanted, outcome.unwanted) == (VISITS * 2 * 9 // 10, VISITS * 2 // 10)
    assert (outcome.sent, outcome.twice, outcome.lost, outcome.wrong) == (outcome.wanted, 0, 0, 0)
    assert all(outcome.met[fault] for fault in ("busy", "broken", "lost", "killed_before", "killed_after"))


def test_a_worker_without_a_lease_is_found_out(sqs: Any) -> None:
    due = ground.prepare(VISITS)

    outcome = contest.hold(due, sqs, workers=3, rate=0.04, seed=1, handler=contest.careless)

    assert outcome.twice > 0
    assert not outcome.spotless
