"""What is done with AdvancedMD for many at once, over HTTP: appointments told, patients linked, days read."""

from typing import Any

from chalicelib.advancedmd import drift, runs
from chalicelib.advancedmd.drift_schemas import DriftView, SweepView
from chalicelib.advancedmd.run_schemas import EnrolPatients, ImportView, ReadDays, RunView, TellDays
from chalicelib.advancedmd.runs import STARTING, Run
from chalicelib.kit.auth import Role
from chalicelib.kit.http import Api, Call, Reply

api = Api(__name__)
ADMINS: frozenset[Role] = frozenset({"admin"})
SYNCING: frozenset[Role] = frozenset({"admin", "hospital_admin", "billing"})
_STARTING: dict[str, Any] = {"tagged": False, "status": 201, "costly": True, "refuses": STARTING}


@api.post("/api/advancedmd/appointments/bulk-sync", roles=SYNCING, body=TellDays, view=RunView, **_STARTING)
def sync_many_appointments(call: Call[TellDays, Any]) -> Reply:
    """Have the appointments of some days told to AdvancedMD, fifty at a time, as its limits allow."""
    return _begun(RunView, runs.tell(first=call.body.start_date, last=call.body.end_date, stamp=call.stamp))


@api.get("/api/advancedmd/appointments/bulk-sync", roles=SYNCING, view=list[RunView])
def list_sync_runs(call: Call[Any, Any]) -> Reply:
    """List the latest runs with how far each is and how long the rest takes, the newest first."""
    return Reply([RunView.of(run) for run in runs.latest(runs.TELL, now=call.now)])


@api.post("/api/advancedmd/patients/bulk-sync", roles=SYNCING, body=EnrolPatients, view=RunView, **_STARTING)
def sync_many_patients(call: Call[EnrolPatients, Any]) -> Reply:
    """Have the patients of some days looked up at AdvancedMD and linked where there is no doubt, or added."""
    body = call.body
    run = runs.enrol(first=body.start_date, last=body.end_date, add=body.add_missing, stamp=call.stamp)
    return _begun(RunView, run)


@api.get("/api/advancedmd/patients/bulk-sync", roles=SYNCING, view=list[RunView])
def list_patient_sync_runs(call: Call[Any, Any]) -> Reply:
    """List the latest runs over patients with how far each is and how long the rest takes, the newest first."""
    return Reply([RunView.of(run) for run in runs.latest(runs.ENROL, now=call.now)])


@api.post("/api/advancedmd/appointments/import", roles=ADMINS, body=ReadDays, view=ImportView, **_STARTING)
def import_advancedmd_appointments(call: Call[ReadDays, Any]) -> Reply:
    """Have the visits of days to come read at AdvancedMD and taken over, day after day, as its limits allow."""
    return _begun(ImportView, runs.read(first=call.body.start_date, last=call.body.end_date, stamp=call.stamp))


@api.get("/api/advancedmd/appointments/import", roles=ADMINS, view=list[ImportView])
def list_advancedmd_imports(call: Call[Any, Any]) -> Reply:
    """List the latest imports with how far each is and how long the rest takes, the newest first."""
    return Reply([ImportView.of(run) for run in runs.latest(runs.IMPORT, now=call.now)])


@api.get("/api/advancedmd/drift", roles=SYNCING, view=list[DriftView], meta=SweepView)
def list_advancedmd_drift(call: Call[Any, Any]) -> Reply:
    """List what the latest nightly reading found not to be as agreed on, field by field, and what became of it."""
    found = drift.latest(call.claims)
    return Reply([DriftView.of(one) for one in found.visits], meta=SweepView.of(found).wire())


def _begun(view: type[RunView] | type[ImportView], run: Run) -> Reply:
    """The run, and whether an earlier request had begun it."""
    return Reply(view.of(run), headers={"Idempotency-Replayed": "true"} if run.replayed else {})
