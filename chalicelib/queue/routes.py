"""The waiting room over HTTP: see the queues, join one, follow one's own place."""
# ruff: noqa: A002 - a handler's parameter has the name that the path variable has on the wire

from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import Role
from chalicelib.kit.errors import Invalid
from chalicelib.kit.http import ANYONE, PUBLIC, Api, Call, Reply, fresh
from chalicelib.queue import checking_in, current, entries, joining, moving, statistics, tracking
from chalicelib.queue.board import Standing
from chalicelib.queue.joining import Joining
from chalicelib.queue.refusals import CHANGING, CHECKING_IN, JOINING
from chalicelib.queue.schemas import CheckIn, CurrentQuery, JoinQueue, Remark, StatisticsQuery
from chalicelib.queue.statistics_views import StatisticsView
from chalicelib.queue.tracking import TICKET, TicketView
from chalicelib.queue.views import BoardMeta, QueueEntryView, QueueView, for_caller, of_line

api = Api(__name__)
CALLERS: frozenset[Role] = ANYONE - {"display"}
COUNTING: frozenset[Role] = ANYONE - {"patient"}
RECEIVING: frozenset[Role] = CALLERS - {"patient"}


@api.get("/api/queue/current", roles=ANYONE, query=CurrentQuery, view=list[QueueView], meta=BoardMeta, costly=True)
def read_queues(call: Call[Any, CurrentQuery]) -> Reply:
    """Show the queues of a location or a doctor as they are now; names to desks and the queue's doctor only."""
    query = call.query
    found = current.boards(call.claims, location_id=query.location_id, doctor_id=query.doctor_id, now=call.now)
    return Reply([of_line(line, call.claims) for line in found], meta={"now": clock.iso(call.now)})


@api.get("/api/queue/statistics", roles=COUNTING, query=StatisticsQuery, view=StatisticsView, tagged=False)
def read_queue_statistics(call: Call[Any, StatisticsQuery]) -> Reply:
    """Count a location's day: who waits and was served, how long it took, in all and for each doctor."""
    query = call.query
    found = statistics.of(
        call.claims, location_id=query.location_id, doctor_id=query.doctor_id, day=query.date, now=call.now
    )
    return Reply(StatisticsView.of(found))


@api.get("/api/queue/track/{secret}", roles=PUBLIC, view=TicketView, example={"secret": TICKET})
def track_ticket(call: Call[Any, Any], secret: str) -> Reply:
    """Show whoever has the secret of a ticket its number, place and wait; nobody's name."""
    ticket = TicketView.of(current.standing(tracking.follow(secret), call.now))
    return Reply(ticket, etag=fresh(call, ticket.state))


@api.post("/api/queue/join", roles=CALLERS, body=JoinQueue, view=QueueEntryView, status=201, refuses=JOINING)
def join_queue(call: Call[JoinQueue, Any]) -> Reply:
    """Put a patient in a doctor's queue; the patient is registered on the way if there is no record yet."""
    body = call.body
    if body.urgency_level == "emergency" and call.claims.role in {"patient", "kiosk"}:
        raise Invalid.field("urgency_level", "an emergency is for the desk to say; please go there")
    made = joining.join(
        Joining(
            doctor_id=body.doctor_id,
            stamp=call.stamp,
            patient_id=body.patient_id,
            patient_details=body.patient_details,
            location_id=body.location_id,
            said=body.said(),
            chosen_id=body.id,
        )
    )
    headers = {"Location": f"/api/queue/{made.item.id}"} | ({"Idempotency-Replayed": "true"} if made.replayed else {})
    view = for_caller(current.standing(made.item, call.now), call.claims, handing=call.claims.role == "kiosk")
    return Reply(view, etag=f'"{int(made.item.version)}"', headers=headers)


@api.post("/api/queue/check-in", roles=RECEIVING, body=CheckIn, view=QueueEntryView, refuses=CHECKING_IN)
def check_in_patient(call: Call[CheckIn, Any]) -> Reply:
    """Check in a booked patient, by the appointment or what shows it; a second check-in answers the same place."""
    made = checking_in.check_in(shown=call.body.shown(), stamp=call.stamp)
    view = for_caller(current.standing(made.item, call.now), call.claims, handing=call.claims.role == "kiosk")
    return Reply(view, etag=f'"{int(made.item.version)}"')


@api.get("/api/queue/{id}", roles=CALLERS, view=QueueEntryView, tagged=False)
def read_queue_entry(call: Call[Any, Any], id: str) -> Reply:
    """Show one place in a queue, with its wait as it is now."""
    found = entries.read(id, call.claims)
    return Reply(for_caller(current.standing(found, call.now), call.claims))


@api.post("/api/queue/{id}/left", roles=CALLERS - {"kiosk"}, body=Remark, view=QueueEntryView, refuses=CHANGING)
def leave_queue(call: Call[Remark, Any], id: str) -> Reply:
    """Note that a patient has gone without being seen; patients say so of themselves."""
    left = moving.leave(entry_id=id, stamp=call.stamp, notes=call.body.notes)
    return Reply(for_caller(Standing(left), call.claims), etag=f'"{int(left.version)}"')
