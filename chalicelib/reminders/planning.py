"""Planning: the reminders of an appointment brought in step with it, whenever the table's stream tells of a change.

It reads the appointment as it is now and not as the record shows it, so a record that comes twice, late or out of
order brings about what the latest does. The plan is pure and its ids are its own, so doing it again changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.people import directory
from chalicelib.reminders import offsets, plan, states, visits
from chalicelib.reminders.kinds import DOCTOR
from chalicelib.reminders.pending import pending
from chalicelib.reminders.plan import Planned
from chalicelib.reminders.policy import Policy
from chalicelib.scheduling import settling, statuses
from chalicelib.table import reminders, revision
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.reminders import ReminderItem
from chalicelib.table.transaction import Transaction

_TELLING = ("status", "start", "mode", "doctor_key", "place_key", "moves", "reminder_preferences", "telehealth_url")
_ATTEMPTS = 8


class _Overtaken(Exception):
    """A reminder, or the appointment's plan, is not as it was read."""


def concerns(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> bool:
    """Whether a change of an appointment can change what is planned for it."""
    return old is None or any(old.get(name) != new.get(name) for name in _TELLING)


def follow(appointment_id: str, now: datetime) -> None:
    """Plan what the appointment calls for as it stands now; cancel what waits and is called for no more."""
    for attempt in range(_ATTEMPTS):
        revision.pause(attempt)
        appointment = AppointmentItem.find(appointment_id)
        if appointment is None or appointment.status == statuses.HELD:
            return
        try:
            _bring_in_step(appointment, now)
        except _Overtaken:
            continue
        return
    raise revision.Overtaken


def wanted(appointment: AppointmentItem, patient: PatientItem | None, said: Any = None) -> tuple[Planned, ...]:
    """What the appointment calls for as it stands, under the policy that it was planned under; `said` is that."""
    if patient is None:
        return ()
    zone = ZoneInfo(directory.location(appointment.location_id).zone)
    visit = visits.of(appointment, zone=zone, home=visits.home(patient, zone))
    person = visits.person(patient, appointment)
    return plan.plan(
        visit,
        wish=person.wish,
        reachable=person.reachable,
        consents=person.consents,
        policy=Policy.read(kept_policy(appointment) if said is None else said),
        doctor_reachable=visits.ways_to_doctor(appointment.doctor_id) if visit.new_to_doctor else frozenset(),
    )


def kept_policy(appointment: AppointmentItem) -> Mapping[str, Any]:
    """The policy under which the visit's present time was planned, or that of its location as it is now."""
    kept = reminders.plan_of(appointment.id)
    if kept is not None and kept.policy is not None and int(kept.round or 0) == settling.times(appointment):
        policy: Mapping[str, Any] = kept.policy
        return policy
    return directory.location(appointment.location_id).reminder_policy or {}


def _bring_in_step(appointment: AppointmentItem, now: datetime) -> None:
    said = kept_policy(appointment)
    planned = {one.id: one for one in wanted(appointment, PatientItem.find(appointment.patient_id), said)}
    there = {one.id: one for one in reminders.of_appointment(appointment.id)}
    tx = Transaction()
    for one in planned.values():
        _settle(tx, one, there.get(one.id), appointment, now)
    for stored in there.values():
        if stored.status != states.PENDING or stored.id in planned:
            continue
        due = _own_time(stored, appointment)
        if not _stays(stored, appointment) or due <= now < stored.due:
            reminders.add_cancel(tx, stored, now=now, refusal=_Overtaken)
        elif due != stored.due:
            reminders.add_revival(tx, stored, due=due, now=now, refusal=_Overtaken)
    if tx.operations:
        reminders.add_plan(
            tx,
            appointment.id,
            version=int(appointment.version),
            policy=said,
            round_=settling.times(appointment),
            now=now,
            refusal=_Overtaken,
        )
        tx.commit()


def _settle(
    tx: Transaction, one: Planned, stored: ReminderItem | None, appointment: AppointmentItem, now: datetime
) -> None:
    if stored is None:
        tx.put(_item(one, appointment, now), refusal=_Overtaken)
        return
    waits_otherwise = stored.status == states.PENDING and stored.due != one.due and not stored.tries
    if not stored.by_hand and (waits_otherwise or stored.status == states.CANCELLED):
        reminders.add_revival(tx, stored, due=one.due, now=now, refusal=_Overtaken)


def _own_time(stored: ReminderItem, appointment: AppointmentItem) -> datetime:
    """When one that stands beside the plan is due: so long before the visit, wherever that has moved, or as it was."""
    if not stored.by_hand or stored.offset is None:
        return stored.due
    zone = ZoneInfo(directory.location(appointment.location_id).zone)
    return offsets.before(appointment.starts, int(stored.offset), zone)


def _stays(stored: ReminderItem, appointment: AppointmentItem) -> bool:
    """Whether it stands beside the plan, for a visit that is still to come: somebody's own, or instead of one."""
    return bool(stored.by_hand or stored.instead_of) and visits.standing(appointment) == "ahead"


def _item(one: Planned, appointment: AppointmentItem, now: datetime) -> ReminderItem:
    return pending(
        appointment.id,
        one.id,
        due=one.due,
        now=now,
        because=f"plan-{int(appointment.version)}",
        occasion=one.kind,
        channel=one.channel,
        audience=one.audience,
        offset=one.offset,
        round=one.round,
        recipient_id=appointment.doctor_id if one.audience == DOCTOR else appointment.patient_id,
    )
