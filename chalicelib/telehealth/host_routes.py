"""What the doctor of a visit does: open a room, let people in or not, ask others to it."""
# ruff: noqa: A002 - a handler's parameter has the name that the path variable has on the wire

from typing import Any

from chalicelib.kit.auth import Role
from chalicelib.kit.http import Api, Call, Reply
from chalicelib.telehealth import guests, opening, recording, seats, waiting
from chalicelib.telehealth.link_views import InvitationView, OpenedRoomView, RecordingView
from chalicelib.telehealth.refusals import HOSTING, INVITING, OPENING, RECORDING
from chalicelib.telehealth.schemas import DecideOnVisitor, InviteGuest, OpenRoom
from chalicelib.telehealth.views import VisitorView, VisitRoomView

api = Api(__name__)
HOSTS: frozenset[Role] = frozenset({"doctor"})


@api.post("/api/telehealth/rooms", roles=HOSTS, body=OpenRoom, view=OpenedRoomView, status=201, refuses=OPENING)
def open_visit_room(call: Call[OpenRoom, Any]) -> Reply:
    """Open a room for a talk with a patient that nobody has booked."""
    body = call.body
    host, patient = opening.open_(patient_id=body.patient_id, minutes=body.duration_minutes, stamp=call.stamp)
    return Reply(OpenedRoomView.of_both(host, patient))


@api.post(
    "/api/telehealth/room/{id}/admit",
    roles=HOSTS,
    body=DecideOnVisitor,
    view=VisitRoomView,
    tagged=False,
    refuses=HOSTING,
)
def admit_visitor(call: Call[DecideOnVisitor, Any], id: str) -> Reply:
    """Let somebody in who waits."""
    return _decided(call, id, admitted=True)


@api.post(
    "/api/telehealth/room/{id}/decline",
    roles=HOSTS,
    body=DecideOnVisitor,
    view=VisitRoomView,
    tagged=False,
    refuses=HOSTING,
)
def decline_visitor(call: Call[DecideOnVisitor, Any], id: str) -> Reply:
    """Let somebody not in, or not any longer; they may knock again."""
    return _decided(call, id, admitted=False)


@api.post(
    "/api/telehealth/room/{id}/guests",
    roles=HOSTS,
    body=InviteGuest,
    view=InvitationView,
    status=201,
    refuses=INVITING,
)
def invite_guest(call: Call[InviteGuest, Any], id: str) -> Reply:
    """Ask somebody else to this one visit; the link is theirs, and they wait at the door like everybody."""
    guest, link = guests.invite(seats.hosting(call.claims, id), name=call.body.name, stamp=call.stamp)
    return Reply(InvitationView.of_guest(guest, link))


@api.delete("/api/telehealth/room/{id}/guests/{guest_id}", roles=HOSTS, view=VisitorView, tagged=False, refuses=HOSTING)
def revoke_guest(call: Call[Any, Any], id: str, guest_id: str) -> Reply:
    """Take an invitation back; the guest's link opens nothing any more."""
    guest = guests.revoke(seats.hosting(call.claims, id), guest_id, stamp=call.stamp)
    return Reply(VisitorView.of(guest, whole=True))


@api.post("/api/telehealth/room/{id}/recording", roles=HOSTS, view=RecordingView, status=201, refuses=RECORDING)
def ask_for_recording(call: Call[Any, Any], id: str) -> Reply:
    """Give the doctor's browser leave to store one recording; never without the agreement of both."""
    leave = recording.allow(seats.hosting(call.claims, id), stamp=call.stamp)
    return Reply(RecordingView.of(leave))


def _decided(call: Call[DecideOnVisitor, Any], room_id: str, *, admitted: bool) -> Reply:
    host = seats.hosting(call.claims, room_id)
    waiting.decide(host, call.body.person, admitted=admitted, stamp=call.stamp)
    return Reply(opening.seen(host, call.now))
