"""Where a patient is called to: the room that is said, or that of the doctor's last call today, or the booked one."""

from collections.abc import Sequence
from typing import Any

from chalicelib.kit.errors import NotFound
from chalicelib.people import directory
from chalicelib.table.queue import EntryItem

Room = dict[str, Any]
"""A room as attributes of an entry; empty for the one that the entry has already."""


def of_call(entry: EntryItem, others: Sequence[EntryItem]) -> Room:
    """Where the entry is called to when nobody says so, given the day's entries."""
    calls = [one for one in others if one.doctor_id == entry.doctor_id and one.called_time and one.room_id]
    if calls:
        last = max(calls, key=lambda one: (str(one.called_time), one.id))
        return {"room_id": last.room_id, "room_name": last.room_name}
    usual = directory.doctor(entry.doctor_id).usual_room_id
    if entry.room_id or not usual:
        return {}
    try:
        return said(usual, entry.location_id)
    except NotFound:  # the doctor's usual room is at another location
        return {}


def said(room_id: str, location_id: str) -> Room:
    """The room that is said, in use for visits or not; NotFound when it is not one of the location's."""
    room = directory.require(directory.room, room_id, "room_id")
    if room.location_id != location_id:
        raise NotFound("room", "room_id")
    return {"room_id": room.id, "room_name": room.name}
