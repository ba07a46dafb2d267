"""Rate limits: what a caller may ask in a minute, counted across processes and cheaply."""

import time
from collections.abc import Iterator

import pytest

from chalicelib.callers import metering
from chalicelib.kit.settings import settings
from infra.faults import injected
from tests.builders import unique
from tests.client import Answer, Client
from tests.counting import counted

PATIENT_SEARCHES = 60


@pytest.fixture(autouse=True)
def real_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The limits as they are deployed."""
    monkeypatch.setenv("RATE_LIMIT_SCALE", "1")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def caller(api: Client) -> Client:
    """A patient whom nobody has counted yet."""
    return api.as_("patient", unique("pat").replace(" ", "-"))


def search(caller: Client) -> Answer:
    return caller.get("/api/doctors/recommendations", specialty="No such specialty")


def until_refused(caller: Client) -> tuple[list[Answer], float]:
    """Searches until one is refused, and how many calls were refilled meanwhile at the most."""
    began = time.monotonic()
    answers = [search(caller)]
    while answers[-1].status != 429 and len(answers) < 10 * PATIENT_SEARCHES:
        answers.append(search(caller))
    return answers, (time.monotonic() - began) * PATIENT_SEARCHES / 60 + 1


def forget_as_a_new_process() -> None:
    metering._purses.clear()


def test_calls_up_to_the_limit_pass_and_the_next_is_told_when_to_come_again(caller: Client) -> None:
    answers, refilled = until_refused(caller)

    assert {answer.status for answer in answers[:-1]} == {200}
    assert PATIENT_SEARCHES <= len(answers) - 1 <= PATIENT_SEARCHES + refilled
    refused = answers[-1]
    assert (refused.status, refused.error["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit-remaining"] == "0"


def test_every_reply_says_how_matters_stand(caller: Client) -> None:
    first, second = search(caller), search(caller)

    assert first.headers["ratelimit-limit"] == str(PATIENT_SEARCHES)
    assert first.headers["ratelimit-policy"] == f"{PATIENT_SEARCHES};w=60"
    assert int(first.headers["ratelimit-remaining"]) == PATIENT_SEARCHES - 1
    assert int(second.headers["ratelimit-remaining"]) == PATIENT_SEARCHES - 2
    assert 1 <= int(first.headers["ratelimit-reset"]) <= 60


def test_a_refusal_for_another_reason_carries_the_headers_too(caller: Client) -> None:
    answer = caller.get("/api/doctors/recommendations", nonsense="1")

    assert answer.status == 422
    assert "ratelimit-remaining" in answer.headers


def test_one_caller_does_not_use_up_anothers_limit(api: Client, caller: Client) -> None:
    spent, _ = until_refused(caller)

    other = search(api.as_("patient", unique("other").replace(" ", "-")))

    assert (spent[-1].status, other.status) == (429, 200)


def test_one_kind_of_call_does_not_use_up_another(caller: Client) -> None:
    spent, _ = until_refused(caller)

    read = caller.get("/api/hospitals")

    assert (spent[-1].status, read.status) == (429, 200)


def test_a_usual_caller_is_never_written_down(caller: Client) -> None:
    search(caller)  # looks up what is remembered afterwards

    with counted() as calls:
        answers = [caller.get("/api/hospitals") for _ in range(20)]

    assert {answer.status for answer in answers} == {200}
    assert [operation for operation, _, _ in calls if operation != "Query"] == []


def test_a_busy_caller_costs_a_write_in_many_calls(caller: Client) -> None:
    with counted() as calls:
        answers = [caller.get("/api/hospitals") for _ in range(290)]

    writes = [operation for operation, _, _ in calls if operation == "UpdateItem"]
    assert {answer.status for answer in answers} == {200}
    assert 1 <= len(writes) <= 20


def test_processes_share_what_is_beyond_their_free_portions(caller: Client) -> None:
    passed, refilled = 0, 0.0
    for _ in range(3):
        forget_as_a_new_process()
        answers, meanwhile = until_refused(caller)
        passed, refilled = passed + len(answers) - 1, refilled + meanwhile

    expected = PATIENT_SEARCHES + 2 * (PATIENT_SEARCHES // 10)
    assert expected <= passed <= expected + refilled


def test_who_is_refused_costs_the_table_nothing(caller: Client) -> None:
    until_refused(caller)

    with counted() as calls:
        refused = search(caller)

    assert refused.status == 429
    assert calls == []


def test_staff_are_bounded_only_against_running_wild(api: Client) -> None:
    answer = api.as_("receptionist").get("/api/hospitals")

    assert int(answer.headers["ratelimit-limit"]) >= 60_000


def test_a_table_that_does_not_count_refuses_nobody(caller: Client) -> None:
    caller.get("/api/openapi.json")
    before = [search(caller) for _ in range(PATIENT_SEARCHES // 10)]

    with injected(0.33, seed=5) as faults:
        metering_only = [metering_answer(caller) for _ in range(20)]

    assert {answer.status for answer in before} == {200}
    assert 429 not in metering_only
    assert sum(faults.counts.values()) > 0


def metering_answer(caller: Client) -> int:
    """A call that reads the table itself may be 503 for that; what it may not be is 429."""
    return caller.get("/api/hospitals").status


def test_public_routes_are_not_counted(api: Client) -> None:
    answer = api.get("/api/health")

    assert "ratelimit-limit" not in answer.headers
