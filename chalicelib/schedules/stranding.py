"""Stranded appointments: upcoming ones that the doctor's schedule in force would not admit at their time.

Only what the schedule says strands (hours, breaks, holidays, overrides, the location's opening, the mode); limits of
notice, grid and number were kept when the appointment was made. The mark is written under the fence, so it never rests
on a schedule that is no longer in force.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.stamps import Stamp
from chalicelib.scheduling import changing, office, statuses, timetable
from chalicelib.scheduling.engine.explain import Wish, decide
from chalicelib.scheduling.engine.openings import Compiled
from chalicelib.scheduling.engine.schedule import from_dict
from chalicelib.scheduling.refusals import ChangedMeanwhile
from chalicelib.table import appointments, base, keys, revision
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.doctors import DoctorItem, FenceItem, fence_version
from chalicelib.table.transaction import Transaction

INACTIVE = "doctor_inactive"
REASONS = frozenset({"outside_hours", "break", "holiday", "override", "location_closed", "mode"})


def preview(doctor: DoctorItem, now: datetime) -> list[AppointmentItem]:
    """The appointments that this state of the doctor, not stored yet, would strand; each marked, none written."""
    ready = timetable.prepare(from_dict(doctor.schedule or {}), doctor.location_ids)
    found = list(_upcoming(doctor.id, now))
    for appointment in found:
        appointment.needs_rebooking = _reason(doctor, ready, appointment, now)
    return [appointment for appointment in found if appointment.needs_rebooking]


def mark(doctor_id: str, stamp: Stamp) -> list[AppointmentItem]:
    """Mark the doctor's stranded appointments, take the mark from those that fit again, and list the marked ones."""
    doctor = DoctorItem.find(doctor_id)
    if doctor is None:
        return []
    ready = timetable.of(doctor)
    found = []
    for appointment in _upcoming(doctor_id, stamp.now):
        right = _reason(doctor, ready, appointment, stamp.now) == appointment.needs_rebooking
        marked = appointment if right else _settle(appointment.id, stamp)
        if marked is not None and marked.needs_rebooking and marked.doctor_id == doctor_id:
            found.append(marked)
    return found


def recheck(appointment_id: str, now: datetime) -> None:
    """Judge an appointment again that was made under an older schedule than the one in force.

    An edit lists appointments from an index, which may lag behind a booking that came just before the edit; this
    closes that gap. A repeat changes nothing.
    """
    found = AppointmentItem.find(appointment_id)
    if found is None or not _is_upcoming(found, now):
        return
    fence = keys.fence(found.doctor_id)
    raw = base.get(fence, consistent=True)
    if raw and fence_version(found.doctor_id, {fence: raw}) > int(found.schedule_version):
        _settle(appointment_id, Stamp(by=SYSTEM, now=now, request_id="recheck"))


def _settle(appointment_id: str, stamp: Stamp) -> AppointmentItem | None:
    """The appointment with the mark that it deserves, judged and written as it and its doctor are at that moment."""
    for attempt in range(revision.ATTEMPTS):
        revision.pause(attempt)
        found = AppointmentItem.find_linked(appointment_id)
        doctor = DoctorItem.find(found.doctor_id) if found else None
        if found is None or doctor is None or not _is_upcoming(found, stamp.now):
            return found
        reason = _reason(doctor, timetable.of(doctor), found, stamp.now)
        if reason == found.needs_rebooking:
            return found
        try:
            return _write(found, reason, doctor, stamp)
        except ChangedMeanwhile:
            continue
    raise ChangedMeanwhile


def _write(appointment: AppointmentItem, reason: str | None, doctor: DoctorItem, stamp: Stamp) -> AppointmentItem:
    version = int(doctor.schedule_version)

    def under_fence(transaction: Transaction) -> None:
        transaction.check(keys.fence(doctor.id), FenceItem.is_at(version), refusal=ChangedMeanwhile)

    fields = {"needs_rebooking": reason, "schedule_version": version}
    return changing.write(appointment, stamp, fields, also=[under_fence])


def _reason(doctor: DoctorItem, ready: Compiled, appointment: AppointmentItem, now: datetime) -> str | None:
    """Why the doctor no longer admits the appointment: the first reason that strands, as its stable word."""
    if not doctor.active:
        return INACTIVE
    wish = Wish(
        start=appointment.starts,
        duration=int(appointment.duration_minutes),
        location_id=appointment.location_id,
        mode=appointment.mode,
    )
    reasons = decide(ready, wish, now=now).reasons
    return next((reason.code for reason in reasons if reason.code in REASONS), None)


def _upcoming(doctor_id: str, now: datetime) -> Iterator[AppointmentItem]:
    found = appointments.of_doctor(doctor_id, first=now, linked=office.is_kept())
    return (appointment for appointment in found if _is_upcoming(appointment, now))


def _is_upcoming(appointment: AppointmentItem, now: datetime) -> bool:
    if appointment.status == statuses.HELD and appointment.hold_expires <= now.timestamp():
        return False
    return appointment.status in statuses.OPEN and appointment.starts >= now
