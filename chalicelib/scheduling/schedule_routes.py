"""A doctor's schedule over HTTP: read it, replace it, and see whom that strands."""

from typing import Any

from chalicelib.kit.auth import Role
from chalicelib.kit.http import ANYONE, Api, Call, Reply, fresh
from chalicelib.people import access, doctors
from chalicelib.scheduling import schedule_editing
from chalicelib.scheduling.schedule import from_dict
from chalicelib.scheduling.schedule_requests import DryRun, PutSchedule, ScheduleQuery
from chalicelib.scheduling.schedule_views import EditedScheduleView, ScheduleView
from chalicelib.scheduling.views import AppointmentView

api = Api(__name__)
EDITORS: frozenset[Role] = frozenset({"doctor", "receptionist", "hospital_admin", "admin"})


@api.get("/api/doctors/{id}/schedule", roles=ANYONE, query=ScheduleQuery, view=ScheduleView)
def read(call: Call[Any, ScheduleQuery], id: str) -> Reply:  # noqa: A002 - the path's name
    """Read a doctor's schedule: the one in force, or an earlier version."""
    version, schedule = schedule_editing.read(id, call.query.version)
    return Reply(ScheduleView.of(id, version, schedule), etag=fresh(call, str(version)))


@api.put("/api/doctors/{id}/schedule", roles=EDITORS, body=PutSchedule, query=DryRun, view=EditedScheduleView)
def put(call: Call[PutSchedule, DryRun], id: str) -> Reply:  # noqa: A002 - the path's name
    """Replace a doctor's schedule and mark the appointments that it strands; `dry_run=true` only lists them."""
    access.check_doctor(call.claims, id)
    schedule = call.body.schedule(doctors.find(id).location_ids)
    dry_run = call.query.dry_run
    edited = schedule_editing.edit(doctor_id=id, schedule=schedule, stamp=call.stamp, dry_run=dry_run)
    version = int(edited.doctor.schedule_version)
    stranded = [
        AppointmentView.of(appointment)
        for appointment in edited.stranded
        if access.may_see_appointment(call.claims, appointment)
    ]
    view = EditedScheduleView.of(id, version, from_dict(edited.doctor.schedule), stranded=stranded)
    meta = {"dry_run": dry_run, "stranded_count": len(edited.stranded)}
    return Reply(view, meta=meta, etag=None if dry_run else f'"{version}"')
