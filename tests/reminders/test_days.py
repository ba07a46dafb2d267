"""Two days of bookings, moves and cancels at random: the mails that went out are those that a simple model expects."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.reminders import deliver, planning
from chalicelib.scheduling import booking, cancelling, rescheduling
from chalicelib.scheduling.booking import Booking
from chalicelib.scheduling.visits import Asked
from chalicelib.table import reminders
from infra.local.testing import Engine
from tests.builders import Clinic, make_patient
from tests.client import Client
from tests.reminders.mailbox import sent_to, verify
from tests.scheduling.desk import DAY, open_clinic

BEGIN = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
STEP = timedelta(minutes=30)
STEPS = 96
PHRASES = ("is now on", "is booked for", "is scheduled for", "has been cancelled")
ONLINE = {"origin": "online"}
LEADS = (timedelta(hours=24), timedelta(hours=1))


@dataclass
class Story:
    """What happens to one appointment: each time that was settled with the instant of that, and its end, if any."""

    address: str
    times: list[tuple[datetime, datetime]] = field(default_factory=list)
    cancelled: datetime | None = None
    appointment_id: str = ""


def expected(story: Story, now: datetime) -> Counter[str]:
    """The model: what the patient is told up to `now`, worked out from the story alone."""
    told: Counter[str] = Counter()
    ends = [at for at, _ in story.times[1:]] + [story.cancelled or now + STEP]
    for number, ((settled, start), end) in enumerate(zip(story.times, ends, strict=True)):
        told[f"{'is now on' if number else 'is booked for'} {start:%H:%M %d}"] += 1
        dues = [start - lead for lead in LEADS]
        told[f"is scheduled for {start:%H:%M %d}"] += sum(settled < due < end and due <= now for due in dues)
    if story.cancelled:
        told[f"has been cancelled {story.times[-1][1]:%H:%M %d}"] += 1
    return +told


def said(engine: Engine, story: Story) -> Counter[str]:
    """What the patient was told, in the model's words."""
    return Counter(_short(mail["BodyText"]) for mail in sent_to(engine, story.address))


def _short(text: str) -> str:
    [phrase] = [one for one in PHRASES if one in text]
    [when] = re.findall(r"[A-Z][a-z]+ \d+, \d{4} at \d+:\d\d [AP]M", text)
    return f"{phrase} {datetime.strptime(when, '%B %d, %Y at %I:%M %p'):%H:%M %d}"  # noqa: DTZ007 - the clinic is in UTC


def events(chance: random.Random, place: Clinic, stories: list[Story]) -> Iterator[datetime]:
    """The day, half an hour at a time, a few minutes after each full one; something happens to some of the patients."""
    for number in range(STEPS):
        now = BEGIN + number * STEP + timedelta(minutes=7)
        for story in chance.sample(stories, 2):
            start = BEGIN + chance.randrange(number + 2, STEPS + 60) * STEP
            if not story.times:
                _book(place, story, start, now)
            elif story.cancelled is None and story.times[-1][1] > now + STEP:
                _change(place, story, start, now, cancel=chance.random() < 0.25)
        yield now


def _stamp(now: datetime) -> Stamp:
    return Stamp(by=SYSTEM, now=now, request_id="test")


def _asked(place: Clinic, start: datetime) -> Asked:
    return Asked(doctor_id=place.doctor["id"], when=When(instant=start), location_id=place.location["id"])


def _book(place: Clinic, story: Story, start: datetime, now: datetime) -> None:
    patient_id = story.appointment_id
    made = booking.book(Booking(asked=_asked(place, start), stamp=_stamp(now), patient_id=patient_id, details=ONLINE))
    story.appointment_id = made.appointment.id
    story.times.append((now, start))
    planning.follow(story.appointment_id, now)


def _change(place: Clinic, story: Story, start: datetime, now: datetime, *, cancel: bool) -> None:
    if cancel:
        cancelling.cancel(appointment_id=story.appointment_id, stamp=_stamp(now))
        story.cancelled = now
    elif start != story.times[-1][1]:
        rescheduling.reschedule(appointment_id=story.appointment_id, asked=_asked(place, start), stamp=_stamp(now))
        story.times.append((now, start))
    planning.follow(story.appointment_id, now)


def swept(now: datetime) -> None:
    """The sweep and its workers, each reminder handed over twice."""
    for reminder_id, appointment_id in list(reminders.due(now)) * 2:
        deliver.deliver(reminder_id, appointment_id, now)


@pytest.mark.usefixtures("own_table")
@pytest.mark.parametrize("seed", [1, 2])
def test_over_two_random_days_everyone_is_told_exactly_what_the_model_says(
    api: Client, engine: Engine, seed: int
) -> None:
    verify(engine)
    never_too_much = {"reminder_policy": {"daily_cap": 50}}
    schedule = {"max_patients_per_slot": 20, "buffer_after": 0}
    place = open_clinic(api, schedule=schedule, rooms=20, location=never_too_much)
    patients = [make_patient(api, phone="+1234567890") for _ in range(10)]
    stories = [Story(patient["email"], appointment_id=patient["id"]) for patient in patients]

    for now in events(random.Random(seed), place, stories):
        swept(now)
        swept(now + STEP - timedelta(minutes=7))

    last = BEGIN + STEPS * STEP
    assert {one.address: said(engine, one) for one in stories} == {one.address: expected(one, last) for one in stories}
    assert sum(len(one.times) for one in stories) > 30
    assert any(one.cancelled for one in stories)
