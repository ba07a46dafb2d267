"""The same race through the front door: two hundred clients, one slot, a real server."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.concurrency.clinics import all_at_once, at, crowd, next_monday
from tests.instance import Instance
from tests.wire import HttpClient

CLIENTS = 200


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpClient]:
    instance = Instance(Path(tmp_path_factory.mktemp("instance")))
    yield HttpClient(instance)
    instance.end()


@pytest.mark.parametrize("capacity", [1, 3])
def test_two_hundred_clients_of_one_slot_leave_exactly_its_capacity_of_winners(
    running: HttpClient, capacity: int
) -> None:
    clinic = crowd(running, doctors=1, rooms=1, patients=CLIENTS, capacity=capacity)
    start = at(next_monday(), 10).isoformat()
    bodies = [
        {"doctor_id": clinic.doctors[0], "patient_id": patient, "scheduled_date": start} for patient in clinic.patients
    ]

    answers = all_at_once(lambda body: running.post("/api/appointments", body), bodies)

    losers = [answer for answer in answers if answer.status == 409]
    booked = running.get(f"/api/appointments/doctor/{clinic.doctors[0]}", limit=200).data
    assert Counter(answer.status for answer in answers) == {201: capacity, 409: CLIENTS - capacity}
    assert {loser.error["code"] for loser in losers} == {"slot_taken"}
    assert all(len(loser.error["details"]) == 3 for loser in losers)
    assert {one["id"] for one in booked} == {answer.data["id"] for answer in answers if answer.status == 201}
