"""The outbox: what the outside systems were given, as they were given it, oldest first.

It is kept in a file of its own, a line for each message, so that it is still there after a restart.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.kit import clock

_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Sent:
    """One message: `reminder` is what the sender said it belongs to, `more` what else came with it."""

    channel: str
    to: str
    subject: str
    body: str
    at: str
    reminder: str = ""
    more: dict[str, Any] = field(default_factory=dict)


class Outbox:
    """All that went out; `now` is the clock that it goes by."""

    def __init__(self, path: Path | None = None, *, now: Callable[[], datetime] = clock.now) -> None:
        self.now = now
        self._lock = threading.Lock()
        self._sent: deque[Sent] = deque(maxlen=_MOST)
        self._path = path
        if path and path.exists():
            self._sent.extend(Sent(**json.loads(line)) for line in _whole_lines(path))

    def add(self, channel: str, *, to: str, body: str, subject: str = "", reminder: str = "", **more: Any) -> None:
        """One more message has gone out now."""
        one = Sent(channel, to, subject, body, clock.iso(self.now()), reminder, more)
        with self._lock:
            self._sent.append(one)
            if self._path:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")

    def all(self) -> list[Sent]:
        """Every message, oldest first."""
        with self._lock:
            return list(self._sent)


def _whole_lines(path: Path) -> list[str]:
    """The lines that were written to their end; the last may not be, when the power went."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return text.splitlines() if text.endswith("\n") else text.splitlines()[:-1]
