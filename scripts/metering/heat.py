"""How hot each partition key gets: its share of the units, and its load when the whole network is at its peak.

A partition gives 1,000 write units and 3,000 read units a second, whatever the table is allowed as a whole.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from scripts.metering.capacity import Touch

PARTITION_WRITES = 1_000
PARTITION_READS = 3_000
PEAK = 1_000
"""Bookings a second of the largest network that is thought of: a day's busiest minute (23 bookings) 2,600 times."""
MOST_SHARE = 0.10
"""No key takes more than a tenth of what is written to the table, or to one of its indexes."""

Key = tuple[str, str]
"""The table or an index, and a partition key of it."""


@dataclass(frozen=True, slots=True)
class Heat:
    """One key: its units, its share of the writes to the table or index that it is in, and its busiest minute's."""

    place: str
    key: str
    reads: float
    writes: float
    share: float
    burst: float
    bookings: int

    @property
    def kind(self) -> str:
        """What is at the key, without its ids."""
        first, *rest = self.key.split("#")
        return f"{self.place} {first}" + "#…" * len(rest)

    @property
    def peak_writes(self) -> float:
        """Write units a second when the network makes as many bookings as at its peak, with this day's mix."""
        return self.writes / self.bookings * PEAK

    @property
    def peak_reads(self) -> float:
        """Read units a second, likewise."""
        return self.reads / self.bookings * PEAK

    @property
    def too_hot(self) -> bool:
        """Whether one partition could not bear it: at the network's peak, or a minute's burst within one second."""
        return self.peak_writes > PARTITION_WRITES or self.peak_reads > PARTITION_READS or self.burst > PARTITION_WRITES


@dataclass(slots=True)
class Spread:
    """The units of a day by key and minute."""

    bookings: int = 0
    writes: dict[Key, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    reads: Counter[Key] = field(default_factory=Counter)

    def add(self, touches: Iterable[Touch], minute: int) -> None:
        """Enter what was touched in a minute of the day."""
        for touch in touches:
            key = (touch.place, touch.key)
            self.reads[key] += touch.reads  # type: ignore[assignment]  # a Counter counts halves too
            if touch.writes:
                self.writes[key][minute] += touch.writes  # type: ignore[assignment]  # same

    def heats(self) -> list[Heat]:
        """Every key, the hottest first: those with the most writes, then those with the most reads."""
        totals: Counter[str] = Counter()
        for (place, _), minutes in self.writes.items():
            totals[place] += minutes.total()
        found = [self._heat(key, totals[key[0]]) for key in self.reads]
        return sorted(found, key=lambda heat: (-heat.writes, -heat.reads, heat.key))

    def too_hot(self) -> list[Heat]:
        """The keys that one partition could not bear."""
        return [heat for heat in self.heats() if heat.too_hot]

    def too_large(self) -> list[Heat]:
        """The keys that take more than their share."""
        return [heat for heat in self.heats() if heat.share > MOST_SHARE]

    def _heat(self, key: Key, total: float) -> Heat:
        minutes = self.writes.get(key, Counter())
        writes = minutes.total()
        burst = max(minutes.values(), default=0)
        return Heat(*key, self.reads[key], writes, writes / total if total else 0.0, burst, self.bookings)
