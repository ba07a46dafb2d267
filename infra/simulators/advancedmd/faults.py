"""Faults on demand: planned for the next calls of an action, or drawn at a rate with a seed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

KINDS = ("error", "refused", "slow", "dropped", "late", "expired", "storm", "edit")
"""error: HTTP 500 before anything is done · refused: HTTP 400 likewise · slow: the answer takes `seconds` · dropped:
done, but the connection is closed without an answer · late: likewise, and what the scheduler was asked is done only
`seconds` later · expired: every session ends first · storm: 429 whatever was asked · edit: somebody at the office
changes an appointment just before."""


@dataclass(slots=True)
class Planned:
    """The next `times` calls whose action matches meet this."""

    kind: str
    times: int = 1
    action: str | None = None
    seconds: float = 0.0


class Faults:
    """What the next call meets; counts what was met."""

    def __init__(self) -> None:
        self.met: Counter[str] = Counter()
        self._planned: list[Planned] = []
        self._rates: dict[str, float] = {}
        self._random = random.Random(1)  # noqa: S311  # nosec B311 # the same faults on every run

    def plan(self, kind: str, *, times: int = 1, action: str | None = None, seconds: float = 0.0) -> None:
        """Let the next calls (of an action) meet a fault; ValueError for a kind that there is not."""
        if kind not in KINDS:
            raise ValueError(f"there is no fault {kind!r}, only {', '.join(KINDS)}")
        self._planned.append(Planned(kind, times, action and action.lower(), seconds))

    def draw(self, rates: dict[str, float], *, seed: int = 1) -> None:
        """From now on each call meets each of these with its probability; none for an empty mapping."""
        if not set(rates) <= set(KINDS):
            raise ValueError(f"there are only the faults {', '.join(KINDS)}")
        self._rates = dict(rates)
        self._random = random.Random(seed)  # noqa: S311  # nosec B311 # the same faults on every run

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._planned.clear()
        self._rates.clear()

    def next(self, action: str) -> Planned | None:
        """What this call meets."""
        met = self._from_plan(action.lower()) or self._drawn()
        if met:
            self.met[met.kind] += 1
        return met

    def _from_plan(self, action: str) -> Planned | None:
        for planned in self._planned:
            if planned.action in (None, action):
                planned.times -= 1
                if planned.times <= 0:
                    self._planned.remove(planned)
                return planned
        return None

    def _drawn(self) -> Planned | None:
        point = self._random.random() if self._rates else 1.0
        for kind, rate in self._rates.items():
            if point < rate:
                return Planned(kind, seconds=0.05)
            point -= rate
        return None
