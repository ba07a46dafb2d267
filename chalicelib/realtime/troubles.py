"""Connections that do not take their messages: they are left alone for a while, and given up in the end."""

import threading
import time

_REST_SECONDS = 5.0
_FAILURES = 3
_MOST = 10_000


class Troubles:
    """Who did not take a message, how often in a row, and until when they rest; and to whom one is under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: dict[str, tuple[int, float]] = {}
        self._busy: set[str] = set()

    def begin(self, connection_id: str) -> bool:
        """Whether to try the connection now: not while it rests, and one message after the other."""
        with self._lock:
            if connection_id in self._busy or self._failed.get(connection_id, (0, 0.0))[1] > time.monotonic():
                return False
            self._busy.add(connection_id)
            return True

    def done(self, connection_id: str) -> None:
        """It took the message, or is gone."""
        with self._lock:
            self._busy.discard(connection_id)
            self._failed.pop(connection_id, None)

    def failed(self, connection_id: str) -> bool:
        """It did not; whether that was once too often."""
        with self._lock:
            self._busy.discard(connection_id)
            if len(self._failed) >= _MOST:
                self._failed.clear()
            failures = self._failed.get(connection_id, (0, 0.0))[0] + 1
            self._failed[connection_id] = (failures, time.monotonic() + _REST_SECONDS)
            return failures >= _FAILURES
