"""Asking other systems over HTTPS: once, for so long and no longer, and reading so much and no more of the answer.

Who asked knows afterwards whether the system has certainly not been reached (NotNow) or may have acted (NoAnswer).
Redirects are not followed: nobody whom we trust with credentials may send them elsewhere.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from chalicelib.gateways.answers import NoAnswer, NotNow
from chalicelib.kit.settings import settings

_CONNECT_SECONDS = 3.0
_MOST_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: its status, its bytes, and its headers by their names in small letters."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def ask(method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"", who: str) -> Told:
    """What `who` answers; NotNow when it was not reached, NoAnswer when what it said was lost or has no end."""
    from urllib3.exceptions import (  # noqa: PLC0415 - only what asks needs it
        ConnectTimeoutError,
        HTTPError,
        LocationValueError,
        NewConnectionError,
    )

    try:
        reply = _pool().request(
            method,
            url,
            body=body or None,
            headers=dict(headers),
            timeout=_patience(),
            preload_content=False,
            redirect=False,
        )
        try:
            return Told(reply.status, _read(reply, who), {name.lower(): value for name, value in reply.headers.items()})
        finally:
            reply.close()  # what was read to its end has gone back into the pool already
    except (ConnectTimeoutError, NewConnectionError, LocationValueError):
        raise NotNow(f"{who} was not reached.") from None
    except (HTTPError, OSError):
        raise NoAnswer(f"The answer of {who} was lost.") from None


def _read(reply: Any, who: str) -> bytes:
    """The answer as it comes; one that has no end in bytes or in time is none."""
    until, found = time.monotonic() + settings().answer_seconds, b""
    while part := reply.read1(_MOST_BYTES, decode_content=True):
        found += part
        if len(found) > _MOST_BYTES or time.monotonic() > until:
            raise NoAnswer(f"The answer of {who} has no end.")
    return found


def _patience() -> Any:
    import urllib3  # noqa: PLC0415 - only what asks needs it

    return urllib3.Timeout(connect=_CONNECT_SECONDS, read=settings().answer_seconds)


@cache
def _pool() -> Any:
    import urllib3  # noqa: PLC0415 - same

    return urllib3.PoolManager(num_pools=20, maxsize=8, retries=False)
