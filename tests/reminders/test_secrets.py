"""What opens other systems is read from the one secret; where it cannot be read, messages wait and none is lost."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.gateways.secrets import secret
from chalicelib.kit import cache, clock, ids
from chalicelib.kit.errors import Unavailable
from chalicelib.reminders.deliver import deliver
from infra.local.testing import Engine
from tests.client import Client
from tests.reminders.mailbox import sent_to, verify
from tests.reminders.twilio_calls import ACCOUNT, having
from tests.reminders.twilio_stage import one, planned, twilio_there
from tests.scheduling.desk import DAY, book, open_clinic, utc

DUE = clock.parse(utc("14:00", DAY)) - timedelta(hours=2)
NOTHING = dict.fromkeys((name for name in ACCOUNT if name.startswith("TWILIO")), "")


@pytest.fixture
def kept(engine: Engine) -> Iterator[str]:
    """The name of a secret with an account in it."""
    name = ids.new("careslot/test")
    engine.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(ACCOUNT))
    yield name
    cache.forget_everything()


def test_the_keys_of_the_secret_have_the_names_of_the_settings_in_capitals(kept: str) -> None:
    with having(**NOTHING, SECRETS_ID=kept):
        read = [secret(name.lower()) for name in ACCOUNT]

    assert read == list(ACCOUNT.values())


def test_what_the_environment_says_counts_first_and_what_nobody_set_is_empty(kept: str) -> None:
    with having(SECRETS_ID=kept, TWILIO_PHONE_NUMBER="+15005550001"):
        assert (secret("twilio_phone_number"), secret("mailgun_domain")) == ("+15005550001", "")


@pytest.mark.parametrize("text", ["not json", "[]", '"text"', "{}"])
def test_a_secret_that_holds_no_keys_holds_nothing_or_cannot_be_read(engine: Engine, text: str) -> None:
    name = ids.new("careslot/test")
    engine.client("secretsmanager").create_secret(Name=name, SecretString=text)

    with having(SECRETS_ID=name), suppress(Unavailable):
        assert secret("mailgun_domain") == ""


@pytest.mark.usefixtures("engine")
def test_a_secret_that_is_not_there_cannot_be_read() -> None:
    with having(SECRETS_ID=ids.new("careslot/none")), pytest.raises(Unavailable):
        secret("mailgun_domain")


def test_while_the_secret_cannot_be_read_texts_and_mails_wait(api: Client, engine: Engine) -> None:
    verify(engine)
    place = open_clinic(api, patient={"phone": "+14155552671"})
    made = planned(book(api, place, "14:00"))
    text, mail = one(made, "reminder", "sms", 120), one(made, "reminder", "email", 1440)

    with twilio_there() as stage, having(**NOTHING, SECRETS_ID=ids.new("careslot/none")):
        said = [deliver(reminder.id, made["id"], DUE) for reminder in (text, mail)]

    assert said == ["pending", "pending"]
    assert (stage.twilio.outbox.all(), sent_to(engine, place.patient["email"])) == ([], [])
