"""Rooms: made once for each settling of a telehealth appointment's time, or for a talk without one.

A room's id follows from the appointment, so that whoever comes first makes it, the stream's follower or the one who
asks for a link, and whoever comes later finds it. Whether it is still the appointment's is asked of the appointment
each time: a move or a cancel shuts the old room at that moment, however late its follower is.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import directory
from chalicelib.scheduling import remote
from chalicelib.table import base, creation, keys, telehealth
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.telehealth import VisitRoomItem
from chalicelib.telehealth import platforms, terms
from chalicelib.telehealth.refusals import NotTelehealth, VisitNotOpen, VisitOver

_KEY_BYTES = 32


def find(room_id: str) -> VisitRoomItem:
    """The room, shut or not; NotFound where there is none."""
    found = telehealth.find(room_id)
    if found is None:
        raise NotFound("room")
    return found


def is_shut(room: VisitRoomItem) -> bool:
    """Whether the visit was moved away from the room or called off."""
    if room.ended or room.appointment_id is None:
        return bool(room.ended)
    appointment = AppointmentItem.find(room.appointment_id)
    return appointment is None or not remote.takes_place(appointment) or remote.room_id(appointment) != room.id


def status(room: VisitRoomItem, now: datetime) -> str:
    """`early`, `open` or `over`."""
    return terms.OVER if is_shut(room) else terms.status(room.begins, room.finishes, now)


def check_open(room: VisitRoomItem, now: datetime) -> None:
    """VisitNotOpen or VisitOver unless the room may be entered now."""
    found = status(room, now)
    if found == terms.EARLY:
        raise VisitNotOpen(terms.opens(room.begins))
    if found == terms.OVER:
        raise VisitOver


def ready(appointment: AppointmentItem, stamp: Stamp) -> VisitRoomItem:
    """The appointment's room, made if nobody has yet; NotTelehealth, or VisitOver where none is held."""
    if appointment.mode != "telehealth":
        raise NotTelehealth
    if not remote.takes_place(appointment) or terms.status(appointment.starts, appointment.ends, stamp.now) == "over":
        raise VisitOver
    room_id = remote.room_id(appointment)
    known = telehealth.find(room_id)
    if known is not None:
        return platforms.arrange(known, stamp)
    room = _room(
        room_id,
        appointment_id=appointment.id,
        doctor_id=appointment.doctor_id,
        patient_id=appointment.patient_id,
        location_id=appointment.location_id,
        doctor_name=appointment.doctor_name,
        patient_name=appointment.patient_name,
        wished=directory.location(appointment.location_id).telehealth_platform,
        starts=appointment.starts,
        ends=appointment.ends,
    )
    creation.sign(room, stamp)
    return platforms.arrange(room if base.put_new(room) else find(room_id), stamp)


def without_appointment(
    *, doctor_id: str, patient_id: str, doctor_name: str, patient_name: str, minutes: int, stamp: Stamp
) -> VisitRoomItem:
    """A room that is open from now on, for a talk that nobody booked; a repeated request finds the same one."""
    identity = creation.identify("vis", stamp=stamp)
    room = _room(
        identity.id,
        appointment_id=None,
        doctor_id=doctor_id,
        patient_id=patient_id,
        location_id=None,
        doctor_name=doctor_name,
        patient_name=patient_name,
        starts=stamp.now,
        ends=stamp.now + timedelta(minutes=minutes),
    )
    return creation.create(room, identity=identity, stamp=stamp).item


def _room(room_id: str, *, starts: datetime, ends: datetime, **whose: Any) -> VisitRoomItem:
    return VisitRoomItem(
        *keys.visit_room(room_id),
        starts=clock.iso(starts),
        ends=clock.iso(ends),
        secret=secrets.token_urlsafe(_KEY_BYTES),
        expires_at=telehealth.expiry(ends),
        **whose,
    )
