"""The proof by history: many parts of a clinic are written down under faults, and each is judged alone.

Of every part forged histories are made too, one of each kind where the part has a place for it: the judge must reject
every one. And the tables themselves are audited, before they are left.
"""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib.kit import clock
from infra.faults import injected
from infra.local.testing import Engine
from infra.table_audit import audit
from scripts.claiming import forgeries, history
from scripts.claiming.callers import Clinic
from scripts.claiming.crowd import gather, next_monday
from scripts.claiming.ground import own_table
from scripts.claiming.history import DAYS, GROUP, Part
from scripts.claiming.linearizability import Undecided, judge
from scripts.claiming.sequential import Operation

LANES = 10  # parts that are written at the same time, each by a group of its own
_CALLERS, _PER_CALLER = 4, 50
_ROUNDS = 8  # parts of a group, one after the other, before its table is audited and left
_RATE = 0.02


@dataclass
class Judgement:
    """What came of it; `forged` and `rejected` count forgeries by kind, `violations` are those of the table audits."""

    parts: int = 0
    operations: int = 0
    unanswered: int = 0
    most_steps: int = 0
    not_linearizable: int = 0
    undecided: int = 0
    violations: int = 0
    forged: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def holds(self) -> bool:
        """Every part is linearizable, every forgery of every kind is rejected, and the tables are in order."""
        flaws = self.not_linearizable + self.undecided + self.violations
        return not flaws and set(self.forged) == set(forgeries.KINDS) and self.forged == self.rejected

    def add(self, part: Part, written: list[Operation]) -> None:
        """Judge the history of one part, and forgeries of it if it is a true one."""
        self.parts += 1
        self.operations += len(written)
        self.unanswered += sum(one.returned is None for one in written)
        if not self._judge(part, written):
            self.not_linearizable += 1
            return
        for kind, forge in forgeries.KINDS.items():
            forged = forge(written, random.Random(self.parts))  # noqa: S311  # nosec B311 # the same forgeries on every run
            if forged is not None:
                self.forged[kind] += 1
                self.rejected[kind] += not self._judge(part, forged)

    def _judge(self, part: Part, written: list[Operation]) -> bool:
        """Whether the history is linearizable; one that cannot be decided counts as that, and as undecided."""
        promise = part.promise(written)
        try:
            verdict = judge(written, promise.initial, promise.apply)
        except Undecided:
            self.undecided += 1
            return True
        self.most_steps = max(self.most_steps, verdict.steps)
        return verdict.linearizable


def prove(
    engine: Engine,
    clinic: Clinic,
    *,
    operations: int,
    seed: int,
    lanes: int = LANES,
    progress: Callable[[int], None] = lambda _: None,
) -> Judgement:
    """Write and judge the histories of at least so many operations; `progress` is told how many there are by now."""
    found = Judgement()
    with ThreadPoolExecutor(lanes) as pool:
        while found.operations < operations:
            with own_table(engine) as table_name:
                groups = list(pool.map(gather, [GROUP] * lanes))
                for number in range(_ROUNDS):
                    day = next_monday() + timedelta(days=DAYS * number)
                    _round(found, pool, clinic, [Part(crowd, day) for crowd in groups], seed)
                    progress(found.operations)
                    if found.operations >= operations:
                        break
                found.violations += len(audit(engine.client("dynamodb"), table_name, clock.now()).violations)
    return found


def _round(found: Judgement, pool: Executor, clinic: Clinic, parts: list[Part], seed: int) -> None:
    """Write the history of each part, all at the same time and under faults, and judge it."""
    names = [f"{seed}-{found.parts + place}" for place in range(len(parts))]

    def write(part: Part, name: str) -> list[Operation]:
        return history.write(part, clinic, callers=_CALLERS, operations=_PER_CALLER, seed=name)

    with injected(_RATE, seed=seed + found.parts):
        written = list(pool.map(write, parts, names))
    for part, of_part in zip(parts, written, strict=True):
        found.add(part, of_part)
