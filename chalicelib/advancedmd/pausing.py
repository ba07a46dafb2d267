"""Pausing: an administrator stops all that nobody waits for, and lets it go on; a break ends with that as well."""

from dataclasses import dataclass

from chalicelib.advancedmd import breaker, setup, waking
from chalicelib.advancedmd.breaker import Break
from chalicelib.kit.stamps import Stamp


@dataclass(frozen=True, slots=True)
class Flow:
    """Whether the office is paused, and the break there is, if AdvancedMD does not answer or does not let us in."""

    paused: bool
    pause: Break | None


def pause(*, stamp: Stamp) -> Flow:
    """Call AdvancedMD no more until somebody lets it go on; what is due stays due. NotSetUp, Stale, Overtaken."""
    item = setup.settle({"paused": True}, stamp=stamp)
    return Flow(paused=True, pause=breaker.current(item.office_key))


def resume(*, stamp: Stamp) -> Flow:
    """Go on at once with what is due, also when AdvancedMD did not answer of late. NotSetUp, Stale, Overtaken."""
    item = setup.settle({"paused": False}, stamp=stamp)
    breaker.end(item.office_key)
    waking.wake(item.office_key, why=f"resume-{stamp.request_id}")
    return Flow(paused=False, pause=None)
