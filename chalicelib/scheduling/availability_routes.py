"""Free times over HTTP: three paths over one engine."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.kit import ids
from chalicelib.kit.auth import STAFF
from chalicelib.kit.errors import Forbidden, Invalid
from chalicelib.kit.http import ANYONE, Api, Call, Reply, fresh
from chalicelib.kit.types import When
from chalicelib.people import directory
from chalicelib.scheduling import needs, offers, searching, whynot
from chalicelib.scheduling.availability_views import (
    DayCountView,
    DoctorSlotsView,
    ExplanationView,
    OfDoctorMeta,
    SlotView,
)
from chalicelib.scheduling.needs import Need
from chalicelib.scheduling.offers import Offered
from chalicelib.scheduling.queries import AvailabilityQuery
from chalicelib.scheduling.visits import Asked

api = Api(__name__)
OF_ONE = list[SlotView] | list[DayCountView] | ExplanationView
ACROSS = list[DoctorSlotsView] | list[DayCountView] | ExplanationView
_WEEK = 7
# The first free time, booked or held; a patient books for themselves, a desk adds `patient_id` or `patient_details`.
_FIRST = {"doctor_id": "$response.body#/meta/doctor_id", "scheduled_date": "$response.body#/data/0/start_time"}
_BOOKING = {"create_appointment": _FIRST, "hold_appointment": _FIRST}


@api.get(
    "/api/appointments/availability/{doctor_id}/{date}",
    roles=ANYONE,
    query=AvailabilityQuery,
    view=OF_ONE,
    meta=OfDoctorMeta | None,
    leads_to=_BOOKING,
)
def availability_on_date(call: Call[Any, AvailabilityQuery], doctor_id: str, date: str) -> Reply:
    """List a doctor's free slots on a date."""
    asked = AvailabilityQuery.read({"date": date}).date
    for name in ("doctor_id", "date", "from_", "to"):
        if getattr(call.query, name) is not None:
            raise Invalid.field(name.strip("_"), "is given in the path already")
    return _of_one(call, doctor_id, asked, asked, default_days=1)


@api.get(
    "/api/doctors/{id}/availability",
    roles=ANYONE,
    query=AvailabilityQuery,
    view=OF_ONE,
    meta=OfDoctorMeta | None,
    leads_to=_BOOKING,
)
def availability_of_doctor(call: Call[Any, AvailabilityQuery], id: str) -> Reply:  # noqa: A002 - the path's name
    """List a doctor's free slots: of a date, of a range up to ninety days, or of the week from today."""
    query = call.query
    return _of_one(call, id, query.date or query.from_, query.date or query.to, default_days=_WEEK)


@api.get("/api/appointments/availability", roles=ANYONE, query=AvailabilityQuery, view=ACROSS, costly=True)
def availability_across_doctors(call: Call[Any, AvailabilityQuery]) -> Reply:
    """List free slots grouped by doctor: of one doctor, a specialty, a location, or of all."""
    query = call.query
    if query.explain:
        if not query.doctor_id:
            raise Invalid.field("doctor_id", "is needed with explain")
        return _explained(call, query.doctor_id, query.date)
    need = _need(query)
    if query.doctor_id:
        chosen = searching.one_doctor(query.doctor_id, specialty=query.specialty, certain=query.first_available)
    else:
        chosen = searching.doctors_for(specialty=query.specialty, location_id=query.location_id, mode=query.mode)
    first, last = _dates(call, searching.today(chosen, call.now), default_days=1)
    if query.first_available:
        found = searching.first_available(chosen, first, need, call.now)
    elif query.doctor_id:
        found = [offers.for_doctor(doctor.id, first, last, need, call.now) for doctor in chosen]
    else:
        found = offers.for_doctors(chosen, first, last, need, call.now)
    etag = fresh(call, _etag(call, found))
    if query.view == "days":
        return Reply(_days(found), etag=etag)
    return Reply([_group(call, one) for one in found], etag=etag)


def _of_one(
    call: Call[Any, AvailabilityQuery], doctor_id: str, first: date | None, last: date | None, *, default_days: int
) -> Reply:
    query = call.query
    if query.explain:
        return _explained(call, doctor_id, first)
    doctor = directory.doctor(doctor_id)
    today = searching.today([doctor], call.now)
    begin, end = searching.dates(first, last, today=today, default_days=default_days)
    if query.first_available:
        found = searching.first_available([directory.doctor.refresh(doctor_id)], begin, _need(query), call.now)
        offered = found[0] if found else offers.for_doctor(doctor_id, begin, end, _need(query), call.now)
    else:
        offered = offers.for_doctor(doctor_id, begin, end, _need(query), call.now)
    etag = fresh(call, _etag(call, [offered]))
    meta = _who(offered)
    if query.view == "days":
        return Reply(_days([offered]), meta=meta, etag=etag)
    return Reply(_slots(call, offered), meta=meta, etag=etag)


def _dates(call: Call[Any, AvailabilityQuery], today: date, *, default_days: int) -> tuple[date, date]:
    query = call.query
    return searching.dates(query.date or query.from_, query.date or query.to, today=today, default_days=default_days)


def _need(query: AvailabilityQuery) -> Need:
    if query.location_id:
        directory.location(query.location_id)
    return needs.asked(
        duration=query.duration, mode=query.mode, location_id=query.location_id, service_id=query.service_id
    )


def _slots(call: Call[Any, AvailabilityQuery], offered: Offered) -> list[Any]:
    slots = offered.slots(all_times=not call.query.only_available)
    if call.query.first_available:
        slots = slots[:1]
    return searching.in_zone(slots, ZoneInfo(call.query.zone)) if call.query.zone else list(slots)


def _group(call: Call[Any, AvailabilityQuery], offered: Offered) -> dict[str, Any]:
    return {**_who(offered), "available_slots": _slots(call, offered)}


def _who(offered: Offered) -> dict[str, Any]:
    doctor = offered.doctor
    return {"doctor_id": doctor.id, "doctor_name": doctor.name, "specialty": doctor.specialty}


def _days(found: Sequence[Offered]) -> list[dict[str, Any]]:
    return [{"date": day.isoformat(), "available": count} for day, count in searching.counts(found).items()]


def _explained(call: Call[Any, AvailabilityQuery], doctor_id: str, day: date | None) -> Reply:
    query = call.query
    if call.claims.role not in STAFF | {"doctor"}:
        raise Forbidden("Only staff may ask why a time is not offered.")
    if day is None or query.time is None:
        raise Invalid.field("time", "is needed with explain, and a date")
    asked = Asked(
        doctor_id=doctor_id,
        when=When(wall=datetime.combine(day, query.time)),
        duration=query.duration,
        location_id=query.location_id,
        service_id=query.service_id,
        mode=query.mode,
        field="time",
    )
    reasons = whynot.reasons(asked, call.now)
    asked_for = {"doctor_id": doctor_id, "date": day.isoformat(), "time": f"{query.time:%H:%M}"}
    return Reply({**asked_for, "offered": not reasons, "reasons": reasons})


def _etag(call: Call[Any, AvailabilityQuery], found: Sequence[Offered]) -> str:
    return ids.digest(call.query.model_dump_json(), *(one.seen for one in found))
