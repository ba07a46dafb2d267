"""The breaker: an office that does not answer, or does not let us in, is left alone for a while, longer each time.

Whatever is to be told stays due meanwhile. Once the time is over one call is tried; when it is answered all goes on.
Only what nobody waits for is held back: somebody who clicks still asks, unless that takes a sign-in that was refused,
since each try brings the account nearer to being locked. A sign-in that works, tried by an administrator, ends it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.advancedmd import permits
from chalicelib.gateways.advancedmd.refusals import NotYet, SignInRefused
from chalicelib.gateways.advancedmd.tiers import Tier
from chalicelib.gateways.answers import NoAnswer, NotNow
from chalicelib.kit import clock, metrics
from chalicelib.kit.log import logger
from chalicelib.table import officebreaker

ENOUGH = 5
"""Calls in vain, one after the other, after which the office is left alone."""
_FIRST, _LONGEST = timedelta(seconds=30), timedelta(minutes=15)
_LOCKED_OUT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Break:
    """Until when the office is left alone, and why; `until` may have passed, and nobody has tried since."""

    until: datetime
    why: str


def current(office_key: str) -> Break | None:
    """The break that there is, if there is one."""
    found = officebreaker.find(office_key)
    if found is None or found.shut_until is None:
        return None
    return Break(clock.parse(found.shut_until), found.why)


def end(office_key: str) -> None:
    """Let everybody call again: somebody has seen to it."""
    officebreaker.close(office_key)


@dataclass(slots=True)
class Breaker:
    """Stands before the calls of one worker and hears what becomes of them; `urgent` where a person waits."""

    office_key: str
    permit: Callable[[Tier], None]
    urgent: bool = False
    _until: datetime | None = field(default=None, init=False)
    _locked: bool = field(default=False, init=False)
    _why: str = field(default="", init=False)
    _trouble: bool | None = field(default=None, init=False)

    def ask(self, tier: Tier) -> None:
        """Return when a call may be made at once; NotYet during a break, and when the budget says so."""
        if self._trouble is None:
            found = officebreaker.find(self.office_key)
            self._trouble = found is not None
            if found is not None and found.shut_until is not None:
                self._until, self._why = clock.parse(found.shut_until), found.why
                self._locked = bool(found.locked)
        left = (self._until - clock.precise()).total_seconds() if self._until else 0.0
        if left > 0 and (not self.urgent or (self._locked and tier == "login")):
            raise NotYet(self._why, wait=left)
        self.permit(tier)

    def heed(self, tier: Tier, trouble: Exception | None) -> None:
        """Hear what became of a call.

        Raises NotYet in place of a sign-in that was refused, so that it is tried again, except to who waits for it.
        """
        if isinstance(trouble, NotYet):
            if trouble.limited:
                metrics.count("AdvancedMDLimited")
                permits.shut(self.office_key, tier, seconds=trouble.wait)
        elif isinstance(trouble, SignInRefused) and tier == "login":
            officebreaker.fail(self.office_key, why=str(trouble))
            self._locked = True
            self._shut(_LOCKED_OUT, trouble)
            if not self.urgent:
                raise NotYet(str(trouble), wait=_LOCKED_OUT.total_seconds()) from None
        elif isinstance(trouble, NotNow | NoAnswer | SignInRefused):
            self._trouble = True
            failures = officebreaker.fail(self.office_key, why=str(trouble))
            if failures >= ENOUGH:
                self._shut(min(_LONGEST, _FIRST * 2 ** min(failures - ENOUGH, 9)), trouble)
        elif self._trouble:
            officebreaker.close(self.office_key)
            self._until, self._locked, self._trouble = None, False, False

    def _shut(self, length: timedelta, trouble: Exception) -> None:
        self._until, self._why, self._trouble = clock.precise() + length, str(trouble), True
        officebreaker.shut(self.office_key, until=clock.iso(self._until), locked=self._locked)
        metrics.count("AdvancedMDShut")
        logger.warning("office left alone", extra={"seconds": int(length.total_seconds()), "why": str(trouble)})
