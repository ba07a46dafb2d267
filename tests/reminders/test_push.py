"""Pushed messages: read by the browser alone, shown once however often they were sent, and never sent just anywhere."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import http_ece
import pytest

from chalicelib.gateways import webpush
from chalicelib.kit import clock
from chalicelib.reminders import devices, tries
from chalicelib.reminders.deliver import deliver
from chalicelib.table import reminders
from chalicelib.table.reminders import ReminderItem
from infra.local.testing import Engine
from infra.simulators.outbox import Outbox
from infra.simulators.push import PushService, key_pair
from infra.simulators.serving import Faults, Simulators
from tests.builders import Clinic, Data
from tests.client import Client
from tests.reminders.twilio_calls import having
from tests.reminders.twilio_stage import one, planned
from tests.scheduling.desk import DAY, book, open_clinic, utc

AT = "/api/push/subscriptions"
START = clock.parse(utc("14:00", DAY))
DUE = START - timedelta(hours=2)


@dataclass
class Stage:
    """The push service, what befalls it, and the clock that it goes by."""

    service: PushService
    faults: Faults
    at: datetime = DUE


@pytest.fixture
def stage() -> Iterator[Stage]:
    private, public = key_pair()
    service = PushService(Outbox(), public_key=public)
    with Simulators(push=service) as served:
        there = Stage(service, served.faults["push"])
        service.url = served.url("push")
        service.outbox.now = lambda: there.at
        with having(VAPID_PRIVATE_KEY=private):
            yield there


@pytest.fixture
def place(api: Client) -> Clinic:
    return open_clinic(api, patient={"communication_preferences": {"push": True, "email": True}})


def patient(api: Client, place: Clinic) -> Client:
    return api.as_("patient", place.patient["id"])


def registered(api: Client, place: Clinic, stage: Stage) -> Data:
    """A device of the patient's."""
    answer = patient(api, place).post(AT, stage.service.subscribe())
    assert answer.status == 201, answer.body
    made: Data = answer.data
    return made


def pushed(api: Client, place: Clinic) -> ReminderItem:
    """The message that is pushed two hours before a visit."""
    return one(planned(book(api, place, "14:00", reason_for_visit="Rash")), "reminder", "push", 120)


def sends(stage: Stage, reminder: ReminderItem, at: datetime = DUE) -> str | None:
    stage.at = at
    return deliver(reminder.id, reminder.appointment_id, at)


def test_the_browser_reads_the_message_and_it_lasts_until_the_visit(api: Client, place: Clinic, stage: Stage) -> None:
    registered(api, place, stage)

    assert sends(stage, pushed(api, place)) == "sent"

    [shown] = stage.service.shown.values()
    assert shown["body"].startswith(f"Reminder: Your appointment with {place.doctor['name']} is scheduled for ")
    assert (shown["ttl"], shown["urgency"], shown["kind"]) == (7_200, "normal", "reminder")
    assert "Rash" not in json.dumps(shown)


def test_every_device_of_the_patient_shows_it(api: Client, place: Clinic, stage: Stage) -> None:
    for _ in range(3):
        registered(api, place, stage)

    sends(stage, pushed(api, place))

    assert len(stage.service.shown) == 3


@pytest.mark.parametrize("kind", ["dropped", "failing", "broken"])
def test_what_was_sent_twice_in_doubt_is_shown_once(api: Client, place: Clinic, stage: Stage, kind: str) -> None:
    registered(api, place, stage)
    reminder = pushed(api, place)
    stage.faults.add(kind)

    assert sends(stage, reminder) == "sending"
    assert sends(stage, reminder, DUE + tries.LEASE) == "sent"
    assert len(stage.service.shown) == 1


def test_a_busy_service_is_asked_again_later(api: Client, place: Clinic, stage: Stage) -> None:
    registered(api, place, stage)
    stage.faults.add("busy")

    assert sends(stage, pushed(api, place)) == "pending"


def test_a_device_that_is_gone_is_forgotten_and_the_patient_told_by_email(
    api: Client, place: Clinic, stage: Stage
) -> None:
    registered(api, place, stage)
    reminder = pushed(api, place)
    stage.service.browsers.clear()

    assert sends(stage, reminder) == "failed"
    [found] = [stored for stored in reminders.of_appointment(reminder.appointment_id) if stored.instead_of]
    assert (found.channel, found.instead_of) == ("email", reminder.id)
    assert patient(api, place).get(AT).data == []


def test_without_a_device_nothing_is_planned_to_be_pushed(api: Client, place: Clinic) -> None:
    made = planned(book(api, place, "14:00"))

    assert "push" not in {stored.channel for stored in reminders.of_appointment(made["id"])}


def test_a_doctor_with_a_device_is_pushed_every_new_appointment(api: Client, place: Clinic, stage: Stage) -> None:
    doctor = api.as_("doctor", place.doctor["id"])
    assert doctor.post(AT, stage.service.subscribe()).status == 201
    made = planned(book(api, place, "14:00", reason_for_visit="Rash"))

    told = sends(stage, one(made, "new_appointment", "push", None), clock.now())

    [shown] = stage.service.shown.values()
    assert (told, shown["kind"]) == ("sent", "new_appointment")
    assert place.patient["last_name"] not in json.dumps(shown)


def test_what_an_independent_reader_decrypts_is_what_was_said() -> None:
    service = PushService(Outbox())
    subscription = service.subscribe()
    [browser] = service.browsers.values()

    sealed = [webpush.encrypted("Grüße 👋".encode(), **subscription["keys"]) for _ in range(2)]

    read = {http_ece.decrypt(one, private_key=browser.private, auth_secret=browser.auth) for one in sealed}
    assert read == {"Grüße 👋".encode()}
    assert sealed[0] != sealed[1]


def test_a_long_text_is_cut_to_what_one_record_holds(api: Client, place: Clinic, stage: Stage) -> None:
    registered(api, place, stage)
    reminder = pushed(api, place)
    reminders.change(reminder, {"custom_message": "👋" * 2_000, "by_hand": True}, now=DUE)

    assert sends(stage, reminder) == "sent"


def test_each_sees_and_removes_their_own_devices_only(api: Client, place: Clinic, stage: Stage) -> None:
    made = registered(api, place, stage)
    other, doctor = api.as_("patient", "pat_other"), api.as_("doctor", place.patient["id"])

    assert (other.get(AT).data, doctor.get(AT).data) == ([], [])
    assert other.delete(f"{AT}/{made['id']}").status == 404
    assert patient(api, place).get(AT).data == [made]
    assert patient(api, place).delete(f"{AT}/{made['id']}").status == 200
    assert patient(api, place).get(AT).data == []


def test_no_reply_shows_where_a_device_is_reached_or_its_keys(api: Client, place: Clinic, stage: Stage) -> None:
    subscription = stage.service.subscribe()

    answer = patient(api, place).post(AT, subscription)

    told = answer.body + patient(api, place).get(AT).body
    assert set(answer.data) == {"id", "service", "created_at"}
    assert not any(secret in told for secret in (subscription["endpoint"], *subscription["keys"].values()))


def test_the_same_device_again_is_one_device_and_there_are_only_so_many(
    api: Client, place: Clinic, stage: Stage
) -> None:
    subscription = stage.service.subscribe()
    twice = [patient(api, place).post(AT, subscription).data for _ in range(2)]
    for _ in range(devices.MOST - 1):
        registered(api, place, stage)

    refused = patient(api, place).post(AT, stage.service.subscribe())

    assert twice[0] == twice[1]
    assert (refused.status, refused.error["code"]) == (409, "too_many_devices")
    assert patient(api, place).post(AT, subscription).status == 201


ELSEWHERE = [
    "https://evil.example/send/1",
    "http://fcm.googleapis.com/send/1",
    "https://fcm.googleapis.com.evil.example/send/1",
    "https://evil.example@fcm.googleapis.com/send/1",
    "https://fcm.googleapis.com:8443/send/1",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/send/1",
    "http://127.0.0.1:9@fcm.googleapis.com/",
    "https://push.apple.com/send/1",
    "https://[::1]/send/1",
    "https://fcm.googleapis.com:x/",
    "file:///etc/passwd",
    "//fcm.googleapis.com/1",
    "https://fcm.gооgleapis.com/1",
]


@pytest.mark.parametrize("endpoint", ELSEWHERE)
def test_nothing_is_sent_just_anywhere(api: Client, place: Clinic, stage: Stage, endpoint: str) -> None:
    answer = patient(api, place).post(AT, stage.service.subscribe() | {"endpoint": endpoint})

    assert (answer.status, answer.fields) == (422, ["endpoint"])


@pytest.mark.parametrize("endpoint", ["https://fcm.googleapis.com/fcm/send/x", "https://api.push.apple.com/x"])
def test_the_services_that_are_listed_are_allowed_and_in_a_stage_nobody_on_this_machine(endpoint: str) -> None:
    with having(CARESLOT_STAGE="prod"):
        allowed = [webpush.is_allowed(one) for one in (endpoint, "http://127.0.0.1:8000/x")]

    assert allowed == [True, False]


@pytest.mark.parametrize("keys", [{"p256dh": "A" * 87}, {"auth": "A" * 40}, {"p256dh": "B" + "A" * 86}])
def test_keys_that_no_browser_gives_are_refused(api: Client, place: Clinic, stage: Stage, keys: Data) -> None:
    subscription = stage.service.subscribe()
    subscription["keys"] |= keys

    assert patient(api, place).post(AT, subscription).fields == ["keys"]


def test_the_key_to_subscribe_with_is_told_and_none_where_nothing_is_pushed(
    api: Client, place: Clinic, stage: Stage
) -> None:
    with having(VAPID_PRIVATE_KEY=""):
        assert patient(api, place).get("/api/push/key").data == {"public_key": None, "platforms": []}

    assert patient(api, place).get("/api/push/key").data["public_key"] == stage.service.public_key


TOKEN = "a-token-of:an-app.0123"


@pytest.fixture
def app_there(engine: Engine) -> Iterator[str]:
    """The clinic has an app for Google's phones inside the test; its ARN."""
    google = {"Platform": "GCM", "Attributes": {"PlatformCredential": "x"}}
    made: str = engine.client("sns").create_platform_application(Name="careslot", **google)["PlatformApplicationArn"]
    with having(SNS_FCM_APPLICATION=made):
        yield made


def test_an_app_on_a_phone_is_pushed_to_until_it_is_gone(
    api: Client, engine: Engine, place: Clinic, app_there: str
) -> None:
    answer = patient(api, place).post(AT, {"platform": "fcm", "token": TOKEN})
    reminder = pushed(api, place)

    assert (answer.status, answer.data["service"]) == (201, "fcm")
    assert deliver(reminder.id, reminder.appointment_id, DUE) == "sent"
    phones = engine.client("sns")
    endpoint = phones.create_platform_endpoint(PlatformApplicationArn=app_there, Token=TOKEN)["EndpointArn"]
    phones.delete_endpoint(EndpointArn=endpoint)
    later = one(planned(book(api, place, "16:00")), "reminder", "push", 120)
    assert deliver(later.id, later.appointment_id, DUE + timedelta(hours=2)) == "failed"
    assert patient(api, place).get(AT).data == []


@pytest.mark.usefixtures("stage", "app_there")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"platform": "fcm"},
        {"token": TOKEN},
        {"endpoint": "https://fcm.googleapis.com/1"},
        {"platform": "fcm", "token": TOKEN, "endpoint": "https://fcm.googleapis.com/1"},
        {"platform": "apns", "token": TOKEN},
        {"platform": "fcm", "token": "short"},
        {"platform": "pager", "token": TOKEN},
    ],
)
def test_what_is_neither_a_browser_nor_an_app_of_ours_is_refused(api: Client, place: Clinic, body: Data) -> None:
    assert patient(api, place).post(AT, body).status == 422
