"""The office at AdvancedMD over HTTP: dashboard, log, statistics, conflicts, and asking for what has changed there."""
# ruff: noqa: A002 - a handler's parameter has the name that the path variable has on the wire

from typing import Any

from chalicelib.advancedmd import conflicts, deciding, logbook, overview, pausing
from chalicelib.advancedmd.conflict_schemas import ConflictView, SettleConflict, SettledView
from chalicelib.advancedmd.conflicts import DECIDING
from chalicelib.advancedmd.log_schemas import LogQuery, LogView
from chalicelib.advancedmd.overview_schemas import DashboardView, FlowView, PullView, StatsView
from chalicelib.advancedmd.setup import CHANGING, NotSetUp
from chalicelib.kit.auth import STAFF, Role
from chalicelib.kit.http import Api, Call, Reply
from chalicelib.kit.models import Page

api = Api(__name__)
ADMINS: frozenset[Role] = frozenset({"admin"})
SEEING: frozenset[Role] = STAFF | {"doctor"}
SYNCING: frozenset[Role] = frozenset({"admin", "hospital_admin", "billing"})
_OF_PATIENT = 50


@api.get("/api/advancedmd/sync/dashboard", roles=ADMINS, view=DashboardView, tagged=False)
def read_advancedmd_dashboard(call: Call[Any, Any]) -> DashboardView:
    """Show how the clinic and its office stand: what was kept in step, what waits, and for how long."""
    return DashboardView.of(overview.look(now=call.now))


@api.get("/api/advancedmd/sync/logs", roles=ADMINS, query=LogQuery, view=list[LogView], meta=Page)
def list_advancedmd_logs(call: Call[Any, LogQuery]) -> Reply:
    """List what was told and taken over, the newest first, with what AdvancedMD wrote when it refused."""
    query = call.query
    rows, following = logbook.page(query.wish(), limit=query.limit, after=query.cursor, now=call.now)
    return Reply([LogView.of(row, opened=True) for row in rows], meta={"next_cursor": following})


@api.get("/api/advancedmd/sync/stats", roles=ADMINS, view=StatsView, tagged=False)
def read_advancedmd_stats(call: Call[Any, Any]) -> StatsView:
    """Add up the last seven days: success, duration, and what went wrong how often."""
    return StatsView.of(logbook.week(now=call.now))


@api.get("/api/advancedmd/patients/{id}/sync-logs", roles=SEEING, view=list[LogView])
def list_patient_sync_logs(call: Call[Any, Any], id: str) -> Reply:
    """List what was told and taken over of one patient in the last seven days, the newest first."""
    rows = logbook.of_patient(id, by=call.claims, limit=_OF_PATIENT, now=call.now)
    return Reply([LogView.of(row) for row in rows])


@api.post("/api/advancedmd/appointments/pull-updates", roles=SYNCING, view=PullView, refuses=(NotSetUp,))
def pull_advancedmd_updates(call: Call[Any, Any]) -> PullView:
    """Have what has changed at AdvancedMD heard as soon as its limits allow, and say when that is."""
    return PullView.of(overview.ask_for_changes(call.stamp))


@api.post("/api/advancedmd/sync/pause", roles=ADMINS, view=FlowView, tagged=False, refuses=CHANGING)
def pause_advancedmd(call: Call[Any, Any]) -> FlowView:
    """Call AdvancedMD no more, except for what somebody waits for; what is due stays due."""
    return FlowView.of(pausing.pause(stamp=call.stamp))


@api.post("/api/advancedmd/sync/resume", roles=ADMINS, view=FlowView, tagged=False, refuses=CHANGING)
def resume_advancedmd(call: Call[Any, Any]) -> FlowView:
    """Go on at once with what is due, also when AdvancedMD did not answer or did not let us in of late."""
    return FlowView.of(pausing.resume(stamp=call.stamp))


@api.get("/api/advancedmd/conflicts", roles=SYNCING, view=list[ConflictView])
def list_advancedmd_conflicts(call: Call[Any, Any]) -> Reply:
    """List what people have to decide, with both sides, the longest waiting first; at most two hundred."""
    return Reply([ConflictView.of(one) for one in conflicts.listed(call.claims)])


@api.post(
    "/api/advancedmd/conflicts/{id}/resolve", roles=SYNCING, body=SettleConflict, view=SettledView, refuses=DECIDING
)
def resolve_advancedmd_conflict(call: Call[SettleConflict, Any], id: str) -> SettledView:
    """Say whose side counts; what was refused is tried again."""
    deciding.decide(id, keep=call.body.keep, stamp=call.stamp)
    return SettledView(id=id, keep=call.body.keep)
