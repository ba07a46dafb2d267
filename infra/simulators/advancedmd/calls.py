"""The log of all calls, for tests and for people: who asked for what, when, and what became of it."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from chalicelib.kit import clock

_MOST = 100_000


@dataclass(slots=True)
class Call:
    """One call as it was answered; `over` when it was one more than the limit allows, `fault` the injected one."""

    number: int
    at: datetime
    office: str
    surface: str
    action: str
    tier: int
    peak: bool
    over: bool = False
    status: int = 0
    code: int | None = None
    fault: str | None = None
    appointment_id: int | None = None

    def told(self) -> dict[str, Any]:
        """The row as JSON carries it."""
        return asdict(self) | {"at": clock.iso(self.at), "minute": clock.iso(self.at.replace(second=0))}


class CallLog:
    """The latest hundred thousand calls."""

    def __init__(self) -> None:
        self._rows: deque[Call] = deque(maxlen=_MOST)
        self._count = 0

    def begin(self, *, at: datetime, office: str, surface: str, action: str, tier: int, peak: bool) -> Call:
        """A row for a call that has just come."""
        self._count += 1
        row = Call(self._count, at, office, surface, action, tier, peak)
        self._rows.append(row)
        return row

    def rows(self, *, after: int = 0, action: str | None = None) -> list[Call]:
        """Those behind a number, oldest first."""
        return [row for row in self._rows if row.number > after and action in (None, row.action)]

    def over(self) -> list[Call]:
        """Those that were more than a limit allows."""
        return [row for row in self._rows if row.over]
