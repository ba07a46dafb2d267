"""Follows the appointments: a room stands ready as soon as one is booked, and the rooms it had before are shut.

It reads the appointment as it is now and not as a record of the stream shows it, so a record that comes twice, late or
out of order brings about what the latest does.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.stamps import Stamp
from chalicelib.scheduling import remote, settling
from chalicelib.table import revision, telehealth
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.telehealth import VisitRoomItem
from chalicelib.table.transaction import Transaction
from chalicelib.telehealth import platforms, rooms, terms

_TELLING = ("status", "start", "mode", "doctor_key", "moves")


def concerns(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> bool:
    """Whether a change of an appointment can change its rooms."""
    modes = {image["mode"]["S"] for image in (old, new) if image}
    return "telehealth" in modes and (old is None or any(old.get(name) != new.get(name) for name in _TELLING))


def follow(appointment_id: str, stamp: Stamp) -> None:
    """Make the appointment's room, if it calls for one, and shut those that it had."""
    appointment = AppointmentItem.find(appointment_id)
    if appointment is None:
        return
    held = remote.takes_place(appointment)
    if held and terms.status(appointment.starts, appointment.ends, stamp.now) != terms.OVER:
        rooms.ready(appointment, stamp)
    latest = settling.times(appointment)
    former = [remote.room_id(appointment, one) for one in range(latest if held else latest + 1)]
    for room in telehealth.find_all(former):
        if not room.ended:
            platforms.release(room)
        _shut(room.id, stamp)


def _shut(room_id: str, stamp: Stamp) -> None:
    def end(room: VisitRoomItem, _: Transaction) -> None:
        room.ended = room.ended or clock.iso(stamp.now)

    revision.revise(lambda: rooms.find(room_id), end, stamp=stamp)
