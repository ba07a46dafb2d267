"""Where a patient is called to: the room that is said, or that of the doctor's last call today, or the booked one."""

from collections.abc import Sequence
from typing import Any

from chalicelib.kit.errors import NotFound
from chalicelib.people import directory
from chalicelib.table.queue import EntryItem


def of_call(entry: EntryItem, room_id: str | None, others: Sequence[EntryItem]) -> dict[str, Any]:
    """The room as attributes of the entry, given the day's entries; NotFound for a room that is not one of there."""
    if room_id:
        return said(entry, room_id)
    calls = [one for one in others if one.doctor_id == entry.doctor_id and one.called_time and one.room_id]
    if calls:
        last = max(calls, key=lambda one: (str(one.called_time), one.id))
        return {"room_id": last.room_id, "room_name": last.room_name}
    usual = directory.doctor(entry.doctor_id).usual_room_id
    if entry.room_id or not usual:
        return {}
    try:
        return said(entry, usual)
    except NotFound:  # the doctor's usual room is at another location
        return {}


def said(entry: EntryItem, room_id: str) -> dict[str, Any]:
    """The room that is said, or NotFound when it is not one of the location's that are in use."""
    room = directory.require(directory.room, room_id, "room_id")
    if room.location_id != entry.location_id or not room.active:
        raise NotFound("room", "room_id")
    return {"room_id": room.id, "room_name": room.name}
