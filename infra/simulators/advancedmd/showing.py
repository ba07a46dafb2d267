"""Appointments as the REST scheduler shows them, and which of them a list has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from infra.simulators.advancedmd import clock, stored
from infra.simulators.advancedmd.desk import Desk
from infra.simulators.advancedmd.office import Appointment

NEVER = "0001-01-01T00:00:00"
_DAYS = {"day": 1, "week": 7, "month": 31}


def appointment(desk: Desk, one: Appointment, *, detail: bool) -> dict[str, Any]:
    """The object; in a list without the instants of creation and change."""
    office = desk.office
    patient, column = office.patients[one.patient_id], office.columns[one.column_id]
    profile, facility = office.profiles[one.profile_id], office.facilities[one.facility_id]
    last, _, first = patient.name.partition(",")

    def stamp(instant: datetime | None) -> str:
        return clock.iso(desk.wall(instant) if instant else None, NEVER)

    return {
        "id": one.id,
        "startdatetime": clock.iso(one.start),
        "duration": one.duration,
        "status": one.status,
        "confirmdate": stamp(one.confirmed_at),
        "columnid": one.column_id,
        "heading": column.name,
        "profileid": one.profile_id,
        "provider": profile.name,
        "providercode": profile.code,
        "facilityid": one.facility_id,
        "facility": facility.name,
        "facilitycode": facility.code,
        "patientid": one.patient_id,
        "firstname": first,
        "lastname": last,
        "dob": clock.iso(datetime.combine(patient.dob, datetime.min.time()) if patient.dob else None, NEVER),
        "color": stored.color(one.color),
        "comments": one.comments.upper(),
        "appointmenttypeids": one.type_ids,
        "appointmenttype": [{"id": n, "name": office.kinds[n].name} for n in one.type_ids if n in office.kinds],
        "arrivetime": stamp(one.arrived_at),
        "othertime": NEVER,
        "seentime": stamp(one.seen_at),
        "chargesposted": one.charged_at is not None,
        "creationdate": stamp(one.created_at) if detail else NEVER,
        "modifieddate": stamp(one.modified_at) if detail else NEVER,
        "licensekey": office.key,
        "istelemedicine": False,
    }


def chosen(desk: Desk, query: Mapping[str, str]) -> Iterator[Appointment]:
    """Those of a view: by columns and dates, by patient, or one by id; an unknown view is a day."""
    view = query.get("forview", "day")
    one_by_one = sorted(desk.office.appointments.values(), key=lambda one: (one.start, one.id))
    if view == "patient":
        yield from (one for one in one_by_one if str(one.patient_id) == query.get("patientid"))
        return
    if view == "apptbyid":
        yield from (one for one in one_by_one if str(one.id) in query.get("apptid", "").split("-"))
        return
    wanted = query.get("columnid", "").split("-")
    first = clock.read(query["startdate"]) if query.get("startdate") else desk.wall_now().replace(hour=0, minute=0)
    end = first + timedelta(days=_DAYS.get(view, 1))
    for one in one_by_one:
        if str(one.column_id) in wanted and first <= one.start < end and one.occupies:
            yield one
