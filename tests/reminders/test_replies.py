"""What patients write back is done, once, and answered; what could be about several visits is asked about."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kit import clock
from chalicelib.reminders import planning, replies, suppression
from chalicelib.reminders.answers import meant
from chalicelib.table import correspondence, reminders
from chalicelib.table.reminders import ReminderItem
from tests.builders import Clinic, Data, make_patient
from tests.client import Client
from tests.scheduling.desk import book, open_clinic, read, utc

START = clock.parse(utc("14:00"))
NOW = START - timedelta(hours=3)


@pytest.fixture
def place(api: Client) -> Clinic:
    return open_clinic(api)


@pytest.fixture
def number(place: Clinic) -> str:
    return str(place.patient["phone"])


def told(api: Client, place: Clinic, number: str, time: str = "14:00", **fields: Any) -> Data:
    """A visit of which its patient was told by a text message."""
    made = book(api, place, time, **fields)
    planning.follow(made["id"], clock.now())
    reminder = text_of(made)
    correspondence.note_told(*suppression.place("sms", number), reminder.id, now=NOW)
    return made


def text_of(made: Data) -> ReminderItem:
    return next(one for one in reminders.of_appointment(made["id"]) if one.channel == "sms" and one.offset == 120)


def says(number: str, text: str, **after: float) -> str | None:
    return replies.heard(channel="sms", sender=number, text=text, now=NOW + timedelta(**after))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        *((word, "confirm") for word in ("C", "c.", "1", "Yes!", " y ", "OK", "Sí", "si", "SIM", "हाँ", "Confirmar")),
        *((word, "cancel") for word in ("X", "cancel", "Cancelar.", "रद्द")),
        *((word, "stop") for word in ("STOP", "Stop.", "unsubscribe", "ALTO", "parar", "sair", "रोकें")),
        *((word, "start") for word in ("START", "unstop", "começar", "शुरू")),
        *((word, "help") for word in ("HELP", "ayuda", "ajuda", "मदद")),
    ],
)
def test_the_words_of_four_languages_are_understood(text: str, meaning: str) -> None:
    said = meant(text)

    assert said is not None
    assert (said.meaning, said.number) == (meaning, None)


@pytest.mark.parametrize("text", ["", "no", "please do not stop", "0", "7", "stop 3", "c" * 50, "👍"])
def test_anything_else_is_not_guessed_at(text: str) -> None:
    assert meant(text) is None


@pytest.mark.parametrize(("text", "status"), [("C", "confirmed"), ("cancel", "cancelled")])
def test_an_answer_confirms_or_cancels_the_visit_and_a_repeat_is_answered_the_same(
    api: Client, place: Clinic, number: str, text: str, status: str
) -> None:
    made = told(api, place, number)

    first, version = says(number, text), read(api, made)["version"]
    again = says(number, text, seconds=5)

    assert read(api, made)["status"] == status
    assert first == again
    assert status in str(first)
    assert read(api, made)["version"] == version


def test_an_answer_that_could_be_about_several_visits_is_asked_about(api: Client, place: Clinic, number: str) -> None:
    first, second = told(api, place, number, "14:00"), told(api, place, number, "16:00")

    asked = says(number, "X")
    still = [read(api, made)["status"] for made in (first, second)]
    done = says(number, "X2")

    assert str(asked).startswith("You have several appointments.")
    assert "1)" in str(asked)
    assert "2)" in str(asked)
    assert still == ["scheduled", "scheduled"]
    assert [read(api, made)["status"] for made in (first, second)] == ["scheduled", "cancelled"]
    assert "4:00 PM" in str(done)


def test_a_patient_is_answered_in_their_language(api: Client, place: Clinic) -> None:
    patient = make_patient(api, preferred_language="es")
    told(api, place, patient["phone"], patient_id=patient["id"])

    assert str(says(patient["phone"], "sí")).startswith("Gracias. Su cita")


def test_stop_and_start_are_heeded_in_order(api: Client, place: Clinic, number: str) -> None:
    told(api, place, number)

    says(number, "STOP")
    stopped = suppression.reason("sms", number)
    says(number, "START", minutes=1)

    assert stopped == "stopped"
    assert suppression.reason("sms", number) is None


def test_what_was_moved_or_has_begun_is_not_touched(api: Client, place: Clinic, number: str) -> None:
    made = told(api, place, number)
    path = f"/api/appointments/{made['id']}/reschedule"
    assert api.as_("receptionist").put(path, {"scheduled_date": utc("18:00")}).status == 200
    other = told(api, place, number, "12:00")

    answers = [says(number, "X", hours=3), says(number, "C", hours=3)]

    assert {read(api, one)["status"] for one in (made, other)} == {"rescheduled", "scheduled"}
    assert all(str(one).startswith("There is no appointment") for one in answers)


def test_what_the_patient_may_not_do_by_now_no_answer_does(api: Client) -> None:
    place = open_clinic(api, location={"cutoff_minutes": 1440})
    made = told(api, place, place.patient["phone"])

    refused = says(place.patient["phone"], "X")
    then = says(place.patient["phone"], "C")

    assert str(refused).startswith("That is not possible any more.")
    assert "confirmed" in str(then)
    assert read(api, made)["status"] == "confirmed"


def test_a_stranger_is_told_nothing_but_may_stop_messages(number: str) -> None:
    stranger = "+14155550123"

    assert says(stranger, "who is this?") is None
    assert says(stranger, "STOP") is not None
    assert suppression.reason("sms", stranger) == "stopped"
    assert suppression.reason("sms", number) is None
