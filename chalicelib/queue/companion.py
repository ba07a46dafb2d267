"""The entry that goes along with its appointment: a status set there moves it, in the same transaction."""

from collections.abc import Mapping
from typing import Any

from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.queue import arriving, changing, entries, lines, statuses, undoing
from chalicelib.scheduling.companions import NOTHING, Along
from chalicelib.scheduling.refusals import AlreadyInQueue
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.queue import EntryItem

_CHECKED_IN = "checked_in"


def follow(appointment: AppointmentItem, fields: Mapping[str, Any], stamp: Stamp) -> Along:
    """What the appointment's new status does to its entry; a check-in of today makes one where there is none."""
    status, entry = fields["status"], _entry(appointment)
    undone = bool(fields.get("stamps") and fields["stamps"][-1].get("undone"))
    if entry is not None and undone:
        return _along(entry, undoing.back(entry, stamp, appointment_status=status), stamp, undone=True)
    if entry is None or (status == _CHECKED_IN and entry.status in {statuses.CANCELLED, statuses.COMPLETED}):
        return _arrived(appointment, status, stamp)
    wanted = statuses.of_appointment(status)
    if wanted not in statuses.MAY_BECOME[entry.status] or (
        wanted == statuses.WAITING and entry.status in statuses.OPEN
    ):
        return NOTHING
    return _along(entry, changing.moved(entry, wanted, stamp), stamp)


def _entry(appointment: AppointmentItem) -> EntryItem | None:
    try:
        return entries.find(appointment.queue_entry_id) if appointment.queue_entry_id else None
    except NotFound:
        return None


def _arrived(appointment: AppointmentItem, status: str, stamp: Stamp) -> Along:
    if status != _CHECKED_IN or appointment.local_day not in lines.days_of(appointment.location_id, stamp.now):
        return NOTHING
    try:
        arrival = arriving.arrive(appointment, stamp)
    except AlreadyInQueue:  # for another appointment of the day: one place in line serves both
        return NOTHING
    return Along(arrival.fields, arrival.adds)


def _along(entry: EntryItem, fields: Mapping[str, Any], stamp: Stamp, **said: Any) -> Along:
    if not fields:
        return NOTHING
    return Along(also=tuple(changing.change(entry, stamp, fields, **said).adds))
