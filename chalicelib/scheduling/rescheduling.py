"""Rescheduling: the old time is freed exactly if the new one is claimed; the id stays, the moves are kept."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.errors import Forbidden, Invalid
from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.people import access
from chalicelib.scheduling import cancelling, changing, claims, fitting, statuses
from chalicelib.scheduling.claims import Claim
from chalicelib.scheduling.fitting import ReadAgain
from chalicelib.scheduling.refusals import ChangedMeanwhile, MovedByClinicOnly, NotAllowedNow
from chalicelib.scheduling.visits import Asked, Visit
from chalicelib.table import base, indexes, keys, tallies
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.doctors import FenceItem
from chalicelib.table.transaction import Transaction, never

_ROUNDS = 10


def reschedule(
    *, appointment_id: str, asked: Asked, stamp: Stamp, override_reason: str | None = None
) -> AppointmentItem:
    """Give the appointment another time (and doctor or place, if asked), or leave all as it was.

    What `asked` leaves out stays as it is; its doctor may be empty. Raises SlotTaken, SlotNotOffered,
    NoRoomFree, PatientBusy, NotAllowedNow, TooLate, Forbidden, ChangedMeanwhile.
    """
    for attempt in range(_ROUNDS):
        appointment = changing.read_for_change(appointment_id, stamp)
        _check(appointment, stamp, override_reason)
        try:
            visit = fitting.settle(_completed(asked, appointment), stamp.now, certain=attempt > 0)
            _check_destination(appointment, visit, stamp)
            if _is_as_before(visit, appointment):
                raise Invalid.field(asked.field, "is the time that the appointment already has")
            return _move(appointment, visit, stamp, override_reason, certain=attempt > 0)
        except (ReadAgain, ChangedMeanwhile):
            continue
    raise ChangedMeanwhile


def reclaim(appointment: AppointmentItem, stamp: Stamp, fields: Mapping[str, Any]) -> AppointmentItem:
    """Take a cancelled appointment's own time again, with any suitable room; refuses as booking does."""
    when = When(instant=appointment.starts)
    asked = _completed(Asked(doctor_id="", when=when, location_id=appointment.location_id), appointment)
    for attempt in range(_ROUNDS):
        try:
            visit = fitting.settle(asked, stamp.now, certain=attempt > 0)
            claim = _fit(appointment, visit, stamp, instead_of=None, certain=attempt > 0)
            again = {**fields, **_claimed(visit, claim)}
            also = [_fence(visit), *_reopened(appointment, visit)]
            return changing.write(appointment, stamp, again, claims.take(claim), also=also)
        except (ReadAgain, ChangedMeanwhile):
            continue
    raise ChangedMeanwhile


def _check(appointment: AppointmentItem, stamp: Stamp, override_reason: str | None) -> None:
    if appointment.status not in statuses.MOVABLE:
        raise NotAllowedNow(appointment.status, "moved")
    if appointment.can_reschedule is False and stamp.by.role in {"patient", "kiosk"}:
        raise MovedByClinicOnly
    cancelling.check_cutoff(appointment, stamp, override_reason)


def _check_destination(appointment: AppointmentItem, visit: Visit, stamp: Stamp) -> None:
    """A doctor moves only within the own schedule, a desk only within its reach."""
    if stamp.by.role == "doctor" and visit.doctor.id != stamp.by.sub:
        raise Forbidden("A doctor may not move an appointment to a colleague.")
    if stamp.by.role not in {"patient", "doctor"} and visit.location.id != appointment.location_id:
        access.check_location(stamp.by, visit.location.id)


def _is_as_before(visit: Visit, appointment: AppointmentItem) -> bool:
    before = (appointment.doctor_id, appointment.starts, int(appointment.duration_minutes), appointment.mode)
    same = (visit.doctor.id, visit.start, visit.minutes, visit.mode) == before
    return same and visit.location.id == appointment.location_id


def _completed(asked: Asked, appointment: AppointmentItem) -> Asked:
    """What is asked, with everything else as the appointment has it."""
    same_doctor = asked.doctor_id in {"", appointment.doctor_id}
    return replace(
        asked,
        doctor_id=asked.doctor_id or appointment.doctor_id,
        duration=asked.duration or int(appointment.duration_minutes),
        mode=asked.mode or appointment.mode,
        service_id=asked.service_id or appointment.service_id,
        location_id=asked.location_id or (appointment.location_id if same_doctor and asked.when.wall else None),
    )


def _move(
    appointment: AppointmentItem, visit: Visit, stamp: Stamp, override_reason: str | None, *, certain: bool
) -> AppointmentItem:
    old = claims.of(appointment)
    new = _fit(appointment, visit, stamp, instead_of=old, certain=certain)
    start = clock.iso(visit.start)
    moved = {
        "from": appointment.start,
        "to": start,
        "at": clock.iso(stamp.now),
        "by": stamp.by.actor,
        **({"override": override_reason} if override_reason else {}),
        **({"from_doctor": appointment.doctor_id} if visit.doctor.id != appointment.doctor_id else {}),
    }
    said = {"from": appointment.status, "to": statuses.RESCHEDULED, "moved": True}
    fields = {
        "status": statuses.RESCHEDULED,
        "start": start,
        "place_key": indexes.place_month(visit.location.id, indexes.month_of(start)),
        "doctor_key": f"DOCTOR#{visit.doctor.id}",
        "doctor_name": visit.doctor.name,
        "specialty": visit.doctor.specialty,
        "moves": [*(appointment.moves or []), moved],
        "stamps": changing.stamped(appointment, stamp, **said),
        "override_reason": override_reason or appointment.override_reason,
        "needs_rebooking": None,
        **_claimed(visit, new),
    }
    also = [_fence(visit), *_reopened(appointment, visit)]
    return changing.write(appointment, stamp, fields, claims.move(old, new), also=also)


def _fit(appointment: AppointmentItem, visit: Visit, stamp: Stamp, *, instead_of: Claim | None, certain: bool) -> Claim:
    room_id = appointment.room_id
    found = base.get_many(fitting.keys_of(visit, appointment.patient_id, room_id=room_id), consistent=certain)
    return fitting.fit(visit, appointment.patient_id, found, stamp.now, instead_of=instead_of, room_id=room_id)


def _claimed(visit: Visit, claim: Claim) -> dict[str, Any]:
    """The attributes that keep what was claimed, so that release is exact."""
    return {
        "room_id": claim.room_id,
        "buffer_before": claim.before or None,
        "buffer_after": claim.after or None,
        "turnover_minutes": claim.turnover or None,
        "duration_minutes": claim.duration,
        "mode": visit.mode,
        "local_date": claim.local_day.isoformat(),
        "schedule_version": int(visit.doctor.schedule_version),
    }


def _fence(visit: Visit) -> Callable[[Transaction], None]:
    """Adds to a transaction that the schedule is still the one from which the visit was computed."""
    version = FenceItem.is_at(int(visit.doctor.schedule_version))
    return lambda tx: tx.check(keys.fence(visit.doctor.id), version, refusal=ReadAgain)


def _reopened(appointment: AppointmentItem, visit: Visit) -> list[Callable[[Transaction], None]]:
    """Adds to a transaction that a counted appointment is open until its new end."""
    if not appointment.tallied:
        return []
    until = int((visit.start + timedelta(minutes=visit.minutes)).timestamp())
    entry = tallies.reopen(appointment.patient_id, appointment.id, until)
    return [lambda tx: tx.raw_update(entry, refusal=never)]
