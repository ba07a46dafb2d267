"""What the scheduler refuses: one rule after the other, each with its code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from infra.simulators.advancedmd.office import DELETED, Appointment, Column, Office

OVERLAP, DELETED_RECORD, OUTSIDE_COLUMN, INACTIVE, OUTSIDE_HOURS, BLOCKED, FULL = (
    4101,
    4112,
    4117,
    4126,
    4155,
    4185,
    4186,
)
TEXTS = {
    OVERLAP: "The appointment overlaps an existing appointment.",
    DELETED_RECORD: "The appointment conflicts with a deleted record.",
    OUTSIDE_COLUMN: "The appointment lies outside of the column.",
    INACTIVE: "The provider is inactive.",
    OUTSIDE_HOURS: "The appointment lies outside of the work times.",
    BLOCKED: "The appointment lies over a block, and you may not book there.",
    FULL: "The appointment exceeds the maximum of appointments in the slot.",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Where an appointment is to be; `force` permits what shares its time, nothing else."""

    column_id: int
    start: datetime
    duration: int
    force: bool = False
    itself: int | None = None

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.duration)


def refusal(office: Office, wish: Wish) -> int | None:
    """The code of the first rule that the wish breaks."""
    column = office.columns.get(wish.column_id)
    if column is None:
        return OUTSIDE_COLUMN
    own = office.appointments.get(wish.itself) if wish.itself else None
    if own is not None and own.status == DELETED:
        return DELETED_RECORD
    if not office.profiles[column.profile_id].active:
        return INACTIVE
    return _outside(column, wish) or _taken(office, column, wish)


def _outside(column: Column, wish: Wish) -> int | None:
    opens, closes = time.fromisoformat(column.start), time.fromisoformat(column.end)
    day = wish.start.date()
    if column.workweek[day.weekday()] == "0":
        return OUTSIDE_HOURS
    if wish.start < datetime.combine(day, opens) or wish.end > datetime.combine(day, closes):
        return OUTSIDE_HOURS
    return None


def _taken(office: Office, column: Column, wish: Wish) -> int | None:
    if any(b.column_id == column.id and b.start < wish.end and wish.start < b.end for b in office.blocks.values()):
        return BLOCKED
    beside = [one for one in office.appointments.values() if _meets(one, wish)]
    if wish.force or not column.max_per_slot or len(beside) < column.max_per_slot:
        return None
    same_start = sum(one.start == wish.start for one in beside)
    return FULL if column.max_per_slot > 1 and same_start >= column.max_per_slot else OVERLAP


def _meets(one: Appointment, wish: Wish) -> bool:
    if one.column_id != wish.column_id or one.id == wish.itself or not one.occupies:
        return False
    return one.start < wish.end and wish.start < one.start + timedelta(minutes=one.duration)
