"""The waiting room over HTTP, for desks and doctors: call, hold, move and settle."""
# ruff: noqa: A002 - a handler's parameter has the name that the path variable has on the wire

from typing import Any

from chalicelib.kit.auth import STAFF, Role
from chalicelib.kit.http import Api, Call, Reply
from chalicelib.queue import calling, current, moving, prioritizing, stages, transferring, undoing
from chalicelib.queue.refusals import CALLING_NEXT, CHANGING, UNDOING
from chalicelib.queue.schemas import (
    CallEntry,
    CallNext,
    ForwardEntry,
    PrioritizeEntry,
    Remark,
    SetEntryStatus,
    TransferEntry,
)
from chalicelib.queue.views import QueueEntryView, for_caller

api = Api(__name__)
DESKS: frozenset[Role] = STAFF | {"doctor"}


@api.post("/api/queue/call-next", roles=DESKS, body=CallNext, view=QueueEntryView, refuses=CALLING_NEXT)
def call_next_patient(call: Call[CallNext, Any]) -> Reply:
    """Call the patient who is next in a doctor's queue; of many desks that press at once each calls another one."""
    body = call.body
    called = calling.call_next(
        doctor_id=body.doctor_id, location_id=body.location_id, room_id=body.room_id, stamp=call.stamp
    )
    headers = {"Idempotency-Replayed": "true"} if called.replayed else {}
    return _changed(call, called.entry, **headers)


@api.put("/api/queue/{id}/status", roles=DESKS, body=SetEntryStatus, view=QueueEntryView, refuses=CHANGING)
def set_queue_status(call: Call[SetEntryStatus, Any], id: str) -> Reply:
    """Move a patient to another status; the appointment moves in the same transaction."""
    body = call.body
    moved = moving.set_status(entry_id=id, status=body.status, notes=body.notes, room_id=body.room_id, stamp=call.stamp)
    return _changed(call, moved)


@api.post("/api/queue/{id}/call", roles=DESKS, body=CallEntry, view=QueueEntryView, refuses=CHANGING)
def call_patient(call: Call[CallEntry, Any], id: str) -> Reply:
    """Call a certain patient, whoever is before them."""
    return _changed(call, calling.call(entry_id=id, room_id=call.body.room_id, stamp=call.stamp))


@api.post("/api/queue/{id}/recall", roles=DESKS, view=QueueEntryView, refuses=CHANGING)
def recall_patient(call: Call[Any, Any], id: str) -> Reply:
    """Call a patient again who was called and has not come."""
    return _changed(call, moving.recall(entry_id=id, stamp=call.stamp))


@api.post("/api/queue/{id}/hold", roles=DESKS, body=Remark, view=QueueEntryView, refuses=CHANGING)
def hold_patient(call: Call[Remark, Any], id: str) -> Reply:
    """Let a patient step aside for a while; nobody calls them until they are resumed."""
    return _changed(call, moving.hold(entry_id=id, notes=call.body.notes, stamp=call.stamp))


@api.post("/api/queue/{id}/resume", roles=DESKS, body=Remark, view=QueueEntryView, refuses=CHANGING)
def resume_patient(call: Call[Remark, Any], id: str) -> Reply:
    """Let a patient who stepped aside, or did not come when called, wait again as if they had waited on."""
    return _changed(call, moving.resume(entry_id=id, notes=call.body.notes, stamp=call.stamp))


@api.post("/api/queue/{id}/transfer", roles=DESKS, body=TransferEntry, view=QueueEntryView, refuses=CHANGING)
def transfer_patient(call: Call[TransferEntry, Any], id: str) -> Reply:
    """Hand a patient over to another doctor at the same location; number and waiting time stay."""
    return _changed(call, transferring.transfer(entry_id=id, **call.body.model_dump(), stamp=call.stamp))


@api.post("/api/queue/{id}/forward", roles=DESKS, body=ForwardEntry, view=QueueEntryView, refuses=CHANGING)
def forward_patient(call: Call[ForwardEntry, Any], id: str) -> Reply:
    """End a consultation and send the patient on to the visit's next stage; number and waiting time stay."""
    return _changed(call, stages.forward(entry_id=id, **call.body.model_dump(), stamp=call.stamp))


@api.post("/api/queue/prioritize", roles=DESKS, body=PrioritizeEntry, view=QueueEntryView, refuses=CHANGING)
def prioritize_patient(call: Call[PrioritizeEntry, Any]) -> Reply:
    """Think over a patient's place in the order; what we know of waiting time and age counts before what is sent."""
    body, said = call.body, call.body.priority_factors
    asked = said.model_dump(include={"wait_time", "patient_age"}, exclude_none=True)
    ranked = prioritizing.prioritize(
        doctor_id=body.doctor_id, entry_id=body.queue_id, urgency=said.medical_urgency, asked=asked, stamp=call.stamp
    )
    return _changed(call, ranked)


@api.post("/api/queue/{id}/undo", roles=DESKS, view=QueueEntryView, refuses=UNDOING)
def undo_queue_change(call: Call[Any, Any], id: str) -> Reply:
    """Take back what was last done with a patient in the queue, within fifteen minutes."""
    return _changed(call, undoing.undo(entry_id=id, stamp=call.stamp))


def _changed(call: Call[Any, Any], entry: Any, **headers: str) -> Reply:
    view = for_caller(current.standing(entry, call.now), call.claims)
    return Reply(view, etag=f'"{int(entry.version)}"', headers=headers)
