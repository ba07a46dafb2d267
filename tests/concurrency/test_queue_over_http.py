"""The waiting room through the front door of a real server: many desks, many who join."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import make_patient
from tests.concurrency.clinics import all_at_once
from tests.instance import Instance
from tests.queue.waiting import call_next, join, waiting_room
from tests.wire import HttpClient

DESKS, WAITING, CROWD = 64, 40, 60


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpClient]:
    instance = Instance(Path(tmp_path_factory.mktemp("instance")))
    yield HttpClient(instance)
    instance.end()


def test_sixty_four_desks_call_forty_patients_each_once(running: HttpClient) -> None:
    place = waiting_room(running)
    waiting = {join(running, place)["id"] for _ in range(WAITING)}

    answers = all_at_once(lambda _: call_next(running, place), range(DESKS), workers=DESKS)

    called = [answer.data["id"] for answer in answers if answer.status == 200]
    assert Counter(answer.status for answer in answers) == {200: WAITING, 409: DESKS - WAITING}
    assert {answer.error["code"] for answer in answers if answer.status == 409} == {"queue_empty"}
    assert sorted(called) == sorted(waiting)
    (line,) = running.get("/api/queue/current", doctor_id=place.doctor["id"]).data
    assert line["total_called"] == WAITING


def test_all_who_join_at_once_get_numbers_without_a_gap(running: HttpClient) -> None:
    place = waiting_room(running)
    bodies = [{"doctor_id": place.doctor["id"], "patient_id": make_patient(running)["id"]} for _ in range(CROWD)]

    answers = all_at_once(lambda body: running.post("/api/queue/join", body), bodies, workers=CROWD)

    numbers = sorted(int(answer.data["token_number"][9:]) for answer in answers)
    assert numbers == list(range(1, CROWD + 1))
