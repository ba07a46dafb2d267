"""One appointment over HTTP: book, hold, confirm, read, move, cancel."""

from typing import Any

from chalicelib.kit.auth import Role
from chalicelib.kit.errors import Invalid
from chalicelib.kit.http import ANYONE, Api, Call, Reply, fresh
from chalicelib.scheduling import (
    booking,
    cancelling,
    changing,
    holding,
    office,
    refusals,
    rescheduling,
    status,
)
from chalicelib.scheduling.booking import Booked, Booking
from chalicelib.scheduling.schemas import (
    BookAppointment,
    CancelAppointment,
    ConfirmHold,
    MarkNoShows,
    RescheduleAppointment,
    SetStatus,
)
from chalicelib.scheduling.views import AppointmentView, BookedMeta, MarkedMeta, MarkedView, for_caller
from chalicelib.scheduling.visits import Asked

api = Api(__name__)
CALLERS: frozenset[Role] = ANYONE - {"display"}
DESKS: frozenset[Role] = frozenset({"doctor", "receptionist", "billing", "hospital_admin", "admin"})


@api.post(
    "/api/appointments",
    roles=CALLERS,
    body=BookAppointment,
    view=AppointmentView,
    meta=BookedMeta,
    status=201,
    refuses=refusals.BOOKING,
)
def create_appointment(call: Call[BookAppointment, Any]) -> Reply:
    """Book an appointment."""
    return _booked(call, booking.book(_booking(call)))


@api.post(
    "/api/appointments/book",
    roles=CALLERS,
    body=BookAppointment,
    view=AppointmentView,
    meta=BookedMeta,
    status=201,
    refuses=refusals.BOOKING,
)
def book_appointment(call: Call[BookAppointment, Any]) -> Reply:
    """Book an appointment, and register the patient if there is no record yet."""
    return _booked(call, booking.book(_booking(call)))


@api.post(
    "/api/appointments/hold",
    roles=CALLERS,
    body=BookAppointment,
    view=AppointmentView,
    meta=BookedMeta,
    status=201,
    refuses=refusals.HOLDING,
)
def hold_appointment(call: Call[BookAppointment, Any]) -> Reply:
    """Keep a slot for a few minutes while the patient decides."""
    return _booked(call, booking.book(_booking(call, held=True)))


@api.post(
    "/api/appointments/{id}/confirm", roles=CALLERS, body=ConfirmHold, view=AppointmentView, refuses=refusals.CONFIRMING
)
def confirm_appointment(call: Call[ConfirmHold, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """Turn a held slot into an appointment."""
    return _changed(call, holding.confirm(appointment_id=id, stamp=call.stamp, details=_details(call)))


@api.get("/api/appointments/{id}", roles=CALLERS, view=AppointmentView)
def read_appointment(call: Call[Any, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """Read an appointment."""
    found = changing.read(id, call.claims)
    return Reply(for_caller(found, call.claims), etag=fresh(call, office.tag(found, call.claims)))


@api.put(
    "/api/appointments/{id}/status",
    roles=CALLERS,
    body=SetStatus,
    view=AppointmentView,
    refuses=refusals.SETTING_STATUS,
)
def set_appointment_status(call: Call[SetStatus, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """Move an appointment to another status."""
    changed = status.set_status(appointment_id=id, status=call.body.status, notes=call.body.notes, stamp=call.stamp)
    return _changed(call, changed)


@api.post("/api/appointments/no-shows", roles=DESKS, body=MarkNoShows, view=list[MarkedView], meta=MarkedMeta)
def mark_no_shows(call: Call[MarkNoShows, Any]) -> Reply:
    """Mark many appointments as missed; each reports for itself, and each can be taken back."""
    marked = status.mark_no_shows(appointment_ids=call.body.appointment_ids, stamp=call.stamp)
    views = [
        MarkedView(
            id=one.appointment_id,
            status=one.appointment.status if one.appointment else None,
            error={"code": one.refusal.code, "message": one.refusal.message} if one.refusal else None,
        )
        for one in marked
    ]
    return Reply(views, meta={"marked": sum(view.error is None for view in views)})


@api.post("/api/appointments/{id}/undo", roles=DESKS, view=AppointmentView, refuses=refusals.UNDOING)
def undo_appointment_change(call: Call[Any, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """Take back the last status move, within fifteen minutes."""
    return _changed(call, status.undo(appointment_id=id, stamp=call.stamp))


@api.put(
    "/api/appointments/{id}/reschedule",
    roles=CALLERS,
    body=RescheduleAppointment,
    view=AppointmentView,
    refuses=refusals.MOVING,
)
def reschedule_appointment(call: Call[RescheduleAppointment, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """Move an appointment to another time; the old one is freed exactly if the new one is claimed."""
    body = call.body
    asked = Asked(
        doctor_id=body.doctor_id or "",
        when=body.scheduled_date,
        wall=body.wall.wall if body.wall else None,
        duration=body.duration_minutes,
        location_id=body.location_id,
        mode=body.mode,
    )
    moved = rescheduling.reschedule(
        appointment_id=id, asked=asked, stamp=call.stamp, override_reason=body.override_reason
    )
    return _changed(call, moved)


@api.delete(
    "/api/appointments/{id}",
    roles=CALLERS - {"kiosk"},
    body=CancelAppointment,
    view=AppointmentView,
    refuses=refusals.CANCELLING,
)
def cancel_appointment(call: Call[CancelAppointment, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """Cancel an appointment and free its time at once."""
    body = call.body
    cancelled = cancelling.cancel(
        appointment_id=id,
        stamp=call.stamp,
        reason=body.reason,
        reason_code=body.reason_code,
        override_reason=body.override_reason,
    )
    return _changed(call, cancelled)


def _booking(call: Call[BookAppointment, Any], *, held: bool = False) -> Booking:
    body = call.body
    details = _details(call)
    default_origin = {"kiosk": "kiosk"}.get(call.claims.role, "online")
    return Booking(
        asked=Asked(
            doctor_id=body.doctor_id,
            when=body.scheduled_date,
            wall=body.wall.wall if body.wall else None,
            duration=body.duration_minutes,
            location_id=body.location_id,
            service_id=body.service_id,
            mode=body.mode,
        ),
        stamp=call.stamp,
        patient_id=body.patient_id,
        patient_details=body.patient_details,
        details={"origin": default_origin, **details},
        held=held,
    )


def _details(call: Call[Any, Any]) -> dict[str, Any]:
    """What is said about the visit; what ranks or binds it is the clinic's to say."""
    said: dict[str, Any] = call.body.stored()
    if call.claims.role in {"patient", "kiosk"}:
        for name in ("can_reschedule", "priority"):
            if said.get(name) not in {None, 0} or said.get(name) is False:
                raise Invalid.field(name, "may be set by staff only")
    return said


def _booked(call: Call[Any, Any], made: Booked) -> Reply:
    appointment = made.appointment
    headers = {"Location": f"/api/appointments/{appointment.id}"}
    if made.replayed:
        headers["Idempotency-Replayed"] = "true"
    meta = {"patient_created": made.patient_created}
    view = for_caller(appointment, call.claims)
    return Reply(view, meta=meta, etag=f'"{office.tag(appointment, call.claims)}"', headers=headers)


def _changed(call: Call[Any, Any], appointment: Any) -> Reply:
    return Reply(for_caller(appointment, call.claims), etag=f'"{office.tag(appointment, call.claims)}"')
