"""What a change of an appointment means to those who follow: the patient, the doctor, the desks, and the visit's own
topic.

Events tell how the appointment stands now, and not how the change left it: so whatever order changes come in, the
last event is right.
"""

from collections.abc import Iterator
from typing import Any

from chalicelib.kit import clock
from chalicelib.people import directory
from chalicelib.realtime.changes import Change, News
from chalicelib.scheduling import statuses
from chalicelib.table import base
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.keys import Key

NEW, CHANGED = "new_appointment", "appointment_update"
_PLAIN = ("status", "mode", "origin", "room_id", "service_id", "queue_token", "urgency_level", "needs_rebooking")


def touched(change: Change) -> list[str]:
    """The topics that a change of an appointment is news for; of its old doctor too, when it has moved."""
    images = [image for image in (change.new, change.old) if image]
    found = []
    for image in images:
        place = image["place_key"]["S"].split("#")[1]
        hospital = directory.location(place).hospital_id
        found += [f"location:{place}", *([f"hospital:{hospital}"] if hospital else [])]
        found += [f"doctor:{_id(image, 'doctor_key')}", f"patient:{_id(image, 'patient_key')}"]
    found.append(f"appointment:{change.pk.partition('#')[2]}")
    return list(dict.fromkeys(found))


def news(changes: list[Change]) -> Iterator[News]:
    """What the changes mean in each topic that they touch, as the appointments stand now."""
    wanted = {change.pk: Key(change.pk, "APPOINTMENT") for change in changes}
    found = base.get_many(wanted.values(), consistent=True)
    for change in changes:
        raw = found.get(wanted[change.pk])
        if raw is None:
            continue
        said = shown(AppointmentItem.from_raw_data(raw))
        kind = NEW if _is_new(change) else CHANGED
        for topic in touched(change):
            # A kiosk or display may follow the place and its doctors, and is told nothing of who comes when.
            yield News(change, topic, kind, data=None, staff=said)


def shown(item: AppointmentItem) -> dict[str, Any]:
    """An appointment as those see it who may see names; reason, notes and payment are read over HTTP."""
    return {
        "id": item.id,
        "appointment_number": item.number,
        "doctor_id": item.doctor_id,
        "doctor_name": item.doctor_name,
        "patient_id": item.patient_id,
        "patient_name": item.patient_name,
        "location_id": item.location_id,
        "scheduled_date": clock.iso(item.starts),
        "end_time": clock.iso(item.ends),
        **{name: getattr(item, name) for name in _PLAIN},
        "version": int(item.version),
    }


def _is_new(change: Change) -> bool:
    """Whether somebody has a visit now who had none: it was booked, or a held slot was confirmed."""
    before = change.old["status"]["S"] if change.old else statuses.HELD
    after = change.new["status"]["S"] if change.new else statuses.HELD
    return before == statuses.HELD and after not in (statuses.HELD, statuses.CANCELLED)


def _id(image: dict[str, Any], name: str) -> str:
    return str(image[name]["S"]).partition("#")[2]
