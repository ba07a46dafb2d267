"""The negative control: look first, then write without a condition, as most schedulers do."""

from dataclasses import replace
from typing import Any

from chalicelib.kit import clock, ids
from chalicelib.kit.stamps import Stamp
from chalicelib.scheduling import changing, claims, drafting, fitting, statuses
from chalicelib.scheduling.booking import Booking
from chalicelib.scheduling.refusals import NotAllowedNow
from chalicelib.scheduling.visits import Asked
from chalicelib.table import base, keys, sheets
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.sheets import Change


def book(wish: Booking) -> AppointmentItem:
    """Check the sheets, then count the cells and put the appointment, under a fresh id each time."""
    visit = fitting.settle(wish.asked, wish.stamp.now, certain=True)
    patient_id = str(wish.patient_id)
    found = base.get_many([*fitting.keys_of(visit, patient_id), keys.patient(patient_id)], consistent=True)
    claim = fitting.fit(visit, patient_id, found, wish.stamp.now)
    patient = PatientItem.from_raw_data(found[keys.patient(patient_id)])
    item: Any = drafting.draft(
        visit, claim, patient, appointment_id=ids.new("apt"), stamp=wish.stamp, details=wish.details
    )
    item.write = clock.iso(wish.stamp.now)
    _count(claims.take(claim))
    return _put(item)


def move(appointment_id: str, asked: Asked, stamp: Stamp) -> AppointmentItem:
    """Check the sheets, count the cells of both times, then put the appointment as it was read, with the new time."""
    item: Any = changing.read_for_change(appointment_id, stamp)
    if item.status not in statuses.MOVABLE:
        raise NotAllowedNow(item.status, "moved")
    same = replace(asked, duration=int(item.duration_minutes), mode=item.mode)
    visit = fitting.settle(same, stamp.now, certain=True)
    old = claims.of(item)
    found = base.get_many(fitting.keys_of(visit, item.patient_id, room_id=item.room_id), consistent=True)
    new = fitting.fit(visit, item.patient_id, found, stamp.now, instead_of=old, room_id=item.room_id)
    _count(claims.move(old, new))
    item.status, item.start, item.doctor_key = statuses.RESCHEDULED, clock.iso(visit.start), f"DOCTOR#{visit.doctor.id}"
    item.room_id, item.turnover_minutes, item.buffer_after = new.room_id, new.turnover, new.after
    item.local_date, item.version = new.local_day.isoformat(), int(item.version) + 1
    return _put(item)


def cancel(appointment_id: str, stamp: Stamp) -> AppointmentItem:
    """Give the cells back, then put the appointment as it was read, cancelled."""
    item: Any = changing.read_for_change(appointment_id, stamp)
    if item.status == statuses.CANCELLED:
        return AppointmentItem.from_raw_data(base.get(item.key, consistent=True) or {})
    _count(claims.release(claims.of(item)))
    item.status, item.version = statuses.CANCELLED, int(item.version) + 1
    return _put(item)


def confirm(appointment_id: str, stamp: Stamp) -> AppointmentItem:
    """Nothing to do: here a hold is an appointment at once."""
    return changing.read_for_change(appointment_id, stamp)


def _count(changes: dict[str, list[Change]]) -> None:
    for change in (one for of_resource in changes.values() for one in of_resource):
        operation = sheets.operation(change)
        operation.pop("ConditionExpression", None)
        for name in (":k", ":cap"):
            operation["ExpressionAttributeValues"].pop(name, None)
        base.call("UpdateItem", operation)


def _put(item: AppointmentItem) -> AppointmentItem:
    base.call("PutItem", item.get_save_kwargs_from_instance())
    return item
