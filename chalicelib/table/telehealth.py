"""Telehealth: the rooms of visits, and who is or was in them.

Room and visitors share a partition, so that a room with everybody in it is one Query.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from chalicelib.kit import clock
from chalicelib.table import base, keys
from chalicelib.table.base import Item

_KEPT = timedelta(days=180)  # after the visit: who came when decides about missed visits


class VisitRoomItem(Item, discriminator="visitroom"):
    """One room for one visit: of an appointment, or of none.

    `secret` signs its links, so a room without it (another room) honours none of them. `ended` is when the visit was
    moved or called off. `platform` is where the visit really takes place and `wished` where it was to; `meeting` is
    what that platform has said. `consents` has when each person agreed to a recording, `recordings` which were
    begun.
    """

    appointment_id = UnicodeAttribute(null=True)
    doctor_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    location_id = UnicodeAttribute(null=True)
    doctor_name = UnicodeAttribute()
    patient_name = UnicodeAttribute()
    starts = UnicodeAttribute()
    ends = UnicodeAttribute()
    secret = UnicodeAttribute()
    ended = UnicodeAttribute(null=True)
    platform = UnicodeAttribute(default="own")
    wished = UnicodeAttribute(null=True)
    meeting: Any = JSONAttribute(null=True)
    consents: Any = JSONAttribute(null=True)
    recordings: Any = JSONAttribute(null=True)
    missing = "room"

    @property
    def id(self) -> str:
        """The room's id."""
        return str(self.PK).split("#", 1)[1]

    @property
    def begins(self) -> datetime:
        """When the visit begins, in UTC."""
        return clock.parse(self.starts)

    @property
    def finishes(self) -> datetime:
        """When the visit is planned to end, in UTC."""
        return clock.parse(self.ends)


class VisitorItem(Item, discriminator="visitor"):
    """Somebody in a room, or at its door: the host, the patient, or a guest.

    `state` is waiting, admitted, declined or, of a guest, invited and revoked. `tab` is the window that they came with
    last, `here` whether it is open; `events` are their latest comings and goings, `came` the first of all.
    """

    side = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    here = BooleanAttribute(default=False)
    tab = UnicodeAttribute(null=True)
    checks: Any = JSONAttribute(null=True)
    came = UnicodeAttribute(null=True)
    events: Any = JSONAttribute(default=list)
    missing = "visitor"

    @property
    def room_id(self) -> str:
        """The room's id."""
        return str(self.PK).split("#", 1)[1]

    @property
    def person(self) -> str:
        """Who it is: `host`, `patient`, or a guest's id."""
        return str(self.SK).split("#", 1)[1]


def find(room_id: str) -> VisitRoomItem | None:
    """The room as it is now, or None."""
    return VisitRoomItem.read(base.get(keys.visit_room(room_id), consistent=True))


def find_all(room_ids: Iterable[str]) -> list[VisitRoomItem]:
    """Those of the rooms that there are."""
    found = base.get_many([keys.visit_room(one) for one in room_ids], consistent=True)
    return [VisitRoomItem.from_raw_data(raw) for raw in found.values()]


def visitor(room_id: str, person: str) -> VisitorItem | None:
    """Somebody in the room, or None."""
    return VisitorItem.read(base.get(keys.visit_room(room_id, person), consistent=True))


def at_doors(room_ids: Iterable[str], person: str) -> list[VisitorItem]:
    """The same person's entry, host's or patient's, at each of these rooms where there is one."""
    found = base.get_many([keys.visit_room(one, person) for one in room_ids], consistent=True)
    return [VisitorItem.from_raw_data(raw) for raw in found.values()]


def visitors(room_id: str) -> list[VisitorItem]:
    """Everybody who is in the room, or was, or waits at its door, in order of their ids."""
    place, first = keys.visit_room(room_id, "")
    found = base.query(place, between=(first, first + "~"), consistent=True)
    return [VisitorItem.from_raw_data(raw) for raw, _ in found]


def expiry(ends: datetime) -> int:
    """When what was written about a visit is forgotten, in epoch seconds."""
    return int((ends + _KEPT).timestamp())
