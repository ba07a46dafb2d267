"""The contest: three workers, a feed that delivers twice, a provider that fails, and workers that are killed.

The minutes are those of a simulated clock, so that leases and pauses end when they should, at once. It is over when
nothing is due any more.
"""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.gateways.answers import NoAnswer, NotNow
from chalicelib.kit.settings import settings
from chalicelib.reminders import feed, letters, outlets, planning, sweep
from chalicelib.reminders.plan import appointment_of
from chalicelib.table import reminders
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from scripts.reminding.ground import MINUTE, Due
from scripts.reminding.provider import Killed, Provider, in_front

_TWICE = 0.1  # of all messages are delivered twice
_MINUTES = 90
Handler = Callable[[dict[str, Any], datetime], Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of what was due: how many of each kind, the minutes that it took, the faults that were met."""

    wanted: int
    unwanted: int
    sent: int
    twice: int
    lost: int
    wrong: int
    minutes: int
    met: Counter[str]

    @property
    def spotless(self) -> bool:
        """Each once, none lost, none that should not have been sent."""
        return not (self.twice or self.lost or self.wrong)


def leased(event: dict[str, Any], now: datetime) -> Any:
    """The worker as it is."""
    return feed.handle(event, lambda: now)


def careless(event: dict[str, Any], now: datetime) -> Any:
    """The negative control, a worker that looks first and has no lease."""
    for record in event["Records"]:
        for reminder_id in json.loads(record["body"]):
            _look_then_send(reminder_id, now)
    return {"batchItemFailures": []}


def hold(due: Due, sqs: Any, *, workers: int, rate: float, seed: int, handler: Handler = leased) -> Outcome:
    """Send what is due in MINUTE, and what is left of it in the minutes after."""
    provider, chance, at = Provider(rate, seed), random.Random(seed), MINUTE  # noqa: S311  # nosec B311 # as above
    with in_front(provider):
        for minute in range(_MINUTES):
            at = MINUTE + timedelta(minutes=minute)
            if not any(True for _ in reminders.due(MINUTE + timedelta(hours=2))):
                break
            sweep.run(at)
            _twice(sqs, chance)
            threads = [threading.Thread(target=_work, args=(sqs, handler, at)) for _ in range(workers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            provider.tell(at)
    sent = provider.taken
    return Outcome(
        wanted=len(due.wanted),
        unwanted=len(due.unwanted),
        sent=sent.total(),
        twice=sum(times > 1 for times in sent.values()),
        lost=sum(one not in sent for one in due.wanted),
        wrong=sum(one in sent for one in due.unwanted),
        minutes=int((at - MINUTE).total_seconds()) // 60,
        met=provider.met,
    )


def _twice(sqs: Any, chance: random.Random) -> None:
    """Put some of the feed's messages into it once more."""
    url = settings().reminders_feed_url
    count = int(
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["ApproximateNumberOfMessages"]
    )
    for _ in range(-(-count // 10)):
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get(
            "Messages", []
        ):
            if chance.random() < _TWICE:
                sqs.send_message(QueueUrl=url, MessageBody=message["Body"])


def _work(sqs: Any, handler: Handler, at: datetime) -> None:
    """Take messages until there are none; who is killed comes back as another, and what it had comes again."""
    url = settings().reminders_feed_url
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=5).get("Messages"):
        records = [{"messageId": one["MessageId"], "body": one["Body"]} for one in messages]
        try:
            handler({"Records": records}, at)
        except Killed:
            continue
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _look_then_send(reminder_id: str, now: datetime) -> None:
    found = reminders.find(reminder_id, str(appointment_of(reminder_id)))
    appointment = AppointmentItem.find(found.appointment_id) if found else None
    if found is None or appointment is None or found.status != "pending":
        return
    patient = PatientItem.find(appointment.patient_id)
    if found.id not in {one.id for one in planning.wanted(appointment, patient)}:
        reminders.change(found, {"status": "cancelled"}, now=now)
        return
    try:
        outlets.send(found, letters.write(found, appointment, patient), now)
    except (NoAnswer, NotNow):
        return
    reminders.change(found, {"status": "sent"}, now=now)
