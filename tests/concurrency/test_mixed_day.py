"""A crowded day: thousands of mixed requests under faults, then an audit of the whole table."""

import random
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.errors import CareSlotError, Unavailable
from chalicelib.kit.types import When
from chalicelib.scheduling import booking, cancelling, holding, rescheduling
from chalicelib.scheduling.visits import Asked
from infra.table_audit import audit
from tests.client import Client
from tests.concurrency import naive
from tests.concurrency.clinics import Crowd, all_at_once, at, crowd, next_monday, stamp, wish
from tests.faults import injected

WORKERS = 32
OPERATIONS = 2000


@dataclass
class Diary:
    """What the callers were told: appointment → its start, or "cancelled"; and whose last answer never came."""

    told: dict[str, str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    refusals: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, appointment: Any) -> None:
        with self.lock:
            self.told[appointment.id] = "cancelled" if appointment.status == "cancelled" else appointment.start

    def refuse(self, error: CareSlotError) -> None:
        with self.lock:
            self.refusals[error.code] = self.refusals.get(error.code, 0) + 1


@dataclass
class Caller:
    """One of many who book, hold, move and cancel; each changes only what they made themselves."""

    clinic: Crowd
    diary: Diary
    seed: int
    mine: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    def run(self, operations: int) -> None:
        dice = random.Random(self.seed)
        for _ in range(operations):
            act = dice.choices([self.book, self.hold, self.confirm, self.move, self.cancel], [45, 12, 12, 18, 13])[0]
            act(dice)

    def book(self, dice: random.Random) -> None:
        wanted = self._wish(dice)
        self._attempt(str(wanted.appointment_id), lambda: booking.book(wanted).appointment, self.mine)

    def hold(self, dice: random.Random) -> None:
        wanted = self._wish(dice, held=True)
        self._attempt(str(wanted.appointment_id), lambda: booking.book(wanted).appointment, self.held)

    def confirm(self, dice: random.Random) -> None:
        one = self._one_of(self.held, dice)
        self._attempt(one, lambda: holding.confirm(appointment_id=one, stamp=stamp(), details={}), self.mine)

    def move(self, dice: random.Random) -> None:
        one = self._one_of(self.mine, dice)
        asked = Asked(doctor_id=dice.choice(self.clinic.doctors), when=When(instant=self._start(dice)))
        self._attempt(one, lambda: rescheduling.reschedule(appointment_id=one, asked=asked, stamp=stamp()), [])

    def cancel(self, dice: random.Random) -> None:
        one = self._one_of([*self.mine, *self.held], dice)
        self._attempt(one, lambda: cancelling.cancel(appointment_id=one, stamp=stamp()), [])

    def _attempt(self, one: str, work: Any, list_for: list[str]) -> None:
        try:
            appointment = work()
        except Unavailable:
            with self.diary.lock:
                self.diary.doubtful.add(one)
        except CareSlotError as refusal:
            self.diary.refuse(refusal)
        else:
            self.diary.note(appointment)
            list_for.append(appointment.id)

    def _one_of(self, ids: list[str], dice: random.Random) -> str:
        return dice.choice(ids) if ids else "apt_none"

    def _wish(self, dice: random.Random, *, held: bool = False) -> booking.Booking:
        doctor, patient = dice.choice(self.clinic.doctors), dice.choice(self.clinic.patients)
        return wish(doctor, patient, self._start(dice), held=held, key=f"{self.seed}-{dice.random()}")

    def _start(self, dice: random.Random) -> datetime:
        day = next_monday() + timedelta(days=dice.randrange(3))
        return at(day, 9) + timedelta(minutes=15 * dice.randrange(30))


def test_two_thousand_mixed_operations_under_faults_leave_no_overlap_orphan_loss_or_ghost(
    api: Client, engine, own_table
) -> None:
    clinic = crowd(api, doctors=5, rooms=4, patients=40, grid_minutes=15, buffer_after=5)
    diary = Diary()
    callers = [Caller(clinic, diary, seed) for seed in range(WORKERS)]

    with injected(0.04, seed=11) as faults:
        failures = [one for one in all_at_once(lambda caller: caller.run(OPERATIONS // WORKERS), callers) if one]

    report = audit(engine.client("dynamodb"), own_table, clock.now())
    compared = report.compare(diary.told, doubtful=diary.doubtful)
    assert failures == []
    assert report.violations == []
    assert compared.lost == {}
    assert compared.ghosts == []
    assert len(diary.told) > OPERATIONS / 10
    assert min(faults.counts[kind] for kind in ("throttle", "conflict", "timeout_before", "timeout_after")) > 50


def test_the_same_day_without_conditions_is_found_out(api: Client, engine, own_table) -> None:
    clinic = crowd(api, doctors=5, rooms=4, patients=40, grid_minutes=15, buffer_after=5)
    dice = random.Random(3)
    caller = Caller(clinic, Diary(), 0)
    wishes = [caller._wish(dice) for _ in range(400)]

    all_at_once(naive.book, wishes)

    report = audit(engine.client("dynamodb"), own_table, clock.now())
    assert "overlap" in {violation.kind for violation in report.violations}
