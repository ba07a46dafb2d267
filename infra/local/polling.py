"""The rhythm of a poller: quick while there is something to do, slower when idle, and never ended by a failure."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

logger = logging.getLogger("careslot.pollers")

SHORTEST_PAUSE = 0.05
_LONGEST_PAUSE = 0.25
_SLOWER = 1.5
_STOP_SECONDS = 5
_WHOLE = 2  # the first to end may have begun before
_GLANCE = 0.002


class Rhythm:
    """Calls `poll` in a thread of its own until stopped; `poll` answers whether there was anything."""

    def __init__(self, name: str, poll: Callable[[], bool], *, on_failure: Callable[[], None] = lambda: None) -> None:
        self._name, self._poll, self._on_failure = name, poll, on_failure
        self.stopping = threading.Event()
        self.ended, self.busy = 0, 0  # polls that have ended, and those of them that found something or failed
        self._awake = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to poll."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch at hand, then stop."""
        self.stopping.set()
        self._awake.set()
        self._thread.join(_STOP_SECONDS)

    def wake(self) -> None:
        """Poll at once."""
        self._awake.set()

    def _run(self) -> None:
        pause = SHORTEST_PAUSE
        while not self._stopped(pause):
            try:
                busy = failed = self._poll()
            except Exception:
                logger.exception("source could not be read", extra={"consumer": self._name})
                self._on_failure()
                busy, failed = False, True
            self.busy += busy or failed
            self.ended += 1
            pause = SHORTEST_PAUSE if busy else min(pause * _SLOWER, _LONGEST_PAUSE)

    def _stopped(self, pause: float) -> bool:
        self._awake.wait(pause)
        self._awake.clear()
        return self.stopping.is_set()


def drain(rhythms: Sequence[Rhythm], *, seconds: float) -> bool:
    """Wait until there is nothing left to poll for; False when there still is after so many seconds.

    Nothing is left when each has polled once, from beginning to end, and none has found anything since before the
    first of those polls: what one of them does can be what another finds.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        busy, ended = [one.busy for one in rhythms], [one.ended for one in rhythms]
        for rhythm, before in zip(rhythms, ended, strict=True):
            _await_poll(rhythm, before + _WHOLE, deadline)
        if busy == [one.busy for one in rhythms] and time.monotonic() < deadline:
            return True
    return False


def _await_poll(rhythm: Rhythm, count: int, deadline: float) -> None:
    while rhythm.ended < count and time.monotonic() < deadline:
        rhythm.wake()
        time.sleep(_GLANCE)
