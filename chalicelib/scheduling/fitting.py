"""Fitting a visit into the sheets that were read: is the doctor free, the patient, and which room."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.people import directory
from chalicelib.scheduling import claims, expiry, visits
from chalicelib.scheduling.claims import Claim, Obstacles
from chalicelib.scheduling.refusals import NoRoomFree, PatientBusy, SlotNotOffered, SlotTaken
from chalicelib.scheduling.visits import Asked, Visit
from chalicelib.table import keys
from chalicelib.table.base import Raw
from chalicelib.table.catalogue import RoomItem
from chalicelib.table.doctors import fence_version
from chalicelib.table.keys import Key

_MOST_ROOMS = 40  # of each candidate up to two sheets are read, in one BatchGet of at most a hundred keys
_DAY_FULL = "the patient has as many appointments that day as the location allows"


class ReadAgain(Exception):
    """Something moved between reading and writing; another round decides."""


def settle(asked: Asked, now: datetime, *, certain: bool) -> Visit:
    """The visit as the schedule admits it; a refusal never rests on a remembered schedule that has changed."""
    remembered = directory.doctor(asked.doctor_id)
    try:
        return visits.settle(asked, remembered, now)
    except SlotNotOffered:
        if certain:
            raise
        if directory.refresh_doctor(asked.doctor_id).schedule_version == remembered.schedule_version:
            raise
        raise ReadAgain from None


def keys_of(visit: Visit, patient_id: str, *, room_id: str | None = None) -> list[Key]:
    """What must be read to fit the visit: the fence, and the sheets of doctor, patient and every suitable room."""
    draft = visit.claim(patient_id=patient_id, room=None)
    wanted = [keys.fence(draft.doctor_id), *claims.doctor_sheets(draft), *claims.patient_sheets(draft)]
    for room in _candidates(visit, room_id):
        wanted += claims.room_sheets(replace(draft, turnover=int(room.turnover_minutes)), room.id)
    return wanted


def fit(
    visit: Visit,
    patient_id: str,
    found: Mapping[Key, Raw],
    now: datetime,
    *,
    instead_of: Claim | None = None,
    room_id: str | None = None,
) -> Claim:
    """The claim that takes the visit's time, with the best free room, in place of an older claim if there is one.

    Refuses at once what the sheets already show as taken, to lose cheaply: SlotTaken, PatientBusy,
    NoRoomFree. Raises ReadAgain when the schedule has moved on, or after ending expired holds that
    stood in the way.
    """
    if fence_version(visit.doctor.id, dict(found)) != int(visit.doctor.schedule_version):
        directory.refresh_doctor(visit.doctor.id)
        raise ReadAgain
    draft = visit.claim(patient_id=patient_id, room=None)
    doctor = _against(draft, instead_of, "doctor", found, now)
    if doctor.any:
        raise SlotTaken(visit.nearest(now))
    patient = _against(draft, instead_of, "patient", found, now)
    if patient.any:
        raise PatientBusy if patient.taken else PatientBusy(_DAY_FULL)
    _clear(doctor.expired_holds | patient.expired_holds, now)
    if visit.rooms is None:
        return draft
    expired: set[str] = set()
    for room in _candidates(visit, room_id):
        claim = visit.claim(patient_id=patient_id, room=room)
        against = _against(claim, instead_of, "room", found, now)
        if not against.any and not against.expired_holds:
            return claim
        expired |= set() if against.any else against.expired_holds
    _clear(expired, now)
    raise NoRoomFree(visit.nearest(now))


def _candidates(visit: Visit, room_id: str | None) -> list[RoomItem]:
    """The suitable rooms, best first; the room that the appointment has already goes before all."""
    rooms = visit.rooms or []
    return sorted(rooms, key=lambda room: room.id != room_id)[:_MOST_ROOMS]


def _against(
    claim: Claim, instead_of: Claim | None, resource: str, found: Mapping[Key, Raw], now: datetime
) -> Obstacles:
    changes = claims.take(claim) if instead_of is None else claims.move(instead_of, claim)
    return claims.obstacles(changes[resource], found, now)


def _clear(expired_holds: set[str], now: datetime) -> None:
    if expired_holds:
        expiry.release(expired_holds, now)
        raise ReadAgain
