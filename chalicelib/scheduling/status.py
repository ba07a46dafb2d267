"""Status moves along the one table, each stamped; staff may take the last one back for a short while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.kit import clock
from chalicelib.kit.errors import CareSlotError, Forbidden, Invalid
from chalicelib.kit.stamps import Stamp
from chalicelib.scheduling import cancelling, changing, companions, holding, rescheduling, statuses
from chalicelib.scheduling.refusals import NotAllowedNow
from chalicelib.table.appointments import AppointmentItem

UNDO_WITHIN = timedelta(minutes=15)


def set_status(*, appointment_id: str, status: str, stamp: Stamp, notes: str | None = None) -> AppointmentItem:
    """Move the appointment to a status that its present one allows; the same status again changes nothing.

    A held slot becomes scheduled as `holding.confirm` does it. Raises Invalid (no such status),
    Forbidden, NotAllowedNow, HoldEnded, ChangedMeanwhile.
    """
    wanted = statuses.canonical(status)
    if wanted not in statuses.ALL or wanted == statuses.HELD:
        known = ", ".join(sorted(set(statuses.ALL) - {statuses.HELD}))
        raise Invalid.field("status", f"must be one of {known}")
    if wanted == statuses.CANCELLED:
        return cancelling.cancel(appointment_id=appointment_id, stamp=stamp, reason=notes)
    return companions.patiently(lambda: _set(appointment_id, status, wanted, stamp, notes))


def _set(appointment_id: str, status: str, wanted: str, stamp: Stamp, notes: str | None) -> AppointmentItem:
    appointment = changing.read_for_change(appointment_id, stamp)
    if appointment.status == wanted:
        return appointment
    if not statuses.may_set(stamp.by, wanted, needs_confirmation=bool(appointment.needs_confirmation)):
        raise Forbidden(f"A {stamp.by.role} may not set the status {wanted}.")
    if wanted not in statuses.MAY_BECOME[appointment.status]:
        raise NotAllowedNow(appointment.status, wanted)
    if appointment.status == statuses.HELD:
        return holding.confirm(appointment_id=appointment_id, stamp=stamp, details={})  # the hold's marks must go too
    said = {"from": appointment.status, "to": wanted, "as": status if status != wanted else None, "notes": notes}
    fields = {"status": wanted, "stamps": changing.stamped(appointment, stamp, **said)}
    return changing.write(appointment, stamp, fields)


@dataclass(frozen=True, slots=True)
class Marked:
    """One of many that were to be marked: the appointment as it is now, or why it was refused."""

    appointment_id: str
    appointment: AppointmentItem | None = None
    refusal: CareSlotError | None = None


def mark_no_shows(*, appointment_ids: Sequence[str], stamp: Stamp) -> list[Marked]:
    """Mark many as missed, each for itself; one that is refused does not stop the others, and a repeat is harmless."""
    marked = []
    for appointment_id in dict.fromkeys(appointment_ids):
        try:
            missed = set_status(appointment_id=appointment_id, status=statuses.NO_SHOW, stamp=stamp)
        except CareSlotError as refusal:
            marked.append(Marked(appointment_id, refusal=refusal))
        else:
            marked.append(Marked(appointment_id, missed))
    return marked


def undo(*, appointment_id: str, stamp: Stamp) -> AppointmentItem:
    """Take the last status move back; a cancelled appointment claims its time again, or stays cancelled.

    Raises NotAllowedNow (nothing to take back, or longer ago than fifteen minutes), SlotTaken.
    """
    return companions.patiently(lambda: _undo(appointment_id, stamp))


def _undo(appointment_id: str, stamp: Stamp) -> AppointmentItem:
    appointment = changing.read_for_change(appointment_id, stamp)
    last = (appointment.stamps or [None])[-1]
    if last is None or last.get("undone") or last.get("moved") or last.get("to") != appointment.status:
        raise NotAllowedNow(appointment.status, "taken back")
    if stamp.now - clock.parse(last["at"]) > UNDO_WITHIN:
        raise NotAllowedNow(f"{appointment.status} for more than fifteen minutes", "taken back")
    said = {"from": appointment.status, "to": last["from"], "undone": True}
    fields = {"status": last["from"], "stamps": changing.stamped(appointment, stamp, **said)}
    if appointment.status != statuses.CANCELLED:
        return changing.write(appointment, stamp, fields)
    if last["from"] == statuses.HELD:
        raise NotAllowedNow("a hold that was cancelled", "taken back")
    return rescheduling.reclaim(appointment, stamp, {**fields, "cancel_reason": None, "cancel_reason_code": None})
