"""Holds: a slot kept for a few minutes while the patient decides, then confirmed or given up."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.people import directory
from chalicelib.scheduling import changing, claims, fitting, statuses
from chalicelib.scheduling.fitting import ReadAgain
from chalicelib.scheduling.refusals import ChangedMeanwhile, HoldEnded
from chalicelib.scheduling.visits import Asked
from chalicelib.table import keys, tallies
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.doctors import FenceItem
from chalicelib.table.transaction import Transaction, never

_ROUNDS = 6


def confirm(*, appointment_id: str, stamp: Stamp, details: Mapping[str, Any]) -> AppointmentItem:
    """Turn a live hold into a scheduled appointment; confirming twice answers the same appointment.

    `details` are attributes that the patient fills in at the end. Raises HoldEnded, SlotNotOffered
    (the schedule was changed during the hold), ChangedMeanwhile.
    """
    for attempt in range(_ROUNDS):
        held = changing.read_for_change(appointment_id, stamp)
        if held.status in statuses.MOVABLE:
            return held
        if held.status != statuses.HELD or held.hold_expires <= stamp.now.timestamp():
            raise HoldEnded
        try:
            return _confirm(held, stamp, details, certain=attempt > 0)
        except (ReadAgain, ChangedMeanwhile):
            continue
    raise ChangedMeanwhile


def forget(held: AppointmentItem) -> Callable[[Transaction], None]:
    """Adds to a transaction that the patient does not hold this slot any more."""
    return lambda tx: tx.raw_update(tallies.end_hold(held.patient_id, held.id), refusal=never)


def _confirm(held: AppointmentItem, stamp: Stamp, details: Mapping[str, Any], *, certain: bool) -> AppointmentItem:
    version = _valid_version(held, stamp, certain=certain)
    # The clinic's price was fixed with the hold; what the patient says of it counts only where there is none.
    said_of_visit = {
        name: value for name, value in details.items() if name != "payment_amount" or not held.payment_amount
    }
    said = {"from": statuses.HELD, "to": statuses.SCHEDULED, "moved": True}
    fields = {
        **said_of_visit,
        "status": statuses.SCHEDULED,
        "schedule_version": version,
        "stamps": changing.stamped(held, stamp, **said),
        **dict.fromkeys(("hold_expires", "due_key", "due_at", "needs_rebooking")),
    }
    settled, also = claims.settle(claims.of(held)), [forget(held)]

    def fence(tx: Transaction) -> None:
        tx.check(keys.fence(held.doctor_id), FenceItem.is_at(version), refusal=ReadAgain)

    return changing.write(held, stamp, fields, settled, also=[fence, *also])


def _valid_version(held: AppointmentItem, stamp: Stamp, *, certain: bool) -> int:
    """The schedule version in force, under which the held time must still be offered."""
    doctor = directory.doctor.refresh(held.doctor_id) if certain else directory.doctor(held.doctor_id)
    if int(doctor.schedule_version) == int(held.schedule_version) and not held.needs_rebooking:
        return int(held.schedule_version)
    asked = Asked(
        doctor_id=held.doctor_id,
        when=When(instant=held.starts),
        duration=int(held.duration_minutes),
        location_id=held.location_id,
        mode=held.mode,
    )
    return int(fitting.settle(asked, stamp.now, certain=True).doctor.schedule_version)
