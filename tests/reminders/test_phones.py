"""Text messages and calls through Twilio's own package: sent once, and asked after when nobody knows."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.gateways import calls
from chalicelib.kit import clock
from chalicelib.reminders import tries
from chalicelib.reminders.deliver import deliver
from chalicelib.table import reminders
from chalicelib.table.reminders import ReminderItem
from tests.builders import Clinic, Data
from tests.client import Client
from tests.reminders.twilio_calls import PUBLIC, having
from tests.reminders.twilio_stage import Stage, one, planned, twilio_there
from tests.scheduling.desk import DAY, book, open_clinic, utc

START = clock.parse(utc("14:00", DAY))
TEXT_DUE, CALL_DUE = START - timedelta(hours=2), START - timedelta(hours=24)
LEASE = tries.LEASE
UNREADABLE = ["huge", "wrong_type", "wrong_encoding", "not_json"]
numbers = iter(range(1_000, 9_999))


@pytest.fixture
def stage() -> Iterator[Stage]:
    with twilio_there() as there:
        yield there


@pytest.fixture
def number() -> str:
    """A number that nobody else has."""
    return f"+1415555{next(numbers)}"


@pytest.fixture
def place(api: Client, number: str) -> Clinic:
    wishes = {"sms": True, "call": True, "email": False}
    return open_clinic(api, patient={"phone": number, "communication_preferences": wishes})


@pytest.fixture
def made(api: Client, place: Clinic) -> Data:
    return planned(book(api, place, "14:00", reason_for_visit="Rash"))


def text(appointment: Data) -> ReminderItem:
    return one(appointment, "reminder", "sms", 120)


def call(appointment: Data) -> ReminderItem:
    return one(appointment, "reminder", "call", 1440)


def sends(stage: Stage, reminder: ReminderItem, at: datetime) -> str | None:
    stage.at = at
    return deliver(reminder.id, reminder.appointment_id, at)


def test_a_text_goes_out_with_the_address_for_its_receipts_which_names_the_reminder_only(
    stage: Stage, place: Clinic, made: Data, number: str
) -> None:
    assert sends(stage, text(made), TEXT_DUE) == "sent"

    [sent] = stage.sent_to(number)
    kept, [taken] = text(made), stage.twilio.made["Messages"]
    assert sent.body.startswith(f"Reminder: Your appointment with {place.doctor['name']} is scheduled for ")
    assert "Rash" not in sent.body
    assert (kept.provider_id, kept.message, kept.recipient_phone) == (taken["sid"], sent.body, number)
    assert taken["callback"] == f"{PUBLIC}/api/webhooks/twilio/status?reminder={kept.id}"


def test_a_call_says_it_twice_in_the_patients_language(api: Client, stage: Stage, number: str) -> None:
    wishes = {"call": True, "email": False}
    told = {"phone": number, "communication_preferences": wishes, "preferred_language": "pt-PT"}
    made = planned(book(api, open_clinic(api, patient=told), "14:00"))

    assert sends(stage, call(made), CALL_DUE) == "sent"

    [sent] = stage.sent_to(number)
    assert (sent.channel, sent.body[:7]) == ("call", "[pt-PT]")
    assert "14:00" in sent.body


def test_what_is_spoken_is_read_as_text_whatever_it_holds() -> None:
    spoken = calls.spoken("</Say><Dial>+1900</Dial> & \x00", "de")

    assert spoken.count('<Say language="en-US">&lt;/Say&gt;&lt;Dial&gt;+1900&lt;/Dial&gt; &amp; </Say>') == 2


@pytest.mark.parametrize("kind", ["busy"])
def test_what_twilio_has_certainly_not_taken_is_tried_again_and_sent_once(
    stage: Stage, made: Data, number: str, kind: str
) -> None:
    stage.faults.add(kind)

    assert sends(stage, text(made), TEXT_DUE) == "pending"
    assert sends(stage, text(made), clock.parse(str(text(made).due_at))) == "sent"
    assert len(stage.sent_to(number)) == 1


def test_where_nobody_listens_it_is_tried_again_later(stage: Stage, made: Data) -> None:
    with having(TWILIO_ENDPOINT="http://127.0.0.1:9"):
        assert sends(stage, text(made), TEXT_DUE) == "pending"


@pytest.mark.parametrize("kind", ["dropped", "failing", "redirected", *UNREADABLE])
def test_a_lost_answer_is_asked_after_and_the_text_is_not_sent_again(
    stage: Stage, made: Data, number: str, kind: str
) -> None:
    stage.faults.add(kind)

    assert sends(stage, text(made), TEXT_DUE) == "sending"
    assert sends(stage, text(made), TEXT_DUE + LEASE - timedelta(seconds=1)) is None
    assert sends(stage, text(made), TEXT_DUE + LEASE) == "sent"

    [taken] = stage.twilio.made["Messages"]
    assert (len(stage.sent_to(number)), text(made).provider_id) == (1, taken["sid"])


def test_a_text_that_twilio_was_never_given_is_sent_after_all(stage: Stage, made: Data, number: str) -> None:
    stage.faults.add("broken")

    assert sends(stage, text(made), TEXT_DUE) == "sending"
    assert sends(stage, text(made), TEXT_DUE + LEASE) == "sent"
    assert len(stage.sent_to(number)) == 1


@pytest.mark.parametrize("kind", ["busy", "broken", *UNREADABLE])
def test_while_twilio_does_not_say_what_it_was_given_nothing_is_sent(
    stage: Stage, made: Data, number: str, kind: str
) -> None:
    stage.faults.add("dropped")
    sends(stage, text(made), TEXT_DUE)
    stage.faults.add(kind)

    assert sends(stage, text(made), TEXT_DUE + LEASE) == "sending"
    assert sends(stage, text(made), TEXT_DUE + 2 * LEASE) == "sent"
    assert len(stage.sent_to(number)) == 1


def test_who_never_says_is_asked_so_often_and_then_it_is_parked(stage: Stage, made: Data) -> None:
    stage.faults.add("dropped")
    stage.faults.add("broken", 20)

    said = [sends(stage, text(made), TEXT_DUE + turn * LEASE) for turn in range(tries.MOST + 1)]

    assert said == ["sending"] * tries.MOST + ["parked"]


def test_an_earlier_text_or_one_with_other_words_is_not_taken_for_it(
    api: Client, stage: Stage, place: Clinic, made: Data, number: str
) -> None:
    other = planned(book(api, place, "16:00"))
    sends(stage, text(made), TEXT_DUE)
    reminders.change(text(other), {"due_at": clock.iso(TEXT_DUE)}, now=TEXT_DUE)
    stage.faults.add("broken")

    assert sends(stage, text(other), TEXT_DUE) == "sending"
    assert sends(stage, text(other), TEXT_DUE + LEASE) == "sent"
    assert len(stage.sent_to(number)) == 2


def test_a_worker_that_died_is_taken_over_and_twilio_is_asked_first(stage: Stage, made: Data, number: str) -> None:
    reminder = text(made)
    assert sends(stage, reminder, TEXT_DUE) == "sent"
    claimed = reminders.find(reminder.id, reminder.appointment_id)
    assert claimed is not None
    forgotten = {"status": "sending", "due_at": clock.iso(TEXT_DUE + LEASE), "provider_id": None, "message": None}
    reminders.change(claimed, forgotten, now=TEXT_DUE)

    assert sends(stage, reminder, TEXT_DUE + LEASE) == "sent"
    assert len(stage.sent_to(number)) == 1


@pytest.mark.parametrize(("kind", "ends"), [("dropped", "sent"), ("broken", "parked")])
def test_nobody_is_rung_up_twice_on_a_guess(stage: Stage, made: Data, number: str, kind: str, ends: str) -> None:
    stage.faults.add(kind)

    assert sends(stage, call(made), CALL_DUE) == "sending"
    assert sends(stage, call(made), CALL_DUE + LEASE) == ends
    assert len(stage.sent_to(number)) == (1 if ends == "sent" else 0)


def test_a_number_that_twilio_refuses_is_told_by_email_instead(api: Client, stage: Stage, number: str) -> None:
    place = open_clinic(api, patient={"phone": number})
    made = planned(book(api, place, "14:00"))
    stage.twilio.unwanted.add(number)

    assert sends(stage, text(made), TEXT_DUE) == "failed"
    assert one(made, "reminder", "email", 120).status == "pending"
    assert text(made).error_message == "The message is not wanted at this number any more."


def test_a_wrong_token_is_our_fault_and_costs_no_message(stage: Stage, made: Data) -> None:
    with having(TWILIO_AUTH_TOKEN="wrong"):
        assert sends(stage, text(made), TEXT_DUE) == "pending"


@pytest.mark.parametrize("kind", ["endless", "slow"])
def test_an_answer_that_does_not_come_is_left_in_time(stage: Stage, made: Data, kind: str) -> None:
    stage.faults.add(kind)
    began = clock.precise()

    with having(ANSWER_SECONDS="0.4"):
        assert sends(stage, text(made), TEXT_DUE) == "sending"

    assert clock.precise() - began < timedelta(seconds=5)
