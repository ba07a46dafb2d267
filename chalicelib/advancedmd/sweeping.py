"""Sweeping: every day of the coming weeks is read once a night, so that nothing stays missed that the increments miss.

What differs from what both sides last agreed on is drift: it is counted, and goes the way of everything that is told.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from chalicelib.advancedmd import changes, mapping, pulling, pushing, shared, whoiswho
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways.advancedmd import visits
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.kit import clock
from chalicelib.table import appointments, base, keys, officeinbox, officelinks
from chalicelib.table.officeinbox import CursorItem
from chalicelib.table.officelinks import OfficeLinkItem

_AT_NIGHT = (2, 5)  # hours of the office's wall, when AdvancedMD allows most and nobody works
_DAYS = 28


def is_due(settled: Setup, cursor: CursorItem, now: datetime) -> bool:
    """Whether it is night there and the coming weeks were not read yet."""
    wall = now.astimezone(settled.zone)
    first, last = _AT_NIGHT
    return first <= wall.hour < last and cursor.swept_on != wall.date().isoformat()


def sweep_if_due(settled: Setup, *, office: Office, now: datetime) -> None:
    """Sweep, unless that was done today or it is day."""
    cursor = officeinbox.cursor(settled.office_key)
    if is_due(settled, cursor, now):
        sweep(settled, office=office, now=now)


def sweep(settled: Setup, *, office: Office, now: datetime, days: int = _DAYS) -> int:
    """Read the coming days, and put into the inbox what has drifted; how much. NotNow when AdvancedMD stops telling.

    A sweep that is stopped begins again; what it found stands in the inbox already.
    """
    today = now.astimezone(settled.zone).date()
    drift = 0
    for day, told in changes.of_days(office, today, days):
        drift += _of_day(settled, office, day, told, now)
    officeinbox.heard(officeinbox.cursor(settled.office_key), swept_on=today.isoformat(), drift=drift)
    return drift


def _of_day(settled: Setup, office: Office, day: date, told: tuple[VisitData, ...], now: datetime) -> int:
    drifted = [one for one in told if _differs(settled, one, now)]
    missing = _missing(settled, day, {one.id for one in told})
    still = {one.id: one for one in _read(office, missing)}
    gone = [one for one in missing if one not in still]
    return pulling.put(settled.office_key, [*drifted, *still.values()], gone, now=now)


def _read(office: Office, missing: list[int]) -> Iterator[VisitData]:
    for first in range(0, len(missing), visits.MOST_IDS):
        yield from visits.by_id(office, missing[first : first + visits.MOST_IDS]).visits


def _differs(settled: Setup, visit: VisitData, now: datetime) -> bool:
    """Whether a visit is not as it was agreed on; one that waits in the inbox is known already."""
    if officeinbox.find(settled.office_key, visit.id) is not None:
        return False
    appointment_id = officelinks.whose(settled.office_key, visit.id)
    link = officelinks.find(appointment_id) if appointment_id else None
    who = whoiswho.of_visit(visit, setup=settled)
    try:
        theirs = mapping.from_visit(visit, who)
    except mapping.Untellable:
        return link is not None
    if link is None:
        return theirs is not None and theirs.start > now and who.whose(who.names.get(visit.column or "")) is not None
    agreed = pushing.read(link.agreed)
    return theirs is not None and (
        agreed is None or any(theirs.value(name) not in (None, agreed.value(name)) for name in shared.FIELDS)
    )


def _missing(settled: Setup, day: date, told: set[int]) -> list[int]:
    """Visits that our appointments of the day have and that were not told."""
    first = clock.from_wall(datetime.combine(day, time()), settled.zone) or datetime.combine(day, time(), settled.zone)
    wanted = [
        keys.office_link(one.id)
        for location_id in settled.facilities
        for one in appointments.at_location(location_id, first=first, last=first + timedelta(days=1))
        if one.status not in {"held", "cancelled"}
    ]
    links = (OfficeLinkItem.from_raw_data(raw) for raw in base.get_many(wanted).values())
    return [int(one.visit_id) for one in links if one.visit_id is not None and int(one.visit_id) not in told]
