"""Runs: the appointments of some days are told together, and it can be seen how far that is.

A run that is stopped goes on by itself: what is to be told is due, and who has been told of is told once.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chalicelib.advancedmd import outbox, setup, waking
from chalicelib.advancedmd.setup import Setup
from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Invalid
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access
from chalicelib.scheduling import statuses
from chalicelib.table import appointments, base, keys, officelinks, officeruns
from chalicelib.table.officelinks import OfficeLinkItem
from chalicelib.table.officeruns import OfficeRunItem

MOST, _MOST_DAYS, _SHOWN = 500, 31, 20


@dataclass(frozen=True, slots=True)
class Run:
    """A run, and how many of its appointments have which status; those that were never to be told have none."""

    item: OfficeRunItem
    progress: Counter[str]


def start(*, first: date, last: date, stamp: Stamp) -> Run:
    """Have all appointments of these days told that the caller may see, also those that failed before.

    Raises NotSetUp, and Invalid for more than a month or five hundred appointments.
    """
    settled = setup.demanded()
    if not timedelta() <= last - first < timedelta(days=_MOST_DAYS):
        raise Invalid.field("end_date", f"must lie within {_MOST_DAYS} days from start_date")
    wanted = _of_days(settled, first, last, stamp.by)
    if len(wanted) > MOST:
        raise Invalid.field("end_date", f"leaves more than {MOST} appointments; name fewer days")
    item = officeruns.begin(
        settled.office_key,
        first=first.isoformat(),
        last=last.isoformat(),
        thing_ids=wanted,
        now=clock.iso(stamp.now),
        seconds=int(stamp.now.timestamp()),
        by=stamp.by.actor,
    )
    for appointment_id in wanted:
        _tell(appointment_id, settled.office_key, stamp.now)
    waking.wake(settled.office_key, why=item.id)
    return Run(item, _progress(item))


def latest() -> list[Run]:
    """The latest runs with how far each is, the newest first."""
    settled = setup.current()
    found = officeruns.latest(settled.office_key, most=_SHOWN) if settled else ()
    return [Run(item, _progress(item)) for item in found]


def _of_days(settled: Setup, first: date, last: date, by: Claims) -> list[str]:
    begins = datetime.combine(first, time(), settled.zone)
    ends = datetime.combine(last + timedelta(days=1), time(), settled.zone)
    found = (
        one
        for location_id in settled.facilities
        for one in appointments.at_location(location_id, first=begins, last=ends)
        if one.status != statuses.HELD and begins <= one.starts < ends and access.may_see_appointment(by, one)
    )
    return [one.id for one in found]


def _tell(appointment_id: str, office_key: str, now: datetime) -> None:
    if outbox.mark(appointment_id, office_key=office_key, due=now):
        return
    link = officelinks.find(appointment_id)
    if link is not None and link.status == officelinks.ERROR:
        officelinks.again(appointment_id, now=clock.iso(now))


def _progress(item: OfficeRunItem) -> Counter[str]:
    raws = base.get_many(keys.office_link(one) for one in item.thing_ids)
    return Counter(OfficeLinkItem.from_raw_data(raw).status for raw in raws.values())
