"""Many reminders at once, one before it goes out, and one that was given up."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kit import clock
from chalicelib.reminders import planning, texts
from chalicelib.reminders.deliver import deliver
from chalicelib.reminders.kinds import KINDS
from chalicelib.table import reminders
from infra.deploy import parked
from infra.local.testing import Engine
from tests.builders import Clinic, Data
from tests.client import Answer, Client
from tests.reminders.mailbox import sent_to, verify
from tests.scheduling.desk import DAY, book, open_clinic, utc


@pytest.fixture
def place(api: Client) -> Clinic:
    return open_clinic(api, schedule={"buffer_after": 0}, patient={"phone": "+14155552671"})


def planned(api: Client, place: Clinic, *times: str) -> list[Data]:
    visits = [book(api, place, time) for time in times]
    for made in visits:
        planning.follow(made["id"], clock.now())
    return visits


def manages(api: Client, place: Clinic, action: str, **fields: Any) -> Answer:
    body = {"action": action, "date": str(DAY), "location_id": place.location["id"], "dry_run": False} | fields
    answer = api.as_("receptionist").post("/api/reminders/bulk", body)
    assert answer.status == 200, answer.body
    return answer


def waiting(visits: list[Data]) -> list[tuple[str, int | None, str]]:
    """Channel, offset and time of every reminder that waits."""
    return [
        (one.channel, one.offset, one.scheduled_time)
        for made in visits
        for one in reminders.of_appointment(made["id"])
        if one.status == "pending" and one.occasion == "reminder"
    ]


@pytest.mark.parametrize("action", ["send", "cancel", "move"])
def test_unless_it_is_told_otherwise_a_bulk_only_says_what_it_would_do(api: Client, place: Clinic, action: str) -> None:
    visits = planned(api, place, "14:00")
    before = waiting(visits)

    said = manages(api, place, action, dry_run=True, **({"timing": "3h"} if action == "move" else {}))

    assert [one["done"] for one in said.data] == [False] * 3
    assert waiting(visits) == before


def test_a_days_reminders_are_cancelled_page_by_page_and_no_plan_brings_them_back(api: Client, place: Clinic) -> None:
    visits = planned(api, place, "10:00", "12:00", "14:00")
    pages, cursor = [], None

    for _ in range(4):
        answer = manages(api, place, "cancel", limit=1, **({"cursor": cursor} if cursor else {}))
        pages.append([one["done"] for one in answer.data])
        cursor = answer.json["meta"]["next_cursor"]
        if cursor is None:
            break
    for made in visits:
        planning.follow(made["id"], clock.now())

    assert pages == [[True] * 3] * 3
    assert waiting(visits) == []


def test_what_is_sent_now_is_due_now_once_on_each_channel(api: Client, place: Clinic) -> None:
    visits = planned(api, place, "14:00")

    said = manages(api, place, "send").data

    assert [(one["reminder"]["type"], one["done"]) for one in said] == [
        ("email", True),
        ("sms", True),
        ("email", False),
    ]
    assert said[2]["problem"] == "another says the same then"
    now = clock.now() + timedelta(seconds=1)
    due = [one for one, appointment in reminders.due(now) if appointment == visits[0]["id"]]
    assert {said[0]["reminder"]["id"], said[1]["reminder"]["id"]} <= set(due)


def test_a_move_to_so_long_before_follows_each_visit_and_twice_is_once(api: Client, place: Clinic) -> None:
    visits = planned(api, place, "10:00", "14:00")

    manages(api, place, "move", channel="sms", timing="5h")
    manages(api, place, "move", channel="sms", timing="5h")

    moved = [(channel, offset, at) for channel, offset, at in waiting(visits) if channel == "sms"]
    assert moved == [("sms", 300, utc("05:00")), ("sms", 300, utc("09:00"))]


def test_a_bulk_of_a_doctor_is_the_doctors_and_of_nobody_else(api: Client, place: Clinic) -> None:
    visits = planned(api, place, "14:00")
    other = planned(api, open_clinic(api), "14:00")
    body = {"action": "cancel", "date": str(DAY), "doctor_id": place.doctor["id"], "dry_run": False}

    mine = api.as_("doctor", place.doctor["id"]).post("/api/reminders/bulk", body)
    anothers = api.as_("doctor", "doc_else").post("/api/reminders/bulk", body)

    assert (mine.status, anothers.status) == (200, 404)
    assert waiting(visits) == []
    assert len(waiting(other)) == 3


@pytest.mark.parametrize(
    "said",
    [
        {"location_id": None},
        {"action": "move"},
        {"action": "cancel", "timing": "3h"},
        {"action": "move", "timing": "3h", "scheduled_time": "2026-01-15T10:00:00Z"},
        {"action": "move", "timing": ["3h", "2h"]},
        {"action": "burn"},
        {"limit": 101},
    ],
)
def test_a_bulk_that_says_too_little_or_too_much_is_refused(api: Client, said: Data) -> None:
    body = {"action": "send", "date": str(DAY), "location_id": "loc_1"} | said

    assert api.as_("receptionist").post("/api/reminders/bulk", body).status == 422


@pytest.mark.parametrize("kind", KINDS)
def test_a_preview_shows_every_channel_and_plans_nothing(api: Client, place: Clinic, kind: str) -> None:
    [made] = [book(api, place, "14:00", reason_for_visit="Rash", notes="Shy")]

    shown = api.as_("receptionist").post("/api/reminders/preview", {"appointment_id": made["id"], "kind": kind}).data

    assert {one["type"] for one in shown} >= {"email"}
    assert all(one["message"] for one in shown)
    assert not any(word in str(shown) for word in ("Rash", "Shy", place.doctor["specialty"]))
    assert reminders.of_appointment(made["id"]) == []


def test_a_preview_speaks_the_language_that_is_asked_for(api: Client, place: Clinic) -> None:
    made = book(api, place, "14:00")
    body = {"appointment_id": made["id"], "language": "pt-BR", "custom_message": "Traga seus exames."}

    shown = api.as_("receptionist").post("/api/reminders/preview", body).data

    assert shown[0]["message"].startswith("Lembrete: Sua consulta com ")
    assert "Traga seus exames." in shown[0]["message"]


def test_a_test_goes_to_who_asks_and_to_nobody_else(api: Client, engine: Engine) -> None:
    verify(engine)
    place = open_clinic(api, doctor={"email": "dr.test@example.com"})
    body = {"appointment_id": book(api, place, "14:00")["id"], "send": True}

    sent = api.as_("doctor", place.doctor["id"]).post("/api/reminders/preview", body)
    refused = api.as_("receptionist").post("/api/reminders/preview", body)

    assert sent.data[0]["sent_to"] == "dr.test@example.com"
    assert len(sent_to(engine, "dr.test@example.com")) == 1
    assert (refused.status, refused.fields) == (422, ["send"])
    assert sent_to(engine, place.patient["email"]) == []


def test_a_reduced_policy_names_neither_doctor_nor_place(api: Client) -> None:
    place = open_clinic(api, location={"reminder_policy": {"reduced": True}})
    made = book(api, place, "14:00")

    shown = str(api.as_("receptionist").post("/api/reminders/preview", {"appointment_id": made["id"]}).data)

    assert place.doctor["name"] not in shown
    assert place.location["name"] not in shown
    assert "You have an appointment on" in shown


def test_a_location_that_wants_no_answers_asks_for_none(api: Client) -> None:
    place = open_clinic(api, location={"reminder_policy": {"two_way": False}})
    made = book(api, place, "14:00")

    shown = api.as_("receptionist").post("/api/reminders/preview", {"appointment_id": made["id"]}).data

    assert not any(texts.phrase("answer_by_reply", "en") in one["message"] for one in shown)


def test_a_parked_reminder_is_tried_again_when_somebody_says_so(api: Client, engine: Engine, place: Clinic) -> None:
    verify(engine)
    [made] = planned(api, place, "14:00")
    [reminder] = [one for one in reminders.of_appointment(made["id"]) if one.offset == 1440]
    desk, path = api.as_("receptionist"), f"/api/reminders/{reminder.id}/replay"
    early = desk.post(path)
    assert reminders.change(reminder, {"status": "parked", "tries": 5}, now=clock.now())
    listed = [one.id for one in reminders.parked()]

    again = desk.post(path)
    sent = deliver(reminder.id, made["id"], clock.now())

    assert (early.status, early.error["code"]) == (409, "reminder_not_parked")
    assert reminder.id in listed
    assert (again.status, again.data["status"]) == (200, "pending")
    assert sent == "sent"
    assert reminder.id not in [one.id for one in reminders.parked()]


def test_an_operator_lists_what_was_given_up_and_has_it_tried_again(api: Client, place: Clinic) -> None:
    [made] = planned(api, place, "14:00")
    [reminder] = [one for one in reminders.of_appointment(made["id"]) if one.offset == 1440]
    assert reminders.change(reminder, {"status": "parked", "error_message": "No answer."}, now=clock.now())
    looked, done = list[str](), list[str]()

    parked.replay(say=looked.append, now=clock.now(), dry_run=True)
    still = [one.id for one in reminders.parked()]
    left = parked.replay(say=done.append, now=clock.now())

    assert any(line.startswith(f"{reminder.id} reminder by email") and "No answer." in line for line in looked)
    assert place.patient["email"] not in str(looked)
    assert reminder.id in still
    assert (left, reminder.id in [one.id for one in reminders.parked()]) == (0, False)
    assert (reminder.id, made["id"]) in reminders.due(clock.now() + timedelta(seconds=1))
