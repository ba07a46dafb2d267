"""Runs: much is done together, and it can be seen how far that is and how long it takes.

The appointments of some days are told, the patients of some days are looked up, the days to come are read for the first
time. A run that is stopped goes on by itself: what is to be done is due, and who was dealt with is so once.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chalicelib.advancedmd import outbox, setup, waiting, waking
from chalicelib.advancedmd.setup import NotSetUp, Setup
from chalicelib.advancedmd.waiting import Line
from chalicelib.kit import clock, ids
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Invalid
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access
from chalicelib.scheduling import statuses
from chalicelib.table import appointments, base, keys, officelinks, officeruns
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.creation import KeyReused
from chalicelib.table.officelinks import ERROR, PENDING, SYNCED, OfficeLinkItem
from chalicelib.table.officeruns import OfficeRunItem

TELL, ENROL, IMPORT = officeruns.TELL, officeruns.ENROL, officeruns.IMPORT
MOST, _MOST_DAYS, _SHOWN = 500, 31, 20
_MOST_PATIENTS, _MOST_DAYS_OF_PATIENTS, _MOST_DAYS_READ = 2_000, 186, 366
STARTING = (NotSetUp, KeyReused)
_BEFORE, _AFTER = timedelta(days=31), timedelta(days=93)


@dataclass(frozen=True, slots=True)
class Run:
    """A run, how much of it has which status, and in how many seconds the rest is done; None while that is not known.

    Appointments that were never to be told have no status. It is `replayed` when an earlier request had begun it.
    """

    item: OfficeRunItem
    progress: Counter[str]
    wait: float | None
    replayed: bool = False


def tell(*, first: date | None, last: date | None, stamp: Stamp) -> Run:
    """Have all appointments of these days, or of today, told that the caller may see, also those that failed before.

    They are marked at once; if that stops halfway, a worker marks the others. Raises NotSetUp, KeyReused, and Invalid
    for more than a month or five hundred appointments.
    """
    settled = setup.demanded()
    begins = first or stamp.now.astimezone(settled.zone).date()
    ends = last or begins
    _check(begins, ends, _MOST_DAYS)
    wanted = [one.id for one in _of_days(settled, begins, ends, stamp.by)]
    if len(wanted) > MOST:
        raise Invalid.field("end_date", f"leaves more than {MOST} appointments; name fewer days")
    item, replayed = _begun(settled, TELL, (begins, ends), wanted, stamp)
    if not replayed:
        for appointment_id in wanted:
            mark(appointment_id, settled.office_key, stamp.now)
        officeruns.go_on(item, ended_at=clock.iso(stamp.now), done=len(wanted))
    waking.wake(settled.office_key, why=item.id)
    return _seen(item, waiting.look(settled, now=stamp.now), replayed=replayed)


def enrol(*, first: date | None, last: date | None, add: bool, stamp: Stamp) -> Run:
    """Have the patients of these days looked up at AdvancedMD and linked, with `add` added where nobody is like them.

    Without dates it is all who have an appointment of the past month or the coming three. Those who are linked already
    stay as they are. Raises NotSetUp, KeyReused, and Invalid for more than half a year or two thousand patients.
    """
    settled = setup.demanded()
    today = stamp.now.astimezone(settled.zone).date()
    begins, ends = first or today - _BEFORE, last or today + _AFTER
    _check(begins, ends, _MOST_DAYS_OF_PATIENTS)
    found = {one.patient_id for one in _of_days(settled, begins, ends, stamp.by)}
    if len(found) > _MOST_PATIENTS:
        raise Invalid.field("end_date", f"leaves more than {_MOST_PATIENTS} patients; name fewer days")
    item, replayed = _begun(settled, ENROL, (begins, ends), sorted(found), stamp, add=add)
    waking.wake(settled.office_key, why=item.id)
    return _seen(item, waiting.look(settled, now=stamp.now), replayed=replayed)


def read(*, first: date, last: date, stamp: Stamp) -> Run:
    """Have every visit of these days read that nobody here knows, or that is not as it was agreed on.

    What comes of each is as for all that AdvancedMD tells. Raises NotSetUp, KeyReused, and Invalid for days that are
    over or more than a year.
    """
    settled = setup.demanded()
    _check(first, last, _MOST_DAYS_READ)
    if first < stamp.now.astimezone(settled.zone).date():
        raise Invalid.field("start_date", "is over; only visits to come can be taken over")
    days = [(first + timedelta(days=offset)).isoformat() for offset in range((last - first).days + 1)]
    item, replayed = _begun(settled, IMPORT, (first, last), days, stamp)
    waking.wake(settled.office_key, why=item.id)
    return _seen(item, waiting.look(settled, now=stamp.now), replayed=replayed)


def latest(purpose: str, *, now: datetime) -> list[Run]:
    """The latest runs with how far each is, the newest first."""
    settled = setup.current()
    if settled is None:
        return []
    found = [*officeruns.latest(settled.office_key, most=_SHOWN, purpose=purpose)]
    line = waiting.look(settled, now=now) if found else None
    return [_seen(item, line) for item in found]


def _check(first: date, last: date, most: int) -> None:
    if not timedelta() <= last - first < timedelta(days=most):
        raise Invalid.field("end_date", f"must lie within {most} days from start_date")


def _begun(
    settled: Setup, purpose: str, days: tuple[date, date], wanted: list[str], stamp: Stamp, *, add: bool = False
) -> tuple[OfficeRunItem, bool]:
    """The run, and whether an earlier request with the same key had begun it."""
    item = officeruns.begin(
        settled.office_key,
        purpose=purpose,
        first=days[0].isoformat(),
        last=days[1].isoformat(),
        thing_ids=wanted,
        now=clock.iso(stamp.now),
        seconds=int(stamp.now.timestamp()),
        by=stamp.by.actor,
        add=add,
        key=ids.digest(stamp.by.sub, stamp.key) if stamp.key else "",
        fingerprint=stamp.fingerprint,
        request_id=stamp.request_id,
    )
    if stamp.key and item.fingerprint != stamp.fingerprint:
        raise KeyReused
    return item, item.request_id != stamp.request_id


def _of_days(settled: Setup, first: date, last: date, by: Claims) -> Iterator[AppointmentItem]:
    begins = datetime.combine(first, time(), settled.zone)
    ends = datetime.combine(last + timedelta(days=1), time(), settled.zone)
    return (
        one
        for location_id in settled.facilities
        for one in appointments.at_location(location_id, first=begins, last=ends)
        if one.status != statuses.HELD and begins <= one.starts < ends and access.may_see_appointment(by, one)
    )


def mark(appointment_id: str, office_key: str, now: datetime) -> None:
    """Have an appointment told as soon as may be, unless it was told as it is."""
    if outbox.mark(appointment_id, office_key=office_key, due=now, asked=True):
        return
    link = officelinks.find(appointment_id)
    if link is not None and link.status != SYNCED:  # it failed, or would wait for its hour or day
        officelinks.again(appointment_id, now=clock.iso(now), asked=True)


def _seen(item: OfficeRunItem, line: Line | None, *, replayed: bool = False) -> Run:
    if item.purpose not in (None, TELL):
        done, failed = int(item.done or 0), int(item.failed or 0)
        progress = Counter({SYNCED: done - failed, ERROR: failed, PENDING: len(item.thing_ids) - done})
        wait = 0.0 if item.ended_at else line.runs.get(item.id) if line else None
        return Run(item, progress, wait, replayed)
    raws = base.get_many(keys.office_link(one) for one in item.thing_ids)
    progress = Counter(OfficeLinkItem.from_raw_data(raw).status for raw in raws.values())
    progress[PENDING] += sum(keys.office_link(one) not in raws for one in item.left)
    wait = line.of(item.thing_ids) or 0.0 if line else None
    return Run(item, progress, wait if progress[PENDING] else 0.0, replayed)
