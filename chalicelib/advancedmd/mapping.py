"""Between the clinic's words and AdvancedMD's: statuses, wall time, columns. Pure.

AdvancedMD's times carry no offset: they are wall time of the office. An instant that its wall shows twice, or whose
wall time it jumps over, cannot be told there, and is refused rather than guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from chalicelib.advancedmd.scope import KINDS
from chalicelib.advancedmd.shared import Shared, Stage, foreign
from chalicelib.gateways.advancedmd.records import (
    ARRIVED,
    CANCELLED,
    DELETED,
    MADE,
    MOVED,
    NO_SHOW,
    OTHER,
    SEEN,
    Bookable,
    NewVisit,
    VisitData,
)
from chalicelib.kit import clock

Step = Literal["cancel", "noshow", "checkin", "checkout", "uncheckin", "uncheckout"]

_STAGES: dict[int, Stage] = {
    MADE: "expected",
    MOVED: "expected",
    ARRIVED: "arrived",
    OTHER: "arrived",
    SEEN: "done",
    CANCELLED: "cancelled",
    DELETED: "cancelled",
    NO_SHOW: "missed",
}
_OURS: dict[str, Stage] = {
    "held": "expected",
    "scheduled": "expected",
    "rescheduled": "expected",
    "confirmed": "expected",
    "checked_in": "arrived",
    "in_progress": "arrived",
    "completed": "done",
    "cancelled": "cancelled",
    "no_show": "missed",
}
_FIRST: dict[Stage, str] = {
    "expected": "scheduled",
    "arrived": "checked_in",
    "done": "completed",
    "cancelled": "cancelled",
    "missed": "no_show",
}
_STEPS: dict[tuple[Stage, Stage], tuple[Step, ...]] = {
    ("expected", "arrived"): ("checkin",),
    ("expected", "done"): ("checkout",),
    ("expected", "cancelled"): ("cancel",),
    ("expected", "missed"): ("noshow",),
    ("arrived", "expected"): ("uncheckin",),
    ("arrived", "done"): ("checkout",),
    ("arrived", "cancelled"): ("cancel",),
    ("arrived", "missed"): ("noshow",),
    ("done", "arrived"): ("uncheckout",),
    ("done", "expected"): ("uncheckout", "uncheckin"),
    ("missed", "arrived"): ("checkin",),
    ("missed", "expected"): ("uncheckin",),
    ("missed", "done"): ("checkout",),
    ("missed", "cancelled"): ("cancel",),
}


class Untellable(Exception):
    """AdvancedMD's wall time cannot tell this instant apart from another one."""


class NotLinked(Exception):
    """Who or what an appointment is with has no counterpart; `what` is doctor, location or patient."""

    def __init__(self, what: str) -> None:
        super().__init__(f"This {what} is not linked to AdvancedMD.")
        self.what = what


@dataclass(frozen=True, slots=True)
class Links:
    """Who is who at one office. `columns` are by doctor and location, `names` give a column's number by its heading.

    A doctor may have several columns at a location: `whose_columns` knows them all, `columns` the one to book in.
    `unclear` are the headings under which several places have a column; `kinds` is what is told by itself.
    """

    zone: ZoneInfo
    type_id: int
    columns: Mapping[tuple[str, str], Bookable]
    names: Mapping[str, int] = field(default_factory=dict)
    patients: Mapping[str, int] = field(default_factory=dict)
    whose_columns: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset(KINDS)
    unclear: frozenset[str] = frozenset()

    def place(self, visit: VisitData) -> bool:
        """Whether what is told of a visit says where it is: a heading alone may be that of several columns."""
        return visit.column_id is not None or visit.column not in self.unclear

    def whose(self, column_id: int | None) -> tuple[str, str] | None:
        """Doctor and location of a column."""
        booked = (who for who, one in self.columns.items() if one.column_id == column_id)
        return self.whose_columns.get(column_id or 0) or next(booked, None)


def stage_of(status: str) -> Stage:
    """How far an appointment with this status of ours has come."""
    return _OURS[status]


def stage_of_visit(status: int) -> Stage:
    """How far a visit with this status of AdvancedMD's has come; one that is not known has been made."""
    return _STAGES.get(status, "expected")


def status_of(stage: Stage, *, was: str | None = None) -> str:
    """Our status for a stage: the present one where that is as far, so that a confirmation outlives a pull."""
    return was if was is not None and _OURS[was] == stage else _FIRST[stage]


def steps(seen: Stage, wanted: Stage) -> tuple[Step, ...] | None:
    """What is to be done there, in order; None when there is no way, as for what has been cancelled."""
    return () if seen == wanted else _STEPS.get((seen, wanted))


def wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """The wall time that stands for an instant, and for no other; Untellable otherwise."""
    wall = instant.astimezone(zone).replace(tzinfo=None)
    if clock.from_wall(wall, zone) != instant:
        raise Untellable("AdvancedMD cannot tell the two hours apart when the clock is put back.")
    return wall


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall time, the first of two; Untellable for one that the clock jumps over."""
    instant = clock.from_wall(wall.replace(tzinfo=None), zone)
    if instant is None:
        raise Untellable("AdvancedMD tells a time that the clock jumps over.")
    return instant.astimezone(UTC)


def from_visit(visit: VisitData, links: Links) -> Shared | None:
    """A visit in the clinic's words; None when it tells too little."""
    if visit.start is None or visit.minutes is None or visit.status is None:
        return None
    doctor_id, location_id = _place(visit, links)
    return Shared(
        start=instant_of(visit.start, links.zone),
        minutes=visit.minutes,
        stage=stage_of_visit(visit.status),
        doctor_id=doctor_id,
        location_id=location_id,
        patient_id=_patient(visit, links),
    )


def _place(visit: VisitData, links: Links) -> tuple[str | None, str | None]:
    """Doctor and location, foreign when the column is nobody's here, unknown when its heading is not its alone."""
    told = visit.column_id if visit.column_id is not None else visit.column
    if told is None or not links.place(visit):
        return None, None
    number = visit.column_id if visit.column_id is not None else links.names.get(visit.column or "")
    return links.whose(number) or (foreign(told), foreign(told))


def _patient(visit: VisitData, links: Links) -> str | None:
    if visit.patient_id is None:
        return None
    known = (ours for ours, theirs in links.patients.items() if theirs == visit.patient_id)
    return next(known, foreign(visit.patient_id))


def to_visit(shared: Shared, links: Links, *, reference: str) -> NewVisit:
    """An appointment as AdvancedMD is asked to make it; NotLinked, or Untellable."""
    bookable = where(shared, links)
    patient = links.patients.get(shared.patient_id or "")
    if patient is None:
        raise NotLinked("patient")
    return NewVisit(
        patient_id=patient,
        column_id=bookable.column_id,
        profile_id=bookable.profile_id,
        facility_id=bookable.facility_id,
        type_id=links.type_id,
        start=wall_of(shared.start, links.zone),
        minutes=shared.minutes,
        reference=reference,
    )


def numbers(shared: Shared, links: Links) -> dict[str, int | None]:
    """With whom and where it is, by AdvancedMD's numbers; None where that is nobody's here."""
    found = links.columns.get((shared.doctor_id or "", shared.location_id or ""))
    return {"provider_id": found.profile_id if found else None, "facility_id": found.facility_id if found else None}


def stays_or_goes(visit: VisitData, shared: Shared, links: Links) -> Bookable:
    """The visit's own column where that is the doctor's at the location, else the one to book in; NotLinked."""
    if visit.column_id and visit.profile_id and links.whose(visit.column_id) == (shared.doctor_id, shared.location_id):
        return Bookable(visit.column_id, visit.profile_id, visit.facility_id)
    return where(shared, links)


def where(shared: Shared, links: Links) -> Bookable:
    """The column of an appointment's doctor at its location; NotLinked when there is none."""
    found = links.columns.get((shared.doctor_id or "", shared.location_id or ""))
    if found is None:
        raise NotLinked("doctor")
    return found
