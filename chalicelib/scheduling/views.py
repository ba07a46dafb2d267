"""Appointments as the wire shows them."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.models import Example, View
from chalicelib.people import access, directory
from chalicelib.scheduling import office, remote, statuses, timetable
from chalicelib.table.appointments import AppointmentItem


class AppointmentView(View):
    """One appointment: all fields of the seeds under their canonical names, times with the location's offset.

    How it stands at AdvancedMD (`advancedmd_…`, `amd_…`) is as it was read with it, for desks and doctors; a status of
    null is what was never to be told. `amd_conflict` has each field that both sides differ in.
    """

    example: ClassVar[Example] = {
        "id": "apt_123",
        "appointment_number": "APT-2026-0001",
        "status": "scheduled",
        "doctor_id": "doc_123",
        "doctor_name": "Dr. Jane Smith",
        "specialty": "Cardiology",
        "patient_id": "pat_456",
        "patient_name": "Zoë Müller",
        "location_id": "loc_new_york",
        "location": "Harbour Clinic New York",
        "room_id": "room_7",
        "service_id": "svc_checkup",
        "scheduled_date": "2026-01-15T10:00:00-05:00",
        "end_time": "2026-01-15T10:30:00-05:00",
        "date": "2026-01-15",
        "time": "10:00",
        "duration_minutes": 30,
        "mode": "in-person",
        "origin": "online",
        "reason_for_visit": "Annual check-up",
        "urgency_level": "low",
        "payment_status": "pending",
        "payment_amount": 80.0,
        "reminder_preferences": {"email": True, "sms": True, "timing": "24h"},
        "can_reschedule": True,
        "advancedmd_visit_id": "9000005",
        "advancedmd_provider_id": "3",
        "advancedmd_facility_id": "234",
        "last_synced_to_amd": "2026-01-02T09:12:01Z",
        "amd_sync_status": "synced",
        "version": 1,
        "created_at": "2026-01-02T09:12:00Z",
        "updated_at": "2026-01-02T09:12:00Z",
    }
    id: str
    appointment_number: str
    status: str
    doctor_id: str
    doctor_name: str
    specialty: str
    patient_id: str
    patient_name: str
    location_id: str
    location: str
    room_id: str | None
    service_id: str | None
    scheduled_date: str
    end_time: str
    date: str
    time: str
    duration_minutes: int
    mode: str
    origin: str
    reason_for_visit: str | None
    notes: str | None
    symptoms: str | None
    urgency_level: str | None
    priority: int
    special_requirements: str | None
    booking_source: str | None
    queue_token: str | None
    telehealth_url: str | None
    payment_status: str
    payment_method: str | None
    payment_amount: float | None
    reminder_preferences: dict[str, Any] | None
    confirmation_sent: bool
    reminder_sent: bool
    can_reschedule: bool
    needs_confirmation: bool
    needs_rebooking: str | None
    hold_expires_at: str | None
    cancellation: dict[str, str | None] | None
    override_reason: str | None
    moves: list[dict[str, Any]]
    stamps: list[dict[str, Any]]
    advancedmd_visit_id: str | None
    advancedmd_provider_id: str | None
    advancedmd_facility_id: str | None
    last_synced_to_amd: str | None
    amd_sync_status: str | None
    amd_sync_error: str | None
    amd_visit_url: str | None
    amd_conflict: dict[str, Any] | None
    version: int
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, item: AppointmentItem) -> "AppointmentView":
        """The view of an appointment."""
        zone = timetable.zone_of(item.location_id)
        start, end = item.starts.astimezone(zone), item.ends.astimezone(zone)
        return cls(
            id=item.id,
            appointment_number=item.number,
            status=item.status,
            doctor_id=item.doctor_id,
            doctor_name=item.doctor_name,
            specialty=item.specialty,
            patient_id=item.patient_id,
            patient_name=item.patient_name,
            location_id=item.location_id,
            location=directory.location(item.location_id).name,
            room_id=item.room_id,
            service_id=item.service_id,
            scheduled_date=start.isoformat(),
            end_time=end.isoformat(),
            date=start.date().isoformat(),
            time=f"{start:%H:%M}",
            duration_minutes=int(item.duration_minutes),
            mode=item.mode,
            origin=item.origin,
            reason_for_visit=item.reason,
            notes=item.notes,
            symptoms=item.symptoms,
            urgency_level=item.urgency_level,
            priority=int(item.priority or 0),
            special_requirements=item.special_requirements,
            booking_source=item.booking_source,
            queue_token=item.queue_token,
            telehealth_url=remote.address(item),
            payment_status=item.payment_status or "pending",
            payment_method=item.payment_method,
            payment_amount=float(item.payment_amount) if item.payment_amount else None,
            reminder_preferences=item.reminder_preferences,
            confirmation_sent=bool(item.confirmation_sent),
            reminder_sent=bool(item.reminder_sent),
            can_reschedule=item.can_reschedule is not False,
            needs_confirmation=bool(item.needs_confirmation) and item.status in statuses.UNCONFIRMED,
            needs_rebooking=item.needs_rebooking,
            hold_expires_at=_instant(item.hold_expires),
            cancellation=_cancellation(item),
            override_reason=item.override_reason,
            moves=item.moves or [],
            stamps=item.stamps or [],
            **office.fields(item.link),
            version=int(item.version),
            created_at=item.created_at or item.start,
            updated_at=item.updated_at or item.start,
        )

    def subject(self) -> str:
        return self.patient_id


class MarkedView(View):
    """One of many appointments: its status now, and why it was not changed."""

    example: ClassVar[Example] = {"id": "apt_123", "status": "no_show"}
    id: str
    status: str | None
    error: dict[str, str] | None


class BookedMeta(View):
    """Whether the booking registered the patient."""

    example: ClassVar[Example] = {"patient_created": False}
    patient_created: bool


class MarkedMeta(View):
    """How many were changed."""

    example: ClassVar[Example] = {"marked": 1}
    marked: int


def for_caller(item: AppointmentItem, claims: Claims) -> AppointmentView:
    """The view as the caller may have it: a kiosk needs to find the visit, not to know its reason.

    How it stands at AdvancedMD is the desks' and the doctor's to know.
    """
    view = AppointmentView.of(item)
    if not access.sees_offices(claims):
        view = view.model_copy(update=office.fields(None))
    if claims.role != "kiosk":
        return view
    hidden = ("reason_for_visit", "notes", "symptoms", "special_requirements", "cancellation", "override_reason")
    return view.model_copy(update={**dict.fromkeys(hidden), "stamps": [], "moves": []})


def _cancellation(item: AppointmentItem) -> dict[str, str | None] | None:
    if item.status != statuses.CANCELLED:
        return None
    return {
        "reason": item.cancel_reason,
        "reason_code": item.cancel_reason_code,
        "by": item.updated_by,
        "at": item.updated_at,
    }


def _instant(seconds: float | None) -> str | None:
    return clock.iso(datetime.fromtimestamp(int(seconds), UTC)) if seconds else None
