"""The overview: how the office and the clinic stand with one another, and asking for what has changed there."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.advancedmd import breaker, logbook, permits, setup, waiting, waking
from chalicelib.advancedmd.breaker import Break
from chalicelib.advancedmd.logbook import Statistics
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways.advancedmd.tiers import Tier
from chalicelib.kit import clock
from chalicelib.kit.stamps import Stamp
from chalicelib.table import officeinbox, officelinks
from chalicelib.table.officeinbox import CursorItem

_COUNTED = waiting.MOST
_PULL: Tier = "1"


@dataclass(frozen=True, slots=True)
class Overview:
    """What is settled, how the week went, how much waits (at most a thousand of each is counted), and for how long.

    `wait` is for how many seconds the last of what waits to be told has to wait, None while the office is paused, and
    `pause` the break in which nobody calls AdvancedMD because it does not answer.
    """

    settled: Setup | None
    week: Statistics
    cursor: CursorItem | None
    to_tell: int
    to_deal_with: int
    for_people: int
    wait: float | None
    pause: Break | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A pull that was asked for: in how many seconds it may be made, None while paused, and how the last one went."""

    wait: float | None
    cursor: CursorItem


def look(*, now: datetime) -> Overview:
    """The overview; a clinic without an office has nothing in it."""
    settled, week = setup.current(), logbook.week(now=now)
    if settled is None:
        return Overview(None, week, None, 0, 0, 0, 0.0, None)
    line, pause = waiting.look(settled, now=now), breaker.current(settled.office_key)
    return Overview(
        settled=settled,
        week=week,
        cursor=officeinbox.cursor(settled.office_key),
        to_tell=len(line.appointments if line else officelinks.due("9999", most=_COUNTED)),
        to_deal_with=len(officeinbox.due("9999", most=_COUNTED)),
        for_people=len(officeinbox.waiting()),
        wait=line.last if line else None,
        pause=pause if pause and pause.until > now else None,
    )


def ask_for_changes(stamp: Stamp) -> Asked:
    """Have what has changed there heard as soon as may be. NotSetUp."""
    settled = setup.demanded()
    officeinbox.ask(settled.office_key, now=clock.iso(stamp.now))
    waking.wake(settled.office_key, why=f"pull-{stamp.request_id}", pull=True)
    return Asked(_wait(settled, stamp.now), officeinbox.cursor(settled.office_key))


def _wait(settled: Setup, now: datetime) -> float | None:
    """Seconds until a pull may be made: not while the office is paused, nor in a break."""
    if settled.paused:
        return None
    pause = breaker.current(settled.office_key)
    rest = (pause.until - now).total_seconds() if pause else 0.0
    return max(rest, permits.waits(settled.office_key, _PULL, place=0))
