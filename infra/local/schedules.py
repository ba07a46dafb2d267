"""EventBridge's part: calls a scheduled handler at each minute that its expression names, aligned to the clock, in
UTC.
"""

from __future__ import annotations

import calendar
import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from chalicelib.kit import clock
from infra.local.gateway import lambda_context

logger = logging.getLogger("careslot.schedules")

_EVERY_MINUTE = ("rate(1 minute)", "cron(* * * * ? *)", "cron(* * ? * * *)")
_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day", 1, 31),
    ("month", 1, 12),
    ("weekday", 1, 7),
    ("year", 1970, 2199),
)


class Unsupported(ValueError):
    """The expression uses what this stand-in for EventBridge cannot do."""


def due(expression: str) -> Callable[[datetime], bool]:
    """Whether a `rate(…)` or `cron(…)` fires at a given minute in UTC; Unsupported for L, W, # and mistakes."""
    kind, _, inner = expression.strip().rstrip(")").partition("(")
    if kind == "rate":
        return _rate(expression, inner)
    if kind == "cron":
        return _cron(expression, inner)
    raise Unsupported(f"{expression!r} is neither rate(…) nor cron(…)")


def _rate(expression: str, inner: str) -> Callable[[datetime], bool]:
    count, _, unit = inner.strip().partition(" ")
    minutes = _MINUTES.get(unit.strip().removesuffix("s"))
    if not count.isdigit() or int(count) == 0 or minutes is None:
        raise Unsupported(f"{expression!r} is not rate(<number> minutes|hours|days)")
    every = int(count) * minutes
    return lambda at: int(at.timestamp()) // 60 % every == 0


def _cron(expression: str, inner: str) -> Callable[[datetime], bool]:
    parts = inner.split()
    if len(parts) != len(_FIELDS):
        raise Unsupported(f"{expression!r} does not have the six fields of EventBridge")
    allowed = {
        name: _values(expression, part.upper(), low, high)
        for part, (name, low, high) in zip(parts, _FIELDS, strict=True)
    }

    def fires(at: datetime) -> bool:
        now = {"minute": at.minute, "hour": at.hour, "day": at.day, "month": at.month, "year": at.year}
        now["weekday"] = at.isoweekday() % 7 + 1
        return all(now[name] in values for name, values in allowed.items())

    return fires


def _values(expression: str, part: str, low: int, high: int) -> range | set[int]:
    if part in ("*", "?"):
        return range(low, high + 1)
    found: set[int] = set()
    for piece in part.split(","):
        bounds, _, step = piece.partition("/")
        first, _, last = bounds.partition("-")
        try:
            start = low if first == "*" else _number(first)
            end = _number(last) if last else (high if step or first == "*" else start)
            found.update(range(start, end + 1, int(step or 1)))
        except ValueError:
            raise Unsupported(f"{expression!r}: {piece!r} is not understood here") from None
    return found


def _number(text: str) -> int:
    return _MONTHS.get(text) or _DAYS.get(text) or int(text)


class Scheduler:
    """Fires the scheduled handlers of an app, one thread per firing, so a slow one delays nobody."""

    def __init__(self, handlers: dict[str, tuple[str, Callable[..., Any]]]) -> None:
        self._entries = [(name, due(expression), handler) for name, (expression, handler) in handlers.items()]
        self._rare = [due(expression) for expression, _ in handlers.values() if expression not in _EVERY_MINUTE]
        self._stop = threading.Event()
        self._clock = threading.Lock()
        self._fired = _minute(clock.precise())
        self._firing: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._run, name="schedules", daemon=True)

    def start(self) -> None:
        """Begin with the next full minute; minutes that passed while nothing ran are not made up for, as in AWS."""
        if self._entries:
            self._thread.start()

    def stop(self) -> None:
        """Fire no more."""
        self._stop.set()

    def tick(self, at: datetime) -> list[threading.Thread]:
        """Fire what is due at this minute."""
        firing = [
            threading.Thread(target=self._fire, args=(name, handler, at), name=f"schedule-{name}", daemon=True)
            for name, is_due, handler in self._entries
            if is_due(at)
        ]
        for thread in firing:
            thread.start()
        return firing

    @contextmanager
    def held(self) -> Iterator[datetime]:
        """Fire nothing by itself, once what runs has ended; gives the minute up to which everything was fired.

        Who holds it may put the clock ahead, and has fired what that skips.
        """
        with self._clock:
            for thread in self._firing:
                thread.join()
            try:
                yield self._fired
            finally:
                self._fired = max(self._fired, _minute(clock.precise()))

    def is_rare(self, at: datetime) -> bool:
        """Whether something fires at this minute that does not fire at every one."""
        return any(is_due(at) for is_due in self._rare)

    def fire(self, at: datetime) -> list[str]:
        """Fire what is due at this minute, one after the other in the order of the app; the names of it."""
        fired = [(name, handler) for name, is_due, handler in self._entries if is_due(at)]
        for name, handler in fired:
            self._fire(name, handler, at)
        return [name for name, _ in fired]

    def _run(self) -> None:
        while not self._stop.wait(_left(clock.precise())):
            with self._clock:
                minute = _minute(clock.precise())
                if minute > self._fired:
                    self._fired = minute
                    self._firing = self.tick(minute)

    @staticmethod
    def _fire(name: str, handler: Callable[..., Any], at: datetime) -> None:
        try:
            handler(scheduled_event(name, at), lambda_context(name))
        except Exception:
            logger.exception("scheduled handler failed", extra={"handler": name})


def scheduled_event(name: str, at: datetime) -> dict[str, Any]:
    """The event that EventBridge sends."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [f"arn:aws:events:us-east-1:000000000000:rule/careslot-local-{name}"],
        "detail": {},
    }


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _left(at: datetime) -> float:
    """The seconds until the next full minute."""
    return (_minute(at) + timedelta(minutes=1) - at).total_seconds()
