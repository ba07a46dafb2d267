"""What every day sheet must show, worked out from the appointments by arithmetic of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from chalicelib.kit import grid
from infra.table_snapshot import HELD, Appointment, Mark, Snapshot

_EPOCH = date(1970, 1, 1)
_DAY_MINUTES = 24 * 60

SheetKey = tuple[str, date]


@dataclass(slots=True)
class Must:
    """What one sheet must show: who claims each cell, under which limit, who is counted, which holds are marked."""

    claimants: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    limits: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    counted: list[str] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)


class _Span(NamedTuple):
    """A resource that an appointment takes, from and to the minute since 1970, and how many may share it."""

    pk: str
    begin: int
    end: int
    limit: int
    counts: bool


def explained(found: Snapshot, now: datetime) -> dict[SheetKey, Must]:
    """The sheets that the appointments call for; a hold counts until it has expired and its marks are gone."""
    marked = {hold_id for sheet in found.sheets.values() for hold_id in sheet.marks}
    must: dict[SheetKey, Must] = defaultdict(Must)
    for one in found.appointments.values():
        held = one.status == HELD
        if one.active and (not held or one.hold_expires > now.timestamp() or one.id in marked):
            for span in _spans(one, found):
                _enter(must, one, span, held=held)
    return must


def _spans(one: Appointment, found: Snapshot) -> Iterator[_Span]:
    begin = int(one.start.timestamp()) // 60
    end = begin + one.minutes
    capacity = found.doctor_capacity.get((one.doctor_key, one.schedule_version), 1)
    yield _Span(one.doctor_key, begin - one.before, end + one.after, capacity, counts=True)
    yield _Span(one.patient_key, begin, end, 1, counts=True)
    if one.room_key:
        yield _Span(one.room_key, begin, end + one.turnover, found.room_capacity.get(one.room_key, 1), counts=False)


def _enter(must: dict[SheetKey, Must], one: Appointment, span: _Span, *, held: bool) -> None:
    days: dict[date, list[int]] = {one.local_date: []} if span.counts else {}
    for minute in range(span.begin, span.end, grid.CELL_MINUTES):
        number, minute_of_day = divmod(minute, _DAY_MINUTES)
        days.setdefault(_EPOCH + timedelta(days=number), []).append(minute_of_day // grid.CELL_MINUTES)
    for day, cells in days.items():
        sheet = must[span.pk, day]
        for cell in cells:
            sheet.claimants[cell].append(one.id)
            sheet.limits[cell] = max(sheet.limits[cell], span.limit)
        counted = span.counts and day == one.local_date
        if counted:
            sheet.counted.append(one.id)
        if held:
            first = (day - _EPOCH).days * grid.CELLS_PER_DAY + cells[0] if cells else 0
            sheet.marks[one.id] = Mark(one.hold_expires, first, first + len(cells), int(counted))
