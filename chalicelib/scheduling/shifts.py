"""When and where a doctor works around an instant: shifts, as the schedule has them, with their breaks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.scheduling import timetable
from chalicelib.scheduling.engine.cells import Span
from chalicelib.scheduling.engine.openings import openings
from chalicelib.table.doctors import DoctorItem

_AROUND = timedelta(hours=30)  # the longest shift, and a night's rest
_BREAK = timedelta(hours=3)  # what is longer ends a shift
_Run = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Shift:
    """Working hours at one location without a long gap; `runs` are its parts between breaks, in order."""

    location_id: str
    runs: tuple[_Run, ...]

    @property
    def begins(self) -> datetime:
        """Its first minute."""
        return self.runs[0][0]

    @property
    def ends(self) -> datetime:
        """Its last minute."""
        return self.runs[-1][1]

    def free_in(self, now: datetime) -> float:
        """Minutes until the doctor sees patients: 0 within working hours and after them."""
        if now >= self.ends:
            return 0.0
        begins = next(start for start, end in self.runs if now < end)
        return max(0.0, (begins - now).total_seconds() / 60)


def around(doctor: DoctorItem, now: datetime) -> list[Shift]:
    """The doctor's shifts of the day before and after `now`, in order."""
    if not doctor.active:
        return []
    span = Span.touched(now - _AROUND, now + _AROUND)
    by_place: dict[str, list[_Run]] = {}
    for opening in openings(timetable.of(doctor), span):
        by_place.setdefault(opening.session.location_id, []).extend(_runs(opening.open, span))
    found = [Shift(place, tuple(runs)) for place, all_runs in by_place.items() for runs in _joined(sorted(all_runs))]
    return sorted(found, key=lambda shift: (shift.begins, shift.location_id))


def _runs(bits: int, span: Span) -> list[_Run]:
    """The stretches of consecutive cells."""
    found, position = [], 0
    while bits:
        gap = (bits & -bits).bit_length() - 1
        bits >>= gap
        length = (~bits & (bits + 1)).bit_length() - 1
        position += gap
        found.append((span.instant(position), span.instant(position + length)))
        bits >>= length
        position += length
    return found


def _joined(runs: list[_Run]) -> list[list[_Run]]:
    """The stretches put together where a break is short."""
    shifts: list[list[_Run]] = []
    for run in runs:
        if shifts and run[0] - shifts[-1][-1][1] < _BREAK:
            shifts[-1].append(run)
        else:
            shifts.append([run])
    return shifts
