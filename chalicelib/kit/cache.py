"""Small memories of what changes rarely, and of what was done lately; never of availability."""

import time
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_SECONDS = 60.0
_MOST = 5_000
_all: list["Memory[Any] | Done[Any]"] = []


class Memory(Generic[V]):
    """Values by key, each believed for a minute or as long as is said; safe to share between threads.

    Two threads that miss at once both look the value up; the later one stays.
    """

    def __init__(self, look_up: Callable[..., V], *, seconds: float = _SECONDS) -> None:
        self._look_up = look_up
        self._seconds = seconds
        self._known: dict[Hashable, tuple[float, V]] = {}
        _all.append(self)

    def __call__(self, *key: str) -> V:
        """The remembered value, or a fresh one."""
        known = self._known.get(key)
        if known and known[0] > time.monotonic():
            return known[1]
        return self.refresh(*key)

    def refresh(self, *key: str) -> V:
        """A fresh value, whatever is remembered."""
        value = self._look_up(*key)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = (time.monotonic() + self._seconds, value)
        return value

    def forget(self, *key: str) -> None:
        """Look this one up again next time."""
        self._known.pop(key, None)


class Done(Generic[K]):
    """What this process has done lately and need not do again; safe to share between threads.

    Two threads that ask at once may both do it.
    """

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._known: dict[K, float] = {}
        _all.append(self)

    def missing(self, things: Iterable[K]) -> list[K]:
        """Those that were not done lately."""
        now = time.monotonic()
        return [thing for thing in things if self._known.get(thing, 0.0) <= now]

    def add(self, things: Iterable[K]) -> None:
        """These are done."""
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known.update(dict.fromkeys(things, time.monotonic() + self._seconds))


def forget_everything() -> None:
    """Empty every memory of this process; tests and the operator's reset need it."""
    for memory in _all:
        memory._known.clear()
