"""Links and leaves as the wire shows them: what opens a room, and what stores a recording."""

from typing import Any, ClassVar, Self

from chalicelib.kit import clock
from chalicelib.kit.models import Example, View
from chalicelib.table.telehealth import VisitorItem, VisitRoomItem
from chalicelib.telehealth import terms
from chalicelib.telehealth.linking import Link
from chalicelib.telehealth.recording import Leave

ROOM = "vis_7d3kq9x2m4c8v1n5b6z0w3r7t9"
_SECRET = "visit_dmlzXzdkM2s.c2lnbmF0dXJl"  # noqa: S105  # nosec B105 # an example, signed by nobody


class LinkView(View):
    """A link into a room, for one person and this visit: whoever has it is let in as that person.

    `url` has the secret in its fragment, which browsers send to no server; `token` is the secret by itself.
    """

    example: ClassVar[Example] = {
        "room_id": ROOM,
        "url": f"https://clinic.example/portal/visit/{ROOM}#token={_SECRET}",
        "token": _SECRET,
        "opens_at": "2026-01-15T14:45:00Z",
        "expires_at": "2026-01-15T16:30:00Z",
        "platform": "own",
    }
    room_id: str
    url: str
    token: str
    opens_at: str
    expires_at: str
    platform: str
    fallback_from: str | None

    @classmethod
    def of(cls, link: Link) -> Self:
        """The view of a link."""
        return cls(**_link(link))


class OpenedRoomView(LinkView):
    """The host's own link to a new room, and the one to hand on to the patient."""

    example: ClassVar[Example] = {"patient_url": f"https://clinic.example/portal/visit/{ROOM}#token={_SECRET}"}
    patient_url: str

    @classmethod
    def of_both(cls, host: Link, patient: Link) -> Self:
        """The view of a room that was just opened."""
        return cls(**_link(host), patient_url=patient.url)


class InvitationView(LinkView):
    """A guest and their link."""

    example: ClassVar[Example] = {"guest_id": "gst_7d3kq9x2m4c8v1n5b6z0w3r7t9", "name": "Ama, interpreter"}
    guest_id: str
    name: str

    @classmethod
    def of_guest(cls, guest: VisitorItem, link: Link) -> Self:
        """The view of an invitation."""
        return cls(**_link(link), guest_id=guest.person, name=guest.name or "")


class RecordingView(View):
    """Leave to store one recording: PUT it to `url` with these headers until `expires_at`."""

    example: ClassVar[Example] = {
        "recording_id": "rec_7d3kq9x2m4c8v1n5b6z0w3r7t9",
        "url": "https://recordings.example/vis_7d3k/rec_7d3k.webm?X-Amz-Signature=…",
        "headers": {"Content-Type": "video/webm"},
        "expires_at": "2026-01-15T15:20:00Z",
    }
    recording_id: str
    url: str
    headers: dict[str, str]
    expires_at: str

    @classmethod
    def of(cls, leave: Leave) -> Self:
        """The view of a leave."""
        return cls(
            recording_id=leave.recording_id, url=leave.url, headers=leave.headers, expires_at=clock.iso(leave.until)
        )


def fallback(room: VisitRoomItem) -> str | None:
    """The platform that was wished for and could not be had."""
    return None if room.wished in (None, room.platform) else str(room.wished)


def _link(link: Link) -> dict[str, Any]:
    return {
        "room_id": link.room.id,
        "url": link.url,
        "token": link.secret,
        "opens_at": clock.iso(terms.opens(link.room.begins)),
        "expires_at": clock.iso(link.until),
        "platform": link.room.platform,
        "fallback_from": fallback(link.room),
    }
