"""Ranking doctors for a patient: five factors from 0 to 1, each shown with its weight and why.

A factor about which nothing is known (no patient named, no coordinates) has weight 0 for that doctor; the score is the
weighted mean of the others, so it lies between 0 and 1 too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0
SOON = timedelta(days=14)
HALVED_AT_KM = 10.0
WEIGHTS: Mapping[str, float] = {
    "specialty": 0.35,
    "continuity": 0.25,
    "earliest": 0.20,
    "load": 0.10,
    "distance": 0.10,
}
NOT_ASKED = "no specialty or reason was given"
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is known of one doctor; None means not known, or not asked.

    `wait` is the time until the first free slot, None when there is none within two weeks; `share_free` the part of
    the coming week's slots that is free; `visits` how often the patient saw, or is to see, the doctor.
    """

    doctor_id: str
    name: str
    suits: bool | None = None
    suits_because: str = NOT_ASKED
    visits: int | None = None
    wait: timedelta | None = None
    share_free: float | None = None
    kilometres: float | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor: its value from 0 to 1, how much it counts, and why."""

    value: float
    weight: float
    because: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A doctor's score, and what it is made of."""

    doctor_id: str
    score: float
    factors: Mapping[str, Factor]


def rank(candidates: Sequence[Candidate], weights: Mapping[str, float] = WEIGHTS) -> list[Ranked]:
    """The candidates, best first; equal scores in order of name."""
    names = {candidate.doctor_id: candidate.name.casefold() for candidate in candidates}
    ranked = [_ranked(candidate, weights) for candidate in candidates]
    return sorted(ranked, key=lambda one: (-one.score, names[one.doctor_id], one.doctor_id))


def distance(here: Point, there: Point) -> float:
    """Kilometres between two points of latitude and longitude, along the great circle (haversine)."""
    (lat, lon), (other_lat, other_lon) = (tuple(map(radians, point)) for point in (here, there))
    half = sin((other_lat - lat) / 2) ** 2 + cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(half, 1.0)))


Judged = tuple[float | None, str]


def _ranked(candidate: Candidate, weights: Mapping[str, float]) -> Ranked:
    judged = {name: judge(candidate) for name, judge in _JUDGES.items()}
    factors = {
        name: Factor(round(value or 0.0, 3), 0.0 if value is None else weights.get(name, 0.0), because)
        for name, (value, because) in judged.items()
    }
    total = sum(factor.weight for factor in factors.values())
    score = sum(factor.value * factor.weight for factor in factors.values()) / total if total else 0.0
    return Ranked(candidate.doctor_id, round(score, 4), factors)


def _specialty(candidate: Candidate) -> Judged:
    return None if candidate.suits is None else float(candidate.suits), candidate.suits_because


def _continuity(candidate: Candidate) -> Judged:
    if candidate.visits is None:
        return None, "no patient was named"
    if not candidate.visits:
        return 0.0, "the patient has not met this doctor"
    times = "one appointment" if candidate.visits == 1 else f"{candidate.visits} appointments"
    return 1 - 0.5**candidate.visits, f"the patient has {times} with this doctor, past or to come"


def _earliest(candidate: Candidate) -> Judged:
    if candidate.wait is None:
        return 0.0, f"nothing is free within {SOON.days} days"
    days = candidate.wait.days
    when = "within a day" if days < 1 else f"after {days} day{'s' if days > 1 else ''}"
    return max(0.0, 1 - candidate.wait / SOON), f"the first free slot comes {when}"


def _load(candidate: Candidate) -> Judged:
    if candidate.share_free is None:
        return None, "no hours in the coming week"
    return candidate.share_free, f"{candidate.share_free:.0%} of the coming week's slots are free"


def _distance(candidate: Candidate) -> Judged:
    if candidate.kilometres is None:
        return None, "the distance is not known"
    return 1 / (1 + candidate.kilometres / HALVED_AT_KM), f"{candidate.kilometres:.0f} km away"


_JUDGES: Mapping[str, Callable[[Candidate], Judged]] = {
    "specialty": _specialty,
    "continuity": _continuity,
    "earliest": _earliest,
    "load": _load,
    "distance": _distance,
}
