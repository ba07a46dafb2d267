"""Who wants no messages gets none, from that moment on; nobody is told more in a day than the clinic allows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.kit import clock
from chalicelib.reminders import planning, suppression
from chalicelib.reminders.deliver import deliver
from chalicelib.table import correspondence, reminders
from chalicelib.table.reminders import ReminderItem
from infra.local.testing import Engine
from tests.builders import Clinic, Data
from tests.client import Client
from tests.reminders.mailbox import sent_to, verify
from tests.scheduling.desk import DAY, book, contents, open_clinic, utc

START = clock.parse(utc("14:00"))
DUE = START - timedelta(days=1)


@pytest.fixture
def place(api: Client, engine: Engine) -> Clinic:
    verify(engine)
    return open_clinic(api, patient={"phone": "+1234567890"}, location={"reminder_policy": {"daily_cap": 2}})


def day_before(made: Data) -> ReminderItem:
    planning.follow(made["id"], clock.now())
    [found] = [one for one in reminders.of_appointment(made["id"]) if one.offset == 1440]
    return found


def sends(reminder: ReminderItem) -> str | None:
    return deliver(reminder.id, reminder.appointment_id, max(reminder.due, DUE))


def test_an_address_on_the_list_gets_nothing_and_the_reminder_says_why(
    api: Client, engine: Engine, place: Clinic
) -> None:
    reminder, address = day_before(book(api, place, "14:00")), place.patient["email"]
    suppression.add(channel="email", address=address.upper(), why="unsubscribed", now=DUE)

    assert sends(reminder) == "cancelled"

    kept = reminders.find(reminder.id, reminder.appointment_id)
    assert sent_to(engine, address) == []
    assert kept is not None
    assert kept.error_message == "This address is not written to: unsubscribed."


def test_of_two_words_about_an_address_the_later_counts_whichever_comes_first() -> None:
    where = {"channel": "sms", "address": "+14155550199"}

    suppression.add(**where, why="stopped", now=DUE)
    suppression.lift(**where, now=DUE + timedelta(minutes=2))
    suppression.add(**where, why="stopped", now=DUE + timedelta(minutes=1))

    assert suppression.reason("sms", "+14155550199") is None
    assert suppression.add(**where, why="stopped", now=DUE + timedelta(minutes=3))
    assert suppression.reason("call", "+14155550199") == "stopped"
    assert suppression.reason("email", "+14155550199") is None


@pytest.mark.usefixtures("own_table")
def test_the_list_holds_no_address_that_could_be_read(engine: Engine) -> None:
    suppression.add(channel="email", address="zoe@example.com", why="unsubscribed", now=DUE)

    assert "zoe" not in str(contents(engine))
    assert "suppressed" in str(contents(engine))


def test_a_mailbox_that_takes_nothing_is_told_another_way(api: Client, engine: Engine) -> None:
    place = open_clinic(api, patient={"phone": "+14155552671"})
    reminder = day_before(book(api, place, "14:00"))
    suppression.add(channel="email", address=place.patient["email"], why="hard_bounce", now=DUE)

    assert sends(reminder) == "failed"

    instead = [one for one in reminders.of_appointment(reminder.appointment_id) if one.instead_of == reminder.id]
    assert [(one.channel, one.status) for one in instead] == [("sms", "pending")]
    assert sent_to(engine, place.patient["email"]) == []


def test_beyond_the_daily_cap_reminders_are_left_out_and_news_is_not(
    api: Client, engine: Engine, place: Clinic
) -> None:
    visits = [book(api, place, time) for time in ("12:00", "14:00", "16:00")]

    told = [sends(day_before(made)) for made in visits]
    assert api.as_("receptionist").delete(f"/api/appointments/{visits[0]['id']}").status == 200
    planning.follow(visits[0]["id"], clock.now())
    [gone] = [one for one in reminders.of_appointment(visits[0]["id"]) if one.occasion == "cancellation"]

    assert told == ["sent", "sent", "cancelled"]
    assert deliver(gone.id, gone.appointment_id, DUE) == "sent"
    assert len(sent_to(engine, place.patient["email"])) == 3


def test_the_cap_holds_for_messages_that_are_counted_at_one_moment_and_counts_each_once() -> None:
    names = [f"rem_apt_1-{number}" for number in range(20)]

    with ThreadPoolExecutor(8) as threads:
        given = list(
            threads.map(lambda name: correspondence.count_told("pat_cap", DAY, name, most=5, now=DUE), names * 2)
        )

    again = correspondence.count_told("pat_cap", DAY, names[given.index(True)], most=5, now=DUE)
    assert len({name for name, was in zip(names * 2, given, strict=True) if was}) == 5
    assert again
