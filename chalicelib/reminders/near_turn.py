"""You are next: whoever has come near the front of a waiting line is told, once for each place in line.

The line is read as it is now, so records of its changes that come twice, late or out of order tell nobody twice and
nobody too late: a message goes out only while its reader still waits.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.errors import NotFound
from chalicelib.people import directory
from chalicelib.queue import board, entries, ranking, statuses
from chalicelib.reminders import plan, visits
from chalicelib.reminders.kinds import PATIENT, YOU_ARE_NEXT, Channel
from chalicelib.reminders.pending import pending
from chalicelib.reminders.policy import Policy
from chalicelib.table import base, keys
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
    weights = ranking.weights(location_id)
    for of_doctor in board.shown(location_id, date.fromisoformat(day), now).values():
        for entry, _ in ranking.order(of_doctor, now=now, weights=weights)[: policy.near_turn]:
            _tell(entry, policy, now)


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
    stage = str(len(entry.journey or []))  # whoever is sent on to another doctor waits for a turn once more
    return pending(
        entry.id,
        plan.id_of(entry.id, entry.id, YOU_ARE_NEXT, channel, stage),
        due=now,
        now=now,
        because=f"line-{int(entry.version)}",
        occasion=YOU_ARE_NEXT,
        channel=channel,
        audience=PATIENT,
        round=0,
        recipient_id=entry.patient_id,
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
