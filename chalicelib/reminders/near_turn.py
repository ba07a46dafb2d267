"""You are next: whoever has come near the front of a waiting line is told, once for each place in line.

The line is read as it is now, so records of its changes that come twice, late or out of order tell nobody twice and
nobody too late: a message goes out only while its reader still waits.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.kit import clock, ids
from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.errors import NotFound
from chalicelib.people import directory
from chalicelib.queue import board, entries, statuses
from chalicelib.reminders import plan, states, visits
from chalicelib.reminders.kinds import PATIENT, YOU_ARE_NEXT, Channel
from chalicelib.reminders.policy import Policy
from chalicelib.table import base, indexes, keys
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.queue import EntryItem
from chalicelib.table.reminders import ReminderItem

_TELLING = ("status", "doctor_id", "score")
_SOON = timedelta(hours=12)  # a turn has no time; whoever stands in line is seen on that day


def concerns(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> bool:
    """Whether a change of an entry can have moved somebody to the front."""
    return old is None or any(old.get(name) != new.get(name) for name in _TELLING)


def follow(line: str, now: datetime) -> None:
    """Tell those who are near the front of the lines of this location and day, and were not told yet."""
    _, location_id, day = line.split("#")
    policy = Policy.read(directory.location(location_id).reminder_policy)
    if not policy.near_turn:
        return
    for doctors in board.board(location_id, date.fromisoformat(day), now).lines:
        for one in doctors.standing:
            if one.position is not None and one.position <= policy.near_turn:
                _tell(one.entry, policy, now)


def visit(entry_id: str, now: datetime) -> AppointmentItem | None:
    """A place in line as the visit that it stands for; None once nobody waits there."""
    try:
        entry = entries.find(entry_id)
    except NotFound:
        return None
    return _visit(entry, now) if entry.status == statuses.WAITING else None


def _tell(entry: EntryItem, policy: Policy, now: datetime) -> None:
    patient = PatientItem.find(entry.patient_id)
    if patient is None:
        return
    person = visits.person(patient, _visit(entry, now))
    channels = plan.channels_of(
        YOU_ARE_NEXT, policy=policy, wish=person.wish, reachable=person.reachable, consents=person.consents
    )
    for channel in channels:
        base.put_new(_item(entry, channel, now))


def _item(entry: EntryItem, channel: Channel, now: datetime) -> ReminderItem:
    at = clock.iso(now)
    stage = str(len(entry.journey or []))  # whoever is sent on to another doctor waits for a turn once more
    reminder_id = f"rem_{entry.id}-{ids.digest(entry.id, YOU_ARE_NEXT, channel, stage)[:16]}"
    return ReminderItem(
        *keys.reminders(entry.id, "REMINDER", reminder_id),
        due_key=indexes.due_shard(reminder_id, indexes.REMIND),
        due_at=at,
        occasion=YOU_ARE_NEXT,
        channel=channel,
        audience=PATIENT,
        round=0,
        scheduled_time=at,
        status=states.PENDING,
        recipient_id=entry.patient_id,
        created_at=at,
        updated_at=at,
        updated_by=SYSTEM.actor,
        request_id=f"line-{int(entry.version)}",
    )


def _visit(entry: EntryItem, now: datetime) -> AppointmentItem:
    return AppointmentItem(
        *keys.appointment(entry.id),
        doctor_key=keys.doctor(entry.doctor_id).pk,
        patient_key=keys.patient(entry.patient_id).pk,
        place_key=keys.location(entry.location_id).pk,
        start=clock.iso(now + _SOON),
        status="checked_in",
        mode="in-person",
        doctor_name=entry.doctor_name,
    )
