"""A Twilio of our own, reached through its real package, and reminders that go out through it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.kit import clock
from chalicelib.reminders import planning
from chalicelib.table import reminders
from chalicelib.table.reminders import ReminderItem
from infra.simulators.outbox import Outbox, Sent
from infra.simulators.serving import Faults, Simulators
from infra.simulators.twilio import Account, Twilio
from tests.builders import Data
from tests.reminders.twilio_calls import ACCOUNT, having

Told = tuple[str, Mapping[str, str], Mapping[str, str]]


@dataclass
class Stage:
    """The simulator, its faults, and what it has told us, which is not delivered by itself here."""

    twilio: Twilio
    faults: Faults
    told: list[Told] = field(default_factory=list)
    at: datetime = field(default_factory=clock.now)

    def sent_to(self, number: str) -> list[Sent]:
        """What went out to the number."""
        return [one for one in self.twilio.outbox.all() if one.to == number]


@contextmanager
def twilio_there() -> Iterator[Stage]:
    """The clinic has an account inside the block."""
    outbox = Outbox()
    account = Account(ACCOUNT["TWILIO_ACCOUNT_SID"], ACCOUNT["TWILIO_AUTH_TOKEN"], ACCOUNT["TWILIO_PHONE_NUMBER"])
    twilio = Twilio(account, outbox, tells=False)
    with Simulators(twilio=twilio) as served:
        stage = Stage(twilio, served.faults["twilio"])
        outbox.now = lambda: stage.at
        twilio.post = lambda url, form, headers: stage.told.append((url, form, headers)) or ""
        with having(**ACCOUNT, TWILIO_ENDPOINT=served.url("twilio")):
            yield stage


def planned(appointment: Data) -> Data:
    """The appointment, with its reminders planned."""
    planning.follow(appointment["id"], clock.now())
    return appointment


def one(appointment: Data, kind: str, channel: str, offset: int | None) -> ReminderItem:
    """The appointment's one reminder of that kind, channel and offset."""
    wanted = (kind, channel, offset)
    [found] = [
        stored
        for stored in reminders.of_appointment(appointment["id"])
        if (stored.occasion, stored.channel, stored.offset) == wanted
    ]
    return found
