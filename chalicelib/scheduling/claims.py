"""What an appointment takes of doctor, room and patient, as changes of their day sheets.

The same cells are checked, counted and later released:
doctor [start − buffer_before, end + buffer_after), room [start, end + turnover), patient [start, end).
The doctor's and the patient's daily counts stand on the sheet of the appointment's local date.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from chalicelib.kit import grid
from chalicelib.table import keys
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.base import Raw
from chalicelib.table.keys import Key
from chalicelib.table.sheets import Change, SheetHold, sheet_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The cells of one appointment, the limits under which they are taken, and the hold, if it is one."""

    doctor_id: str
    patient_id: str
    room_id: str | None
    start: datetime
    duration: int
    before: int
    after: int
    turnover: int
    local_day: date
    capacity: int = 1
    room_capacity: int = 1
    daily_cap: int | None = None
    patient_daily_cap: int | None = None
    hold_id: str | None = None
    hold_expires: int = 0

    @property
    def doctor_cells(self) -> range:
        return grid.span(self.start, self.duration, before=self.before, after=self.after)

    @property
    def room_cells(self) -> range:
        return grid.span(self.start, self.duration, after=self.turnover)

    @property
    def patient_cells(self) -> range:
        return grid.span(self.start, self.duration)


def of(appointment: AppointmentItem) -> Claim:
    """The claim that an appointment has, for releasing it exactly."""
    return Claim(
        doctor_id=appointment.doctor_id,
        patient_id=appointment.patient_id,
        room_id=appointment.room_id,
        start=appointment.starts,
        duration=int(appointment.duration_minutes),
        before=int(appointment.buffer_before or 0),
        after=int(appointment.buffer_after or 0),
        turnover=int(appointment.turnover_minutes or 0),
        local_day=appointment.local_day,
        hold_id=appointment.id if appointment.hold_expires else None,
        hold_expires=int(appointment.hold_expires or 0),
    )


def doctor_sheets(claim: Claim) -> list[Key]:
    """The doctor's sheets that the claim touches."""
    return [change.key for change in _doctor(claim)]


def patient_sheets(claim: Claim) -> list[Key]:
    """The patient's sheets that the claim touches."""
    return [change.key for change in _patient(claim)]


def room_sheets(claim: Claim, room_id: str) -> list[Key]:
    """A room's sheets that the claim would touch."""
    return [keys.room_day(room_id, day) for day, _ in grid.by_day(claim.room_cells)]


def take(claim: Claim) -> dict[str, list[Change]]:
    """The changes that take the claim's cells, by resource."""
    return {"doctor": _doctor(claim), "patient": _patient(claim), "room": _room(claim)}


def release(claim: Claim) -> dict[str, list[Change]]:
    """The changes that give the claim's cells back, by resource."""
    return {resource: [_reversed(change) for change in changes] for resource, changes in take(claim).items()}


def settle(claim: Claim) -> dict[str, list[Change]]:
    """The changes that turn a hold into a lasting claim: the cells stay, the hold's mark goes."""
    return {
        resource: [Change(key=change.key, ended_hold=claim.hold_id) for change in changes]
        for resource, changes in take(claim).items()
    }


def move(old: Claim, new: Claim) -> dict[str, list[Change]]:
    """The changes that release one claim and take another; cells of both stay untouched."""
    released, taken = release(old), take(new)
    return {resource: _merged([*released[resource], *taken[resource]]) for resource in taken}


def _doctor(claim: Claim) -> list[Change]:
    def sheet(day: date) -> Key:
        return keys.doctor_day(claim.doctor_id, day)

    return _counted(claim, sheet, claim.doctor_cells, capacity=claim.capacity, cap=claim.daily_cap)


def _patient(claim: Claim) -> list[Change]:
    def sheet(day: date) -> Key:
        return keys.patient_day(claim.patient_id, day)

    return _counted(claim, sheet, claim.patient_cells, capacity=1, cap=claim.patient_daily_cap)


def _room(claim: Claim) -> list[Change]:
    if claim.room_id is None:
        return []
    return [
        Change(
            key=keys.room_day(claim.room_id, day),
            take=frozenset(cells),
            capacity=claim.room_capacity,
            hold=_hold(claim, cells),
        )
        for day, cells in grid.by_day(claim.room_cells)
    ]


def _counted(
    claim: Claim, sheet: Callable[[date], Key], cells: range, *, capacity: int, cap: int | None
) -> list[Change]:
    """Changes of the sheets that the cells touch, and of the local date's sheet, which counts the appointment."""
    parts = dict(grid.by_day(cells))
    parts.setdefault(claim.local_day, range(0))
    return [
        Change(
            key=sheet(day),
            take=frozenset(part),
            capacity=capacity,
            counted=int(day == claim.local_day),
            cap=cap if day == claim.local_day else None,
            hold=_hold(claim, part, counted=int(day == claim.local_day)),
        )
        for day, part in parts.items()
    ]


def _hold(claim: Claim, cells: range, counted: int = 0) -> SheetHold | None:
    return SheetHold(claim.hold_id, claim.hold_expires, cells, counted) if claim.hold_id else None


def _reversed(change: Change) -> Change:
    ended = change.hold.id if change.hold else None
    return Change(key=change.key, free=change.take, counted=-change.counted, ended_hold=ended)


def _merged(changes: Iterable[Change]) -> list[Change]:
    by_key: dict[Key, Change] = {}
    for change in changes:
        by_key[change.key] = by_key[change.key].merged(change) if change.key in by_key else change
    return list(by_key.values())


@dataclass(slots=True)
class Obstacles:
    """What stands against some changes, as far as the sheets that were read tell."""

    taken: bool = False
    capped: bool = False
    expired_holds: set[str] = field(default_factory=set)

    @property
    def any(self) -> bool:
        """Whether the changes would be refused for good."""
        return self.taken or self.capped


def obstacles(changes: Iterable[Change], found: Mapping[Key, Raw], now: datetime) -> Obstacles:
    """Whether the cells are taken or the day is full; expired holds in the way are named, since they can be cleared."""
    against = Obstacles()
    for change in changes:
        sheet = sheet_of(change.key, found)
        live, standing = sheet.live_counters(now), sheet.counters
        full = {cell for cell in change.take if standing.get(cell, 0) >= change.capacity}
        if any(live[cell] >= change.capacity for cell in full):
            against.taken = True
        counted_full = change.counted > 0 and change.cap is not None and sheet.count >= change.cap
        if counted_full and change.cap is not None and sheet.live_count(now) >= change.cap:
            against.capped = True
        against.expired_holds |= {
            hold.id for hold in sheet.expired(now) if full & set(hold.cells) or (counted_full and hold.counted)
        }
    return against
