"""Draining: all that is to be told to an office by now, the longest waiting first, as far as the budget goes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.advancedmd import permits, pushing
from chalicelib.advancedmd.mapping import Links
from chalicelib.gateways.advancedmd import tiers
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.kit import clock
from chalicelib.kit.log import described, logger
from chalicelib.table import officelinks

MOST = 50


@dataclass(frozen=True, slots=True)
class Drained:
    """How many were told, how many failed or wait for people, and whether the office takes no more for now."""

    told: int
    failed: int
    halted: bool


def drain(
    office_key: str, *, office: Office, links: Callable[[], Links], now: Callable[[], datetime], most: int = MOST
) -> Drained:
    """Push one after the other, at most fifty; what fails stands in nobody's way.

    When AdvancedMD does not answer, or wants no more calls, the others would only hear the same: they stay due.
    """
    told = failed = 0
    for appointment_id in officelinks.due(clock.iso(now()), most=min(most, MOST)):
        try:
            pushed = pushing.push(appointment_id, office=office, links=links, now=now())
        except Exception as bug:  # noqa: BLE001 - whatever it is, the other appointments are told
            logger.error("appointment not told", extra={"appointment": appointment_id, **described(bug)})
            failed += 1
            continue
        if pushed is None:
            continue
        if pushed.refused_for:
            permits.shut(office_key, tiers.REST, seconds=pushed.refused_for)
        if pushed.halted:
            return Drained(told, failed, halted=True)
        told += pushed.status == officelinks.SYNCED
        failed += pushed.status == officelinks.ERROR
    return Drained(told, failed, halted=False)
