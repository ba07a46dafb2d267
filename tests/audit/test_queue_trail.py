"""The waiting room in the trail: every move of a place in line, and who was shown who stands there."""

import pytest

from infra.local.testing import Engine
from tests.audit.auditing import handle, stream, trail
from tests.builders import Data
from tests.client import Client
from tests.queue.waiting import act, call_next, join, put, waiting_room

pytestmark = pytest.mark.usefixtures("own_table")  # its stream begins with the test


def seen(api: Client, engine: Engine, patient: Data) -> list[tuple[str, str]]:
    """Who saw the patient's data, through which route."""
    handle(stream(engine))
    return [(entry["actor"], entry["operation"]) for entry in trail(api, "patient", patient) if entry["operation"]]


def test_a_places_trail_has_every_move_with_who_made_it(api: Client, engine: Engine) -> None:
    place = waiting_room(api)
    made = join(api, place, reason_for_visit="Rash")
    call_next(api, place, room_id=place.rooms[0]["id"])
    put(api, made, "in_consultation")
    act(api, made, "undo", role="hospital_admin")

    handle(stream(engine))
    entries = trail(api, "queueentry", made)

    assert [(entry["action"], entry["version"]) for entry in entries] == [
        ("created", 1),
        ("called", 2),
        ("in_consultation", 3),
        ("called", 4),
    ]
    assert entries[3]["actor"] == "hospital_admin:test-hospital_admin"
    assert entries[1]["changes"]["status"] == ["waiting", "called"]
    assert entries[1]["changes"]["room_id"] == [None, place.rooms[0]["id"]]


def test_the_trail_tells_neither_name_nor_reason(api: Client, engine: Engine) -> None:
    place = waiting_room(api)
    made = join(api, place, patient_id=place.patient["id"], reason_for_visit="Rash")

    handle(stream(engine))

    told = api.as_("admin").get(f"/api/audit/queueentry/{made['id']}").body
    assert not any(word in told for word in ("Rash", place.patient["last_name"], made["track"].split(".")[1]))


@pytest.mark.parametrize("path", ["/api/queue/current?doctor_id={doctor}", "/api/queue/{entry}"])
@pytest.mark.parametrize(("role", "recorded"), [("receptionist", True), ("kiosk", False)])
def test_who_is_shown_a_name_is_recorded_and_who_sees_numbers_is_not(
    api: Client, engine: Engine, path: str, role: str, recorded: bool
) -> None:
    place = waiting_room(api)
    made = join(api, place, patient_id=place.patient["id"])

    answer = api.as_(role, "eva").get(path.format(doctor=place.doctor["id"], entry=made["id"]))

    operation = "read_queues" if "current" in path else "read_queue_entry"
    assert answer.status == 200
    assert seen(api, engine, place.patient) == ([(f"{role}:eva", operation)] if recorded else [])
