"""One HTTP request to AdvancedMD: bounded in time and size, followed nowhere, repeated by nobody.

`http` is who sends; a request that only reads may be asked again whatever happened, so its lost answers are NotNow.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

from chalicelib.gateways.advancedmd.refusals import NotYet
from chalicelib.gateways.answers import NoAnswer, NotNow

PATIENCE = 20.0
"""Seconds for which an answer may be silent; all of it may take twice as long."""
_CONNECT_SECONDS = 3.0
_MOST_BYTES = 12 * 1024 * 1024  # replies above ten megabytes come by another way
_CHUNK = 64 * 1024
_TOO_MANY, _BROKEN = 429, 500
_MINUTE, _WITHOUT_CLOCK = 60, 61.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that arrived whole; header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def send(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, reads: bool, patience: float = PATIENCE
) -> Reply:
    """The answer below 500 and other than 429; NotYet, NotNow, or NoAnswer when nobody knows what it did."""
    from urllib3 import Timeout  # noqa: PLC0415 - only what talks to AdvancedMD needs it
    from urllib3.exceptions import (  # noqa: PLC0415 - same
        ConnectTimeoutError,
        HTTPError,
        NameResolutionError,
        NewConnectionError,
        SSLError,
    )

    try:
        timeout = Timeout(connect=min(_CONNECT_SECONDS, patience), read=patience)
        answer = _pool().request(method, url, headers=dict(headers), body=body, timeout=timeout, **_OPTIONS)
        reply = _read(answer, until=time.monotonic() + 2 * patience)
    except (ConnectTimeoutError, NewConnectionError, NameResolutionError, SSLError):
        raise NotNow("AdvancedMD was not reached.") from None
    except HTTPError:
        raise lost(reads=reads) from None
    if reply.status == _TOO_MANY:
        raise NotYet("We ask AdvancedMD more often than it allows.", wait=_to_next_minute(reply), limited=True)
    if reply.status >= _BROKEN:
        raise lost(reads=reads)
    return reply


_OPTIONS: dict[str, Any] = {"redirect": False, "retries": False, "preload_content": False}


@cache
def _pool() -> Any:
    from ssl import TLSVersion  # noqa: PLC0415 - see send

    from urllib3 import PoolManager  # noqa: PLC0415 - same

    return PoolManager(num_pools=4, maxsize=4, ssl_minimum_version=TLSVersion.TLSv1_2)


def _read(answer: Any, *, until: float) -> Reply:
    """The whole body, unless it is too long or trickles: then the connection is not used again."""
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - see send

    chunks: list[bytes] = []
    size = 0
    try:
        for chunk in answer.stream(_CHUNK, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if size > _MOST_BYTES or time.monotonic() > until:
                raise HTTPError("too long")
    except HTTPError:
        answer.close()
        raise
    answer.release_conn()
    return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, b"".join(chunks))


def lost(*, reads: bool) -> Exception:
    """What an answer that did not arrive, or says nothing, means."""
    if reads:
        return NotNow("AdvancedMD did not answer.")
    return NoAnswer("AdvancedMD's answer was lost.")


def _to_next_minute(reply: Reply) -> float:
    """Seconds until AdvancedMD's own clock begins a new minute, when it tells its time."""
    try:
        return float(_MINUTE - parsedate_to_datetime(reply.headers["date"]).second)
    except (KeyError, ValueError, TypeError):
        return _WITHOUT_CLOCK
