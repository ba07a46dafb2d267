"""The appointment as it will be stored: what was asked, with a snapshot of doctor, price and policy at that moment."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.stamps import Stamp
from chalicelib.scheduling import statuses
from chalicelib.scheduling.claims import Claim
from chalicelib.scheduling.visits import Visit
from chalicelib.table import indexes, keys, numbers
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem


def draft(
    visit: Visit,
    claim: Claim,
    patient: PatientItem,
    *,
    appointment_id: str,
    stamp: Stamp,
    details: Mapping[str, Any],
) -> AppointmentItem:
    """A scheduled appointment of the visit, with its human number, not stored; `details` are stored as they are."""
    start, at = clock.iso(visit.start), clock.iso(stamp.now)
    said = dict(details)
    amount = said.pop("payment_amount", None)  # believed only where the clinic has no price of its own
    service = visit.need.service
    return AppointmentItem(
        *keys.appointment(appointment_id),
        doctor_key=f"DOCTOR#{visit.doctor.id}",
        patient_key=f"PATIENT#{patient.id}",
        place_key=indexes.place_month(visit.location.id, indexes.month_of(start)),
        start=start,
        number=f"APT-{stamp.now.year}-{numbers.take(f'APT-{stamp.now.year}'):04d}",
        status=statuses.SCHEDULED,
        mode=visit.mode,
        duration_minutes=visit.minutes,
        buffer_before=claim.before or None,
        buffer_after=claim.after or None,
        room_id=claim.room_id,
        turnover_minutes=claim.turnover or None,
        service_id=service.id if service else None,
        schedule_version=int(visit.doctor.schedule_version),
        local_date=claim.local_day.isoformat(),
        doctor_name=visit.doctor.name,
        patient_name=patient.name,
        specialty=visit.doctor.specialty,
        needs_confirmation=visit.doctor.requires_confirmation or None,
        cutoff_minutes=int(visit.location.cutoff_minutes) or None,
        tallied=bool(visit.location.patient_open_cap) or None,
        payment_amount=service.price if service and service.price else visit.doctor.fee or amount,
        payment_status="pending",
        created_at=at,
        updated_at=at,
        updated_by=stamp.by.actor,
        request_id=stamp.request_id,
        fingerprint=stamp.fingerprint or None,
        write="",
        **said,
    )


def hold(appointment: AppointmentItem, visit: Visit, now: datetime) -> None:
    """Make the draft a hold that expires when the location says."""
    expires = now + timedelta(minutes=int(visit.location.hold_minutes))
    appointment.status = statuses.HELD
    appointment.hold_expires = int(expires.timestamp())
    appointment.due_key, appointment.due_at = indexes.due_shard(appointment.id), clock.iso(expires)
