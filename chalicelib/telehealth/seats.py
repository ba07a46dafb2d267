"""Who is who in a room. Someone else's room does not exist: 404.

side     who
-------  -----------------------------------------------------------------------------------
host     the visit's doctor
patient  the visit's patient
guest    whom the host has invited to this one visit
desk     desks that reach the appointment's location: they see who waits, and cannot enter
"""

from dataclasses import dataclass

from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import NotFound
from chalicelib.people import access
from chalicelib.table.telehealth import VisitRoomItem
from chalicelib.telehealth import rooms
from chalicelib.telehealth.refusals import HostsOnly
from chalicelib.telehealth.terms import DESK, GUEST, HOST, PATIENT

GUESTS_BEGIN = "gst_"


@dataclass(frozen=True, slots=True)
class Seat:
    """A caller in a room: on which side, and as which person; a desk is nobody in it."""

    room: VisitRoomItem
    side: str
    person: str

    @property
    def is_host(self) -> bool:
        """Whether it is the doctor's."""
        return self.side == HOST


def take(claims: Claims, room_id: str, *, field: str = "id") -> Seat:
    """The caller's seat, or NotFound."""
    try:
        room = rooms.find(room_id)
    except NotFound:
        raise NotFound("room", field) from None
    side = side_of(claims, room)
    if side is None:
        raise NotFound("room", field)
    return Seat(room, side, claims.sub if side == GUEST else side)


def hosting(claims: Claims, room_id: str) -> Seat:
    """The host's seat; HostsOnly for who has another, NotFound for who has none."""
    seat = take(claims, room_id)
    if not seat.is_host:
        raise HostsOnly
    return seat


def side_of(claims: Claims, room: VisitRoomItem) -> str | None:
    """On which side of the room the caller is; None for strangers, and for links to other rooms."""
    if claims.visit not in (None, room.id):
        return None
    if claims.visit and claims.sub.startswith(GUESTS_BEGIN):
        return GUEST
    if claims.role == "doctor":
        return HOST if claims.sub == room.doctor_id else None
    if claims.role == "patient":
        return PATIENT if claims.sub == room.patient_id else None
    reaches = claims.role == "admin" or (
        claims.is_staff and room.location_id is not None and access.reaches_location(claims, room.location_id)
    )
    return DESK if reaches else None
