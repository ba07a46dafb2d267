"""The waiting room: who comes is written down, and waits until the doctor lets them in.

    invited → waiting → admitted
                 ↕ declined         (who is declined may knock again; a guest who is revoked may not)

The doctor needs nobody's leave. Whoever was let in may go and come back: networks break. Comings and goings are kept,
so that it can be told afterwards who came, and when.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.table import base, creation, keys, revision, telehealth
from chalicelib.table.telehealth import VisitorItem
from chalicelib.table.transaction import Transaction
from chalicelib.telehealth import rooms, terms
from chalicelib.telehealth.refusals import NotAdmitted
from chalicelib.telehealth.seats import Seat
from chalicelib.telehealth.terms import ADMITTED, DECLINED, INVITED, REVOKED, WAITING

JOINED, LEFT = "joined", "left"
_MOST_EVENTS = 60  # a network that breaks all the time fills no item


def enter(seat: Seat, *, tab: str, checks: dict[str, bool], stamp: Stamp) -> VisitorItem:
    """Come to the room's door, in this window of the browser; the host is in at once.

    `checks` is what the browser says of itself. Raises VisitNotOpen and VisitOver.
    """
    if not seat.person:
        raise NotFound("visitor")
    rooms.check_open(seat.room, stamp.now)
    if telehealth.visitor(seat.room.id, seat.person) is None:
        base.put_new(_newcomer(seat, stamp))  # whoever was first at this, the visitor is there now

    def come(visitor: VisitorItem, _: Transaction) -> None:
        if not visitor.here:
            _note(visitor, JOINED, stamp.now)
        visitor.here, visitor.tab, visitor.checks = True, tab, checks
        visitor.came = visitor.came or clock.iso(stamp.now)
        if visitor.state != ADMITTED:
            visitor.state = ADMITTED if seat.is_host else WAITING

    return _revised(seat.room.id, seat.person, come, stamp)


def leave(room_id: str, person: str, *, tab: str | None = None, stamp: Stamp) -> None:
    """Note that somebody has gone; nothing for who never came, or has come in another window than this meanwhile."""

    def go(visitor: VisitorItem, _: Transaction) -> None:
        if visitor.here and tab in (None, visitor.tab):
            _note(visitor, LEFT, stamp.now)
            visitor.here = False

    if person and telehealth.visitor(room_id, person) is not None:
        _revised(room_id, person, go, stamp)


def decide(host: Seat, person: str, *, admitted: bool, stamp: Stamp) -> VisitorItem:
    """Let somebody in who has come to the door, or not. NotFound for who is not there; raises VisitOver."""
    rooms.check_open(host.room, stamp.now)

    def settle(visitor: VisitorItem, _: Transaction) -> None:
        if visitor.side == terms.HOST or visitor.state in (INVITED, REVOKED):
            raise NotFound("visitor", "person")
        visitor.state = ADMITTED if admitted else DECLINED

    return _revised(host.room.id, person, settle, stamp)


def check_admitted(room_id: str, person: str) -> VisitorItem:
    """The visitor, who is in; NotAdmitted otherwise."""
    found = telehealth.visitor(room_id, person)
    if found is None or found.state != ADMITTED:
        raise NotAdmitted
    return found


def _revised(room_id: str, person: str, edit: Callable[[VisitorItem, Transaction], None], stamp: Stamp) -> VisitorItem:
    def read() -> VisitorItem:
        found = telehealth.visitor(room_id, person)
        if found is None:
            raise NotFound("visitor", "person")
        return found

    return revision.revise(read, edit, stamp=stamp)


def _newcomer(seat: Seat, stamp: Stamp) -> VisitorItem:
    visitor = VisitorItem(
        *keys.visit_room(seat.room.id, seat.person),
        side=seat.side,
        state=INVITED,
        expires_at=telehealth.expiry(seat.room.finishes),
    )
    creation.sign(visitor, stamp)
    return visitor


def _note(visitor: VisitorItem, what: str, now: datetime) -> None:
    events: list[dict[str, Any]] = [*(visitor.events or []), {"at": clock.iso(now), "what": what}]
    visitor.events = events[-_MOST_EVENTS:]
