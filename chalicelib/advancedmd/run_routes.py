"""Telling AdvancedMD of the appointments of many days, over HTTP."""

from typing import Any

from chalicelib.advancedmd import runs
from chalicelib.advancedmd.run_schemas import RunView, TellDays
from chalicelib.advancedmd.setup import NotSetUp
from chalicelib.kit.auth import Role
from chalicelib.kit.http import Api, Call, Reply

api = Api(__name__)
SYNCING: frozenset[Role] = frozenset({"admin", "hospital_admin", "billing"})


@api.post(
    "/api/advancedmd/appointments/bulk-sync",
    roles=SYNCING,
    body=TellDays,
    view=RunView,
    tagged=False,
    status=201,
    costly=True,
    refuses=(NotSetUp,),
)
def sync_many_appointments(call: Call[TellDays, Any]) -> RunView:
    """Have the appointments of some days told to AdvancedMD, fifty at a time, as its limits allow."""
    return RunView.of(runs.start(first=call.body.start_date, last=call.body.end_date, stamp=call.stamp))


@api.get("/api/advancedmd/appointments/bulk-sync", roles=SYNCING, view=list[RunView])
def list_sync_runs(_call: Call[Any, Any]) -> Reply:
    """List the latest runs with how far each is, the newest first."""
    return Reply([RunView.of(run) for run in runs.latest()])
