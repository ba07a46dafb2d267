"""The stopwatches in the instance: each part of a request's time is told once, and the parts fit into the whole."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from scripts.timing import load
from scripts.timing.clinic import Clinic
from scripts.timing.instance import PARTS, read
from scripts.timing.load import Refused, Request
from tests.instance import Instance


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """The bench's own clinic, in an instance with stopwatches."""
    instance = Instance(tmp_path_factory.mktemp("timed"), module="scripts.timing.instance")
    day = datetime.now(UTC).date() + timedelta(days=7)
    yield Clinic.made(
        instance.base_url, admin=instance.token("admin"), token=instance.token("receptionist"), first_day=day
    )
    instance.end()


def test_every_kind_of_request_says_where_its_time_went(clinic: Clinic) -> None:
    kinds = (clinic.availability, clinic.reading, clinic.booking)

    runs = [load.send(clinic.url, clinic.token, itertools.islice(kind(), 5), 2) for kind in kinds]

    replies = [reply for run in runs for reply in run.replies]
    assert len(replies) == 15
    assert {tuple(reply.parts) for reply in replies} == {PARTS}
    assert min(min(reply.parts.values()) for reply in replies) > 0
    assert all(sum(reply.parts.values()) < reply.milliseconds for reply in replies)


def test_a_request_that_never_meets_the_table_spends_nothing_there(clinic: Clinic) -> None:
    run = load.send(clinic.url, clinic.token, [Request("GET", "/api/openapi.json")], 1)

    assert (run.replies[0].parts["engine"], run.replies[0].parts["sdk"]) == (0, 0)
    assert run.replies[0].parts["own"] > 0


def test_a_refusal_ends_the_measurement(clinic: Clinic) -> None:
    with pytest.raises(Refused, match="404"):
        load.send(clinic.url, clinic.token, [Request("GET", "/api/appointments/apt_none")], 1)


def test_the_header_reads_back() -> None:
    assert read("gateway;dur=0.250, engine;dur=3.000") == {"gateway": 0.25, "engine": 3.0}
