"""How long each in a doctor's line will wait, as a range: half of such waits end by P50, nine in ten by P90.

The coming hours are lived through many times, always with the same dice. In each of these runs every visit takes a time
drawn from what the doctor's recent visits of that kind took (lognormal, as measured consultations are), and the doctor
is somewhat faster or slower than the few times that we know make it look. A place's range is read from the moments at
which it is called. What is known of a doctor is drawn towards the planned minutes, the more so the less there is of it.

All times are minutes from now on.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log, sqrt
from statistics import NormalDist, fmean

Pace = Mapping[str, Sequence[float]]
"""The doctor's recent consultation minutes by kind of visit, the oldest first."""

_RUNS = 199  # odd, so that the median is a run that was lived
_P90 = 179  # the place among them, from 0
_VISITS = 64  # dice for so many visits; a longer line uses them again
_FORGETTING = 0.97  # what a visit still counts when another of its kind has come after it
_TRUST_IN_PLAN, _TRUST_IN_SPEED, _TRUST_IN_SPREAD = 8.0, 12.0, 10.0  # each in visits
_SPREAD = 0.45  # of the logarithm of a visit's minutes, where nothing is known
_DOUBT = 0.30  # about the middle of that logarithm, where nothing is known
_LEAST, _MOST = 1 / 6, 4.0  # times the planned minutes: what is shorter or longer was a slip, not a visit
_UNHEARD_OF = 2.5  # spreads above the middle: how much longer such a visit lasts, nobody knows better
_BETWEEN = 1.0  # minutes from one visit to the next
_UNFORESEEN = 0.45  # of the logarithm of a wait: emergencies, newcomers who go first, patients who leave
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Ahead:
    """A place in the line: the kind of visit, and for how long it is planned."""

    kind: str
    planned_minutes: float


@dataclass(frozen=True, slots=True)
class Running:
    """A consultation that is under way for `minutes_so_far`."""

    kind: str
    planned_minutes: float
    minutes_so_far: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """The minutes within which half, and nine in ten, of such waits end."""

    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class _Belief:
    """Of one kind of visit: the logarithm of its minutes over the planned ones, its spread, and the doubt about it."""

    middle: float
    spread: float
    doubt: float

    def minutes(self, planned: float, speed: float, die: float) -> float:
        """What one visit takes in one run."""
        return planned * exp(self.middle + self.doubt * speed + self.spread * die)

    def remaining(self, visit: Running, speed: float, die: float) -> float:
        """What is left of a visit that is longer than it has been so far."""
        middle = log(visit.planned_minutes) + self.middle + self.doubt * speed
        passed = min((log(max(visit.minutes_so_far, 0.01)) - middle) / self.spread, _UNHEARD_OF)
        below = _NORMAL.cdf(passed)
        whole = exp(middle + self.spread * _NORMAL.inv_cdf(below + (1 - below) * _NORMAL.cdf(die)))
        return max(0.0, whole - exp(middle + self.spread * passed))


def estimate(
    line: Sequence[Ahead], *, running: Sequence[Running], pace: Pace, doctor_free_in: float = 0.0
) -> list[Estimate]:
    """The wait of each place of the line, in its order, and at the end that of whoever would join it now.

    Patients who were called but have not gone in yet stand first in the line. `doctor_free_in` is for a doctor who has
    not begun, or pauses. With several consultations under way the doctor is free when the last of them ends.
    """
    beliefs = _beliefs([*line, *running], pace)
    runs = [_starts(line, running, beliefs, doctor_free_in, dice) for dice in _dice()]
    return [_range(sorted(starts)) for starts in zip(*runs, strict=True)]


def _range(starts: Sequence[float]) -> Estimate:
    return Estimate(starts[_RUNS // 2], starts[_P90])


def _starts(
    line: Sequence[Ahead],
    running: Sequence[Running],
    beliefs: Mapping[str, _Belief],
    doctor_free_in: float,
    dice: Sequence[float],
) -> list[float]:
    """When each place is called in one run; the last one is that of a newcomer."""
    speed, left, unforeseen, *rolled = dice
    free = max([doctor_free_in, 0.0, *(beliefs[visit.kind].remaining(visit, speed, left) for visit in running)])
    starts = [free]
    for place, visit in enumerate(line):
        free += beliefs[visit.kind].minutes(visit.planned_minutes, speed, rolled[place % _VISITS]) + _BETWEEN
        starts.append(free)
    begins, stretch = max(doctor_free_in, 0.0), exp(_UNFORESEEN * unforeseen)
    return [begins + (start - begins) * stretch for start in starts]


def _beliefs(visits: Sequence[Ahead | Running], pace: Pace) -> dict[str, _Belief]:
    """What is thought of each kind in the line, from the doctor's times with it and the doctor's speed in general."""
    plans = {kind: fmean(each.planned_minutes for each in visits if each.kind == kind) for kind in _kinds(visits)}
    seen = {kind: _ratios(pace.get(kind, ()), planned) for kind, planned in plans.items()}
    usual = -(_SPREAD**2) / 2  # the mean of a visit is what is planned
    speed, speed_doubt = _drawn(usual, _DOUBT, _TRUST_IN_PLAN, [pair for pairs in seen.values() for pair in pairs])
    return {kind: _belief(speed, speed_doubt, pairs) for kind, pairs in seen.items()}


def _belief(speed: float, speed_doubt: float, pairs: Sequence[tuple[float, float]]) -> _Belief:
    middle, doubt = _drawn(speed, max(speed_doubt, _DOUBT / 2), _TRUST_IN_SPEED, pairs)
    weight = sum(share for _, share in pairs)
    squares = sum(share * (ratio - middle) ** 2 for ratio, share in pairs)
    spread = sqrt((squares + _TRUST_IN_SPREAD * _SPREAD**2) / (weight + _TRUST_IN_SPREAD))
    return _Belief(middle, spread, doubt)


def _drawn(towards: float, doubt: float, trust: float, pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The mean of what was seen, drawn towards what was thought before, and the doubt that is left."""
    weight = sum(share for _, share in pairs)
    mean = (sum(ratio * share for ratio, share in pairs) + trust * towards) / (weight + trust)
    return mean, doubt * sqrt(trust / (weight + trust))


def _ratios(minutes: Sequence[float], planned: float) -> list[tuple[float, float]]:
    """The logarithm of each time over the planned one, and how much it counts: the last one most."""
    latest = len(minutes) - 1
    return [
        (log(min(max(each / planned, _LEAST), _MOST)), _FORGETTING ** (latest - place))
        for place, each in enumerate(minutes)
    ]


def _kinds(visits: Sequence[Ahead | Running]) -> list[str]:
    return list(dict.fromkeys(each.kind for each in visits))


@cache
def _dice() -> list[tuple[float, ...]]:
    """For each run the doctor's speed, the running visits, what is unforeseen, and each place; all standard normal.

    Over the runs every die shows each of its values once (a Latin hypercube), so that few runs are enough.
    """
    chance = random.Random(_RUNS)  # noqa: S311  # nosec B311 # the same on every call, or a board would flicker
    faces = [_NORMAL.inv_cdf((face + 0.5) / _RUNS) for face in range(_RUNS)]
    columns = [chance.sample(faces, _RUNS) for _ in range(3 + _VISITS)]
    return list(zip(*columns, strict=True))
