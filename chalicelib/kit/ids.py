"""Ids: opaque strings, a prefix and 26 characters; new ones sort by time of birth."""

import hashlib
import re
import secrets

from chalicelib.kit import clock

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: no i, l, o, u
_LENGTH = 26
LONGEST = 64
SHAPE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.:-]{{0,{LONGEST - 1}}}")


def new(prefix: str) -> str:
    """A fresh id: 48 bits of milliseconds, then 80 random bits."""
    milliseconds = int(clock.precise().timestamp() * 1000)
    return f"{prefix}_{_encode(milliseconds << 80 | secrets.randbits(80))}"


def derived(prefix: str, *parts: str) -> str:
    """The id that these parts always give, so that a repeated request meets its first self."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return f"{prefix}_{_encode(int.from_bytes(digest[:16], 'big'))}"


def digest(*parts: str) -> str:
    """A short fingerprint of the parts: 26 characters, 128 bits."""
    return derived("d", *parts)[2:]


def _encode(value: int) -> str:
    letters = []
    for _ in range(_LENGTH):
        value, index = divmod(value, 32)
        letters.append(_ALPHABET[index])
    return "".join(reversed(letters))
