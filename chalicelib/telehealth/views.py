"""A room as each side sees it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from chalicelib.gateways.secrets import secret
from chalicelib.kit import clock
from chalicelib.kit.models import Example, View
from chalicelib.table.telehealth import VisitorItem
from chalicelib.telehealth import consent, relays, rooms, terms
from chalicelib.telehealth.link_views import ROOM, fallback
from chalicelib.telehealth.seats import Seat
from chalicelib.telehealth.terms import ADMITTED
from chalicelib.telehealth.turns import Turn


class VisitorView(View):
    """Somebody at the room's door or in it: `here` while a window of theirs is open, `tab` which one."""

    example: ClassVar[Example] = {
        "person": "patient",
        "side": "patient",
        "state": "waiting",
        "here": True,
        "tab": "3f0c9a52-77aa-4c1e-9df1-1c7c0a7e54b0",
        "came_at": "2026-01-15T14:52:00Z",
        "requirements": {"internet": True, "webcam": True, "microphone": True, "browser": True},
        "events": [{"at": "2026-01-15T14:52:00Z", "what": "joined"}],
    }
    person: str
    side: str
    name: str | None
    state: str
    here: bool
    tab: str | None
    came_at: str | None
    requirements: dict[str, bool] | None
    events: list[dict[str, str]]

    @classmethod
    def of(cls, item: VisitorItem, *, whole: bool) -> Self:
        """The view of a visitor; what their browser can do and when they came and went is for who runs the visit."""
        return cls(
            person=item.person,
            side=item.side,
            name=item.name,
            state=item.state,
            here=bool(item.here),
            tab=item.tab,
            came_at=item.came if whole else None,
            requirements=item.checks if whole else None,
            events=list(item.events or []) if whole else [],
        )


class VisitRoomView(View):
    """A room as the caller may see it: `person` is who the caller is in it, null for a desk.

    `status` is early, open or over. `missing` is who has not come a quarter of an hour after the beginning while the
    other has. `recording` says whether host, patient, and all guests who are in, have agreed to one, `agreed` whether
    the caller has. The browsers' servers stand in `ice_servers` for who is let in. `join_url` is where the visit takes
    place if not on our own page: the host's own for the host, and the others' for the others. Of a patient who waits,
    `ahead` is how many are before them, the estimates are the minutes within which half, and nine in ten, of such
    waits end.
    """

    example: ClassVar[Example] = {
        "room_id": ROOM,
        "appointment_id": "apt_123",
        "status": "open",
        "platform": "own",
        "side": "host",
        "person": "host",
        "state": "admitted",
        "doctor_name": "Dr. Jane Smith",
        "patient_id": "pat_456",
        "patient_name": "Zoë Müller",
        "starts_at": "2026-01-15T15:00:00Z",
        "ends_at": "2026-01-15T15:30:00Z",
        "opens_at": "2026-01-15T14:45:00Z",
        "closes_at": "2026-01-15T16:30:00Z",
        "now": "2026-01-15T14:53:00Z",
        "people": [VisitorView.example | {"name": None}],
        "recording": {"host": False, "patient": False, "guests": True},
        "agreed": False,
        "ice_servers": [{"urls": ["stun:stun.clinic.example:3478"]}],
    }
    room_id: str
    appointment_id: str | None
    status: str
    platform: str
    fallback_from: str | None
    side: str
    person: str | None
    state: str | None
    doctor_name: str
    patient_id: str | None
    patient_name: str | None
    starts_at: str
    ends_at: str
    opens_at: str
    closes_at: str
    now: str
    people: list[VisitorView]
    recording: dict[str, bool]
    agreed: bool
    missing: str | None
    ice_servers: list[dict[str, Any]]
    join_url: str | None
    ahead: int | None
    estimated_wait_time_minutes: int | None
    estimated_wait_p90_minutes: int | None

    def subject(self) -> str | None:
        return self.patient_id

    @classmethod
    def of(cls, seat: Seat, people: Sequence[VisitorItem], now: datetime, *, turn: Turn | None) -> Self:
        """The room from a seat, with the turn of a patient who waits."""
        room, runs = seat.room, seat.side in (terms.HOST, terms.DESK)
        own = next((one for one in people if one.person == seat.person), None)
        is_in = own is not None and own.state == ADMITTED
        told = seat.side != terms.GUEST
        came = {one.side for one in people if one.came}
        return cls(
            room_id=room.id,
            appointment_id=room.appointment_id if told else None,
            status=rooms.status(room, now),
            platform=room.platform,
            fallback_from=fallback(room),
            side=seat.side,
            person=None if seat.side == terms.DESK else seat.person,
            state=own.state if own else None,
            doctor_name=room.doctor_name,
            patient_id=room.patient_id if told else None,
            patient_name=room.patient_name if told else None,
            starts_at=room.starts,
            ends_at=room.ends,
            opens_at=clock.iso(terms.opens(room.begins)),
            closes_at=clock.iso(terms.closes(room.begins, room.finishes)),
            now=clock.iso(now),
            people=[VisitorView.of(one, whole=runs) for one in people if runs or _is_shown(one, seat, is_in=is_in)],
            recording=consent.sides(room, people),
            agreed=seat.person in (room.consents or {}),
            missing=_missing(seat, came, now) if runs else None,
            ice_servers=_servers(seat) if is_in else [],
            join_url=_join_url(seat, is_in=is_in),
            ahead=turn.ahead if turn else None,
            estimated_wait_time_minutes=turn.p50 if turn else None,
            estimated_wait_p90_minutes=turn.p90 if turn else None,
        )


def _is_shown(one: VisitorItem, seat: Seat, *, is_in: bool) -> bool:
    """Those who wait see themselves and whether the doctor is there; those who are in see who is in."""
    return one.person == seat.person or one.side == terms.HOST or (is_in and one.state == ADMITTED)


def _missing(seat: Seat, came: set[str], now: datetime) -> str | None:
    return terms.missing(seat.room.begins, now, host_came=terms.HOST in came, patient_came=terms.PATIENT in came)


def _servers(seat: Seat) -> list[dict[str, Any]]:
    until = terms.closes(seat.room.begins, seat.room.finishes)
    return relays.servers(
        stun=secret("stun_urls"),
        turn=secret("turn_urls"),
        secret=secret("turn_secret"),
        person=seat.person,
        until=until,
    )


def _join_url(seat: Seat, *, is_in: bool) -> str | None:
    """The platform's own address: of the host for the host alone, of the others once they are let in."""
    meeting = seat.room.meeting or {}
    found: str | None = meeting.get("host_url") if seat.is_host else meeting.get("join_url")
    return found if is_in else None
