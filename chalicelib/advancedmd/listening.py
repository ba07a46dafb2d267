"""Listening: what AdvancedMD has changed is heard from time to time, every day of the coming weeks once a night.

What is heard is put into the inbox first; then the inbox is dealt with, as far as the budget goes. What is left of time
and budget is for the runs that have begun. None of these waits for another that fails: what the increments do not tell,
the nightly reading finds.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from chalicelib.advancedmd import carrying, logbook, pulling, sweeping, taking, whoiswho
from chalicelib.advancedmd.carrying import Ready
from chalicelib.advancedmd.mapping import Links
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.gateways.advancedmd.refusals import NotYet, SignInRefused
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.kit import clock, metrics
from chalicelib.kit.errors import Unavailable
from chalicelib.kit.log import described, logger
from chalicelib.table import officeinbox, officelinks
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officeinbox import InboxItem

_EVERY = {"real-time": timedelta(minutes=2), "hourly": timedelta(hours=1), "daily": timedelta(days=1)}
_MOST = 50
_RETRY, _SHORTLY = timedelta(minutes=5), timedelta(seconds=30)
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(minutes=15)
_UNKNOWN = "This visit could not be dealt with; the log says why."


def is_due(settled: Setup, now: datetime) -> bool:
    """Whether it is time to hear what has changed, or somebody has asked for it and it was not heard since.

    What could not be heard is tried again after a minute, then later each time.
    """
    cursor = officeinbox.cursor(settled.office_key)
    if cursor.failed_at is not None and now < clock.parse(cursor.failed_at) + _pause(int(cursor.failures or 0)):
        return False
    if cursor.asked_at is not None and (cursor.pulled_at or "") < cursor.asked_at:
        return True
    every = _EVERY.get(settled.frequency)
    if every is None or not settled.pulls:
        return False
    if cursor.pulled_at is None or clock.parse(cursor.pulled_at) + every <= now:
        return True
    return sweeping.is_due(settled, cursor, now)


def _pause(failures: int) -> timedelta:
    return min(_LONGEST, _FIRST * 2.0 ** min(failures - 1, 9))


def listen(
    settled: Setup,
    *,
    office: Office,
    now: Callable[[], datetime],
    pull: bool,
    until: datetime,
    ready: Ready = lambda _tier, _calls: None,
) -> None:
    """Hear, if that is asked for, and deal with the inbox, then go on with what has begun.

    What AdvancedMD does not tell now it tells later, and whichever of these fails, the others are done.
    """
    if pull:
        _hear(settled, office, now())
        sweeping.begin_if_due(settled, now=now())
    _deal(settled, office, now, until)
    try:
        gone_through = carrying.carry_on(settled, office=office, now=now, until=until, ready=ready)
    except (NotNow, NoAnswer, Refused) as early:
        logger.info("runs wait", extra={"why": str(early)})
    else:
        if gone_through:  # and may have found visits
            _deal(settled, office, now, until)


def _hear(settled: Setup, office: Office, now: datetime) -> None:
    """Have what has changed told; that it cannot be is written down, counted, and tried again after a while."""
    began = time.monotonic()
    try:
        heard = pulling.pull(settled.office_key, office=office, now=now)
        logger.info("changes heard", extra={"visits": heard})
    except NotYet as early:
        logger.info("changes are heard later", extra={"why": str(early)})
    except (NotNow, NoAnswer, Refused) as failed:
        logger.warning("changes not heard", extra={"why": str(failed)})
        metrics.count("AdvancedMDUnheard")
        officeinbox.not_heard(officeinbox.cursor(settled.office_key), now=clock.iso(now))
        logbook.note(
            settled.office_key,
            "pull",
            thing="changes",
            thing_id=settled.office_key,
            patient_id=None,
            status="error",
            error=str(failed),
            detail=getattr(failed, "detail", ""),
            fields=(),
            seconds=time.monotonic() - began,
            now=now,
        )


def _deal(settled: Setup, office: Office, now: Callable[[], datetime], until: datetime) -> None:
    """Deal with all that is due, each telling once, as far as time goes; most were told in full, and need no call."""
    dealt: set[str] = set()
    while items := [one for one in officeinbox.due(clock.iso(now()), most=_MOST) if _telling(one) not in dealt]:
        doubt = cache(officelinks.in_doubt)  # one look for all of these, which were heard before it
        for item in items:
            if now() > until:
                return
            dealt.add(_telling(item))
            try:
                _one(item, settled, office, doubt, now())
            except NotNow:  # it has to be read; the others may not have to
                officeinbox.later(item, due_at=clock.iso(now() + _SHORTLY))


def _telling(item: InboxItem) -> str:
    return f"{item.visit_id} {item.mark}"


def _one(item: InboxItem, settled: Setup, office: Office, doubt: Callable[[], bool], now: datetime) -> None:
    began = time.monotonic()

    def links(visit: VisitData | None) -> Links:
        return whoiswho.of_visit(visit, setup=settled)

    try:
        taken = taking.take(item, office=office, links=links, doubt=doubt, now=now)
    except NotNow:
        raise
    except (NoAnswer, SignInRefused, Unavailable) as silent:
        logger.info("visit left for later", extra={"visit": item.visit_id, **described(silent)})
        officeinbox.later(item, due_at=clock.iso(now + _RETRY))
    except Refused as refused:
        officeinbox.wait(item, conflict={"problem": str(refused)}, since=clock.iso(now))
    except Exception as bug:  # noqa: BLE001 - whatever it is, the other visits are dealt with
        logger.error("visit not dealt with", extra={"visit": item.visit_id, **described(bug)})
        officeinbox.wait(item, conflict={"problem": _UNKNOWN}, since=clock.iso(now))
    else:
        _note(item, taken, time.monotonic() - began, now)


def _note(item: InboxItem, taken: bool, seconds: float, now: datetime) -> None:
    """Write down what has become of a visit that is one of our appointments."""
    appointment_id = officelinks.whose(item.office_key, item.visit_id)
    appointment = AppointmentItem.find_linked(appointment_id) if appointment_id else None
    link = appointment.link if appointment else None
    if appointment is None or link is None:
        return
    logbook.note(
        item.office_key,
        "pull",
        thing="appointment",
        thing_id=appointment.id,
        patient_id=appointment.patient_id,
        status="synced" if taken else link.status,
        error=None if taken else link.error,
        detail="",
        fields=(),
        seconds=seconds,
        now=now,
    )
