"""Asks the office's budget before each call, for all workers together."""

import time
from collections.abc import Callable, Iterable

from chalicelib.advancedmd import budget
from chalicelib.advancedmd.budget import SECOND
from chalicelib.gateways.advancedmd.refusals import NotYet
from chalicelib.gateways.advancedmd.tiers import Tier
from chalicelib.table import budgets

_TRIES = 3
LONGEST_PAUSE = 20.0
"""Seconds for which a worker waits rather than come again."""


def asking(office_key: str, *, urgent: bool) -> Callable[[Tier], None]:
    """What a client is given: it returns when a call may be made at once, and raises NotYet when not.

    `urgent` is for people who wait at a screen: they may use what the background leaves for them.
    """

    def permit(tier: Tier) -> None:
        for _ in range(_TRIES):
            began = time.monotonic()
            level = budgets.change(
                office_key,
                tier,
                lambda full_at, now: budget.take(tier, full_at, now, urgent=urgent),
            )
            if not level.changed:
                wait = budget.wait(tier, level.full_at, level.now, urgent=urgent)
                raise NotYet("The office's calls of this minute are used up.", wait=wait / SECOND)
            if time.monotonic() - began < budget.PATIENCE:
                return
        raise NotYet("The table answers too slowly to call AdvancedMD.", wait=_SLOW_SECONDS)

    return permit


_SLOW_SECONDS = 10.0


def await_calls(office_key: str, tier: Tier, calls: int, *, pause: Callable[[float], None]) -> None:
    """Wait until so many calls may be made one right after the other, unless that takes long.

    Whoever reads a visit and may not change it at once has read it in vain, and who waits in between changes what may
    be otherwise by then.
    """
    wait = waits(office_key, tier, place=calls - 1)
    if 0 < wait <= LONGEST_PAUSE:
        pause(wait)


def shut(office_key: str, tier: Tier, *, seconds: float) -> None:
    """Let nobody call for so long: AdvancedMD itself has refused a call as one too many."""
    budgets.change(
        office_key,
        tier,
        lambda full_at, now: budget.shut(tier, full_at, now, until=now + int(seconds * SECOND)),
    )


def waits(office_key: str, tier: Tier, *, place: int) -> float:
    """Seconds until the operation behind `place` others may make its call."""
    return forecast(office_key, tier, [(0.0, 1)] * (place + 1))[-1]


def forecast(office_key: str, tier: Tier, work: Iterable[tuple[float, int]]) -> list[float]:
    """For each operation of a line, in seconds from now: when the last of its calls may be made.

    An operation is in how many seconds it is due at the earliest, and how many calls it takes.
    """
    level = budgets.change(office_key, tier, lambda _full_at, _now: None)
    asked = ((level.now + int(due * SECOND), calls) for due, calls in work)
    # The table's clock tells whole seconds: whoever has to wait does so until one more is over.
    return [at / SECOND + bool(at) for at in budget.line(tier, level.full_at, level.now, asked)]
