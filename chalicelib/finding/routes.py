"""Doctors over HTTP: search and recommendations."""

from datetime import datetime
from typing import Any

from chalicelib.finding import candidates, search
from chalicelib.finding.candidates import Request
from chalicelib.finding.schemas import DoctorsQuery, RecommendationsQuery
from chalicelib.finding.search import Wanted
from chalicelib.finding.views import (
    FoundDoctorView,
    RecommendedDoctorView,
    factors,
)
from chalicelib.kit.http import ANYONE, Api, Call, Reply
from chalicelib.kit.models import Page
from chalicelib.people import access

api = Api(__name__)


@api.get("/api/doctors", roles=ANYONE, query=DoctorsQuery, view=list[FoundDoctorView], meta=Page, costly=True)
def find_doctors(call: Call[Any, DoctorsQuery]) -> Reply:
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
    found, cursor = search.page(wanted, limit=query.limit, after=query.cursor, now=call.now)
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


@api.get(
    "/api/doctors/recommendations",
    roles=ANYONE,
    query=RecommendationsQuery,
    view=list[RecommendedDoctorView],
    costly=True,
)
def recommend_doctors(call: Call[Any, RecommendationsQuery]) -> Reply:
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


def _iso(start: datetime | None) -> str | None:
    return start.isoformat() if start else None
