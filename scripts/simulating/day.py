"""One doctor's day, lived: the order of service is decided by the clinic's own rule, and asked guesses are kept.

Everybody is told a wait on joining, and again every five minutes while the wait lasts. What a guess may know is a
`Moment`: who is here, which visit runs for how long, and what the past took. The truth of the
day (who will not come, how long a visit will take, when a late doctor comes) is not in it.
"""

import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chalicelib.queue import priority
from chalicelib.queue.priority import Waiting, Weights
from scripts.simulating.people import PLANNED, Patient

_OPENING = datetime(2026, 1, 15, 7, tzinfo=UTC)
_WEIGHTS = Weights()
_TOLD_EVERY = 5.0
_REMEMBERED = 60
_GAP = (0.5, 2.5)  # minutes from one patient's leaving to the next one's sitting down
_LOOKING_FOR = 2.0  # minutes lost on somebody who was called and has left


@dataclass(slots=True)
class Past:
    """What the clinic remembers of a doctor: consultation minutes by kind, and the last waits."""

    pace: dict[str, deque[float]] = field(default_factory=lambda: {kind: deque(maxlen=_REMEMBERED) for kind in PLANNED})
    visits: deque[float] = field(default_factory=lambda: deque(maxlen=10))
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=10))


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known at one moment of the day."""

    now: float
    here: Sequence[Patient]
    running: tuple[Patient, float] | None
    begun: bool
    past: Past

    def order(self) -> list[Patient]:
        """Those who are here, next one first."""
        people = {one.id: one for one in self.here}
        return [people[one.id] for one, _ in _in_order(self.here, self.now)]


Told = Mapping[str, tuple[float, float]]
"""By patient: the wait that is guessed, and the one that is promised."""
Guess = Callable[[Moment], Told]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one guess told one patient, and what came true; `at_the_door` for the first one told."""

    guess: str
    expected: float
    promised: float
    actual: float
    at_the_door: bool


def _in_order(people: Sequence[Patient], now: float) -> list[tuple[Waiting, priority.Score]]:
    return priority.order([_waiting(one) for one in people], now=_at(now), weights=_WEIGHTS)


class Day:
    """One day of one doctor."""

    def __init__(
        self,
        patients: Sequence[Patient],
        *,
        begins: float,
        past: Past,
        guesses: Mapping[str, Guess],
        dice: random.Random,
    ) -> None:
        self._coming = sorted(
            (one for one in patients if one.comes_at is not None), key=lambda one: one.comes_at or 0.0
        )
        self._begins, self._past, self._guesses, self._dice = begins, past, guesses, dice
        self._here: list[Patient] = []
        self._running: tuple[Patient, float] | None = None
        self._begun = False
        self._told: dict[str, list[tuple[str, float, float, float]]] = {}
        self._next_round = 0.0
        self.answers: list[Answer] = []

    def live(self) -> list[Answer]:
        """Serve everybody; the answers are those told to patients who were seen in the end."""
        free = self._begins
        while self._coming or self._here:
            self._pass_until(free)
            if not self._here:
                free = max(free, self._coming[0].comes_at or 0.0)
                continue
            self._begun = True
            free = self._serve(free)
        return self.answers

    def _serve(self, now: float) -> float:
        one = self._named(_in_order(self._here, now)[0][0].id)
        self._here.remove(one)
        waited = now - (one.comes_at or 0.0)
        told = self._told.pop(one.id, [])
        if waited > one.patience:
            return now + _LOOKING_FOR
        for place, (guess, at, expected, promised) in enumerate(told):
            self.answers.append(Answer(guess, expected, promised, now - at, at_the_door=place < len(self._guesses)))
        self._past.waits.append(waited)
        end = now + one.minutes
        self._running = (one, now)
        self._pass_until(end)
        self._running = None
        self._past.pace[one.kind].append(one.minutes)
        self._past.visits.append(one.minutes)
        return end + self._dice.uniform(*_GAP)

    def _pass_until(self, time: float) -> None:
        """Let patients come, and tell everybody here, until then."""
        while True:
            comes = self._coming[0].comes_at or 0.0 if self._coming else float("inf")
            if min(comes, self._next_round) > time:
                return
            if comes <= self._next_round:
                newcomer = self._coming.pop(0)
                self._here.append(newcomer)
                if len(self._here) > 1 or self._running or comes < self._begins:
                    self._tell(comes, [newcomer])
            else:
                self._tell(self._next_round, self._here)
                self._next_round += _TOLD_EVERY

    def _tell(self, now: float, patients: Sequence[Patient]) -> None:
        if not patients:
            return
        moment = Moment(now, tuple(self._here), self._so_far(now), self._begun, self._past)
        for name, guess in self._guesses.items():
            told = guess(moment)
            for one in patients:
                self._told.setdefault(one.id, []).append((name, now, *told[one.id]))

    def _so_far(self, now: float) -> tuple[Patient, float] | None:
        return (self._running[0], now - self._running[1]) if self._running else None

    def _named(self, name: str) -> Patient:
        return next(one for one in self._here if one.id == name)


def _waiting(one: Patient) -> Waiting:
    scheduled = None if one.scheduled is None else _at(one.scheduled)
    return Waiting(one.id, _at(one.comes_at or 0.0), one.urgency, one.age, scheduled)


def _at(minutes: float) -> datetime:
    return _OPENING + timedelta(minutes=minutes)
