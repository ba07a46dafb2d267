"""Trouble between the steps of a worker: it is killed, the table is slow to answer, somebody changes something.

A step ends with a request to the table, which is also what every call to AdvancedMD has before and behind it. The
trouble meets workers alone, and what people do meanwhile is not met itself.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.table import base
from infra.faults import Faults, Killed


class Trouble:
    """What each request of a worker may meet, with these probabilities; counts what was met."""

    def __init__(self, *, kills: float, table: float, edits: float, seed: int, edit: Callable[[], None]) -> None:
        self.met: Counter[str] = Counter()
        self._kills, self._edits, self._edit = kills, edits, edit
        self._table = Faults(table, seed)
        self._random = random.Random(seed)  # noqa: S311  # nosec B311 # the same trouble on every run
        self._lock = threading.Lock()
        self._mine = threading.local()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """What this thread does inside the block is a worker's."""
        self._mine.troubled = True
        try:
            yield
        finally:
            self._mine.troubled = False

    def stop(self) -> None:
        """Nothing goes wrong any more."""
        self._kills = self._edits = 0.0
        self._table = Faults(0.0, 0)

    def before_send(self, request: Any, **named: Any) -> Any:
        """Before a request leaves: killed, something is changed, or the table says something else."""
        if not getattr(self._mine, "troubled", False):
            return None
        self._maybe_killed("killed before a request")
        if self._happens(self._edits):
            self.met["changed between two steps"] += 1
            self._mine.troubled = False
            self._edit()
            self._mine.troubled = True
        return self._table.before_send(request, **named)

    def response_received(self, **named: Any) -> None:
        """When the table has done it: killed before anybody knows, or the answer is lost."""
        if getattr(self._mine, "troubled", False):
            self._maybe_killed("killed after a request")
            self._table.response_received(**named)

    def counted(self) -> Counter[str]:
        """Everything that was met."""
        return self.met + self._table.counts

    def _maybe_killed(self, how: str) -> None:
        if self._happens(self._kills):
            self.met[how] += 1
            raise Killed

    def _happens(self, rate: float) -> bool:
        with self._lock:
            return self._random.random() < rate


@contextmanager
def between_steps(trouble: Trouble) -> Iterator[None]:
    """Let workers of this process meet it inside the block."""
    events = base.connection().client.meta.events
    events.register_last("before-send.dynamodb", trouble.before_send)
    events.register_last("response-received.dynamodb", trouble.response_received)
    try:
        yield
    finally:
        events.unregister("before-send.dynamodb", trouble.before_send)
        events.unregister("response-received.dynamodb", trouble.response_received)
