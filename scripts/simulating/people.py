"""Those who are simulated: doctors, each with a pace that only the clock tells, and the patients of their days.

Minutes are counted from opening. What is planned is what the clinic knows; what a visit takes is lognormal around the
doctor's own middle for that kind, which is drawn once for each doctor, shifted a little from day to day.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp

from scripts.simulating.profile import CLOSES, OPENS, Profile

OPEN_MINUTES = CLOSES - OPENS
PLANNED: Mapping[str, float] = {"follow_up": 15.0, "first": 30.0, "walkin": 15.0, "emergency": 30.0}
_BOOKED = (("follow_up", 0.75), ("first", 0.25))
_URGENCIES = (("low", 0.5), ("medium", 0.35), ("high", 0.15))
_LAST_HOUR = 60  # nobody is booked, and nobody at the door is admitted, in the last one


@dataclass(slots=True)
class Patient:
    """One who will come (or not: `comes_at` is None), and what the visit will take."""

    id: str
    kind: str
    urgency: str
    age: int
    scheduled: float | None
    comes_at: float | None
    minutes: float
    patience: float


@dataclass(frozen=True, slots=True)
class Doctor:
    """One doctor: factors on what is planned by kind, the spread of a visit, and the habit of coming late."""

    factors: Mapping[str, float]
    spread: float
    lateness: float
    load: float

    @classmethod
    def drawn(cls, chance: random.Random) -> "Doctor":
        """Somebody who takes about what is planned, or a quarter less or more; one in two comes late now and then."""
        speed = chance.gauss(0.0, 0.2)
        factors = {kind: exp(speed + chance.gauss(0.0, 0.15)) for kind in PLANNED}
        late = chance.choice((0.0, 15.0))
        return cls(factors, chance.uniform(0.3, 0.6), late, chance.uniform(0.75, 1.0))

    def begins(self, chance: random.Random) -> float:
        """When the doctor begins today."""
        return chance.expovariate(1 / self.lateness) if self.lateness and chance.random() < 0.5 else 0.0  # noqa: PLR2004

    def day(self, chance: random.Random, profile: Profile) -> list[Patient]:
        """The patients of one day: a booked half, the other half at the door, and now and then an emergency."""
        mood = exp(chance.gauss(0.0, 0.08))
        found = [*self._booked(chance, profile), *self._unannounced(chance, profile)]
        for number, patient in enumerate(found):
            patient.id = f"{number:03}"
            usual = PLANNED[patient.kind] * self.factors[patient.kind] * mood
            patient.minutes = usual * exp(chance.gauss(0.0, self.spread))
        return found

    def _booked(self, chance: random.Random, profile: Profile) -> Iterator[Patient]:
        time = 0.0
        while time < OPEN_MINUTES - _LAST_HOUR:
            kind = _one_of(chance, _BOOKED)
            comes = time + chance.gauss(-8.0, 8.0) if chance.random() >= profile.no_shows else None
            yield _patient(chance, kind, scheduled=time, comes_at=None if comes is None else max(comes, -20.0))
            time += PLANNED[kind] / (0.6 * self.load)

    def _unannounced(self, chance: random.Random, profile: Profile) -> Iterator[Patient]:
        door = 0.45 * self.load * OPEN_MINUTES / PLANNED["walkin"]
        for _ in range(round(chance.gauss(door, door**0.5))):
            comes = profile.arrival(chance)
            if comes < OPEN_MINUTES - _LAST_HOUR:
                yield _patient(chance, "walkin", scheduled=None, comes_at=comes)
        for _ in range(chance.choice((0, 0, 1, 1, 2))):
            comes = chance.uniform(0, OPEN_MINUTES - _LAST_HOUR)
            yield _patient(chance, "emergency", scheduled=None, comes_at=comes)


def _patient(chance: random.Random, kind: str, *, scheduled: float | None, comes_at: float | None) -> Patient:
    urgency = "emergency" if kind == "emergency" else _one_of(chance, _URGENCIES)
    patience = 150 * exp(chance.gauss(0.0, 0.5))
    return Patient("", kind, urgency, chance.randint(0, 90), scheduled, comes_at, 0.0, patience)


def _one_of(chance: random.Random, shares: tuple[tuple[str, float], ...]) -> str:
    (found,) = chance.choices([name for name, _ in shares], [share for _, share in shares])
    return found
