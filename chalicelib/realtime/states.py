"""The state behind each topic, for whoever begins to follow it or has missed too much.

It is read after the topic's version was, so it holds at least all that the version counts; what happens meanwhile
comes as an event too, and says the same once more.
"""

from datetime import datetime
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.people import directory
from chalicelib.realtime import visits
from chalicelib.realtime.topics import Topic
from chalicelib.table.appointments import AppointmentItem


def of(topic: Topic, _claims: Claims, now: datetime) -> dict[str, Any]:
    """What the caller may see behind the topic now; never more than over HTTP."""
    match topic.kind:
        case "appointment":
            found = AppointmentItem.find(topic.id)
            return visits.shown(found) if found else {}
        case "availability":
            return {"doctor_id": topic.id, "from": clock.iso(now), "until": None}
        case "hospital":
            return {"hospital_id": directory.hospital(topic.id).id}
    return {f"{topic.kind}_id": topic.id, "queue": []}
