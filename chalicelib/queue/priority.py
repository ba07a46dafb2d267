"""Who is next: a score in points with its factors, and the order that follows from it.

Emergencies come first. Everybody else is ordered by points: some fixed at the door (urgency, age, punctuality) and some
that grow with every minute of waiting, for all at the same rate. So the order of two people changes only when something
is decided about one of them, never by the clock alone; and what anybody can have been given at the door is waited off
in `bound_minutes`: whoever begins to wait more than that after me is never placed ahead of me.

Booked and walk-in patients stand in one line. A walk-in patient begins to wait at the check-in. A booked patient begins
to wait at the scheduled time, however early the check-in, and gets the points of punctuality for it; one who checks in
late begins to wait at the check-in, and loses those points bit by bit.

Points are counted as whole numbers, so that nobody's place depends on how a fraction was rounded at some moment.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Self

EMERGENCY = "emergency"
_URGENCY: Mapping[str, float] = {"low": 0.0, "medium": 1 / 3, "high": 2 / 3, EMERGENCY: 1.0}
_AGES = ((2, 1.0), (6, 0.5), (65, 0.0), (75, 0.5))  # share of the points below that age; from 75 on all of them
_GRACE, _TOO_LATE = timedelta(minutes=5), timedelta(minutes=30)
_TICK = timedelta(microseconds=1)
_TICKS = timedelta(minutes=1) // _TICK
_PARTS = 1000  # a point's parts
_HIGHEST = 1000.0


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much, in points: most for urgency, age and punctuality, and for each minute of waiting."""

    urgency: float = 60.0
    waiting_per_minute: float = 1.0
    age: float = 10.0
    punctuality: float = 20.0

    def __post_init__(self) -> None:
        for each in fields(self):
            if not 0 <= getattr(self, each.name) <= _HIGHEST:
                raise ValueError(f"The weight {each.name} lies between 0 and {_HIGHEST:.0f}.")
        if self.waiting_per_minute * _PARTS < 1:
            raise ValueError("A minute of waiting counts for something, or somebody would wait for ever.")

    @classmethod
    def read(cls, stored: Mapping[str, float] | None) -> Self:
        """A location's own weights, ours where it has none; ValueError, a sentence, for a name or number we refuse."""
        stored = stored or {}
        if strange := set(stored) - {each.name for each in fields(cls)}:
            raise ValueError(f"There is no weight called {min(strange)}.")
        return cls(**stored)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the line, here since the check-in `since`.

    `scheduled` is the booked time, None for a walk-in patient; `age` is in years. `asked` holds what a client said of
    the patient (`patient_age`, `wait_time`): it is shown among the factors and counts only where we know nothing.
    """

    id: str
    since: datetime
    urgency: str
    age: int | None = None
    scheduled: datetime | None = None
    emergency: bool = False
    asked: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Score:
    """Points in all, the points of urgency and of waiting, and every factor by name."""

    total: float
    factors: dict[str, float]
    medical_urgency: float
    wait_time: float


Scoring = Callable[[Waiting, datetime, Weights], Score]


def score(one: Waiting, *, now: datetime, weights: Weights) -> Score:
    """One patient's points at `now`; waiting counts below nothing for a booked patient whose time has not come."""
    urgency = _points(weights.urgency, _URGENCY.get(one.urgency, 0.0))
    age = _points(weights.age, _frailty(one))
    punctuality = _points(weights.punctuality, _punctuality(one))
    waiting = _points(weights.waiting_per_minute, 1.0) * ((now - begins(one)) // _TICK)
    total = (urgency + age + punctuality) * _TICKS + waiting
    factors = {
        "medical_urgency": urgency / _PARTS,
        "wait_time": waiting / _TICKS / _PARTS,
        "patient_age": age / _PARTS,
        "punctuality": punctuality / _PARTS,
        "emergency": float(first(one)),
        **{f"asked_{name}": value for name, value in one.asked.items()},
    }
    return Score(total / _TICKS / _PARTS, factors, factors["medical_urgency"], factors["wait_time"])


def order(
    waiting: Sequence[Waiting], *, now: datetime, weights: Weights, scoring: Scoring | None = None
) -> list[tuple[Waiting, Score]]:
    """The line, next one first: emergencies, then the most points, then the earliest check-in, then the id.

    Another `scoring` may be given in place of ours; the bound is promised for ours alone.
    """
    scored = [(one, scoring(one, now, weights) if scoring else score(one, now=now, weights=weights)) for one in waiting]
    return sorted(scored, key=lambda pair: (not first(pair[0]), -pair[1].total, pair[0].since, pair[0].id))


def bound_minutes(weights: Weights) -> float:
    """How much later than me somebody may begin to wait and still be placed ahead of me, emergencies excepted."""
    given = _points(weights.urgency, _URGENCY["high"]) + _points(weights.age, 1.0) + _points(weights.punctuality, 1.0)
    return given / _points(weights.waiting_per_minute, 1.0)


def begins(one: Waiting) -> datetime:
    """When one begins to wait: at the check-in, but a booked patient not before the scheduled time."""
    return max(one.since, one.scheduled) if one.scheduled else one.since


def first(one: Waiting) -> bool:
    """Whether one goes ahead of everybody else."""
    return one.emergency or one.urgency == EMERGENCY


def _points(weight: float, share: float) -> int:
    return round(weight * share * _PARTS)


def _frailty(one: Waiting) -> float:
    age = one.asked.get("patient_age") if one.age is None else one.age
    if age is None:
        return 0.0
    return next((share for below, share in _AGES if age < below), 1.0)


def _punctuality(one: Waiting) -> float:
    if one.scheduled is None:
        return 0.0
    late = max(one.since - one.scheduled - _GRACE, timedelta())
    return max(0.0, 1 - late / (_TOO_LATE - _GRACE))
