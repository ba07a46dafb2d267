"""From the due index through the feed to the mailbox, with workers that repeat, race and fail."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.kit import clock
from chalicelib.kit.settings import settings
from chalicelib.reminders import feed, planning, sweep, tries
from chalicelib.table import reminders
from infra.faults import injected
from infra.local import rights
from infra.local.testing import Engine
from tests.builders import Data
from tests.client import Client
from tests.reminders.mailbox import sent_to, trouble, verify
from tests.scheduling.desk import DAY, book, open_clinic, utc

START = clock.parse(utc("14:00", DAY))


@pytest.fixture
def queue(engine: Engine, own_table: str) -> Iterator[str]:
    """A feed of one's own, over a table of one's own; its address."""
    verify(engine)
    url = engine.client("sqs").create_queue(QueueName=f"{own_table}-feed")["QueueUrl"]
    os.environ["REMINDERS_FEED_URL"] = url
    settings.cache_clear()
    yield url
    del os.environ["REMINDERS_FEED_URL"]
    settings.cache_clear()


def messages(engine: Engine, queue: str) -> list[Data]:
    """All that is in the feed, as Lambda brings it; what was taken is not given out again."""
    sqs, found = engine.client("sqs"), list[Data]()
    while page := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        found += [{"messageId": one["MessageId"], "body": one["Body"]} for one in page]
    return found


def named(records: list[Data]) -> list[str]:
    return [one for record in records for one in json.loads(record["body"])]


def works(records: list[Data], at: datetime) -> Any:
    with rights.of("on_reminder"):
        return feed.handle({"Records": records}, lambda: at)


def booked(api: Client, patients: int) -> list[tuple[Data, str]]:
    """As many appointments as there are patients, all at their day's same hour, planned; each with its address."""
    made = []
    for _ in range(patients):
        place = open_clinic(api, patient={"phone": "+1234567890"})
        appointment = book(api, place, "14:00")
        planning.follow(appointment["id"], clock.now())
        made.append((appointment, place.patient["email"]))
    return made


def test_what_is_due_is_fed_some_to_a_message_and_nothing_else(api: Client, engine: Engine, queue: str) -> None:
    made = booked(api, 12)

    sweep.run(START - timedelta(hours=25))
    early = named(messages(engine, queue))
    sweep.run(START - timedelta(hours=24))
    records = messages(engine, queue)

    confirmations = {one.id for made_, _ in made for one in reminders.of_appointment(made_["id"]) if one.offset is None}
    assert set(early) == confirmations
    assert len(named(records)) == len(set(named(records))) == 24
    assert len(records) <= 7


def test_a_day_goes_out_once_whatever_is_repeated_raced_and_broken(api: Client, engine: Engine, queue: str) -> None:
    made, at = booked(api, 10), START - timedelta(hours=24)
    gone = {made[0][1], made[1][1]}
    for appointment, _ in made[:2]:
        assert api.as_("receptionist").delete(f"/api/appointments/{appointment['id']}").status == 200

    with trouble("busy", times=5), injected(0.02, seed=7), ThreadPoolExecutor(3) as workers:
        _swept(2, at)
        records = messages(engine, queue)
        list(workers.map(partial(works, at=at), [[one] for one in records * 2]))
    for minutes in range(1, 12):
        _swept(1, at + timedelta(minutes=minutes))
        works(messages(engine, queue), at + timedelta(minutes=minutes))

    sent = {address: Counter(mail["Subject"].split(":")[0] for mail in sent_to(engine, address)) for _, address in made}
    assert {address for address, mails in sent.items() if any(word.startswith("Reminder") for word in mails)} == (
        sent.keys() - gone
    )
    assert all(mails["Reminder"] == 1 for address, mails in sent.items() if address not in gone)
    assert all(sum(mails.values()) == 2 for address, mails in sent.items() if address not in gone)


def _swept(times: int, at: datetime) -> None:
    with ThreadPoolExecutor(times) as sweeps:
        list(sweeps.map(sweep.run, [at] * times))


def test_one_that_cannot_be_delivered_stands_in_nobodys_way(api: Client, engine: Engine, queue: str) -> None:
    [(appointment, address)] = booked(api, 1)
    sweep.run(START - timedelta(hours=24))
    [good] = messages(engine, queue)
    bad = {"messageId": "bad", "body": json.dumps(["nonsense", *json.loads(good["body"])])}

    answer = works([bad], START - timedelta(hours=24))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert len(sent_to(engine, address)) == 2
    assert appointment["status"] == "scheduled"


def test_what_a_lost_message_named_is_fed_again_a_minute_later(api: Client, engine: Engine, queue: str) -> None:
    booked(api, 1)
    at = START - timedelta(hours=24)
    sweep.run(at)
    lost = named(messages(engine, queue))

    sweep.run(at + timedelta(minutes=1))

    assert sorted(named(messages(engine, queue))) == sorted(lost)


def test_what_is_being_sent_is_fed_again_only_when_its_lease_has_ended(api: Client, engine: Engine, queue: str) -> None:
    [(appointment, _)] = booked(api, 1)
    at = START - timedelta(hours=24)
    for one in reminders.of_appointment(appointment["id"]):
        reminders.claim(one.id, one.appointment_id, now=at, lease=tries.LEASE)

    sweep.run(at + tries.LEASE - timedelta(seconds=1))
    during = messages(engine, queue)
    sweep.run(at + tries.LEASE)

    assert (during, len(named(messages(engine, queue)))) == ([], 2)


def test_a_reminder_of_an_unknown_appointment_is_nobodys_and_no_failure(own_table: str) -> None:
    record = {"messageId": "one", "body": json.dumps(["rem_apt_gone-0123456789abcdef"])}

    assert works([record], START) == {"batchItemFailures": []}
    assert own_table
