"""How often an office may ask: by tier and one-minute interval, fewer in the busy hours of Denver."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

LOGIN, REST = "login", "rest"
_DENVER = ZoneInfo("America/Denver")
_PEAK_HOURS = range(6, 18)
_SATURDAY = 5
_TIER_2 = frozenset(
    {
        "savecharges",
        "getdemographic",
        "getdatevisits",
        "updvisitwithnewcharges",
        "gettxhistory",
        "getappts",
        "getpaymentdetaildata",
    }
)
PEAK = {1: 1, 2: 12, 3: 24}
OFF_PEAK = {1: 60, 2: 120, 3: 120}
LOGINS_IN_AN_HOUR, LOGINS_IN_A_MINUTE = 60, 5
_KEPT_MINUTES = 120


def tier_of(action: str) -> int:
    """The tier of an XMLRPC action; every `getupdated…` counts as the dearest."""
    name = action.lower()
    if name.startswith("getupdated") and not name.endswith("template"):
        return 1
    return 2 if name in _TIER_2 else 3


def is_peak(instant: datetime) -> bool:
    """Monday to Friday, 06:00 to 18:00 in Denver."""
    there = instant.astimezone(_DENVER)
    return there.weekday() < _SATURDAY and there.hour in _PEAK_HOURS


def allowed(tier: int, instant: datetime) -> int:
    """Calls of the tier in the minute of an instant."""
    return (PEAK if is_peak(instant) else OFF_PEAK)[tier]


class Limits:
    """Counts calls by office key, kind and minute; a call that is refused counts too."""

    def __init__(self) -> None:
        self._minutes: Counter[tuple[str, str, datetime]] = Counter()

    def exceeded(self, office: str, *, kind: str, tier: int, now: datetime) -> str | None:
        """Count one call; the sentence of the refusal when it is one too many."""
        minute = now.replace(second=0, microsecond=0)
        self._forget_before(minute - timedelta(minutes=_KEPT_MINUTES))
        self._minutes[office, kind, minute] += 1
        in_minute = self._minutes[office, kind, minute]
        if kind == LOGIN:
            in_hour = sum(self._minutes[office, LOGIN, minute - timedelta(minutes=n)] for n in range(60))
            if in_hour > LOGINS_IN_AN_HOUR or in_minute > LOGINS_IN_A_MINUTE:
                return _sentence(f"{LOGINS_IN_AN_HOUR} per hour", LOGINS_IN_A_MINUTE)
            return None
        most = allowed(tier, now)
        return _sentence(f"{most * 60} per hour", most) if in_minute > most else None

    def _forget_before(self, minute: datetime) -> None:
        for key in [key for key in self._minutes if key[2] < minute]:
            del self._minutes[key]


def _sentence(in_an_hour: str, in_a_minute: int) -> str:
    return (
        f"Too many requests. The number of calls permitted is {in_an_hour}, with a burst of {in_a_minute} request(s) "
        f"every 1 minute(s). Please try again later."
    )
