"""Receipts: signed by who sends them, ranked whatever their order, and heard once however often they come."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from chalicelib.kit import clock, late
from chalicelib.realtime import messages as frames
from chalicelib.reminders import mail_events, tries
from chalicelib.reminders.deliver import deliver
from chalicelib.table import reminders
from chalicelib.table.reminders import ReminderItem
from infra.local.testing import Engine
from tests.builders import Clinic, Data
from tests.client import Client
from tests.realtime.stage import Stage as Sockets
from tests.realtime.stage import opened
from tests.reminders.twilio_calls import posts
from tests.reminders.twilio_stage import Stage, one, planned, twilio_there
from tests.scheduling.desk import DAY, book, open_clinic, utc

PATH = "/api/webhooks/twilio/status"
START = clock.parse(utc("14:00", DAY))
DUE = START - timedelta(hours=2)
numbers = iter(range(1_000, 9_999))
refused: list[tuple[str, str, str]] = []


def keeps(*, channel: str, address: str, why: str, now: datetime) -> None:
    """Stands for the list of addresses that are written to no more."""
    assert now.tzinfo
    refused.append((channel, address, why))


@pytest.fixture(autouse=True)
def listed(api: Client) -> Iterator[None]:  # noqa: ARG001 - the application joins first
    refused.clear()
    known = list(late.REFUSED_ADDRESSES._names)
    late.REFUSED_ADDRESSES._names[:] = [f"{__name__}:keeps"]
    yield
    late.REFUSED_ADDRESSES._names[:] = known


@pytest.fixture
def stage() -> Iterator[Stage]:
    with twilio_there() as there:
        yield there


@pytest.fixture
def place(api: Client) -> Clinic:
    return open_clinic(api, patient={"phone": f"+1415556{next(numbers)}"})


@pytest.fixture
def made(api: Client, place: Clinic) -> Data:
    return planned(book(api, place, "14:00"))


def text(appointment: Data) -> ReminderItem:
    return one(appointment, "reminder", "sms", 120)


def sends(stage: Stage, reminder: ReminderItem, at: datetime = DUE) -> str | None:
    stage.at = at
    return deliver(reminder.id, reminder.appointment_id, at)


def told(api: Client, reminder: ReminderItem, status: str, **more: Any) -> int:
    """The answer to Twilio, who says what became of the message."""
    form = {"MessageSid": "SM01", "MessageStatus": status, "To": "+14155550000", **more.pop("form", {})}
    return posts(api, f"{PATH}?reminder={reminder.id}", form, **more).status


def of_mail(reminder_id: str, kind: str, **part: Any) -> Data:
    """What SES says of a mail."""
    mail = {"messageId": "0100", "destination": ["a@example.com"], "tags": {"reminder": [reminder_id]}}
    return {"eventType": kind, "mail": mail, **part}


def brought(*events: Any) -> list[str]:
    """What of these events must come again when they are brought in one batch."""
    bodies = [one if isinstance(one, str) else json.dumps(one) for one in events]
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    return [one["itemIdentifier"] for one in mail_events.handle({"Records": records}, clock.now)["batchItemFailures"]]


def test_what_twilio_tells_is_known_of_the_reminder(api: Client, stage: Stage, made: Data) -> None:
    sends(stage, text(made))
    [taken] = stage.twilio.made["Messages"]
    for status in ("sent", "delivered"):
        stage.twilio.tell("Messages", taken["sid"], status)

    answers = [
        posts(api, url.removeprefix("https://clinic.example"), form, signature=signed["X-Twilio-Signature"])
        for url, form, signed in stage.told
    ]

    assert [(answer.status, answer.headers["content-type"]) for answer in answers] == [(200, "text/xml")] * 2
    assert (text(made).delivery_status, text(made).status) == ("delivered", "sent")


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])), ids=" ".join)
def test_in_whatever_order_receipts_come_the_last_word_stays(api: Client, made: Data, order: tuple[str, ...]) -> None:
    for status in (*order, *order):
        assert told(api, text(made), status) == 200

    assert text(made).delivery_status == "delivered"


@pytest.mark.usefixtures("stage")
def test_a_repeat_changes_nothing_not_even_the_version(api: Client, made: Data) -> None:
    told(api, text(made), "delivered")
    before = text(made)

    told(api, text(made), "delivered")
    told(api, text(made), "sent")

    assert int(text(made).version) == int(before.version)


@pytest.mark.usefixtures("stage")
def test_a_forged_receipt_is_refused_and_unknown_ones_are_passed_over(api: Client, made: Data) -> None:
    unknown = one(made, "reminder", "sms", 120)
    unknown.SK = "REMINDER#rem_apt_nobody-0123456789abcdef"

    assert told(api, text(made), "delivered", token="f" * 32) == 403
    assert told(api, text(made), "delivered", at="https://elsewhere.example") == 403
    assert told(api, unknown, "delivered") == 200
    assert told(api, text(made), "on its way by pigeon") == 200
    assert text(made).delivery_status is None


@pytest.mark.usefixtures("stage")
def test_a_signature_for_one_message_does_not_fit_another(api: Client, made: Data, place: Clinic) -> None:
    from twilio.request_validator import RequestValidator  # noqa: PLC0415 - see twilio_calls.py

    other = planned(book(api, place, "16:00"))
    form = {"MessageStatus": "delivered"}
    url = f"https://clinic.example{PATH}?reminder={text(made).id}"
    signed = RequestValidator("0123456789abcdef0123456789abcdef").compute_signature(url, form)

    assert posts(api, f"{PATH}?reminder={text(other).id}", form, signature=signed).status == 403
    assert text(other).delivery_status is None


def test_a_receipt_may_come_before_our_own_record_and_settles_the_doubt(api: Client, stage: Stage, made: Data) -> None:
    stage.faults.add("dropped")
    sends(stage, text(made))

    told(api, text(made), "sent")

    assert sends(stage, text(made), DUE + tries.LEASE) == "sent"
    assert (text(made).delivery_status, len(stage.twilio.made["Messages"])) == ("sent", 1)


def test_a_receipt_that_comes_while_it_is_being_recorded_is_kept(stage: Stage, made: Data) -> None:
    reminder = text(made)
    claimed = reminders.claim(reminder.id, reminder.appointment_id, now=DUE, lease=tries.LEASE)
    assert claimed is not None
    reminders.receive(reminder.id, reminder.appointment_id, "delivered", over=["sent"], why=None, now=DUE)

    assert not reminders.change(claimed, {"status": "sent"}, now=DUE)
    assert sends(stage, reminder, DUE + tries.LEASE) == "sent"
    assert text(made).delivery_status == "delivered"


def test_a_text_that_never_arrives_is_told_by_email_once(api: Client, stage: Stage, made: Data) -> None:
    sends(stage, text(made))

    for _ in range(2):
        told(api, text(made), "undelivered", form={"ErrorCode": "30005"})

    assert one(made, "reminder", "email", 120).instead_of == text(made).id
    assert (text(made).delivery_status, refused) == ("undelivered", [])
    assert text(made).error_message == "The phone network refused it (30005)."


@pytest.mark.usefixtures("stage")
def test_a_number_whose_owner_said_stop_is_let_known(api: Client, made: Data) -> None:
    told(api, text(made), "failed", form={"ErrorCode": "21610", "To": "+14155550009"})

    assert refused == [("sms", "+14155550009", "unsubscribed")]


@pytest.mark.usefixtures("stage")
def test_how_a_call_ended_is_known_too(api: Client, made: Data) -> None:
    path = f"{PATH}?reminder={text(made).id}"

    assert posts(api, path, {"CallSid": "CA01", "CallStatus": "no-answer"}).status == 200
    assert text(made).delivery_status == "undelivered"


def test_what_ses_tells_is_known_whatever_its_order(made: Data) -> None:
    reminder = one(made, "reminder", "email", 1440)
    events = [of_mail(reminder.id, kind) for kind in ("Delivery", "Send", "DeliveryDelay", "Delivery")]

    assert brought(*events) == []
    assert one(made, "reminder", "email", 1440).delivery_status == "delivered"


def test_a_hard_bounce_is_told_by_text_and_its_address_let_known(made: Data) -> None:
    reminder = one(made, "reminder", "email", 1440)
    bounced = [{"emailAddress": "gone@example.com"}]
    hard = {"bounceType": "Permanent", "bouncedRecipients": bounced}

    brought(of_mail(reminder.id, "Bounce", bounce=hard))

    assert one(made, "reminder", "email", 1440).delivery_status == "bounced"
    assert one(made, "reminder", "sms", 1440).instead_of == reminder.id
    assert refused == [("email", "gone@example.com", "hard_bounce")]


def test_a_full_mailbox_is_no_reason_to_write_there_no_more_and_a_complaint_is(made: Data) -> None:
    soft = {"bounceType": "Transient", "bouncedRecipients": [{"emailAddress": "full@example.com"}]}
    complaint = {"complainedRecipients": [{"emailAddress": "angry@example.com"}]}
    reminder = one(made, "reminder", "email", 1440)

    brought(of_mail(reminder.id, "Bounce", bounce=soft), of_mail(reminder.id, "Complaint", complaint=complaint))

    assert refused == [("email", "angry@example.com", "complaint")]
    assert one(made, "reminder", "email", 1440).delivery_status == "complained"


@pytest.mark.parametrize("body", ["not json", "[]", "{}", '{"eventType": "Bounce", "mail": {}}', "[" * 100_000])
def test_an_event_that_cannot_be_read_stands_in_nobodys_way(made: Data, body: str) -> None:
    reminder = one(made, "reminder", "email", 1440)

    assert brought(body, of_mail(reminder.id, "Delivery"), of_mail("rem_nobody", "Delivery")) == ["0"]
    assert one(made, "reminder", "email", 1440).delivery_status == "delivered"


def test_whoever_follows_the_visit_hears_of_it_at_once_without_address_or_text(
    api: Client, engine: Engine, token: Any, own_table: str
) -> None:
    assert own_table
    place = open_clinic(api, patient={"phone": "+14155552671"})
    made = planned(book(api, place, "14:00"))
    with opened(engine) as sockets, twilio_there() as stage:
        topic = f"appointment:{made['id']}"
        line = _follows(sockets, token("receptionist"), topic)
        sends(stage, text(made))
        told(api, text(made), "delivered")
        sockets.pass_on()

        heard = line.hear()

    assert heard["topic"] == topic
    told_of = [event for event in _events(heard) if event["type"] == "reminder_update"]
    assert {event["data"]["delivery_status"] for event in told_of} == {"delivered"}
    assert place.patient["phone"] not in frames.dump(heard)
    assert "Reminder:" not in frames.dump(heard)


def _events(frame: Data) -> list[Data]:
    found: list[Data] = frame["events"] if frame["type"] == "events" else [frame]
    return found


def test_a_doctors_message_is_no_news_for_the_patient(api: Client, engine: Engine, token: Any, own_table: str) -> None:
    assert own_table
    place = open_clinic(api, patient={"phone": "+14155552671"})
    made = planned(book(api, place, "14:00"))
    doctors = [stored for stored in reminders.of_appointment(made["id"]) if stored.audience == "doctor"]
    with opened(engine) as sockets:
        line = _follows(sockets, token("patient", place.patient["id"]), f"patient:{place.patient['id']}")
        for reminder in [*doctors, text(made)]:
            reminders.receive(reminder.id, made["id"], "sent", over=[], why=None, now=DUE)
        sockets.pass_on()

        heard = line.hear()

    assert [event["data"]["audience"] for event in _events(heard)] == ["patient"]


def _follows(sockets: Sockets, bearer: str, topic: str) -> Any:
    line = sockets.line(bearer)
    line.ask("subscribe", topics=[topic])
    sockets.records()
    return line
