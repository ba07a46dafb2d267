"""Doctors over HTTP: search, recommendations, deactivation."""

from datetime import datetime
from typing import Any

from chalicelib.kit.auth import Role
from chalicelib.kit.http import ANYONE, Api, Call, Reply
from chalicelib.people import access
from chalicelib.scheduling import candidates, doctor_search, schedule_editing
from chalicelib.scheduling.candidates import Request
from chalicelib.scheduling.doctor_search import Wanted
from chalicelib.scheduling.doctor_views import (
    DeactivatedDoctorView,
    FoundDoctorView,
    RecommendedDoctorView,
    factors,
)
from chalicelib.scheduling.queries import DoctorsQuery, RecommendationsQuery
from chalicelib.scheduling.schedule_requests import DryRun
from chalicelib.scheduling.views import AppointmentView

api = Api(__name__)
MANAGERS: frozenset[Role] = frozenset({"admin", "hospital_admin"})


@api.get("/api/doctors", roles=ANYONE, query=DoctorsQuery, view=FoundDoctorView)
def search(call: Call[Any, DoctorsQuery]) -> Reply:
    """List doctors by name, specialty, location, hospital and mode, each with the next free slot."""
    query = call.query
    wanted = Wanted(
        name=query.name,
        specialty=query.specialty,
        location_id=query.location_id,
        hospital_id=query.hospital_id,
        mode=query.mode,
        available_on=query.available_on,
    )
    found, cursor = doctor_search.page(wanted, limit=query.limit, after=query.cursor, now=call.now)
    views = [
        FoundDoctorView.with_more(
            one.doctor,
            contact=access.sees_contact_of_doctor(call.claims, one.doctor.id),
            next_available=_iso(one.next_available),
            available_slots_count=one.free_on_date,
        )
        for one in found
    ]
    return Reply(views, meta={"next_cursor": cursor})


@api.get("/api/doctors/recommendations", roles=ANYONE, query=RecommendationsQuery, view=RecommendedDoctorView)
def recommendations(call: Call[Any, RecommendationsQuery]) -> Reply:
    """Rank doctors for a patient, with the factors that make each score."""
    query = call.query
    request = Request(
        specialty=query.specialty,
        reason=query.reason,
        patient_id=query.patient_id,
        location_id=query.location_id,
        mode=query.mode,
        day=query.date,
    )
    ranked = candidates.recommend(request, limit=query.limit, by=call.claims, now=call.now)
    views = [
        RecommendedDoctorView.with_more(
            one.doctor,
            contact=access.sees_contact_of_doctor(call.claims, one.doctor.id),
            score=one.ranked.score,
            factors=factors(one.ranked),
            next_available=_iso(one.next_available),
        )
        for one in ranked
    ]
    return Reply(views)


@api.delete("/api/doctors/{id}", roles=MANAGERS, query=DryRun, view=DeactivatedDoctorView)
def deactivate(call: Call[Any, DryRun], id: str) -> Reply:  # noqa: A002 - the path's name
    """Take a doctor out of service and mark the appointments to come; `dry_run=true` only lists them."""
    dry_run = call.query.dry_run
    edited = schedule_editing.deactivate(doctor_id=id, stamp=call.stamp, dry_run=dry_run)
    stranded = [
        AppointmentView.of(appointment)
        for appointment in edited.stranded
        if access.may_see_appointment(call.claims, appointment)
    ]
    view = DeactivatedDoctorView.with_more(edited.doctor, contact=True, stranded=stranded)
    meta = {"dry_run": dry_run, "stranded_count": len(edited.stranded)}
    return Reply(view, meta=meta, etag=None if dry_run else f'"{view.version}"')


@api.post("/api/doctors/{id}/activate", roles=MANAGERS, view=DeactivatedDoctorView)
def activate(call: Call[Any, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """Bring a doctor back into service."""
    edited = schedule_editing.activate(doctor_id=id, stamp=call.stamp)
    stranded = [AppointmentView.of(one) for one in edited.stranded if access.may_see_appointment(call.claims, one)]
    view = DeactivatedDoctorView.with_more(edited.doctor, contact=True, stranded=stranded)
    return Reply(view, meta={"stranded_count": len(edited.stranded)}, etag=f'"{view.version}"')


def _iso(start: datetime | None) -> str | None:
    return start.isoformat() if start else None
