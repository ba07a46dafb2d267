"""Taking back what was last done with an entry, within fifteen minutes; its appointment goes back with it."""

from dataclasses import replace
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.stamps import Stamp
from chalicelib.queue import changing, entries, statuses
from chalicelib.queue.refusals import EntryNotAllowedNow
from chalicelib.queue.stages import visit_status
from chalicelib.scheduling import following, status
from chalicelib.scheduling.companions import patiently
from chalicelib.scheduling.status import UNDO_WITHIN
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.queue import EntryItem

_OF_STATUS = {
    statuses.CALLED: ("called_time",),
    statuses.IN_CONSULTATION: ("consultation_start",),
    statuses.COMPLETED: ("consultation_end", "ended_at"),
    statuses.NO_SHOW: ("ended_at", "end_reason"),
    statuses.CANCELLED: ("ended_at", "end_reason"),
}
"""What a status has left on the entry, and what goes with it."""


def undo(*, entry_id: str, stamp: Stamp) -> EntryItem:
    """The entry as it was before its last move; a recall, a check-in, or going to another doctor cannot be taken back
    like this.

    Raises EntryNotAllowedNow (nothing to take back, or longer ago than fifteen minutes), AlreadyInQueue when the
    patient has joined again meanwhile, and NotAllowedNow when the appointment has gone on by itself.
    """

    def work() -> EntryItem:
        entry = entries.read_for_change(entry_id, stamp)
        last = _last(entry)
        if last is None or stamp.now - clock.parse(last["at"]) > UNDO_WITHIN:
            raise EntryNotAllowedNow(entry.status, "taken back")
        fields = _fields(entry, last["from"])
        booked = _moved_with(entry, last)
        if booked is None:
            return changing.write(entry, stamp, fields, undone=True)
        if booked.status == statuses.CANCELLED:  # its time has to be claimed again, and the entry goes along
            status.undo(appointment_id=booked.id, stamp=replace(stamp, if_match=None))
            return entries.find(entry_id)
        changed = changing.change(entry, stamp, fields, undone=True)
        following.back(booked, visit_status(entry, last["from"]), stamp, also=changed.adds)
        return changed.settle()

    return patiently(work)


def back(entry: EntryItem, stamp: Stamp, *, appointment_status: str) -> dict[str, Any]:
    """What an entry becomes when its appointment's last move is taken back: nothing, where it has gone on by itself."""
    last = _last(entry)
    if last is not None and visit_status(entry, last["from"]) == appointment_status:
        return _fields(entry, last["from"])
    if entry.status in statuses.OPEN and appointment_status not in statuses.APPOINTMENT.values():
        return changing.moved(entry, statuses.CANCELLED, stamp)  # the check-in itself was taken back
    if entry.status in statuses.OPEN and appointment_status == statuses.APPOINTMENT[statuses.NO_SHOW]:
        return changing.moved(entry, statuses.NO_SHOW, stamp)  # the same, of somebody who had been missed before
    return {}


def _last(entry: EntryItem) -> dict[str, Any] | None:
    """The entry's last stamp, when it is a move of status that stands."""
    last: dict[str, Any] = (entry.stamps or [{}])[-1]
    stands = last.get("from") and last["from"] != last["to"] == entry.status
    return None if not stands or last.get("undone") or last.get("doctor") else last


def _moved_with(entry: EntryItem, last: dict[str, Any]) -> AppointmentItem | None:
    """The entry's appointment, when the last move took it along."""
    if not entry.appointment_id or visit_status(entry, last["from"]) == visit_status(entry, entry.status):
        return None
    booked = AppointmentItem.find(entry.appointment_id)
    return booked if booked and booked.queue_entry_id == entry.id else None


def _fields(entry: EntryItem, before: str) -> dict[str, Any]:
    return {"status": before, **dict.fromkeys(_OF_STATUS.get(entry.status, ()))}
