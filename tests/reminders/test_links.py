"""The links of a letter: opening changes nothing, posting does, once, while there is a visit."""

import re
from datetime import timedelta

import pytest

from chalicelib.kit import clock
from chalicelib.kit.settings import settings
from chalicelib.reminders import answering, links, planning, suppression
from chalicelib.reminders.deliver import deliver
from chalicelib.table import reminders
from chalicelib.table.reminders import ReminderItem
from infra.local.testing import Engine
from tests.builders import Clinic, Data
from tests.client import Answer, Client
from tests.reminders.mailbox import sent_to, verify
from tests.scheduling.desk import book, contents, open_clinic, read, utc

START = clock.parse(utc("14:00"))


@pytest.fixture(autouse=True)
def public_address(monkeypatch: pytest.MonkeyPatch) -> object:
    """The instance is known by an address, so that letters have links."""
    monkeypatch.setenv("PUBLIC_URL", "https://clinic.test")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def place(api: Client, engine: Engine) -> Clinic:
    verify(engine)
    return open_clinic(api)


@pytest.fixture
def made(api: Client, place: Clinic) -> Data:
    return book(api, place, "14:00")


def letter(engine: Engine, made: Data) -> str:
    """The secret in the e-mail of the day before."""
    planning.follow(made["id"], clock.now())
    reminder = day_before(made)
    assert deliver(reminder.id, made["id"], max(reminder.due, START - timedelta(days=1))) == "sent"
    text = sent_to(engine, str(day_before(made).recipient_email))[-1]["BodyText"]
    [secret] = re.findall(r"https://clinic\.test/api/reminders/answer/([\w-]+)", text)
    return str(secret)


def day_before(made: Data) -> ReminderItem:
    found = [one for one in reminders.of_appointment(made["id"]) if (one.channel, one.offset) == ("email", 1440)]
    return max(found, key=lambda one: int(one.round))


def posts(api: Client, secret: str, said: str) -> Answer:
    form = api.with_(content_type="application/x-www-form-urlencoded")
    return form.send("POST", f"/api/reminders/answer/{secret}", f"answer={said}".encode())


def test_opening_the_link_shows_the_time_and_two_buttons_and_changes_nothing(
    api: Client, engine: Engine, place: Clinic, made: Data
) -> None:
    secret = letter(engine, made)

    opened = [api.get(f"/api/reminders/answer/{secret}") for _ in range(3)]

    assert {one.status for one in opened} == {200}
    page = opened[0]
    assert page.headers["content-type"].startswith("text/html")
    assert "2:00 PM" in page.body
    assert page.body.count("<button") == 2
    assert place.patient["last_name"] not in page.body
    assert place.doctor["name"] not in page.body
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert read(api, made)["status"] == "scheduled"


@pytest.mark.parametrize(("said", "status"), [("confirm", "confirmed"), ("cancel", "cancelled")])
def test_an_answer_is_done_and_the_link_is_dead_after_it(
    api: Client, engine: Engine, made: Data, said: str, status: str
) -> None:
    secret = letter(engine, made)

    first = posts(api, secret, said)
    later = [posts(api, secret, "cancel"), posts(api, secret, "confirm"), api.get(f"/api/reminders/answer/{secret}")]

    assert (first.status, read(api, made)["status"]) == (200, status)
    assert [one.status for one in later] == [404, 404, 404]
    assert read(api, made)["status"] == status


@pytest.mark.parametrize(
    ("accepted", "language", "words"),
    [
        ("de;q=0.9, es-MX;q=0.8, en", "es-MX", "Este enlace ya no funciona."),
        ("tlh", "en", "This link does not work any more."),
    ],
)
def test_a_dead_link_opens_a_page_that_says_so_in_a_language_of_its_reader(
    api: Client, accepted: str, language: str, words: str
) -> None:
    browser = api.with_(accept="text/html,application/xhtml+xml", accept_language=accepted)

    opened = browser.get("/api/reminders/answer/0123456789abcdef0123456789abcdef")

    assert (opened.status, opened.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert f'lang="{language}"' in opened.body
    assert words in opened.body


def test_the_link_of_a_visit_that_was_moved_is_dead_and_the_next_letters_is_not(
    api: Client, engine: Engine, made: Data
) -> None:
    old = letter(engine, made)
    path = f"/api/appointments/{made['id']}/reschedule"
    assert api.as_("receptionist").put(path, {"scheduled_date": utc("18:00")}).status == 200

    refused = posts(api, old, "cancel")
    fresh = letter(engine, made)

    assert refused.status == 404
    assert posts(api, fresh, "confirm").status == 200


def test_the_link_is_dead_once_the_visit_has_begun(engine: Engine, made: Data) -> None:
    reminder = links.find(letter(engine, made), START)

    with pytest.raises(links.LinkDead):
        answering.answer(reminder, "cancel", START)


def test_what_was_begun_and_not_finished_is_finished_by_a_repeat_and_by_no_other_answer(
    api: Client, engine: Engine, made: Data
) -> None:
    secret = letter(engine, made)
    assert reminders.change(day_before(made), {"answered": "cancel"}, now=START - timedelta(hours=9))

    answers = [posts(api, secret, "confirm").status, posts(api, secret, "cancel").status]

    assert answers == [404, 200]
    assert read(api, made)["status"] == "cancelled"


@pytest.mark.parametrize("secret", ["x", "Zk3vTq8aX0bRw1Zk3vTq8a", "rem_apt_1-2"])
def test_what_is_no_secret_opens_nothing(api: Client, secret: str) -> None:
    asked = [api.get(f"/api/reminders/{page}/{secret}").status for page in ("answer", "unsubscribe")]

    assert [*asked, posts(api, secret, "cancel").status] == [404, 404, 404]
    assert api.post(f"/api/reminders/unsubscribe/{secret}").status == 404


@pytest.mark.usefixtures("own_table")
def test_the_table_does_not_hold_what_opens_a_link(api: Client, engine: Engine) -> None:
    place = open_clinic(api)

    secret = letter(engine, book(api, place, "14:00"))

    kept = {key: item for key, item in contents(engine).items() if not key[0].startswith("REMINDERS#")}
    assert any(key[0].startswith("LINK#") for key in kept)
    assert secret not in str(kept)


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'),
    ],
)
def test_one_click_of_a_mail_program_unsubscribes_and_a_look_does_not(
    api: Client, engine: Engine, made: Data, media: str, body: bytes
) -> None:
    path = f"/api/reminders/unsubscribe/{letter(engine, made)}"

    looked = api.get(path)
    before = suppression.reason("email", str(day_before(made).recipient_email))
    clicked = [api.with_(content_type=media).send("POST", path, body).status for _ in range(2)]

    assert (looked.status, before) == (200, None)
    assert clicked == [200, 200]
    assert suppression.reason("email", str(day_before(made).recipient_email)) == "unsubscribed"


def test_a_letter_says_how_to_unsubscribe_at_one_click() -> None:
    said = links.headers("secret")

    assert said == {
        "List-Unsubscribe": "<https://clinic.test/api/reminders/unsubscribe/secret>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
