"""Mails as they arrive: text and page, an invitation that calendars follow, and a mail server that may say no."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from chalicelib.gateways import mail
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.kit import clock
from chalicelib.reminders.deliver import deliver
from chalicelib.table import reminders
from tests.builders import Data
from tests.client import Client
from tests.reminders.mail_server import USER, Desk, mail_server
from tests.reminders.twilio_calls import having
from tests.reminders.twilio_stage import planned
from tests.scheduling.desk import book, open_clinic, utc

MAIL = {"to": "zoe@example.com", "subject": "Tomorrow", "text": "At 9: https://a.example/b?c=1&d. Yes?", "tag": "rem_1"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Desk]:
    with mail_server(tmp_path) as desk:
        yield desk


def sends(**more: Any) -> str:
    return mail.send(**{**MAIL, "language": "en", **more})


def part(one: EmailMessage, kind: str) -> str:
    body = one.get_body((kind,))
    assert body is not None
    found: str = body.get_content()
    return found


def test_a_mail_says_the_same_as_text_and_as_a_page_whose_links_can_be_followed(server: Desk) -> None:
    taken = sends(subject="Your visit — Dr. Müller", headers={"List-Unsubscribe": "<https://a.example/u>"})

    [one] = server.mails
    assert (one["To"], one["From"], one["Subject"]) == (MAIL["to"], "noreply@clinic.example", "Your visit — Dr. Müller")
    assert (one["Message-ID"], one["List-Unsubscribe"]) == (taken, "<https://a.example/u>")
    assert part(one, "plain").strip() == MAIL["text"]
    assert '<a href="https://a.example/b?c=1&amp;d">https://a.example/b?c=1&amp;d</a>. Yes?' in part(one, "html")


def test_nothing_that_is_said_becomes_a_header_or_a_part_of_the_page(server: Desk) -> None:
    sends(subject="Hello\r\nBcc: all@example.com", text="<script>1</script>", headers={"X-A": "b\r\nBcc: c@d.e"})

    [one] = server.mails
    assert (one["Bcc"], one["Subject"], one["X-A"]) == (None, "Hello Bcc: all@example.com", "b Bcc: c@d.e")
    assert "<script>" not in part(one, "html")


@pytest.mark.parametrize("to", ["nobody", "a b@example.com", "a@example.com\r\nBcc: c@d.e", "@", "ζωή@example.com"])
def test_what_is_no_address_is_refused_before_anybody_is_asked(server: Desk, to: str) -> None:
    with pytest.raises(Refused):
        sends(to=to)

    assert server.mails == []


def test_a_domain_of_any_script_is_written_as_it_is_looked_up(server: Desk) -> None:
    sends(to="zoe@müller.example")

    assert server.mails[0]["To"] == "zoe@xn--mller-kva.example"


@pytest.mark.parametrize("security", ["starttls", "implicit"])
def test_the_way_to_the_server_is_encrypted_and_signed_in(tmp_path: Path, security: str) -> None:
    with mail_server(tmp_path, security=security, signs_in=True) as desk:
        sends()

    assert (desk.encrypted, desk.signed_in, len(desk.mails)) == ([True], [USER], 1)


def test_a_server_that_nobody_vouches_for_gets_no_word_of_ours(tmp_path: Path) -> None:
    with (
        mail_server(tmp_path, security="starttls", signs_in=True) as desk,
        having(SSL_CERT_FILE="/dev/null"),
        pytest.raises(NotNow),
    ):
        sends()

    assert (desk.mails, desk.signed_in) == ([], [])


def test_a_wrong_word_is_our_fault_and_costs_no_message(tmp_path: Path) -> None:
    with (
        mail_server(tmp_path, security="starttls", signs_in=True) as desk,
        having(SMTP_PASS="wrong"),
        pytest.raises(NotNow),
    ):
        sends()

    assert desk.mails == []


@pytest.mark.parametrize(
    ("step", "said", "means"),
    [
        ("rcpt", "550 no such user", Refused),
        ("rcpt", "450 later", NotNow),
        ("data", "554 spam", Refused),
        ("data", "451 later", NotNow),
        ("data", "dropped", NoAnswer),
    ],
)
def test_what_the_server_says_decides_what_becomes_of_it(
    server: Desk, step: str, said: str, means: type[Exception]
) -> None:
    setattr(server, step, said)

    with pytest.raises(means):
        sends()


def test_where_nobody_listens_it_is_tried_later() -> None:
    with having(SMTP_HOST="127.0.0.1", SMTP_PORT="9"), pytest.raises(NotNow):
        sends()


@pytest.mark.parametrize("said", [b"", b"220-a\r\n" * 20_000, b"\xff\xfe", b"220 " + b"a" * 100_000, b"2"])
def test_a_server_that_is_none_is_left_in_time(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_speaks, args=(listener, said), daemon=True).start()
        began = clock.precise()

        port = str(listener.getsockname()[1])
        with having(SMTP_HOST="127.0.0.1", SMTP_PORT=port, ANSWER_SECONDS="0.4"), pytest.raises(NotNow):
            sends()

    assert clock.precise() - began < timedelta(seconds=5)


def _speaks(listener: socket.socket, said: bytes) -> None:
    client, _ = listener.accept()
    with closing(client), suppress(OSError):  # who is left in time hangs up
        client.sendall(said)
        client.settimeout(3)
        client.recv(1)


def invitations(server: Desk, made: Data) -> list[Any]:
    """What the patient's calendar is sent of the visit, oldest first, after all that is due has gone out."""
    for reminder in reminders.of_appointment(made["id"]):
        if reminder.occasion != "reminder" and reminder.audience == "patient" and reminder.channel == "email":
            deliver(reminder.id, made["id"], clock.parse(utc("10:00")))
    parts = [one for letter in server.mails for one in letter.iter_attachments()]
    assert {one.get_content_type() for one in parts} == {"text/calendar"}
    assert {one.get_filename() for one in parts} == {"appointment.ics"}
    return [(one.get_param("method"), Calendar.from_ical(one.get_content())) for one in parts]


def test_a_calendar_follows_the_visit_from_booking_to_cancelling(api: Client, server: Desk) -> None:
    place = open_clinic(api, location={"address": "1 Harbour Road", "zone": "Europe/Berlin"})
    said = {"reason_for_visit": "Rash", "notes": "Shy", "duration_minutes": 45}
    made = planned(book(api, place, "14:00", **said))
    desk = api.as_("receptionist")
    told = invitations(server, made)
    assert desk.put(f"/api/appointments/{made['id']}/reschedule", {"scheduled_date": utc("16:00")}).status == 200
    planned(made)
    told = invitations(server, made)
    assert desk.delete(f"/api/appointments/{made['id']}").status == 200
    planned(made)

    told = invitations(server, made)

    events = [calendar.walk("VEVENT")[0] for _, calendar in told]
    assert [method for method, _ in told] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [str(calendar["METHOD"]) for _, calendar in told] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(event["UID"]) for event in events} == {f"{made['id']}@careslot"}
    numbers = [int(event["SEQUENCE"]) for event in events]
    assert numbers == sorted(set(numbers))
    starts = [event.start for event in events]
    assert starts == [clock.parse(utc(time)) for time in ("14:00", "16:00", "16:00")]
    assert {event.end - event.start for event in events} == {timedelta(minutes=45)}
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert str(events[0]["LOCATION"]).endswith("1 Harbour Road")
    assert str(events[0]["ATTENDEE"]) == f"mailto:{place.patient['email']}"
    whole = b"".join(calendar.to_ical() for _, calendar in told).decode()
    assert not any(word in whole for word in ("Rash", "Shy", place.doctor["specialty"], place.patient["last_name"]))
