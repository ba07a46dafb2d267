"""The link that reaches a patient ten minutes before the visit: it opens their room, and is kept nowhere."""

import re
from datetime import timedelta

import pytest

from chalicelib.kit import clock
from chalicelib.reminders import planning
from chalicelib.reminders.deliver import deliver
from chalicelib.table import reminders
from chalicelib.table.reminders import ReminderItem
from infra.local.testing import Engine
from tests.builders import Clinic, Data
from tests.client import Client
from tests.reminders.mailbox import sent_to, verify
from tests.telehealth import visiting
from tests.telehealth.visiting import book, holding, link, patient, soon

TOKEN = re.compile(r"#token=(\S+)")


@pytest.fixture
def place(api: Client, engine: Engine) -> Clinic:
    verify(engine)
    return visiting.video_clinic(api)


def join_link(visit: Data) -> ReminderItem:
    """The mail with the link, as it is planned or was sent."""
    planning.follow(visit["id"], clock.now())
    [found] = [
        one for one in reminders.of_appointment(visit["id"]) if (one.occasion, one.channel) == ("join_link", "email")
    ]
    return found


def test_ten_minutes_before_a_visit_its_link_goes_to_the_patient(api: Client, engine: Engine, place: Clinic) -> None:
    start = soon(60)
    visit = book(api, place, start)

    planned = join_link(visit)
    assert deliver(planned.id, visit["id"], planned.due) == "sent"

    assert planned.due == start - timedelta(minutes=10)
    mail = sent_to(engine, place.patient["email"])[-1]
    made = link(patient(api, place), visit)
    assert f"Join here: {made['url']}" in mail["BodyText"]
    assert visiting.room(holding(api, made["token"]), made["room_id"])["side"] == "patient"


def test_what_is_kept_of_the_message_opens_nothing(api: Client, engine: Engine, place: Clinic) -> None:
    visit = book(api, place, soon(60))
    planned = join_link(visit)

    deliver(planned.id, visit["id"], planned.due)

    [secret] = set(TOKEN.findall(sent_to(engine, place.patient["email"])[-1]["BodyText"]))
    kept = api.as_("receptionist").get(f"/api/reminders/appointment/{visit['id']}").body
    assert visit["telehealth_url"] in kept
    assert secret not in kept


def test_a_visit_in_the_house_has_no_link_to_send(api: Client, place: Clinic) -> None:
    visit = book(api, place, soon(60), mode="in-person")

    planning.follow(visit["id"], clock.now())

    assert "join_link" not in {one.occasion for one in reminders.of_appointment(visit["id"])}
