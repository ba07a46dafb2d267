"""Recordings: made by the doctor's browser, when everybody who is in has agreed and for as long as they do.

Their agreement is written down with its time before anything is recorded. What is recorded goes from the browser
straight to an encrypted store; we never hold it, and only give leave to put it there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.gateways import recordings
from chalicelib.kit import clock, ids
from chalicelib.kit.errors import NotFound
from chalicelib.kit.settings import settings
from chalicelib.kit.stamps import Stamp
from chalicelib.table import revision, telehealth
from chalicelib.table.telehealth import VisitRoomItem
from chalicelib.table.transaction import Transaction
from chalicelib.telehealth import consent, rooms, waiting
from chalicelib.telehealth.refusals import NotAgreed, NotRecording
from chalicelib.telehealth.seats import Seat
from chalicelib.telehealth.terms import DESK

GOOD_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave to put one recording into the store: where, with which headers, until when."""

    recording_id: str
    url: str
    headers: dict[str, str]
    until: datetime


def agree(seat: Seat, *, agreed: bool, stamp: Stamp) -> Seat:
    """Write down that somebody agrees to a recording, or no longer does; the seat in the room as it is then.

    Raises NotAdmitted, VisitOver, and NotFound for a desk, which is never in a visit.
    """
    if seat.side == DESK:
        raise NotFound("room")
    rooms.check_open(seat.room, stamp.now)
    waiting.check_admitted(seat.room.id, seat.person)

    def settle(room: VisitRoomItem, _: Transaction) -> None:
        others = {person: at for person, at in (room.consents or {}).items() if person != seat.person}
        since = (room.consents or {}).get(seat.person) or clock.iso(stamp.now)
        room.consents = {**others, **({seat.person: since} if agreed else {})}

    room = revision.revise(lambda: rooms.find(seat.room.id), settle, stamp=stamp)
    return Seat(room, seat.side, seat.person)


def allow(host: Seat, *, stamp: Stamp) -> Leave:
    """Leave to store one recording of the visit; NotAgreed unless all agree, NotRecording where there is no store."""
    known = settings()
    rooms.check_open(host.room, stamp.now)
    waiting.check_admitted(host.room.id, host.person)
    agreed = consent.sides(host.room, telehealth.visitors(host.room.id))
    if lacking := [side for side, yes in agreed.items() if not yes]:
        raise NotAgreed(lacking)
    if not known.recordings_bucket:
        raise NotRecording
    made = ids.new("rec")

    def note(room: VisitRoomItem, _: Transaction) -> None:
        room.recordings = [*(room.recordings or []), {"id": made, "at": clock.iso(stamp.now)}]

    revision.revise(lambda: rooms.find(host.room.id), note, stamp=stamp)
    url, headers = recordings.leave_to_put(
        bucket=known.recordings_bucket,
        name=f"{host.room.id}/{made}.webm",
        seconds=int(GOOD_FOR.total_seconds()),
    )
    return Leave(made, url, headers, stamp.now + GOOD_FOR)
