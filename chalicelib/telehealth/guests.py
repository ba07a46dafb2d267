"""Guests: an interpreter, a relative, a colleague, asked by the doctor to one visit by a link of their own."""

from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.table import creation, keys, revision, telehealth
from chalicelib.table.telehealth import VisitorItem
from chalicelib.table.transaction import Transaction
from chalicelib.telehealth import linking, rooms, terms
from chalicelib.telehealth.linking import Link
from chalicelib.telehealth.refusals import VisitOver
from chalicelib.telehealth.seats import Seat
from chalicelib.telehealth.terms import INVITED, REVOKED


def invite(host: Seat, *, name: str, stamp: Stamp) -> tuple[VisitorItem, Link]:
    """The new guest and their link; a repeated request answers the same ones. Raises VisitOver."""
    if rooms.status(host.room, stamp.now) == terms.OVER:
        raise VisitOver
    identity = creation.identify("gst", stamp=stamp)
    guest = VisitorItem(
        *keys.visit_room(host.room.id, identity.id),
        side=terms.GUEST,
        name=name,
        state=INVITED,
        expires_at=telehealth.expiry(host.room.finishes),
    )
    made = creation.create(guest, identity=identity, stamp=stamp).item
    return made, linking.into(host.room, made.person)


def revoke(host: Seat, guest_id: str, *, stamp: Stamp) -> VisitorItem:
    """Take the invitation back: the link opens nothing any more; once more does nothing. NotFound for no guest."""

    def read() -> VisitorItem:
        found = telehealth.visitor(host.room.id, guest_id)
        if found is None or found.side != terms.GUEST:
            raise NotFound("guest", "guest_id")
        return found

    def end(guest: VisitorItem, _: Transaction) -> None:
        guest.state, guest.here = REVOKED, False

    return revision.revise(read, end, stamp=stamp)
