"""Draining: all that is to be told to an office by now, the longest waiting first, as far as the budget goes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.advancedmd import logbook, pushing
from chalicelib.advancedmd.mapping import Links
from chalicelib.advancedmd.pushing import Pushed
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.kit import clock
from chalicelib.kit.log import described, logger
from chalicelib.table import officelinks
from chalicelib.table.appointments import AppointmentItem

MOST = 50
SETTLED = frozenset({officelinks.SYNCED, officelinks.ERROR})


@dataclass(frozen=True, slots=True)
class Drained:
    """How many were told, how many failed or wait for people; `halted` is until `wait` seconds from then."""

    told: int
    failed: int
    halted: bool
    wait: float = 0.0


def drain(
    office_key: str,
    *,
    office: Office,
    links: Callable[[AppointmentItem], Links],
    now: Callable[[], datetime],
    most: int = MOST,
    until: datetime | None = None,
    ready: Callable[[], None] = lambda: None,
) -> Drained:
    """Push one after the other, at most fifty, none begun after `until`; failures stand in nobody's way.

    Before each it waits with `ready` until what it takes may be asked without a pause.

    When AdvancedMD does not answer, or wants no more calls, the others would only hear the same: they stay due.
    """
    told = failed = 0
    for appointment_id in officelinks.due(clock.iso(now()), most=min(most, MOST)):
        if until is not None and now() > until:
            break
        ready()
        pushed = tell(office_key, appointment_id, office=office, links=links, now=now())
        if pushed is None:
            continue
        if pushed.halted:
            wait = (pushed.due_at - now()).total_seconds() if pushed.due_at else 0.0
            return Drained(told, failed, halted=True, wait=max(0.0, wait))
        told += pushed.status == officelinks.SYNCED
        failed += pushed.status == officelinks.ERROR
    return Drained(told, failed, halted=False)


def tell(
    office_key: str, appointment_id: str, *, office: Office, links: Callable[[AppointmentItem], Links], now: datetime
) -> Pushed | None:
    """Push one, and write down what has become of it; None when there is nothing to tell, or somebody does it."""
    began = time.monotonic()
    try:
        pushed = pushing.push(appointment_id, office=office, links=links, now=now)
    except Exception as bug:  # noqa: BLE001 - whatever it is, others are told, and who asked for this one is answered
        logger.error("appointment not told", extra={"appointment": appointment_id, **described(bug)})
        return Pushed(officelinks.ERROR)
    if pushed is not None and pushed.status in SETTLED:
        _note(office_key, appointment_id, pushed, time.monotonic() - began, now)
    return pushed


def _note(office_key: str, appointment_id: str, pushed: Pushed, seconds: float, now: datetime) -> None:
    """Write down what has become of it."""
    appointment = AppointmentItem.find(appointment_id)
    logbook.note(
        office_key,
        "push",
        thing="appointment",
        thing_id=appointment_id,
        patient_id=appointment.patient_id if appointment else None,
        status=pushed.status,
        error=pushed.error,
        detail=pushed.detail,
        fields=pushed.told,
        seconds=seconds,
        now=now,
    )
