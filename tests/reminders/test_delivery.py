"""Delivery: each due reminder goes out once, none for a visit that was called off, and none is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from chalicelib.kit import clock
from chalicelib.reminders import tries
from chalicelib.reminders.deliver import deliver
from chalicelib.table import reminders
from chalicelib.table.reminders import ReminderItem
from infra.local.testing import Engine
from tests.builders import Clinic, Data
from tests.client import Client
from tests.reminders.mailbox import sent_to, trouble, verify
from tests.reminders.twilio_stage import one, planned
from tests.scheduling.desk import DAY, book, open_clinic, utc

START = clock.parse(utc("14:00", DAY))
DUE = START - timedelta(hours=24)


@pytest.fixture
def place(api: Client, engine: Engine) -> Clinic:
    """A clinic with a patient who can be reached by e-mail and by phone."""
    verify(engine)
    return open_clinic(api, patient={"phone": "+14155552671"}, location={"address": "1 Harbour Road"})


@pytest.fixture
def made(api: Client, place: Clinic) -> Data:
    """An appointment whose reminders are planned."""
    return planned(book(api, place, "14:00", reason_for_visit="Rash", notes="Shy"))


def day_before(appointment: Data) -> ReminderItem:
    return one(appointment, "reminder", "email", 1440)


def sends(reminder: ReminderItem, at: datetime = DUE) -> str | None:
    return deliver(reminder.id, reminder.appointment_id, at)


def test_a_due_reminder_is_sent_and_what_was_sent_is_kept(engine: Engine, place: Clinic, made: Data) -> None:
    address = place.patient["email"]

    assert sends(day_before(made)) == "sent"

    [mail] = sent_to(engine, address)
    kept = day_before(made)
    doctor, name = place.doctor["name"], place.location["name"]
    assert mail["BodyText"].startswith(f"Reminder: Your appointment with {doctor} is scheduled for ")
    assert mail["BodyText"].endswith(f" at 2:00 PM. Please arrive 10 minutes early. Location: {name}, 1 Harbour Road")
    assert (kept.status, kept.message, kept.recipient_email) == ("sent", mail["BodyText"], address)
    assert (kept.sent_time, kept.provider_id, kept.retry_count) == (clock.iso(DUE), mail["MessageId"], 0)
    assert (kept.due_key, kept.lease) == (None, None)


def test_the_visit_shows_that_its_confirmation_and_a_reminder_went_out_and_stays_the_version_that_it_was(
    api: Client, made: Data
) -> None:
    def shown() -> Data:
        found: Data = api.as_("admin").get(f"/api/appointments/{made['id']}").data
        return {name: found[name] for name in ("confirmation_sent", "reminder_sent", "version")}

    before = shown()
    confirmation = one(made, "confirmation", "email", None)
    sends(confirmation, max(confirmation.due, DUE))
    between = shown()
    sends(day_before(made))

    assert before == {"confirmation_sent": False, "reminder_sent": False, "version": before["version"]}
    assert between == before | {"confirmation_sent": True}
    assert shown() == between | {"reminder_sent": True}


def test_no_message_tells_why_somebody_comes(engine: Engine, place: Clinic, made: Data) -> None:
    for reminder in reminders.of_appointment(made["id"]):
        sends(reminder, max(reminder.due, DUE))

    said = str(sent_to(engine, place.patient["email"]))
    assert "Your appointment" in said
    assert not any(word in said for word in ("Rash", "Shy", place.doctor["specialty"], place.patient["last_name"]))


def test_before_its_time_nothing_is_sent(engine: Engine, place: Clinic, made: Data) -> None:
    assert sends(day_before(made), DUE - timedelta(seconds=1)) is None

    assert sent_to(engine, place.patient["email"]) == []
    assert day_before(made).status == "pending"


def test_however_often_and_by_how_many_it_is_delivered_it_is_sent_once(
    engine: Engine, place: Clinic, made: Data
) -> None:
    reminder = day_before(made)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: sends(reminder), range(24)))

    assert sorted(answers, key=str) == [None] * 23 + ["sent"]
    assert len(sent_to(engine, place.patient["email"])) == 1
    assert sends(reminder, DUE + timedelta(hours=1)) is None


def test_nothing_is_sent_for_a_visit_that_was_called_off_or_moved_a_moment_ago(
    api: Client, engine: Engine, place: Clinic
) -> None:
    gone, moved = planned(book(api, place, "14:00")), planned(book(api, place, "16:00"))
    desk = api.as_("receptionist")
    assert desk.delete(f"/api/appointments/{gone['id']}").status == 200
    assert desk.put(f"/api/appointments/{moved['id']}/reschedule", {"scheduled_date": utc("18:00")}).status == 200

    # The follower has not been told yet.
    assert sends(day_before(gone)) == "cancelled"
    assert sends(day_before(moved), START) == "cancelled"
    assert sent_to(engine, place.patient["email"]) == []


def test_a_refusal_of_the_channel_counts_up_to_the_last_moment(
    api: Client, engine: Engine, place: Clinic, made: Data
) -> None:
    said = {"communication_preferences": {"email": False}}
    assert api.as_("receptionist").put(f"/api/patients/{place.patient['id']}", said).status == 200

    assert sends(day_before(made)) == "cancelled"
    assert sent_to(engine, place.patient["email"]) == []


def test_a_reminder_that_comes_after_its_visit_has_begun_is_not_sent(engine: Engine, place: Clinic, made: Data) -> None:
    assert sends(day_before(made), START) == "cancelled"
    assert sent_to(engine, place.patient["email"]) == []


@pytest.mark.parametrize("kind", ["busy", "paused", "away"])
def test_what_the_provider_has_certainly_not_taken_is_tried_again_later_and_sent_once(
    engine: Engine, place: Clinic, made: Data, kind: str
) -> None:
    with trouble(kind):
        assert sends(day_before(made)) == "pending"
    again = clock.parse(str(day_before(made).due_at))

    assert timedelta(seconds=20) <= again - DUE <= timedelta(seconds=45)
    assert sends(day_before(made), again - timedelta(seconds=1)) is None
    assert sends(day_before(made), again) == "sent"
    assert len(sent_to(engine, place.patient["email"])) == 1
    assert day_before(made).retry_count == 1


def test_what_fails_for_long_comes_another_way_and_when_that_fails_too_it_is_parked(made: Data) -> None:
    reminder, at = day_before(made), DUE

    with trouble("busy"):
        for _ in range(tries.MOST):
            sends(reminder, at)
            at += timedelta(minutes=15)

    instead = one(made, "reminder", "sms", 1440)
    assert day_before(made).status == "failed"
    assert (instead.status, instead.instead_of) == ("pending", reminder.id)


def test_where_no_other_way_is_left_it_is_parked_and_stays(api: Client, engine: Engine) -> None:
    place = open_clinic(api, patient={"phone": "+1234567890"})
    made, at = planned(book(api, place, "14:00")), DUE

    with trouble("busy") as met:
        for _ in range(tries.MOST + 3):
            sends(day_before(made), at)
            at += timedelta(minutes=15)

    assert (day_before(made).status, met["busy"]) == ("parked", tries.MOST)
    assert sent_to(engine, place.patient["email"]) == []


def test_a_text_that_this_clinic_cannot_send_comes_as_an_email_once(engine: Engine, place: Clinic, made: Data) -> None:
    text, at = one(made, "reminder", "sms", 120), START - timedelta(hours=2)

    assert sends(text, at) == "failed"
    instead = one(made, "reminder", "email", 120)
    assert [sends(instead, at), sends(instead, at)] == ["sent", None]
    assert len(sent_to(engine, place.patient["email"])) == 1


def test_a_plan_leaves_what_stands_in_for_a_failed_one(made: Data) -> None:
    sends(one(made, "reminder", "sms", 120), START - timedelta(hours=2))

    planned(made)

    assert one(made, "reminder", "email", 120).status == "pending"


@pytest.mark.parametrize("kind", ["lost", "broken", "not json", "\xff", '{"MessageId": 7}', "{}", "[" * 100_000])
def test_while_nobody_knows_whether_it_was_taken_nobody_sends_it_again(made: Data, kind: str) -> None:
    with trouble(kind):
        assert sends(day_before(made)) == "sending"

    assert sends(day_before(made), DUE + tries.LEASE - timedelta(seconds=1)) is None
    assert day_before(made).status == "sending"


def test_what_the_provider_tells_meanwhile_settles_the_doubt(engine: Engine, place: Clinic, made: Data) -> None:
    with trouble("lost"):
        sends(day_before(made))
    reminders.change(day_before(made), {"delivery_status": "sent"}, now=DUE)

    assert sends(day_before(made), DUE + tries.LEASE) == "sent"
    assert len(sent_to(engine, place.patient["email"])) == 1


def test_a_doubt_that_nobody_settles_ends_in_another_mail_and_not_in_none(
    engine: Engine, place: Clinic, made: Data
) -> None:
    with trouble("broken"):
        sends(day_before(made))

    assert sends(day_before(made), DUE + tries.LEASE) == "sent"
    assert len(sent_to(engine, place.patient["email"])) == 1


def test_a_worker_that_dies_with_the_lease_loses_nothing(engine: Engine, place: Clinic, made: Data) -> None:
    reminder = day_before(made)
    taken = reminders.claim(reminder.id, reminder.appointment_id, now=DUE, lease=tries.LEASE)

    assert taken is not None
    assert sends(reminder, DUE + tries.LEASE - timedelta(seconds=1)) is None
    assert sends(reminder, DUE + tries.LEASE) == "sent"
    assert len(sent_to(engine, place.patient["email"])) == 1


def test_a_worker_that_wakes_up_after_its_lease_changes_nothing_of_what_its_successor_did(made: Data) -> None:
    reminder = day_before(made)
    late = reminders.claim(reminder.id, reminder.appointment_id, now=DUE, lease=tries.LEASE)
    assert late is not None
    sends(reminder, DUE + tries.LEASE)

    assert not reminders.change(late, {"status": "pending"}, now=DUE + tries.LEASE)
    assert day_before(made).status == "sent"


def test_a_message_that_will_never_be_taken_is_not_tried_again(api: Client, made: Data) -> None:
    lonely = planned(book(api, open_clinic(api, patient={"phone": "+1234567890"}), "14:00"))

    with trouble("refused") as met:
        assert sends(day_before(made)) == "failed"
        assert sends(day_before(lonely)) == "failed"
        assert sends(day_before(lonely), DUE + timedelta(hours=2)) is None

    assert met["refused"] == 2
    assert day_before(lonely).error_message == "The mail provider refuses the message."
