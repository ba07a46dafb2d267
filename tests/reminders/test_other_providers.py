"""The other providers that a clinic may set: the shapes that they document, and what each of their answers means."""

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from chalicelib.gateways import mail, sms, sns
from chalicelib.gateways.answers import Gone, NoAnswer, NotNow, Refused
from chalicelib.gateways.mime import Attachment
from chalicelib.kit import clock
from infra.local.testing import Engine
from infra.simulators.serving import Faults, Reply, Request, Simulators
from tests.reminders.twilio_calls import having

ICS = Attachment("appointment.ics", "BEGIN:VCALENDAR\r\n", "text/calendar", {"method": "REQUEST"})
MAIL: dict[str, Any] = {
    "to": "zoe@example.com",
    "subject": "Tomorrow",
    "text": "At 9, Zoë",
    "language": "en",
    "tag": "rem_1",
    "headers": {"List-Unsubscribe": "<https://a.example/u>"},
    "attachments": [ICS],
}
TEXT = {"to": "+14155552671", "text": "At 9, Zoë", "tag": "rem_1", "callback": ""}


@dataclass
class Provider:
    """Answers what it is told to, and keeps what it was asked."""

    reply: Reply
    listed: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        if request.method == "GET":
            return Reply(200, json.dumps({"offset": 0, "items": self.listed}).encode())
        return self.reply

    def refusal(self, kind: str) -> Reply:
        return Reply(429 if kind == "busy" else 500, b"{}")


@contextmanager
def provider(reply: Reply, **settings: str) -> Iterator[tuple[Provider, Faults]]:
    """One on the loopback, which the settings name as `{url}`."""
    there = Provider(reply)
    with Simulators(other=there) as served:
        url = served.url("other")
        said = {name: value.format(url=url) for name, value in settings.items()}
        with having(SMTP_FROM="noreply@clinic.example", **said):
            yield there, served.faults["other"]


@pytest.fixture
def sendgrid() -> Iterator[tuple[Provider, Faults]]:
    reply = Reply(202, b"", {"X-Message-Id": "sg-1"})
    with provider(reply, MAIL_PROVIDER="sendgrid", SENDGRID_API_KEY="SG.x", SENDGRID_ENDPOINT="{url}") as there:
        yield there


@pytest.fixture
def mailgun() -> Iterator[tuple[Provider, Faults]]:
    reply = Reply(200, b'{"id": "<mg-1@mg.example>", "message": "Queued. Thank you."}')
    said = {"MAILGUN_API_KEY": "key-x", "MAILGUN_DOMAIN": "mg.example", "MAILGUN_ENDPOINT": "{url}"}
    with provider(reply, MAIL_PROVIDER="mailgun", **said) as there:
        yield there


@pytest.fixture
def messagebird() -> Iterator[tuple[Provider, Faults]]:
    reply = Reply(201, b'{"id": "mb-1", "href": "https://rest.messagebird.com/messages/mb-1"}')
    said = {"MESSAGEBIRD_ACCESS_KEY": "k", "MESSAGEBIRD_ORIGINATOR": "Clinic", "MESSAGEBIRD_ENDPOINT": "{url}"}
    with provider(reply, SMS_PROVIDER="messagebird", **said) as there:
        yield there


def test_sendgrid_is_given_the_mail_in_its_shape(sendgrid: tuple[Provider, Faults]) -> None:
    assert mail.send(**MAIL) == "sg-1"

    [asked] = sendgrid[0].asked
    said = json.loads(asked.body)
    assert (asked.method, asked.path, asked.headers["authorization"]) == ("POST", "/v3/mail/send", "Bearer SG.x")
    assert said["personalizations"] == [{"to": [{"email": "zoe@example.com"}], "custom_args": {"reminder": "rem_1"}}]
    assert [part["type"] for part in said["content"]] == ["text/plain", "text/html"]
    assert said["headers"] == MAIL["headers"]
    [attached] = said["attachments"]
    assert (attached["type"], b64decode(attached["content"]).decode()) == ("text/calendar; method=REQUEST", ICS.text)


def test_mailgun_is_given_the_mail_as_it_travels(mailgun: tuple[Provider, Faults]) -> None:
    assert mail.send(**MAIL) == "<mg-1@mg.example>"

    [asked] = mailgun[0].asked
    assert asked.path == "/v3/mg.example/messages.mime"
    assert b64decode(asked.headers["authorization"].removeprefix("Basic ")) == b"api:key-x"
    form = message_from_bytes(
        f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode() + asked.body, policy=policy.default
    )
    parts = {part.get_param("name", header="content-disposition"): part for part in form.iter_parts()}
    assert parts["v:reminder"].get_content().strip() == "rem_1"
    inner = parts["message"].get_content()
    assert (inner["To"], inner["List-Unsubscribe"]) == ("zoe@example.com", "<https://a.example/u>")


def test_messagebird_is_given_the_text_with_our_reference(messagebird: tuple[Provider, Faults]) -> None:
    assert sms.send(**TEXT) == "mb-1"

    [asked] = messagebird[0].asked
    said = json.loads(asked.body)
    assert (asked.path, asked.headers["authorization"]) == ("/messages", "AccessKey k")
    assert (said["recipients"], said["originator"], said["body"]) == (["14155552671"], "Clinic", "At 9, Zoë")
    assert said["reference"] == "rem_1"


def test_messagebird_is_asked_after_by_reference(messagebird: tuple[Provider, Faults]) -> None:
    there, faults = messagebird
    there.listed = [{"id": "mb-0", "reference": "rem_0"}, {"id": "mb-1", "reference": "rem_1"}]
    said = {"to": TEXT["to"], "text": TEXT["text"], "since": clock.now() - timedelta(minutes=5)}

    assert [sms.taken(**said, tag=tag) for tag in ("rem_1", "rem_2")] == ["mb-1", None]
    faults.add("not_json")
    with pytest.raises(NotNow):
        sms.taken(**said, tag="rem_1")


ASKED = {
    "sendgrid": lambda: mail.send(**MAIL),
    "mailgun": lambda: mail.send(**MAIL),
    "messagebird": lambda: sms.send(**TEXT),
}
STATUSES = [(400, Refused), (413, Refused), (422, Refused), (401, NotNow), (402, NotNow), (403, NotNow), (429, NotNow)]
STATUSES += [(302, NoAnswer), (500, NoAnswer), (503, NoAnswer)]


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize(("status", "means"), STATUSES)
def test_what_a_status_means(request: pytest.FixtureRequest, name: str, status: int, means: type[Exception]) -> None:
    there, _ = request.getfixturevalue(name)
    there.reply = Reply(status, b'{"errors": [{"code": 9, "description": "no"}]}')

    with pytest.raises(means):
        ASKED[name]()


@pytest.mark.parametrize("name", ["mailgun", "messagebird"])
@pytest.mark.parametrize("kind", ["dropped", "huge", "wrong_type", "wrong_encoding", "not_json"])
def test_an_answer_that_cannot_be_read_leaves_a_doubt_and_nothing_else(
    request: pytest.FixtureRequest, name: str, kind: str
) -> None:
    there, faults = request.getfixturevalue(name)
    faults.add(kind)

    with pytest.raises(NoAnswer):
        ASKED[name]()

    assert len(there.asked) == 1


@pytest.mark.parametrize(("name", "reply"), [("mailgun", b'{"id": 7}'), ("messagebird", b'{"id": ["x"]}')])
def test_an_id_that_is_none_is_no_answer(request: pytest.FixtureRequest, name: str, reply: bytes) -> None:
    there, _ = request.getfixturevalue(name)
    there.reply = Reply(200, reply)

    with pytest.raises(NoAnswer):
        ASKED[name]()


@pytest.mark.usefixtures("engine")
def test_sns_sends_texts_too_and_cannot_be_asked_after(engine: Engine) -> None:
    assert engine.url
    with having(SMS_PROVIDER="sns"):
        taken = sms.send(**TEXT)
        known = sms.taken(to=TEXT["to"], text=TEXT["text"], tag="rem_1", since=clock.now())

    assert len(taken) > 10
    assert known is None


@pytest.mark.usefixtures("engine")
def test_an_app_on_a_phone_is_reached_until_it_is_gone(engine: Engine) -> None:
    topics = engine.client("sns")
    application = topics.create_platform_application(
        Name="careslot", Platform="GCM", Attributes={"PlatformCredential": "x"}
    )
    message = {"title": "Tomorrow", "body": "At 9", "id": "rem_1"}
    endpoints = [sns.endpoint(application=application["PlatformApplicationArn"], token="t") for _ in range(2)]

    taken = sns.push(endpoint=endpoints[0], message=message, topic="t" * 26, seconds=60)
    topics.delete_endpoint(EndpointArn=endpoints[0])

    assert endpoints[0] == endpoints[1]
    assert taken
    with pytest.raises(Gone):
        sns.push(endpoint=endpoints[0], message=message, topic="t" * 26, seconds=60)


def test_a_provider_that_nobody_knows_sends_nothing_and_loses_nothing() -> None:
    with having(MAIL_PROVIDER="pigeons", SMS_PROVIDER="pigeons"):
        with pytest.raises(NotNow):
            mail.send(**MAIL)
        with pytest.raises(NotNow):
            sms.send(**TEXT)
