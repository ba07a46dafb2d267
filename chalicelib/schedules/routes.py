"""A doctor's schedule and service over HTTP: read, replace, take out of service, and see whom that strands."""

from typing import Any

from chalicelib.kit.auth import Role
from chalicelib.kit.http import ANYONE, Api, Call, Reply, fresh
from chalicelib.people import access, doctors
from chalicelib.people.refusals import CHANGING
from chalicelib.schedules import editing
from chalicelib.schedules.editing import Edited
from chalicelib.schedules.requests import DryRun, PutSchedule, ScheduleQuery
from chalicelib.schedules.views import DoctorInServiceView, EditedMeta, EditedScheduleView, ScheduleView, StrandedMeta
from chalicelib.scheduling.engine.schedule import from_dict
from chalicelib.scheduling.views import AppointmentView

api = Api(__name__)
MANAGERS: frozenset[Role] = frozenset({"hospital_admin", "admin"})
EDITORS: frozenset[Role] = frozenset({"doctor", "receptionist", "hospital_admin", "admin"})


@api.get("/api/doctors/{id}/schedule", roles=ANYONE, query=ScheduleQuery, view=ScheduleView)
def read_schedule(call: Call[Any, ScheduleQuery], id: str) -> Reply:  # noqa: A002 - the path's name
    """Read a doctor's schedule: the one in force, or an earlier version."""
    version, schedule = editing.read(id, call.query.version)
    return Reply(ScheduleView.of(id, version, schedule), etag=fresh(call, str(version)))


@api.put(
    "/api/doctors/{id}/schedule",
    roles=EDITORS,
    body=PutSchedule,
    query=DryRun,
    view=EditedScheduleView,
    meta=EditedMeta,
    refuses=CHANGING,
)
def put_schedule(call: Call[PutSchedule, DryRun], id: str) -> Reply:  # noqa: A002 - the path's name
    """Replace a doctor's schedule and mark the appointments that it strands; `dry_run=true` only lists them."""
    access.check_doctor(call.claims, id)
    schedule = call.body.schedule(doctors.find(id).location_ids)
    dry_run = call.query.dry_run
    edited = editing.edit(doctor_id=id, schedule=schedule, stamp=call.stamp, dry_run=dry_run)
    version = int(edited.doctor.schedule_version)
    stranded = _visible(edited, call)
    view = EditedScheduleView.of(id, version, from_dict(edited.doctor.schedule), stranded=stranded)
    meta = {"dry_run": dry_run, "stranded_count": len(edited.stranded)}
    return Reply(view, meta=meta, etag=None if dry_run else f'"{version}"')


@api.delete(
    "/api/doctors/{id}", roles=MANAGERS, query=DryRun, view=DoctorInServiceView, meta=EditedMeta, refuses=CHANGING
)
def deactivate_doctor(call: Call[Any, DryRun], id: str) -> Reply:  # noqa: A002 - the path's name
    """Take a doctor out of service and mark the appointments to come; `dry_run=true` only lists them."""
    dry_run = call.query.dry_run
    edited = editing.deactivate(doctor_id=id, stamp=call.stamp, dry_run=dry_run)
    stranded = _visible(edited, call)
    view = DoctorInServiceView.with_more(edited.doctor, contact=True, stranded=stranded)
    meta = {"dry_run": dry_run, "stranded_count": len(edited.stranded)}
    return Reply(view, meta=meta, etag=None if dry_run else f'"{view.version}"')


@api.post("/api/doctors/{id}/activate", roles=MANAGERS, view=DoctorInServiceView, meta=StrandedMeta, refuses=CHANGING)
def activate_doctor(call: Call[Any, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """Bring a doctor back into service."""
    edited = editing.activate(doctor_id=id, stamp=call.stamp)
    stranded = _visible(edited, call)
    view = DoctorInServiceView.with_more(edited.doctor, contact=True, stranded=stranded)
    return Reply(view, meta={"stranded_count": len(edited.stranded)}, etag=f'"{view.version}"')


def _visible(edited: Edited, call: Call[Any, Any]) -> list[AppointmentView]:
    """The stranded appointments that exist for the caller; all of them are counted."""
    return [AppointmentView.of(one) for one in edited.stranded if access.may_see_appointment(call.claims, one)]
