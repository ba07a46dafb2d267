"""A patient's own place, followed on the phone by whoever has the secret of the ticket."""

from hmac import compare_digest
from typing import ClassVar, Self

from chalicelib.kit.errors import NotFound
from chalicelib.kit.models import Example, View
from chalicelib.people import directory
from chalicelib.queue import entries
from chalicelib.queue.board import Standing
from chalicelib.queue.views import SHOWN_NUMBER
from chalicelib.table.queue import EntryItem

TICKET = "que_123.Zk3vTq8aX0bRw1"


class TicketView(View):
    """One ticket as its holder sees it: its place from 1 on, and the range of the wait in minutes, while it waits."""

    example: ClassVar[Example] = {
        "token_number": SHOWN_NUMBER,
        "current_status": "waiting",
        "location": "Harbour Clinic New York",
        "location_id": "loc_new_york",
        "doctor_id": "doc_123",
        "queue_position": 2,
        "estimated_wait_time_minutes": 15,
        "estimated_wait_p90_minutes": 25,
        "check_in_time": "2026-01-15T15:00:00Z",
        "recalls": 0,
        "version": 1,
    }
    token_number: str
    current_status: str
    location: str
    location_id: str
    doctor_id: str
    queue_position: int | None
    estimated_wait_time_minutes: int | None
    estimated_wait_p90_minutes: int | None
    check_in_time: str
    called_time: str | None
    room_name: str | None
    recalls: int
    version: int

    @property
    def state(self) -> str:
        """What changes whenever anything on the ticket does: phones ask often."""
        seen = (self.version, self.queue_position, self.estimated_wait_time_minutes, self.estimated_wait_p90_minutes)
        return "-".join(str(value) for value in seen)

    @classmethod
    def of(cls, one: Standing) -> Self:
        """The ticket of an entry."""
        entry = one.entry
        return cls(
            token_number=entry.token_number,
            current_status=entry.status,
            location=directory.location(entry.location_id).name,
            location_id=entry.location_id,
            doctor_id=entry.doctor_id,
            queue_position=one.position,
            estimated_wait_time_minutes=round(one.estimate.p50) if one.estimate else None,
            estimated_wait_p90_minutes=round(one.estimate.p90) if one.estimate else None,
            check_in_time=entry.since,
            called_time=entry.called_time,
            room_name=entry.room_name,
            recalls=int(entry.recalls or 0),
            version=int(entry.version),
        )


def follow(secret: str) -> EntryItem:
    """The entry whose ticket says this, `<entry id>.<80 random bits>`; everything else is one and the same NotFound."""
    entry_id, _, said = secret.rpartition(".")
    try:
        found = entries.find(entry_id) if entry_id else None
    except NotFound:
        found = None
    if found is None or not compare_digest(str(found.track).encode(), said.encode()):
        raise NotFound("ticket", "secret")
    return found
