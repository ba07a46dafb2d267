"""An appointment that follows its patient through the waiting room, in the transaction of whoever leads."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.kit.stamps import Stamp
from chalicelib.scheduling import cancelling, changing, statuses
from chalicelib.scheduling.companions import Outrun
from chalicelib.scheduling.refusals import ChangedMeanwhile, NotAllowedNow
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.transaction import Transaction

Adds = Sequence[Callable[[Transaction], None]]


def follow(
    appointment: AppointmentItem,
    status: str,
    stamp: Stamp,
    *,
    also: Adds,
    notes: str | None = None,
    fields: Mapping[str, Any] | None = None,
) -> AppointmentItem:
    """Move the appointment, with `fields`, and what leads it together; the same status again changes the fields only.

    Who may do so is for the leader to judge. Raises NotAllowedNow, and Outrun when either is not as it was read.
    """
    if status == appointment.status:
        return _write(appointment, stamp, fields or {}, also)
    if status not in statuses.MAY_BECOME[appointment.status]:
        raise NotAllowedNow(appointment.status, status)
    if status == statuses.CANCELLED:
        return _retried(lambda: cancelling.settle(appointment, stamp, reason=notes, also=also, accompanied=True))
    said = {"from": appointment.status, "to": status, "notes": notes}
    moved = {**(fields or {}), "status": status, "stamps": changing.stamped(appointment, stamp, **said)}
    return _write(appointment, stamp, moved, also)


def back(appointment: AppointmentItem, status: str, stamp: Stamp, *, also: Adds) -> AppointmentItem:
    """Take the appointment back to the status from which its leader moved it, or change what leads it alone.

    Raises NotAllowedNow when the appointment has been moved since by somebody else.
    """
    if appointment.status == status:
        return _write(appointment, stamp, {}, also)
    last = (appointment.stamps or [{}])[-1]
    if (last.get("from"), last.get("to")) != (status, appointment.status) or appointment.status == statuses.CANCELLED:
        raise NotAllowedNow(appointment.status, "taken back")
    said = {"from": appointment.status, "to": status, "undone": True}
    fields = {"status": status, "stamps": changing.stamped(appointment, stamp, **said)}
    return _write(appointment, stamp, fields, also)


def _write(appointment: AppointmentItem, stamp: Stamp, fields: Mapping[str, Any], also: Adds) -> AppointmentItem:
    return _retried(lambda: changing.write(appointment, stamp, fields, also=also, accompanied=True))


def _retried(write: Callable[[], AppointmentItem]) -> AppointmentItem:
    """For whoever leads, an appointment that was changed meanwhile is one more thing to read again."""
    try:
        return write()
    except ChangedMeanwhile as overtaken:
        raise Outrun from overtaken
