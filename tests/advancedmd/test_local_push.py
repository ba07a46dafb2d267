"""`scripts/run` with its demo clinic: what happens to an appointment of Dr. Smith's is seen on both sides."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.builders import Data
from tests.instance import Instance

SECONDS = 60.0
LONGEST = 200.0  # by day AdvancedMD lets us hear once a minute
MADE, ARRIVED, SEEN, MOVED, CANCELLED, NO_SHOW = 0, 1, 3, 5, 10, 12


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A desk of the demo clinic, which is allowed to have AdvancedMD heard."""
    instance = Instance(tmp_path_factory.mktemp("office"), demo=True)
    bearer = {"Authorization": f"Bearer {instance.token('hospital_admin')}"}
    with httpx.Client(base_url=instance.base_url, headers=bearer, trust_env=False, timeout=30) as client:
        yield client
    instance.end()


def done(answer: httpx.Response) -> Any:
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()["data"]


def book(desk: httpx.Client, place: int) -> Data:
    """John Doe, number 789, with Dr. Smith, number 123, at one of the free times of a day when both sides work."""
    day = (datetime.now(UTC) + timedelta(days=14)).date()
    while day.weekday() != 0:
        day += timedelta(days=1)
    free = [
        slot["start_time"]
        for slot in done(desk.get(f"/api/appointments/availability/123/{day}", params={"location_id": "loc_accra"}))
        if "09:00" <= slot["time"] < "16:00"
    ]
    body = {"doctor_id": "123", "patient_id": "789", "location_id": "loc_accra", "scheduled_date": free[place]}
    made: Data = done(desk.post("/api/appointments", json=body))
    return made


def there(desk: httpx.Client, appointment: Data) -> list[Data]:
    shown = desk.get("/_local/advancedmd/appointments").json()["data"]["appointments"]
    return [one for one in shown if one["reference_id"] == appointment["id"]]


def awaited(desk: httpx.Client, appointment: Data, **wanted: Any) -> Data:
    """The one visit, as soon as it is like this."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        found = there(desk, appointment)
        if len(found) == 1 and all(found[0][name] == value for name, value in wanted.items()):
            return found[0]
        time.sleep(0.1)
    raise AssertionError((wanted, there(desk, appointment)))


def test_a_booking_appears_at_the_office_and_follows_a_move_and_an_end(desk: httpx.Client) -> None:
    appointment = book(desk, 0)
    path = f"/api/appointments/{appointment['id']}"

    first = awaited(desk, appointment, status=MADE)
    moved = book(desk, 4)
    done(desk.put(f"/api/appointments/{moved['id']}/status", json={"status": "cancelled"}))
    to = done(desk.put(f"{path}/reschedule", json={"scheduled_date": moved["scheduled_date"]}))["scheduled_date"]
    second = awaited(desk, appointment, start=to[:19])
    done(desk.put(f"{path}/status", json={"status": "cancelled"}))
    third = awaited(desk, appointment, status=CANCELLED)

    assert first["start"] == appointment["scheduled_date"][:19]
    assert first["id"] == second["id"] == third["id"]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [(["checked_in", "in_progress", "completed"], SEEN), (["no_show"], NO_SHOW), (["checked_in"], ARRIVED)],
)
def test_what_happens_at_the_visit_is_seen_there(desk: httpx.Client, statuses: list[str], expected: int) -> None:
    appointment = book(desk, 8)
    awaited(desk, appointment, status=MADE)

    for status in statuses:
        done(desk.put(f"/api/appointments/{appointment['id']}/status", json={"status": status}))

    assert awaited(desk, appointment, status=expected)["patient_id"] == 148


def test_a_move_at_the_office_moves_the_appointment_once_somebody_asks(desk: httpx.Client) -> None:
    appointment = book(desk, -1)
    visit = awaited(desk, appointment, status=MADE)
    start = datetime.fromisoformat(visit["start"]) + timedelta(days=7)
    edit = {"kind": "move", "id": visit["id"], "columnid": 16, "startdatetime": start.isoformat()}
    assert desk.post("/_local/advancedmd/edits", json=edit).status_code == 200

    asked = desk.post("/api/advancedmd/appointments/pull-updates")

    assert asked.status_code == 200, asked.text
    assert moved(desk, appointment)[:19] == start.isoformat()


def moved(desk: httpx.Client, appointment: Data) -> str:
    """The appointment's start, once it is another."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        start: str = done(desk.get(f"/api/appointments/{appointment['id']}"))["scheduled_date"]
        if start != appointment["scheduled_date"]:
            return start
        time.sleep(0.2)
    raise AssertionError("nothing has moved")
