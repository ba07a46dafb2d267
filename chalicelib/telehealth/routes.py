"""Telehealth over HTTP: links into rooms, and what those who have come to a room do there."""
# ruff: noqa: A002 - a handler's parameter has the name that the path variable has on the wire

from typing import Any

from chalicelib.kit.auth import Role
from chalicelib.kit.http import ANYONE, Api, Call, Reply
from chalicelib.telehealth import linking, opening, recording, seats, waiting
from chalicelib.telehealth.link_views import LinkView
from chalicelib.telehealth.refusals import AGREEING, ENTERING, LEAVING, LINKING, SEEING
from chalicelib.telehealth.schemas import AgreeToRecording, EnterRoom, LeaveRoom
from chalicelib.telehealth.views import VisitRoomView

api = Api(__name__)
LINKED: frozenset[Role] = ANYONE - {"display", "kiosk"}
PEOPLE: frozenset[Role] = frozenset({"doctor", "patient"})


@api.post("/api/telehealth/generate-url/{id}", roles=LINKED, view=LinkView, refuses=LINKING)
def link_to_visit(call: Call[Any, Any], id: str) -> Reply:
    """Give the caller their own link to a telehealth appointment's room; a desk is given the patient's."""
    return Reply(LinkView.of(linking.for_caller(id, call.stamp)))


@api.get("/api/telehealth/room/{id}", roles=LINKED, view=VisitRoomView, tagged=False, refuses=SEEING)
def read_visit_room(call: Call[Any, Any], id: str) -> Reply:
    """Show a room: when it opens, who waits and who is in; to its two sides, guests, and the location's desks."""
    return Reply(opening.seen(seats.take(call.claims, id), call.now))


@api.post(
    "/api/telehealth/room/{id}/enter", roles=PEOPLE, body=EnterRoom, view=VisitRoomView, tagged=False, refuses=ENTERING
)
def enter_visit_room(call: Call[EnterRoom, Any], id: str) -> Reply:
    """Come to the room's door, and wait to be let in; the doctor is in at once."""
    seat = seats.take(call.claims, id)
    waiting.enter(seat, tab=call.body.tab, checks=call.body.requirements.model_dump(), stamp=call.stamp)
    return Reply(opening.seen(seat, call.now))


@api.post(
    "/api/telehealth/room/{id}/leave", roles=PEOPLE, body=LeaveRoom, view=VisitRoomView, tagged=False, refuses=LEAVING
)
def leave_visit_room(call: Call[LeaveRoom, Any], id: str) -> Reply:
    """Go; whoever was let in may come back."""
    seat = seats.take(call.claims, id)
    waiting.leave(seat.room.id, seat.person, tab=call.body.tab, stamp=call.stamp)
    return Reply(opening.seen(seat, call.now))


@api.post(
    "/api/telehealth/room/{id}/consent",
    roles=PEOPLE,
    body=AgreeToRecording,
    view=VisitRoomView,
    tagged=False,
    refuses=AGREEING,
)
def agree_to_recording(call: Call[AgreeToRecording, Any], id: str) -> Reply:
    """Agree to a recording of the visit, or take that back; nothing is recorded unless all agree."""
    seat = recording.agree(seats.take(call.claims, id), agreed=call.body.agreed, stamp=call.stamp)
    return Reply(opening.seen(seat, call.now))
