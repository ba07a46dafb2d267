"""Two days replayed on a running instance, by its clock: the outbox holds what a simple model says, no more."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from chalicelib.kit import clock
from tests.builders import Clinic, Data, make_patient
from tests.instance import Instance
from tests.scheduling.desk import open_clinic
from tests.wire import HttpClient

STEPS, STEP = 16, timedelta(hours=3)
LEADS = (timedelta(hours=24), timedelta(hours=1))
_HALF = timedelta(minutes=30)


@dataclass
class Story:
    """What happens to one visit: each of its times with the instant at which that was settled, and its end, if any."""

    patient: Data
    times: list[tuple[datetime, datetime]] = field(default_factory=list)
    cancelled: datetime | None = None
    visit: str = ""

    def expected(self, until: datetime) -> Counter[str]:
        """The model: what the patient is told up to then, worked out from the story alone."""
        told: Counter[str] = Counter()
        ends = [settled for settled, _ in self.times[1:]] + [self.cancelled or until + STEP]
        for number, ((settled, start), end) in enumerate(zip(self.times, ends, strict=True)):
            told["reschedule" if number else "confirmation"] += 1
            told["reminder"] += sum(settled < start - lead < end and start - lead <= until for lead in LEADS)
        told["cancellation"] += self.cancelled is not None
        return +told


class Day:
    """A running instance with one clinic, whose clock is put ahead step by step."""

    def __init__(self, instance: Instance, chance: random.Random) -> None:
        self.url, self.chance = instance.base_url, chance
        self.api: Any = HttpClient(instance)
        policy = {"reminder_policy": {"daily_cap": 50}}
        schedule = {"max_patients_per_slot": 20, "buffer_after": 0}
        self.place: Clinic = open_clinic(self.api, schedule=schedule, rooms=20, location=policy)

    def now(self) -> datetime:
        return clock.parse(httpx.get(f"{self.url}/_local/clock").json()["data"]["now"])

    def advance(self, by: timedelta) -> None:
        said = {"advance": f"PT{int(by.total_seconds())}S"}
        assert httpx.post(f"{self.url}/_local/clock", json=said, timeout=300).status_code == 200

    def told(self, story: Story) -> Counter[str]:
        rows = httpx.get(f"{self.url}/_local/outbox", params={"channel": "email"}).json()["data"]
        return Counter(row["kind"] for row in rows if row["to"] == story.patient["email"])

    def happens(self, story: Story) -> None:
        """Something to one of the patients: a booking, and later a move or a cancel while the visit is ahead."""
        now = self.now()
        start = _full(now) + self.chance.randrange(2, 90) * _HALF
        path = f"/api/appointments/{story.visit}"
        if not story.visit:
            wish = {"doctor_id": self.place.doctor["id"], "patient_id": story.patient["id"], "origin": "online"}
            story.visit = self.api.post("/api/appointments", wish | {"scheduled_date": clock.iso(start)}).data["id"]
            story.times.append((now, start))
        elif story.cancelled is None and story.times[-1][1] > now + _HALF:
            if self.chance.random() < 0.3:
                assert self.api.delete(path).status == 200
                story.cancelled = now
            else:
                moved = self.api.put(f"{path}/reschedule", {"scheduled_date": clock.iso(start)})
                assert moved.status == 200, moved.body
                story.times.append((now, start))


def _full(now: datetime) -> datetime:
    return now.replace(minute=0, second=0)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    instance = Instance(tmp_path)
    yield Day(instance, random.Random(4))
    instance.kill()


def test_over_48_hours_the_outbox_holds_what_the_model_says_and_nothing_else(day: Day) -> None:
    stories = [Story(make_patient(day.api, phone="+1234567890")) for _ in range(8)]
    day.advance(_full(day.now()) + timedelta(hours=1, minutes=7) - day.now())  # well apart from all that comes due

    for _ in range(STEPS):
        for story in day.chance.sample(stories, 3):
            day.happens(story)
        day.advance(STEP)

    until = day.now()
    assert {one.visit: day.told(one) for one in stories} == {one.visit: one.expected(until) for one in stories}
    assert sum(len(one.times) for one in stories) > 15
    assert any(one.cancelled for one in stories)
    assert sum(one.expected(until)["reminder"] for one in stories) > 5
