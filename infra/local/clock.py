"""`/_local/clock`: what the instance's clock shows, and putting it ahead so that tomorrow can be watched today.

`GET` answers `{"now", "outside", "ahead_seconds"}`; `POST {"advance": "PT23H"}`, an ISO 8601 duration of whole
seconds up to sixty days, answers the same with what was `fired`, once everything in between is done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from chalicelib.kit import clock
from infra.local.advancing import LONGEST, Advancing, StillBusy
from infra.local.backstage import Deeds, Refused

_DURATION = re.compile(r"P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?")
_UNITS = ("weeks", "days", "hours", "minutes", "seconds")


def deeds(advancing: Advancing) -> Deeds:
    """What one may do with the clock."""

    def advance(_: Mapping[str, str], said: Any) -> Mapping[str, Any]:
        by = duration(said)
        try:
            done = advancing.advance(by)
        except StillBusy as refusal:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "still_busy", str(refusal)) from refusal
        return {**_shown(), "fired": dict(done.fired)}

    return {("GET", "clock"): lambda *_: _shown(), ("POST", "clock"): advance}


def duration(said: Any) -> timedelta:
    """How far a body asks to go ahead."""
    wanted = said.get("advance") if isinstance(said, dict) else None
    found = _DURATION.fullmatch(wanted) if isinstance(wanted, str) else None
    by = timedelta(
        **{unit: int(count or 0) for unit, count in zip(_UNITS, found.groups(), strict=True)} if found else {}
    )
    if not timedelta() < by <= LONGEST:
        message = 'Send {"advance": "PT23H"}: an ISO 8601 duration, longer than nothing and at most sixty days.'
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", message)
    return by


def _shown() -> Mapping[str, Any]:
    now = clock.now()
    ahead = int(clock.ahead().total_seconds())
    return {"now": clock.iso(now), "outside": clock.iso(clock.outside(now)), "ahead_seconds": ahead}
