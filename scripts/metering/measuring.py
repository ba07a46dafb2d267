"""Measures each operation: requests and units, with cold and warm caches, and what follows each change."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.kit import cache
from chalicelib.kit.http import ROUTES
from scripts.metering import ledger
from scripts.metering.clinic import Clinic
from scripts.metering.here import Here, NotMeasured
from scripts.metering.ledger import Ledger
from scripts.metering.operations import Ask, Operation

_TIMED_ROUNDS = 5
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Units:
    """What was asked of the table."""

    requests: float
    reads: float
    writes: float

    @classmethod
    def of(cls, book: Ledger) -> "Units":
        """The sums of a ledger."""
        return cls(len(book.sent), book.reads, book.writes)


@dataclass(frozen=True, slots=True)
class Cost:
    """One row: what the request asked of the table with warm and with cold caches, and what its followers did."""

    name: str
    warm: Units
    cold: Units
    followers: Units
    changes: float = 0.0


@dataclass(frozen=True, slots=True)
class Effort:
    """CPU milliseconds of one request, and of those that follow its changes."""

    request: float
    followers: float


class Measure:
    """Asks each operation several times, each time something fresh."""

    def __init__(self, here: Here) -> None:
        self._here = here
        self._clinic = Clinic(here)
        self._statuses = {f"{route.method} {route.path}": route.status for route in ROUTES}

    def cost(self, operation: Operation) -> Cost:
        """What it asks of the table: once with empty caches, then with full ones the median of three times, so that the
        lease of a block of numbers at every fiftieth booking does not show; of two that agree a third changes nothing.
        """
        cold, _, _ = self._counted(operation, cold=True)
        rounds = [self._counted(operation), self._counted(operation)]
        if rounds[0] != rounds[1]:
            rounds.append(self._counted(operation))
        warm, followers, changes = zip(*rounds, strict=True)
        return Cost(operation.name, _median(warm), cold, _median(followers), statistics.median(changes))

    def effort(self, operation: Operation, rounds: int = _TIMED_ROUNDS) -> Effort:
        """Its CPU time with warm caches, in this thread: the application and its libraries, not the engine."""
        spent = [self._timed(operation) for _ in range(rounds)]
        return Effort(*(statistics.median(part) * 1000 for part in zip(*spent, strict=True)))

    def _counted(self, operation: Operation, *, cold: bool = False) -> tuple[Units, Units, int]:
        ask = self._prepared(operation)
        if cold:
            cache.forget_everything()
        with ledger.kept(self._here.reader) as asked:
            self._send(operation, ask)
        with ledger.kept(self._here.reader) as followed:
            changes = self._follow()
        return Units.of(asked), Units.of(followed), changes

    def _timed(self, operation: Operation) -> tuple[float, float]:
        ask = self._prepared(operation)
        begun = time.thread_time()
        self._send(operation, ask)
        own = time.thread_time() - begun
        followers = 0.0
        while changes := self._here.changes():
            begun = time.thread_time()
            self._here.follow(changes)
            followers += time.thread_time() - begun
        return own, followers

    def _prepared(self, operation: Operation) -> Ask:
        ask = operation.prepare(self._clinic)
        self._follow()
        return ask

    def _send(self, operation: Operation, ask: Ask) -> None:
        answer = self._here.send(operation.method, ask.path, ask.body, role=ask.role, sub=ask.sub, **ask.query)
        if answer.status != (operation.status or self._statuses[operation.route]):
            raise NotMeasured(f"{operation.name} was answered with {answer.status}: {answer.json}")

    def _follow(self) -> int:
        """Let all followers come to rest; how many changes they were handed."""
        handed = 0
        for _ in range(_LONGEST_CHAIN):
            if not (changes := self._here.changes()):
                return handed
            self._here.follow(changes)
            handed += len(changes)
        raise NotMeasured("what follows the changes does not come to an end")


def _median(found: Sequence[Units]) -> Units:
    return Units(*(statistics.median(getattr(one, name) for one in found) for name in ("requests", "reads", "writes")))
