"""A contest: very many claims on few doctors, rooms and patients, under faults; then an audit of the whole table."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chalicelib.kit import clock
from chalicelib.table import base
from infra.faults import Faults, injected
from infra.local.testing import Engine
from infra.table_audit import Report, audit
from scripts.claiming.callers import Caller, Clinic, Diary
from scripts.claiming.crowd import Crowd, Size, all_at_once, gather
from scripts.claiming.ground import own_table

_READS = frozenset({"BatchGetItem", "GetItem", "Query"})
CROWD = Size(doctors=10, rooms=8, patients=200)


@dataclass(frozen=True)
class Outcome:
    """What came of one contest."""

    diary: Diary
    report: Report
    faults: Faults
    failures: list[Exception]
    lost: dict[str, str]
    ghosts: list[str]
    seconds: float
    write_units: float

    @property
    def found(self) -> Counter[str]:
        """How many of each kind the audit found; a double booking is a group of visits that share cells."""
        return Counter(violation.kind for violation in self.report.violations)

    @property
    def spotless(self) -> bool:
        """Nothing overlaps, nothing is lost, nothing is there that nobody was told of."""
        return self.report.ok and not self.lost and not self.ghosts and not self.failures


def hold(
    engine: Engine, clinic: Clinic, *, claims: int, seed: int, callers: int = 32, rate: float = 0.03, size: Size = CROWD
) -> Outcome:
    """One contest on a table of its own, with each fault at `rate` per request."""
    with own_table(engine) as table_name:
        crowd = gather(size)
        return race(engine, table_name, crowd, clinic, claims=claims, seed=seed, callers=callers, rate=rate)


def race(
    engine: Engine,
    table_name: str,
    crowd: Crowd,
    clinic: Clinic,
    *,
    claims: int,
    seed: int,
    callers: int = 32,
    rate: float = 0.03,
) -> Outcome:
    """The contest among a crowd that is there, in a table that holds nothing else."""
    diary = Diary()
    shares = [claims // callers + (number < claims % callers) for number in range(callers)]
    waiting = [(Caller(crowd, clinic, diary, seed * 1000 + number), share) for number, share in enumerate(shares)]
    begun = time.monotonic()
    with metered() as meter, injected(rate, seed=seed) as faults:
        results = all_at_once(lambda one: one[0].run(one[1]), waiting, callers)
    seconds = time.monotonic() - begun
    report = audit(engine.client("dynamodb"), table_name, clock.now())
    compared = report.compare(diary.acknowledged, doubtful=diary.doubtful)
    return Outcome(
        diary=diary,
        report=report,
        faults=faults,
        failures=[result for result in results if isinstance(result, Exception)],
        lost=compared.lost,
        ghosts=compared.ghosts,
        seconds=seconds,
        write_units=meter.units,
    )


class Meter:
    """Adds up the write units that the table reports, also with answers that are then lost on the way."""

    def __init__(self) -> None:
        self.units = 0.0
        self._lock = threading.Lock()

    def heard(self, event_name: str, parsed_response: dict[str, Any] | None, **_: Any) -> None:
        """One answer of the table."""
        if event_name.rpartition(".")[2] in _READS:
            return
        said = (parsed_response or {}).get("ConsumedCapacity", [])
        with self._lock:
            for part in said if isinstance(said, list) else [said]:
                self.units += part["CapacityUnits"]


@contextmanager
def metered() -> Iterator[Meter]:
    """The write units of this process inside the block."""
    meter = Meter()
    events = base.connection().client.meta.events
    events.register_first("response-received.dynamodb", meter.heard)
    try:
        yield meter
    finally:
        events.unregister("response-received.dynamodb", meter.heard)
