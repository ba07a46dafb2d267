"""What people write to the clinic's number: believed when Twilio has signed it, handed on, and answered."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from chalicelib.kit import late
from tests.client import Client
from tests.reminders.twilio_calls import ACCOUNT, TOKEN, having, posts

PATH = "/api/webhooks/twilio/messages"
FORM = {"MessageSid": "SM0123456789abcdef0123456789abcdef", "From": "+14155552671", "Body": "Sí & <gracias> 👍"}
heard: list[tuple[str, str, str]] = []


def answers(*, channel: str, sender: str, text: str, now: datetime) -> str:
    """Stands for whoever understands what people write."""
    assert now.tzinfo
    heard.append((channel, sender, text))
    return f"Thank you for <{text[:2]}>."


@pytest.fixture(autouse=True)
def listening(api: Client) -> Iterator[None]:  # noqa: ARG001 - the application joins first
    heard.clear()
    known = list(late.REPLIES._names)
    late.REPLIES._names[:] = [f"{__name__}:answers"]
    with having(**ACCOUNT):
        yield
    late.REPLIES._names[:] = known


def test_a_message_that_twilio_has_signed_is_handed_on_and_answered(api: Client) -> None:
    answer = posts(api, PATH, FORM)

    assert heard == [("sms", "+14155552671", "Sí & <gracias> 👍")]
    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml")
    assert answer.body.endswith("<Response><Message>Thank you for &lt;Sí&gt;.</Message></Response>")


def test_fields_that_twilio_adds_belong_to_what_is_signed(api: Client) -> None:
    assert posts(api, PATH, FORM | {"NumMedia": "0", "ApiVersion": "2010-04-01", "Empty": ""}).status == 200


@pytest.mark.parametrize(
    "forgery",
    [
        {"token": "f" * 32},
        {"at": "https://elsewhere.example"},
        {"signature": "x"},
        {"signature": "ÿ" * 28},
    ],
)
def test_what_is_not_signed_for_us_is_refused_and_not_heard(api: Client, forgery: dict[str, str]) -> None:
    answer = posts(api, PATH, FORM, **forgery)

    assert (answer.status, answer.error["code"]) == (403, "forged_signature")
    assert heard == []


def test_a_signature_does_not_fit_another_message(api: Client) -> None:
    from twilio.request_validator import RequestValidator  # noqa: PLC0415 - see twilio_calls.py

    signed = RequestValidator(TOKEN).compute_signature(ACCOUNT["PUBLIC_URL"] + PATH, FORM)

    assert posts(api, PATH, FORM | {"From": "+14155550199"}, signature=signed).status == 403
    assert posts(api, PATH, FORM, signature=signed).status == 200


@pytest.mark.parametrize("missing", ["TWILIO_AUTH_TOKEN", "PUBLIC_URL"])
def test_without_an_account_nobody_is_believed(api: Client, missing: str) -> None:
    with having(**{missing: ""}):
        assert posts(api, PATH, FORM, token="").status == 403


def test_what_is_no_such_form_is_refused_by_name(api: Client) -> None:
    form = api.with_(content_type="application/x-www-form-urlencoded", x_twilio_signature="x")

    assert api.post(PATH, FORM).status == 415
    assert form.send("POST", PATH, b"From=%ff&MessageSid=SM1").error["code"] == "invalid_utf8"
    assert form.send("POST", PATH, b"From=1&From=2").error["code"] == "repeated_field"
    assert form.send("POST", PATH, b"From=a%00b&MessageSid=SM12").status == 422
    assert form.send("POST", PATH, b"&".join(b"a%d=" % n for n in range(201))).status == 400
    assert form.send("POST", PATH, b"Body=" + b"x" * 65_536).status == 413
    assert form.send("POST", PATH, b"Body=Hello").fields == ["MessageSid", "From"]
