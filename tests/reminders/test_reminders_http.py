"""Reminders over HTTP: seen, planned by hand, moved and cancelled, by those who may see the visit."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kit import clock
from chalicelib.reminders import planning
from tests.builders import Clinic, Data
from tests.client import Client
from tests.scheduling.desk import book, open_clinic, utc

START = clock.parse(utc("14:00"))


@pytest.fixture
def place(api: Client) -> Clinic:
    return open_clinic(api, patient={"phone": "+14155552671"})


@pytest.fixture
def made(api: Client, place: Clinic) -> Data:
    return book(api, place, "14:00")


def before(**by: float) -> str:
    return clock.iso(START - timedelta(**by))


def plans(appointment: Data) -> None:
    planning.follow(appointment["id"], clock.now())


def listed(api: Client, appointment: Data) -> list[Data]:
    found: list[Data] = api.as_("receptionist").get(f"/api/reminders/appointment/{appointment['id']}").data
    return found


def own(api: Client, appointment: Data, **said: Any) -> Data:
    """A reminder that the desk has planned."""
    body = {"appointment_id": appointment["id"], "email": True, "timing": "3h"} | said
    answer = api.as_("receptionist").post("/api/reminders/schedule", body)
    assert answer.status == 201, answer.body
    [planned] = answer.data
    made_one: Data = planned
    return made_one


def test_what_is_planned_for_a_visit_is_seen_in_order_of_time(api: Client, made: Data) -> None:
    plans(made)

    seen = [(one["kind"], one["type"], one["timing"], one["status"]) for one in listed(api, made)]

    assert seen == [
        ("confirmation", "email", None, "pending"),
        ("reminder", "email", "24h", "pending"),
        ("reminder", "sms", "2h", "pending"),
        ("reminder", "email", "1h", "pending"),
    ]


def test_a_reminder_is_planned_by_hand_in_every_spelling_of_the_seeds(api: Client, place: Clinic, made: Data) -> None:
    first = own(api, made, timing="3h", customMessage="Bring your files")
    second = own(api, made, email=None, timing=None, reminder_type="sms", scheduledTime=before(hours=5))

    assert (first["type"], first["timing"], first["scheduled_time"]) == ("email", "3h", before(hours=3))
    assert (first["custom_message"], first["recipient_id"]) == ("Bring your files", place.patient["id"])
    assert (second["type"], second["timing"], second["scheduled_time"]) == ("sms", None, before(hours=5))


def test_the_same_wish_twice_and_what_is_planned_anyway_is_planned_once(api: Client, made: Data) -> None:
    plans(made)

    assert own(api, made)["id"] == own(api, made)["id"]
    assert own(api, made, timing="24h")["id"] in {one["id"] for one in listed(api, made) if one["timing"] == "24h"}
    assert len(listed(api, made)) == 5


def test_what_people_planned_follows_the_visit_and_ends_with_it(api: Client, made: Data) -> None:
    mine = own(api, made)
    desk, path = api.as_("receptionist"), f"/api/appointments/{made['id']}"

    desk.put(f"{path}/reschedule", {"scheduled_date": utc("18:00")})
    plans(made)
    moved = next(one for one in listed(api, made) if one["id"] == mine["id"])
    desk.delete(path)
    plans(made)
    ended = next(one for one in listed(api, made) if one["id"] == mine["id"])

    assert (moved["status"], moved["scheduled_time"]) == ("pending", utc("15:00"))
    assert ended["status"] == "cancelled"


def test_a_cancelled_reminder_stays_cancelled_whatever_is_planned(api: Client, made: Data) -> None:
    plans(made)
    day_before = next(one for one in listed(api, made) if one["timing"] == "24h")
    desk, path = api.as_("receptionist"), f"/api/reminders/{day_before['id']}"

    answers = [desk.delete(path), desk.delete(path)]
    plans(made)

    assert [answer.status for answer in answers] == [200, 200]
    assert next(one for one in listed(api, made) if one["timing"] == "24h")["status"] == "cancelled"


def test_a_moved_reminder_keeps_its_time_whatever_is_planned(api: Client, made: Data) -> None:
    plans(made)
    day_before = next(one for one in listed(api, made) if one["timing"] == "24h")

    changed = api.as_("patient", made["patient_id"]).put(
        f"/api/reminders/{day_before['id']}", {"scheduled_time": before(hours=30), "message": "Bring your files"}
    )
    plans(made)

    assert (changed.status, changed.data["scheduled_time"]) == (200, before(hours=30))
    found = next(one for one in listed(api, made) if one["id"] == day_before["id"])
    assert (found["status"], found["scheduled_time"]) == ("pending", before(hours=30))
    assert found["custom_message"] == "Bring your files"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"timing": "soon"}, "timing"),
        ({"timing": None}, "body"),
        ({"email": False}, "body"),
        ({"type": "fax"}, "channel"),
        ({"timing": "60d"}, "timing"),
        ({"timing": None, "scheduled_time": "2020-01-01T00:00:00Z"}, "scheduled_time"),
        ({"push": True}, "channel"),
        ({"appointment_id": "apt_nobody"}, "appointment_id"),
    ],
)
def test_what_cannot_be_planned_is_refused_by_name(api: Client, made: Data, said: Data, field: str) -> None:
    body = {"appointment_id": made["id"], "email": True, "timing": "3h"} | said

    answer = api.as_("receptionist").post("/api/reminders/schedule", body)

    assert answer.status in {404, 422}
    assert field in answer.fields
    assert listed(api, made) == []


def test_what_is_over_cannot_be_changed(api: Client, made: Data) -> None:
    mine = own(api, made)
    desk = api.as_("receptionist")
    desk.delete(f"/api/reminders/{mine['id']}")

    answer = desk.put(f"/api/reminders/{mine['id']}", {"custom_message": "Too late"})

    assert (answer.status, answer.error["code"]) == (409, "reminder_over")


def test_a_stale_version_changes_nothing(api: Client, made: Data) -> None:
    mine = own(api, made)

    answer = api.as_("receptionist").with_(if_match='"7"').put(f"/api/reminders/{mine['id']}", {"message": "No"})

    assert answer.status == 412


@pytest.mark.parametrize("reminder_id", ["rem_apt_gone-0123456789abcdef", "apt_gone", "rem_-"])
def test_a_reminder_that_is_not_there_is_not_found(api: Client, reminder_id: str) -> None:
    assert api.as_("receptionist").delete(f"/api/reminders/{reminder_id}").status == 404
