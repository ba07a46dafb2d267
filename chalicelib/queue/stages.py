"""The stages of a visit: triage, laboratory, doctor, one number and one age for all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.errors import Invalid
from chalicelib.kit.stamps import Stamp
from chalicelib.queue import changing, drafting, entries, lines, statuses
from chalicelib.queue.refusals import EntryNotAllowedNow
from chalicelib.scheduling.companions import patiently
from chalicelib.table.doctors import DoctorItem
from chalicelib.table.queue import EntryItem

_KIND = "forwarded"  # as a kind of visit: the same doctor may take more or less time for such patients


@dataclass(frozen=True, slots=True)
class Stage:
    """The patient with one doctor: in that line `since`, called and seen when; None is not yet."""

    doctor_id: str
    doctor_name: str
    since: datetime
    called: datetime | None
    begun: datetime | None
    ended: datetime | None


def behind(entry: EntryItem) -> list[Stage]:
    """The stages that are done, in order."""
    return [
        Stage(
            one["doctor_id"],
            one["doctor_name"],
            *(clock.parse(one[name]) for name in ("since", "called", "begun", "ended")),
        )
        for one in entry.journey or []
    ]


def of(entry: EntryItem) -> list[Stage]:
    """All stages that the patient has come to, the present one last."""
    since = entry.arrived
    times = (entry.at(name) for name in ("called_time", "consultation_start", "consultation_end"))
    return [*behind(entry), Stage(entry.doctor_id, entry.doctor_name, since, *times)]


def visit_status(entry: EntryItem, status: str) -> str:
    """What the entry's appointment is while the entry has this status: of who was seen at a stage before, it goes on
    until the entry is over."""
    if not entry.journey:
        return statuses.APPOINTMENT[status]
    return statuses.APPOINTMENT[statuses.IN_CONSULTATION if status in statuses.OPEN else statuses.COMPLETED]


def forward(
    *,
    entry_id: str,
    doctor_id: str,
    stamp: Stamp,
    next_doctor_ids: Sequence[str] | None = None,
    notes: str | None = None,
) -> EntryItem:
    """End the consultation and send the patient on to another doctor there, in line with the age that they have.

    `next_doctor_ids` are the stages after that, what was planned before when none are said. A booked visit goes on, and
    is completed with the last stage. Raises NotFound, Invalid, EntryNotAllowedNow, AlreadyInQueue.
    """

    def work() -> EntryItem:
        entry = entries.read_for_change(entry_id, stamp)
        if entry.status != statuses.IN_CONSULTATION:
            raise EntryNotAllowedNow(entry.status, "forwarded")
        here = lines.receiving(doctor_id, entry.location_id)
        if here.id == entry.doctor_id:
            raise Invalid.field("doctor_id", "the patient is with this doctor now")
        return onward(entry, here, to_come(entry, next_doctor_ids), stamp, notes=notes)

    return patiently(work)


def planned(doctor_ids: Iterable[str], location_id: str) -> list[str]:
    """The doctors of the stages to come, each of whom sees patients there."""
    return [lines.receiving(one, location_id, field="next_doctor_ids").id for one in doctor_ids]


def to_come(entry: EntryItem, doctor_ids: Sequence[str] | None) -> list[str]:
    """The stages after the next: those that are said, or what was planned before."""
    return list(entry.next_doctor_ids or []) if doctor_ids is None else planned(doctor_ids, entry.location_id)


def in_line_with(doctor: DoctorItem, then: Sequence[str], notes: str | None) -> dict[str, Any]:
    """The fields of an entry that waits for a doctor whom it was sent to, with these stages after that."""
    return {
        "status": statuses.WAITING,
        "doctor_id": doctor.id,
        "doctor_name": doctor.name,
        "next_doctor_ids": list(then) or None,
        **({"notes": notes} if notes else {}),
        **dict.fromkeys(("called_time", "room_id", "room_name", "recalls")),
    }


def onward(
    entry: EntryItem, here: DoctorItem, then: Sequence[str], stamp: Stamp, *, notes: str | None = None
) -> EntryItem:
    """Write that the patient is done with one doctor and waits for the next."""
    done = {
        "doctor_id": entry.doctor_id,
        "doctor_name": entry.doctor_name,
        "since": clock.iso(entry.arrived),
        "called": entry.called_time,
        "begun": entry.consultation_start,
        "ended": clock.iso(stamp.now),
    }
    fields: dict[str, Any] = {
        **in_line_with(here, then, notes),
        "journey": [*(entry.journey or []), done],
        "forwarded_at": clock.iso(stamp.now),
        "visit_kind": _KIND,
        "planned_minutes": drafting.usual_minutes(here),
        "consultation_start": None,
    }
    return changing.write(entry, stamp, fields, forwarded=True, doctor=entry.doctor_id, notes=notes)
