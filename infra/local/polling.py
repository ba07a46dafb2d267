"""The rhythm of a poller: quick while there is something to do, slower when idle, and never ended by a failure."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger("careslot.pollers")

SHORTEST_PAUSE = 0.05
_LONGEST_PAUSE = 0.25
_SLOWER = 1.5
_STOP_SECONDS = 5


class Rhythm:
    """Calls `poll` in a thread of its own until stopped; `poll` answers whether there was anything."""

    def __init__(self, name: str, poll: Callable[[], bool], *, on_failure: Callable[[], None] = lambda: None) -> None:
        self._name, self._poll, self._on_failure = name, poll, on_failure
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to poll."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch at hand, then stop."""
        self.stopping.set()
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        pause = SHORTEST_PAUSE
        while not self.stopping.wait(pause):
            try:
                busy = self._poll()
            except Exception:
                logger.exception("source could not be read", extra={"consumer": self._name})
                self._on_failure()
                busy = False
            pause = SHORTEST_PAUSE if busy else min(pause * _SLOWER, _LONGEST_PAUSE)
