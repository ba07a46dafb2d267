"""The follower of the table's stream: reminders in step with their appointment, whatever comes twice or late."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import changes
from chalicelib.kit import clock
from chalicelib.kit.errors import Unavailable
from chalicelib.reminders import planning
from chalicelib.table import reminders
from chalicelib.table.reminders import ReminderItem
from chalicelib.table.transaction import Transaction
from infra.faults import injected
from infra.local.testing import Engine
from tests.audit.auditing import stream
from tests.builders import Clinic, Data
from tests.client import Client
from tests.counting import counted
from tests.scheduling.desk import DAY, book, open_clinic, utc

FAR = DAY + timedelta(days=50)
DEFAULTS = {
    ("confirmation", "email", None),
    ("reminder", "email", 1440),
    ("reminder", "email", 60),
    ("reminder", "sms", 120),
}


@pytest.fixture
def place(api: Client) -> Clinic:
    """A clinic with a patient who can be reached by e-mail and by phone."""
    return open_clinic(api, patient={"phone": "+14155552671"})


def plans(appointment: Data) -> None:
    """The follower, told of a change of the appointment."""
    planning.follow(appointment["id"], clock.now())


def waiting(appointment: Data, status: str = "pending") -> set[tuple[str, str, int | None]]:
    """Kind, channel and offset of the appointment's reminders in that status."""
    return {_short(one) for one in reminders.of_appointment(appointment["id"]) if one.status == status}


def _short(one: ReminderItem) -> tuple[str, str, int | None]:
    return one.occasion, one.channel, None if one.offset is None else int(one.offset)


def stored(appointment: Data) -> dict[str, Data]:
    """Every reminder of the appointment, all of it."""
    return {one.id: one.to_simple_dict() for one in reminders.of_appointment(appointment["id"])}


def cancel(api: Client, appointment: Data) -> None:
    assert api.as_("receptionist").delete(f"/api/appointments/{appointment['id']}").status == 200


def move(api: Client, appointment: Data, to: str) -> None:
    moved = api.as_("receptionist").put(f"/api/appointments/{appointment['id']}/reschedule", {"scheduled_date": to})
    assert moved.status == 200, moved.body


def test_a_booking_is_planned_as_the_clinic_plans_when_nobody_says_otherwise(api: Client, place: Clinic) -> None:
    made = book(api, place)

    plans(made)

    assert waiting(made) == DEFAULTS
    assert {one.recipient_id for one in reminders.of_appointment(made["id"])} == {place.patient["id"]}


def test_the_wishes_of_the_appointment_and_of_the_patient_are_kept(api: Client) -> None:
    place = open_clinic(api, patient={"phone": "+14155552671", "communication_preferences": {"email": False}})
    made = book(api, place, reminder_preferences={"sms": True, "email": True, "timing": "30m"})

    plans(made)

    assert waiting(made) == {("confirmation", "sms", None), ("reminder", "sms", 30)}


@pytest.mark.parametrize(
    ("timing", "offsets"), [("3h", {180}), (["24h", "90m"], {1440, 90}), ("60d", {86_400}), (["1d", "24h"], {1440})]
)
def test_timing_is_one_or_several_offsets_of_any_length(api: Client, timing: Any, offsets: set[int]) -> None:
    place = open_clinic(api)
    made = book(
        api,
        place,
        scheduled_date=utc("14:00", FAR),
        reminderPreferences={"email": True, "sms": False, "timing": timing},
    )

    plans(made)

    assert {offset for kind, _, offset in waiting(made) if kind == "reminder"} == offsets


def test_a_phone_that_cannot_be_called_gets_no_text(api: Client) -> None:
    made = book(api, open_clinic(api, patient={"phone": "+1234567890"}))

    plans(made)

    assert {channel for _, channel, _ in waiting(made)} == {"email"}


def test_the_doctor_is_told_of_a_new_appointment(api: Client) -> None:
    place = open_clinic(api, doctor={"email": "jane@example.com"})
    made = book(api, place)

    plans(made)

    told = [one for one in reminders.of_appointment(made["id"]) if one.audience == "doctor"]
    assert [(one.occasion, one.channel, one.recipient_id) for one in told] == [
        ("new_appointment", "email", place.doctor["id"])
    ]


def test_a_second_look_at_the_same_appointment_writes_nothing(api: Client, place: Clinic) -> None:
    made = book(api, place)
    plans(made)
    before = stored(made)

    with counted() as asked:
        plans(made)

    assert stored(made) == before
    assert [operation for operation, _, _ in asked if operation not in {"GetItem", "Query"}] == []


def test_a_move_plans_anew_and_cancels_what_was_planned_for_the_old_time(api: Client, place: Clinic) -> None:
    made = book(api, place)
    plans(made)

    move(api, made, utc("15:00"))
    plans(made)

    news = {("reschedule", "email", None), ("reschedule", "sms", None)}
    assert waiting(made) == DEFAULTS - {("confirmation", "email", None)} | news
    assert waiting(made, "cancelled") == DEFAULTS
    assert {one.due for one in _reminders(made, "sms")} == {clock.parse(utc("13:00"))}


def _reminders(appointment: Data, channel: str) -> list[ReminderItem]:
    found = reminders.of_appointment(appointment["id"])
    return [one for one in found if one.status == "pending" and one.occasion == "reminder" and one.channel == channel]


def test_a_cancel_leaves_nothing_but_the_cancellation(api: Client, place: Clinic) -> None:
    made = book(api, place)
    plans(made)

    cancel(api, made)
    plans(made)

    assert waiting(made) == {("cancellation", "email", None), ("cancellation", "sms", None)}
    assert waiting(made, "cancelled") == DEFAULTS


def test_a_cancel_that_is_taken_back_is_told_and_reminded_of_again(api: Client, place: Clinic) -> None:
    made = book(api, place)
    cancel(api, made)
    plans(made)

    assert api.as_("receptionist").post(f"/api/appointments/{made['id']}/undo").status == 200
    plans(made)

    assert ("reschedule", "email", None) in waiting(made)
    assert ("reminder", "email", 1440) in waiting(made)
    assert waiting(made, "cancelled") == {("cancellation", "email", None), ("cancellation", "sms", None)}


def test_a_hold_is_told_to_nobody_and_neither_is_its_end(api: Client, place: Clinic) -> None:
    held = book(api, place, path="/hold")
    plans(held)

    cancel(api, held)
    plans(held)

    assert stored(held) == {}


def test_a_confirmed_hold_is_planned_like_any_booking(api: Client, place: Clinic) -> None:
    held = book(api, place, path="/hold")

    assert api.as_("receptionist").post(f"/api/appointments/{held['id']}/confirm").status == 200
    plans(held)

    assert waiting(held) == DEFAULTS


def test_records_that_come_late_twice_and_in_any_order_leave_what_the_last_change_means(
    api: Client, place: Clinic, engine: Engine
) -> None:
    made = book(api, place)
    move(api, made, utc("15:00"))
    cancel(api, made)
    told = _records(engine, made)

    for event in (told[2], told[0], told[1], *reversed(told)):
        changes.handle({"Records": [event]}, None)

    assert waiting(made) == {("cancellation", "email", None), ("cancellation", "sms", None)}
    assert waiting(made, "cancelled") == set()


def _records(engine: Engine, appointment: Data) -> list[dict[str, Any]]:
    key = f"APPOINTMENT#{appointment['id']}"
    return [record for record in stream(engine) if record["dynamodb"]["Keys"]["PK"]["S"] == key]


def test_followers_at_once_plan_each_message_once(api: Client, place: Clinic) -> None:
    made = book(api, place)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: plans(made), range(16)))

    assert waiting(made) == DEFAULTS
    assert len(stored(made)) == len(DEFAULTS)


def test_a_plan_from_an_older_version_is_not_written_over_a_newer_one(api: Client, place: Clinic) -> None:
    made = book(api, place)
    behind = _cancelled_behind_the_back(api, made)

    with pytest.raises(LookupError):
        behind()

    assert waiting(made) == {("cancellation", "email", None), ("cancellation", "sms", None)}


def _cancelled_behind_the_back(api: Client, made: Data) -> Callable[[], None]:
    """What a follower writes that has read the appointment before it was cancelled and planned anew."""
    before = int(api.as_("admin").get(f"/api/appointments/{made['id']}").data["version"])
    cancel(api, made)
    plans(made)
    tx = Transaction()
    reminders.add_plan(tx, made["id"], version=before, policy={}, round_=0, now=clock.now(), refusal=LookupError)
    return tx.commit


@pytest.mark.parametrize("seed", range(3))
def test_a_table_that_fails_now_and_then_changes_nothing_in_what_is_planned(
    api: Client, place: Clinic, seed: int
) -> None:
    made = book(api, place)

    with injected(0.03, seed=seed):
        for _ in range(5):
            _despite_trouble(made)
    plans(made)

    assert waiting(made) == DEFAULTS


def _despite_trouble(made: Data) -> None:
    try:
        plans(made)
    except Unavailable:  # the stream brings the record again
        return


def test_a_change_that_tells_nothing_new_plans_nothing(api: Client, place: Clinic, engine: Engine) -> None:
    made = book(api, place)
    api.as_("receptionist").put(f"/api/appointments/{made['id']}/status", {"status": "confirmed"})
    first, second = _records(engine, made)
    images = [record["dynamodb"] for record in (first, second)]

    assert planning.concerns(None, images[0]["NewImage"])
    assert planning.concerns(images[1]["OldImage"], images[1]["NewImage"])
    assert not planning.concerns(images[1]["NewImage"], images[1]["NewImage"])


def test_what_is_due_is_found_when_it_is_and_not_before(api: Client, place: Clinic) -> None:
    made = book(api, place)
    plans(made)
    start = clock.parse(utc("10:00", DAY))

    def due(before: timedelta) -> int:
        return sum(appointment == made["id"] for _, appointment in reminders.due(start - before))

    assert due(timedelta(minutes=121)) == 2
    assert due(timedelta(minutes=120)) == 3
    assert due(timedelta()) == 4
