"""The feed of an office: messages say only that something is to be told; one worker at a time does it.

What is to be told stands in the table. So a message that is lost, late or there twice changes nothing: every minute
whatever is due wakes the worker again.
"""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.advancedmd import draining, listening, permits, reaching, setup, waking, weekly, whoiswho
from chalicelib.advancedmd.draining import Drained
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways.advancedmd import tiers
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.tiers import Tier
from chalicelib.kit import clock, metrics
from chalicelib.kit.log import described, logger
from chalicelib.table import officeinbox, officelinks, officeruns

_COUNTED = 500
WORKING = timedelta(seconds=50)  # then another message takes over, sent at once where time was all that was short
TELLING = timedelta(seconds=35)  # of that; what is heard is dealt with also on a day of very many changes
_BUSY = timedelta(seconds=15)
_CALLS = 2  # that telling of most changes takes: to read the visit, and to change it
_SHORT = 20.0  # seconds for which it is cheaper to wait than to come again


def run(now: datetime) -> int:
    """Every minute: wake the worker if anything is due, to be told, heard, gone through or summed up; how many were.

    How much is due to be told is a metric, paused or not.
    """
    settled = setup.current()
    if settled is None:
        return 0
    told = clock.iso(now)
    due = len(officelinks.line(told, most=_COUNTED))
    if due:
        metrics.level("AdvancedMDWaiting", due)
    hearing = not settled.paused and listening.is_due(settled, now)
    working = not settled.paused and (hearing or due or _is_any_due(told))
    if not working and not weekly.is_due(settled, now):
        return 0
    waking.wake(settled.office_key, why=f"minute-{int(now.timestamp()) // 60}", pull=hearing)
    return 1


def handle(
    event: dict[str, Any], now: Callable[[], datetime], *, pause: Callable[[float], None] = time.sleep
) -> dict[str, Any]:
    """One batch of messages, which are done whatever comes of them.

    One that came again would hide those behind it in its group, and what it could not do is due all the same.
    """
    bodies = [json.loads(record["body"]) for record in event["Records"]]
    for office_key in {body["office"] for body in bodies}:
        pull = any(body.get("pull") for body in bodies if body["office"] == office_key)
        try:
            work(office_key, now, pause=pause, pull=pull)
        except Exception as bug:  # noqa: BLE001 - see above; the next minute begins again
            logger.error("office not served", extra=described(bug))
            metrics.count("AdvancedMDStopped")
    return {"batchItemFailures": []}


def work(
    office_key: str, now: Callable[[], datetime], *, pause: Callable[[float], None] = time.sleep, pull: bool = False
) -> Drained:
    """Tell all that is due, then hear what has changed there, waiting for the budget where it is short; for a while."""
    settled, who = setup.fresh(), reaching.credentials()
    if settled is None or settled.office_key != office_key:
        return Drained(0, 0, halted=True)
    weekly.send_if_due(settled, now=now())
    if who is None or settled.paused:
        return Drained(0, 0, halted=True)
    began = now()
    office = reaching.office(who, urgent=False)
    drained = _tell(settled, office, now, pause, began + TELLING)
    if _is_paused():
        return Drained(drained.told, drained.failed, halted=True)
    listening.listen(settled, office=office, now=now, pull=pull, until=began + WORKING, ready=_ready(office_key, pause))
    logger.info("office served", extra={"told": drained.told, "failed": drained.failed, "halted": drained.halted})
    if drained.wait <= _SHORT and now() - began > _BUSY and _is_any_due(clock.iso(now())):
        waking.wake(office_key, why=f"on-{int(now().timestamp())}")
    return drained


def _tell(
    settled: Setup, office: Office, now: Callable[[], datetime], pause: Callable[[float], None], until: datetime
) -> Drained:
    told = failed = 0
    while True:
        drained = draining.drain(
            settled.office_key,
            office=office,
            links=lambda appointment: whoiswho.of_appointment(appointment, setup=settled, office=office),
            now=now,
            until=until,
            ready=lambda: _ready(settled.office_key, pause)(tiers.REST, _CALLS),
        )
        told, failed = told + drained.told, failed + drained.failed
        too_long = drained.wait > _SHORT or now() + timedelta(seconds=drained.wait) > until
        finished = not drained.halted and not drained.told + drained.failed
        if finished or too_long or _is_paused():
            return Drained(told, failed, halted=drained.halted, wait=drained.wait)
        pause(drained.wait)


def _ready(office_key: str, pause: Callable[[float], None]) -> Callable[[Tier, int], None]:
    return lambda tier, calls: permits.await_calls(office_key, tier, calls, pause=pause)


def _is_any_due(now: str) -> bool:
    return bool(officelinks.due(now, most=1) or officeinbox.due(now, most=1) or officeruns.is_any_due(now))


def _is_paused() -> bool:
    settled = setup.fresh()
    return settled is None or settled.paused
