"""The hours of the day: one time for both sides, which goes on at once when everybody waits.

Whoever pauses lets the others work. When all pause, the time of the clinic, of the table as the clinic reads it, and of
the office is moved to the first of the instants that are waited for.
"""

import threading
from datetime import datetime, timedelta

from chalicelib.kit import clock
from infra.simulators.advancedmd.server import Running

_WAKEFUL = 5.0  # seconds after which a waiting worker looks again by itself


class Hours:
    """The common time, and who is at work."""

    def __init__(self, running: Running, start: datetime) -> None:
        clock.put_ahead(start - clock.outside(clock.precise()))
        running.whole.clock.stand(clock.precise())
        running.whole.clock.go_on()
        self._awake = 0
        self._waiting: list[datetime] = []
        self._changed = threading.Condition()

    def begin(self) -> None:
        """One more is at work."""
        with self._changed:
            self._awake += 1

    def end(self) -> None:
        """One is at work no more."""
        with self._changed:
            self._awake -= 1
            self._move_on()

    def pause(self, seconds: float) -> None:
        """Wait so long by the common time."""
        with self._changed:
            until = clock.precise() + timedelta(seconds=seconds)
            self._waiting.append(until)
            self._awake -= 1
            self._move_on()
            while clock.precise() < until:
                self._changed.wait(_WAKEFUL)
                self._move_on()
            self._waiting.remove(until)
            self._awake += 1

    def go_to(self, instant: datetime) -> None:
        """Let it be an instant, unless it is later already; for when nobody is at work."""
        with self._changed:
            self._put(instant)

    def _move_on(self) -> None:
        if not self._awake and self._waiting:
            self._put(min(self._waiting))
            self._changed.notify_all()

    def _put(self, instant: datetime) -> None:
        by = instant - clock.precise()
        if by > timedelta():
            clock.put_ahead(clock.ahead() + by)  # the simulator's clock is this one, and moves along
