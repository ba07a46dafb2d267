"""The state behind each topic, for whoever begins to follow it or has missed too much.

It is read after the topic's version was, so it holds at least all that the version counts; what happens meanwhile
comes as an event too, and says the same once more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.people import directory
from chalicelib.realtime import following, visits
from chalicelib.realtime.topics import Topic
from chalicelib.table.appointments import AppointmentItem


@dataclass(frozen=True, slots=True)
class State:
    """What is shown of a topic, and the ids of the patients whose data that is."""

    data: dict[str, Any]
    patients: frozenset[str] = frozenset()


def of(topic: Topic, claims: Claims, now: datetime) -> State:
    """What the caller may see behind the topic now; never more than over HTTP."""
    match topic.kind:
        case "appointment":
            found = AppointmentItem.find(topic.id)
            return _visit(found, claims) if found else State({})
        case "availability":
            return State({"doctor_id": topic.id, "from": clock.iso(now), "until": None})
        case "hospital":
            return State({"hospital_id": directory.hospital(topic.id).id})
    return State({f"{topic.kind}_id": topic.id, "queue": []})


def _visit(found: AppointmentItem, claims: Claims) -> State:
    if following.is_told_all(claims):
        return State(visits.shown(found), frozenset({found.patient_id}))
    return State({"id": found.id, "status": found.status, "version": int(found.version)})
