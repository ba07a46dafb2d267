"""The issuer's published keys, remembered: one reading serves many tokens, and a new key works at its first token."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
_FRESH = 300.0  # seconds until the set is read again, so that a key that is withdrawn ends
_GRACE = 24 * 3600.0  # seconds for which known keys are believed while nobody can read the set
_COOL_DOWN = 10.0  # seconds without a reading after one that did not bring the key that was looked for
_RETRY = 2.0  # seconds without a reading after one that failed


class Unreachable(Exception):
    """The set of keys cannot be read, and what is known does not decide."""


class KeySet(Generic[K]):
    """Public keys by their name; safe to share between threads, of which one at a time reads the set.

    `read` answers the published keys or raises `Unreachable`; `seconds` is a clock that only goes on.
    """

    def __init__(self, read: Callable[[], Mapping[str, K]], *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._seconds = seconds
        self._reading = threading.Lock()
        self._keys: Mapping[str, K] = {}
        self._read_at = float("-inf")
        self._rest_until = float("-inf")
        self._silent = False

    def find(self, name: str) -> K | None:
        """The key of that name, or None when the issuer publishes no such key; `Unreachable` when that is not known.

        A name that nobody has makes the set be read at most every ten seconds, whoever sends it how often. A new key
        is therefore to be published before it signs, as issuers do; then no such name can keep its tokens out.
        """
        known = self._keys.get(name)
        if known is None:
            with self._reading:
                return self._look(name)
        if self._seconds() - self._read_at < _FRESH:
            return known
        if self._reading.acquire(blocking=False):  # whoever comes meanwhile goes on with what is known
            try:
                return self._look(name)
            finally:
                self._reading.release()
        return known

    def _look(self, name: str) -> K | None:
        """The key, after a reading if one is due: the caller holds the lock, and may have waited for it."""
        now = self._seconds()
        if now >= self._rest_until and (name not in self._keys or now - self._read_at >= _FRESH):
            self._renew(name, now)
        if self._silent and (name not in self._keys or now - self._read_at >= _GRACE):
            raise Unreachable
        return self._keys.get(name)

    def _renew(self, name: str, now: float) -> None:
        try:
            self._keys = dict(self._read())
        except Unreachable:
            self._silent, self._rest_until = True, now + _RETRY
            return
        self._silent, self._read_at = False, now
        if name not in self._keys:
            self._rest_until = now + _COOL_DOWN
