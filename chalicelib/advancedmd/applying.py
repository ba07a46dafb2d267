"""Applying: a change that was made at AdvancedMD is made to its appointment, as anybody's change is made."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.advancedmd import mapping, shared
from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.scheduling import cancelling, rescheduling, status, statuses
from chalicelib.scheduling.visits import Asked
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officeinbox import InboxItem

_WHY = "Changed in AdvancedMD"


def move(appointment: AppointmentItem, wanted: dict[shared.Field, Any], by: Stamp) -> AppointmentItem:
    """Give it the time, doctor or place that it has there; the rest stays. Refuses as any rescheduling does."""
    asked = Asked(
        doctor_id=wanted.get("doctor_id") or "",
        when=When(instant=wanted.get("start", appointment.starts)),
        duration=wanted.get("minutes"),
        location_id=wanted.get("location_id") or appointment.location_id,
    )
    return rescheduling.reschedule(
        appointment_id=appointment.id, asked=asked, stamp=_of(appointment, by), override_reason=_WHY
    )


def step(appointment: AppointmentItem, wanted: dict[shared.Field, Any], by: Stamp) -> AppointmentItem:
    """Let it come as far as it has come there; refuses as any change of a status does."""
    to = mapping.status_of(wanted["stage"], was=appointment.status)
    if to == statuses.CANCELLED:
        return cancelling.cancel(
            appointment_id=appointment.id, stamp=_of(appointment, by), reason=_WHY, override_reason=_WHY
        )
    if to == statuses.COMPLETED and appointment.status in statuses.MOVABLE | {statuses.NO_SHOW}:
        appointment = status.set_status(
            appointment_id=appointment.id, status=statuses.CHECKED_IN, stamp=_of(appointment, by)
        )
    return status.set_status(appointment_id=appointment.id, status=to, stamp=_of(appointment, by))


def stamp(item: InboxItem, now: datetime) -> Stamp:
    """The request that a change told there makes here; again it is the same."""
    return Stamp(by=SYSTEM, now=now, request_id=f"advancedmd-{item.visit_id}-{item.mark}")


def _of(appointment: AppointmentItem, by: Stamp) -> Stamp:
    """A request about the version that was compared, and about no other."""
    return replace(by, if_match=str(int(appointment.version)))
