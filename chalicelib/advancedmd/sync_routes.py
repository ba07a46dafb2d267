"""How single appointments and patients stand at AdvancedMD, over HTTP; and doing by hand what was not done."""
# ruff: noqa: A002 - a handler's parameter has the name that the path variable has on the wire

from typing import Any

from chalicelib.advancedmd import byhand, enrolling, naming, standing
from chalicelib.advancedmd.byhand import TELLING
from chalicelib.advancedmd.enrolling import ENROLLING, LINKING
from chalicelib.advancedmd.naming import NAMING
from chalicelib.advancedmd.sync_views import LinkPatient, PatientSyncView, SyncStatusView
from chalicelib.kit.auth import STAFF, Role
from chalicelib.kit.http import Api, Call

api = Api(__name__)
SEEING: frozenset[Role] = STAFF | {"doctor"}
SYNCING: frozenset[Role] = frozenset({"admin", "hospital_admin", "billing"})


@api.get("/api/advancedmd/appointments/{id}/sync-status", roles=SEEING, view=SyncStatusView, tagged=False)
def read_appointment_sync_status(call: Call[Any, Any], id: str) -> SyncStatusView:
    """Show how an appointment stands at AdvancedMD: its visit, what is still to be told, what the sides differ in."""
    return SyncStatusView.of(standing.of_appointment(id, call.claims, call.now))


@api.post("/api/advancedmd/appointments/{id}/sync", roles=SYNCING, view=SyncStatusView, tagged=False, refuses=TELLING)
def sync_appointment(call: Call[Any, Any], id: str) -> SyncStatusView:
    """Tell AdvancedMD of an appointment now, also of one that waits because something failed."""
    return SyncStatusView.of(byhand.tell(id, stamp=call.stamp))


@api.get("/api/advancedmd/patients/{id}/sync-status", roles=SEEING, view=PatientSyncView, tagged=False)
def read_patient_sync_status(call: Call[Any, Any], id: str) -> PatientSyncView:
    """Show which patient at AdvancedMD somebody is, or why that is not known and who may be meant."""
    link = enrolling.of_patient(id, call.claims)
    wait = enrolling.wait(id, link, now=call.now)
    return PatientSyncView.of(id, link, wait=wait, people=call.claims.role in SYNCING)


@api.post("/api/advancedmd/patients/{id}/sync", roles=SYNCING, view=PatientSyncView, tagged=False, refuses=ENROLLING)
def sync_patient(call: Call[Any, Any], id: str) -> PatientSyncView:
    """Link a patient to whom they are at AdvancedMD, or add them there when nobody is like them."""
    return PatientSyncView.of(id, enrolling.enrol(id, stamp=call.stamp), people=True)


@api.put(
    "/api/advancedmd/patients/{id}/link",
    roles=SYNCING,
    body=LinkPatient,
    view=PatientSyncView,
    tagged=False,
    refuses=NAMING,
)
def link_patient_to_advancedmd(call: Call[LinkPatient, Any], id: str) -> PatientSyncView:
    """Say which patient at AdvancedMD somebody is; what waited for that is told."""
    said = call.body
    link = naming.link(id, number=said.advancedmd_patient_id, confirm=said.confirm, stamp=call.stamp)
    return PatientSyncView.of(id, link, people=True)


@api.delete("/api/advancedmd/patients/{id}/link", roles=SYNCING, view=PatientSyncView, tagged=False, refuses=LINKING)
def unlink_patient_from_advancedmd(call: Call[Any, Any], id: str) -> PatientSyncView:
    """End a link that was wrong; what was told under it stays at AdvancedMD."""
    enrolling.unlink(id, stamp=call.stamp)
    return PatientSyncView.of(id, enrolling.of_patient(id, call.claims), people=True)
