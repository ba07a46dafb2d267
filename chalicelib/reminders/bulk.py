"""Bulk: the reminders of a day, of a doctor or a location, sent now, cancelled or moved; or only told what would be.

It goes through the day's visits page by page. Each page is done before it is answered, each reminder by itself, and
the same page again does nothing twice; so whoever is cut off goes on with the last cursor, or begins anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from chalicelib.kit import clock
from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.people import access, directory
from chalicelib.reminders import offsets, states, visits
from chalicelib.reminders.kinds import REMINDER
from chalicelib.scheduling import lists
from chalicelib.scheduling.lists import Filter, Page
from chalicelib.table import reminders
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.reminders import ReminderItem

Action = Literal["send", "cancel", "move"]
SEND: Action = "send"
CANCEL: Action = "cancel"
MOVE: Action = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be done with the reminders of which visits; a move is to an instant, or to so many minutes before."""

    action: Action
    day: date
    location_id: str | None = None
    doctor_id: str | None = None
    channel: str | None = None
    to: When | None = None
    offset: int | None = None
    dry_run: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one reminder, or would: `done`, or why nothing was."""

    reminder: ReminderItem
    done: bool
    problem: str | None = None


def run(wish: Wish, *, limit: int, after: str | None, stamp: Stamp) -> tuple[list[Outcome], str | None]:
    """One page of visits, and the cursor of the next when there are more."""
    page = _visits(wish, limit, after, stamp)
    outcomes = [
        outcome
        for appointment in page.items
        if access.may_see_appointment(stamp.by, appointment)
        for outcome in _of(appointment, wish, stamp)
    ]
    return outcomes, page.next_cursor


def _visits(wish: Wish, limit: int, after: str | None, stamp: Stamp) -> Page:
    where = Filter(doctor_id=wish.doctor_id)
    if wish.location_id:
        access.check_location(stamp.by, wish.location_id)
        zone = ZoneInfo(directory.require(directory.location, wish.location_id, "location_id").zone)
        return lists.at_location(wish.location_id, zone, wish.day, wish.day, where=where, limit=limit, after=after)
    doctor_id = str(wish.doctor_id)
    access.check_doctors_list(stamp.by, doctor_id, field="doctor_id")
    return lists.of_doctor(doctor_id, wish.day, wish.day, where=where, limit=limit, after=after)


def _of(appointment: AppointmentItem, wish: Wish, stamp: Stamp) -> Iterator[Outcome]:
    if visits.standing(appointment) != "ahead":
        return
    waiting = [
        one
        for one in reminders.of_appointment(appointment.id)
        if one.status == states.PENDING and one.occasion == REMINDER and wish.channel in (None, one.channel)
    ]
    taken = {(one.channel, one.scheduled_time): one.id for one in waiting}
    for reminder in waiting:
        if wish.action == CANCEL:
            yield _write(reminder, {"status": states.CANCELLED}, wish, stamp)
            continue
        due = stamp.now if wish.action == SEND else _moved(appointment, wish)
        if due is None or not stamp.now <= due < appointment.starts:
            yield Outcome(reminder, done=False, problem="would not lie between now and the visit")
        elif taken.setdefault((reminder.channel, clock.iso(due)), reminder.id) != reminder.id:
            yield Outcome(reminder, done=False, problem="another says the same then")
        else:
            at = clock.iso(due)
            moved = {"scheduled_time": at, "due_at": at, "offset": wish.offset if wish.action == MOVE else None}
            yield _write(reminder, moved, wish, stamp)


def _moved(appointment: AppointmentItem, wish: Wish) -> datetime | None:
    zone = ZoneInfo(directory.location(appointment.location_id).zone)
    if wish.offset is not None:
        return offsets.before(appointment.starts, wish.offset, zone)
    return wish.to.at(zone) if wish.to is not None else None


def _write(reminder: ReminderItem, fields: Mapping[str, Any], wish: Wish, stamp: Stamp) -> Outcome:
    if wish.dry_run:
        return Outcome(reminder, done=False)
    written = {**fields, "by_hand": True, "updated_by": stamp.by.actor}
    if reminders.change(reminder, written, now=stamp.now):
        return Outcome(reminder, done=True)
    return Outcome(reminder, done=False, problem="was changed or sent meanwhile")
