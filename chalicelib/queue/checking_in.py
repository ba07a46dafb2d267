"""Check-in: a booked patient is here, takes the next number, and the appointment says so; both or neither."""

from datetime import timedelta

from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.queue import arriving, changing, entries, finding, lines, moving, statuses
from chalicelib.queue.finding import Shown
from chalicelib.queue.refusals import CheckInOver, TooEarly
from chalicelib.scheduling import following, timetable
from chalicelib.scheduling import statuses as visits
from chalicelib.scheduling.companions import patiently
from chalicelib.scheduling.refusals import NotAllowedNow
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.creation import Created
from chalicelib.table.queue import EntryItem

_EARLIEST = timedelta(hours=2)  # before the appointment, at a kiosk
_COMES = visits.MOVABLE | {visits.CHECKED_IN, visits.NO_SHOW}


def check_in(*, shown: Shown, stamp: Stamp) -> Created[EntryItem]:
    """The patient's place in line; checking in twice answers the same one.

    A kiosk opens two hours before the appointment and closes at its end; a desk decides for itself on the day. Raises
    NotFound, TooEarly, CheckInOver, NotAllowedNow, AlreadyInQueue, ChangedMeanwhile.
    """
    return patiently(lambda: _check_in(finding.find(shown, stamp), stamp))


def _check_in(booked: AppointmentItem, stamp: Stamp) -> Created[EntryItem]:
    entry = _entry(booked)
    if entry is not None and entry.status in statuses.OPEN:
        return Created(entry, replayed=True)
    _check(booked, stamp)
    if entry is not None and entry.status == statuses.NO_SHOW:
        fields = changing.moved(entry, statuses.WAITING, stamp)
        return Created(moving.with_appointment(entry, fields, stamp), replayed=False)
    arrival = arriving.arrive(booked, stamp)
    following.follow(booked, visits.CHECKED_IN, stamp, also=arrival.adds, fields=arrival.fields)
    return Created(arrival.settle(), replayed=False)


def _entry(booked: AppointmentItem) -> EntryItem | None:
    try:
        return entries.find(booked.queue_entry_id) if booked.queue_entry_id else None
    except NotFound:
        return None


def _check(booked: AppointmentItem, stamp: Stamp) -> None:
    """Refuse what is too early, over, or of another day."""
    if booked.status not in _COMES:
        raise NotAllowedNow(booked.status, "checked in")
    kiosk = stamp.by.role == "kiosk"
    days = lines.days_of(booked.location_id, stamp.now)
    if booked.local_day > days[-1] or (kiosk and stamp.now < booked.starts - _EARLIEST):
        zone = timetable.zone_of(booked.location_id)
        raise TooEarly(booked.starts.astimezone(zone).isoformat())
    if booked.local_day < days[0] or (kiosk and (stamp.now > booked.ends or booked.status == visits.NO_SHOW)):
        raise CheckInOver
