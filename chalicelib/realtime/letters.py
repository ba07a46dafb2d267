"""What a change of a reminder means to those who follow its visit: it waits, goes out, arrives, or does not.

Neither the address nor the text is told. Events tell how the reminder stands now, so the last one is right.
"""

from collections.abc import Iterator
from typing import Any

from chalicelib.realtime.changes import Change, News
from chalicelib.table import base, keys
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.keys import Key
from chalicelib.table.reminders import ReminderItem

UPDATE = "reminder_update"
_TELLING = ("status", "delivery_status", "scheduled_time")
_SHOWN = ("scheduled_time", "sent_time", "status", "delivery_status")


def touched(change: Change) -> list[str]:
    """The topics that a change of a reminder is news for: its visit, and the patient whom it is meant for."""
    image, old = change.new or {}, change.old or {}
    if all(image.get(name) == old.get(name) for name in _TELLING):
        return []
    topics = [f"appointment:{change.pk.partition('#')[2]}"]
    if image["audience"]["S"] == "patient":
        topics.append(f"patient:{image['recipient_id']['S']}")
    return topics


def news(changes: list[Change]) -> Iterator[News]:
    """What the changes mean in each topic that they touch, as the reminders stand now."""
    visits = {change.pk: keys.appointment(change.pk.partition("#")[2]) for change in changes}
    wanted = {(change.pk, change.sk): Key(change.pk, change.sk) for change in changes}
    found = base.get_many({*visits.values(), *wanted.values()}, consistent=True)
    for change in changes:
        reminder, visit = found.get(wanted[change.pk, change.sk]), found.get(visits[change.pk])
        if reminder is None or visit is None:
            continue
        said = _shown(ReminderItem.from_raw_data(reminder), AppointmentItem.from_raw_data(visit))
        for topic in touched(change):
            # Only who may see whom a visit is about is told what goes out for it.
            yield News(change, topic, UPDATE, data=None, staff=said)


def _shown(item: ReminderItem, visit: AppointmentItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "appointment_id": item.appointment_id,
        "kind": item.occasion,
        "type": item.channel,
        "audience": item.audience,
        **{name: getattr(item, name) for name in _SHOWN},
        "doctor_id": visit.doctor_id,
        "patient_id": visit.patient_id,
        "location_id": visit.location_id,
        "version": int(item.version),
    }
