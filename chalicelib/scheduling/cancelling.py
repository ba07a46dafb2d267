"""Cancelling: the time is free at once, and it is known who cancelled and why."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from chalicelib.kit.errors import Forbidden, Invalid
from chalicelib.kit.stamps import Stamp
from chalicelib.scheduling import changing, claims, statuses
from chalicelib.scheduling.refusals import ChangedMeanwhile, NotAllowedNow, TooLate
from chalicelib.table import tallies
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.transaction import Transaction, never

REASON_CODES = (
    "patient_request",
    "patient_unwell",
    "doctor_unavailable",
    "clinic_closed",
    "booked_by_mistake",
    "duplicate",
    "weather",
    "other",
)
_ATTEMPTS = 4


def cancel(
    *,
    appointment_id: str,
    stamp: Stamp,
    reason: str | None = None,
    reason_code: str | None = None,
    override_reason: str | None = None,
) -> AppointmentItem:
    """Cancel and free the cells in one transaction; cancelling twice answers the same appointment again.

    Raises NotAllowedNow, TooLate (a patient after the cut-off; staff may name an override_reason),
    ChangedMeanwhile.
    """
    if stamp.by.role == "kiosk":
        raise Forbidden("An appointment is not cancelled at a kiosk.")
    for attempt in range(_ATTEMPTS):
        appointment = changing.read_for_change(appointment_id, stamp)
        if appointment.status == statuses.CANCELLED:
            return appointment
        check_cutoff(appointment, stamp, override_reason)
        try:
            return settle(appointment, stamp, reason=reason, reason_code=reason_code, override_reason=override_reason)
        except ChangedMeanwhile:
            if attempt == _ATTEMPTS - 1 or stamp.if_match is not None:
                raise
    raise ChangedMeanwhile


def check_cutoff(appointment: AppointmentItem, stamp: Stamp, override_reason: str | None) -> None:
    """Refuse a change after the cut-off that was in force when the appointment was made; staff may overrule it."""
    if override_reason and stamp.by.role in {"patient", "kiosk"}:
        raise Invalid.field("override_reason", "may be given by staff only")
    minutes = int(appointment.cutoff_minutes or 0)
    if not minutes or appointment.status == statuses.HELD or override_reason:
        return
    if stamp.now > appointment.starts - timedelta(minutes=minutes):
        raise TooLate(minutes)


def settle(
    appointment: AppointmentItem,
    stamp: Stamp,
    *,
    reason: str | None = None,
    reason_code: str | None = None,
    override_reason: str | None = None,
    also: Sequence[Callable[[Transaction], None]] = (),
    accompanied: bool = False,
) -> AppointmentItem:
    """Cancel the appointment as it was read, and nothing else; `also` and `accompanied` are as for `changing.write`."""
    if statuses.CANCELLED not in statuses.MAY_BECOME[appointment.status]:
        raise NotAllowedNow(appointment.status, "cancelled")
    said = {"from": appointment.status, "to": statuses.CANCELLED, "override": override_reason}
    fields = {
        "status": statuses.CANCELLED,
        "stamps": changing.stamped(appointment, stamp, **said),
        "cancel_reason": reason,
        "cancel_reason_code": reason_code,
        "override_reason": override_reason or appointment.override_reason,
        **dict.fromkeys(("needs_rebooking", "due_key", "due_at", "hold_expires")),
    }
    freed = claims.release(claims.of(appointment))
    counted = appointment.tallied or appointment.status == statuses.HELD
    left = [_leave(appointment)] if counted else []
    return changing.write(appointment, stamp, fields, freed, also=[*left, *also], accompanied=accompanied)


def _leave(appointment: AppointmentItem) -> Callable[[Transaction], None]:
    """Adds to a transaction that the patient has this appointment no more."""
    return lambda tx: tx.raw_update(tallies.leave(appointment.patient_id, appointment.id), refusal=never)
