"""Appointments over HTTP, as lists: of a patient, a doctor, a location."""

from typing import Any

from chalicelib.kit.auth import Role
from chalicelib.kit.http import ANYONE, Api, Call, Reply
from chalicelib.kit.models import Page as NextPage
from chalicelib.people import access
from chalicelib.scheduling import lists, office, timetable
from chalicelib.scheduling.lists import Filter, Page
from chalicelib.scheduling.queries import AppointmentsQuery, LocationAppointmentsQuery
from chalicelib.scheduling.views import AppointmentView, for_caller

api = Api(__name__)
CALLERS: frozenset[Role] = ANYONE - {"display"}
READERS: frozenset[Role] = CALLERS - {"patient"}


@api.get(
    "/api/appointments/patient/{patient_id}",
    roles=CALLERS,
    query=AppointmentsQuery,
    view=list[AppointmentView],
    meta=NextPage,
)
def list_appointments_of_patient(call: Call[Any, AppointmentsQuery], patient_id: str) -> Reply:
    """List a patient's appointments, past and to come."""
    access.check_patient(call.claims, patient_id, field="patient_id")
    query = call.query
    page = lists.of_patient(
        patient_id,
        query.from_,
        query.to,
        where=_filter(query),
        limit=query.limit,
        after=query.cursor,
        linked=office.read_for(call.claims),
    )
    return _page(call, page)


@api.get(
    "/api/appointments/doctor/{doctor_id}",
    roles=READERS,
    query=AppointmentsQuery,
    view=list[AppointmentView],
    meta=NextPage,
)
def list_appointments_of_doctor(call: Call[Any, AppointmentsQuery], doctor_id: str) -> Reply:
    """List a doctor's appointments."""
    return _doctors_list(call, doctor_id)


@api.get(
    "/api/doctors/{id}/appointments", roles=READERS, query=AppointmentsQuery, view=list[AppointmentView], meta=NextPage
)
def list_doctor_appointments(call: Call[Any, AppointmentsQuery], id: str) -> Reply:  # noqa: A002 - the path's name
    """List a doctor's appointments, as the doctor's portal asks for them."""
    return _doctors_list(call, id)


@api.get("/api/appointments", roles=READERS, query=LocationAppointmentsQuery, view=list[AppointmentView], meta=NextPage)
def list_appointments(call: Call[Any, LocationAppointmentsQuery]) -> Reply:
    """List a location's appointments on its local dates, today without any."""
    query = call.query
    access.check_location(call.claims, query.location_id)
    zone = timetable.zone_of(query.location_id)
    first = query.from_ or query.to or call.now.astimezone(zone).date()
    page = lists.at_location(
        query.location_id,
        zone,
        first,
        query.to or first,
        where=_filter(query),
        limit=query.limit,
        after=query.cursor,
        linked=office.read_for(call.claims),
    )
    return _page(call, page)


def _doctors_list(call: Call[Any, AppointmentsQuery], doctor_id: str) -> Reply:
    access.check_doctors_list(call.claims, doctor_id, field="doctor_id")
    query = call.query
    page = lists.of_doctor(
        doctor_id,
        query.from_,
        query.to,
        where=_filter(query),
        limit=query.limit,
        after=query.cursor,
        linked=office.read_for(call.claims),
    )
    return _page(call, page)


def _filter(query: AppointmentsQuery) -> Filter:
    return Filter(
        status=query.status,
        mode=query.mode,
        origin=query.origin,
        specialty=query.specialty,
        doctor_id=query.doctor_id,
        text=query.q,
    )


def _page(call: Call[Any, Any], page: Page) -> Reply:
    visible = [item for item in page.items if access.may_see_appointment(call.claims, item)]
    return Reply([for_caller(item, call.claims) for item in visible], meta={"next_cursor": page.next_cursor})
