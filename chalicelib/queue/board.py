"""The board of a location: every doctor's line as it is now, in order, with the wait of each place. One Query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.people import directory
from chalicelib.queue import lines, pace, ranking, statuses, wait
from chalicelib.queue.priority import Score, Weights
from chalicelib.queue.wait import Ahead, Estimate, Running
from chalicelib.scheduling import shifts
from chalicelib.table import queue
from chalicelib.table.queue import EntryItem

_STAYS = timedelta(hours=2)
_MOST_LATE = 15.0  # minutes for which a doctor who is late is thought to stay late
_PRESENT = (statuses.WAITING, statuses.CALLED, statuses.IN_CONSULTATION, statuses.ON_HOLD)


@dataclass(frozen=True, slots=True)
class Standing:
    """One entry on the board; position and estimate are of those who wait, from 1 on and in minutes."""

    entry: EntryItem
    position: int | None = None
    score: Score | None = None
    estimate: Estimate | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One doctor's queue: those who wait in order, then the called, those in consultation, those on hold.

    `ended` are the day's entries that are over, `newcomer` is what whoever joins now would wait.
    """

    doctor_id: str
    doctor_name: str
    location_id: str
    standing: tuple[Standing, ...]
    ended: tuple[EntryItem, ...]
    newcomer: Estimate

    def count(self, status: str) -> int:
        """How many have that status now."""
        return sum(one.entry.status == status for one in (*self.standing, *map(Standing, self.ended)))


@dataclass(frozen=True, slots=True)
class Board:
    """All lines of a location at an instant, in order of the doctors' names."""

    location_id: str
    day: date
    now: datetime
    lines: tuple[Line, ...]

    def find(self, entry_id: str) -> Standing | None:
        """An open entry on the board."""
        return next((one for line in self.lines for one in line.standing if one.entry.id == entry_id), None)


def board(location_id: str, day: date, now: datetime) -> Board:
    """The board of a local date; of today's until three at night with those who stand there since yesterday."""
    weights = ranking.weights(location_id)
    drawn = [line(one, location_id, of, now=now, weights=weights) for one, of in shown(location_id, day, now).items()]
    return Board(location_id, day, now, tuple(drawn))


def shown(location_id: str, day: date, now: datetime) -> dict[str, list[EntryItem]]:
    """The entries on the board by their doctors' ids, in order of the doctors' names."""
    days = lines.days_of(location_id, now)
    found = [one for of_day in (days if day == days[-1] else [day]) for one in queue.entries(location_id, of_day)]
    there = [one for one in found if one.local_day == day or one.status in statuses.OPEN]
    doctors = sorted({(one.doctor_name, one.doctor_id) for one in there})
    return {doctor_id: [one for one in there if one.doctor_id == doctor_id] for _, doctor_id in doctors}


def line(doctor_id: str, location_id: str, entries: Sequence[EntryItem], *, now: datetime, weights: Weights) -> Line:
    """One doctor's line made of the entries that are the doctor's."""
    doctor = directory.doctor(doctor_id)
    by_status = {status: [one for one in entries if one.status == status] for status in _PRESENT}
    called = sorted(by_status[statuses.CALLED], key=lambda one: (str(one.called_time), one.id))
    running = by_status[statuses.IN_CONSULTATION]
    # At the end of the minute, so that a board which is looked at twice within it reads the same; the order does too.
    ordered = ranking.order(entries, now=now + timedelta(seconds=-now.second % 60), weights=weights)
    estimates = wait.estimate(
        [Ahead(one.visit_kind, float(one.planned_minutes)) for one in (*called, *(entry for entry, _ in ordered))],
        running=[_running(one, now) for one in running],
        pace=pace.of(doctor_id),
        doctor_free_in=_free_in(doctor_id, location_id, entries, now),
    )
    waiting = [
        Standing(entry, position, score, estimates[len(called) + position - 1])
        for position, (entry, score) in enumerate(ordered, start=1)
    ]
    others = [Standing(one) for one in (*called, *running, *by_status[statuses.ON_HOLD])]
    ended = tuple(one for one in entries if one.status not in statuses.OPEN)
    return Line(doctor_id, doctor.name, location_id, (*waiting, *others), ended, estimates[-1])


def _running(entry: EntryItem, now: datetime) -> Running:
    so_far = (now - (entry.at("consultation_start") or now)).total_seconds() / 60
    return Running(entry.visit_kind, float(entry.planned_minutes), max(0.0, so_far))


def _free_in(doctor_id: str, location_id: str, entries: Sequence[EntryItem], now: datetime) -> float:
    """Minutes until the doctor sees patients here: one who lets the first wait is thought to stay as late.

    Outside the hours, a doctor who has called somebody within the last hours stays until the line is empty.
    """
    here = [one for one in shifts.around(directory.doctor(doctor_id), now) if one.location_id == location_id]
    shift = next((one for one in here if now < one.ends), None)
    calls = [called for one in entries if (called := one.at("called_time"))]
    if shift is None or (now < shift.begins and any(now - called < _STAYS for called in calls)):
        return 0.0
    pause = shift.free_in(now)
    waiting = [max(ranking.begins(one), one.arrived) for one in entries if one.status == statuses.WAITING]
    if pause or not waiting or calls:
        return pause
    late = (now - max(shift.begins, min(waiting))).total_seconds() / 60
    return min(max(0.0, late), _MOST_LATE)
