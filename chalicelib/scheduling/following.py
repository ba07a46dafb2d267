"""An appointment that follows its patient through the waiting room, in the transaction of whoever leads."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.kit.stamps import Stamp
from chalicelib.scheduling import cancelling, changing, statuses
from chalicelib.scheduling.refusals import NotAllowedNow
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

    Who may do so is for the leader to judge. Raises NotAllowedNow, ChangedMeanwhile.
    """
    if status == appointment.status:
        return changing.write(appointment, stamp, fields or {}, also=also, accompanied=True)
    if status not in statuses.MAY_BECOME[appointment.status]:
        raise NotAllowedNow(appointment.status, status)
    if status == statuses.CANCELLED:
        return cancelling.settle(appointment, stamp, reason=notes, also=also, accompanied=True)
    said = {"from": appointment.status, "to": status, "notes": notes}
    moved = {**(fields or {}), "status": status, "stamps": changing.stamped(appointment, stamp, **said)}
    return changing.write(appointment, stamp, moved, also=also, accompanied=True)
