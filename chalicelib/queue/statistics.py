"""A day in figures, by location and doctor, from the stamps of this server only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from statistics import fmean
from zoneinfo import ZoneInfo

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.people import access, directory
from chalicelib.queue import lines, stages, statuses
from chalicelib.queue.stages import Stage
from chalicelib.scheduling import timetable
from chalicelib.table import queue
from chalicelib.table.queue import EntryItem


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some entries: how many have each status, how long they waited and took, and how many were served when.

    Minutes are None where there is nobody to count; `by_hour` has the consultations that ended in each hour of the
    location's wall, `last_hour` those of the last sixty minutes, `came_by_hour` who came in each hour.
    """

    counts: Counter[str]
    average_wait: float | None
    p90_wait: float | None
    average_consultation: float | None
    last_hour: int
    by_hour: dict[str, int]
    came_by_hour: dict[str, int]


@dataclass(frozen=True, slots=True)
class Statistics:
    """A location's day: all of it, and each doctor's part, by id and name."""

    location_id: str
    day: date
    total: Figures
    doctors: tuple[tuple[str, str, Figures], ...]


def of(claims: Claims, *, location_id: str, doctor_id: str | None, day: date | None, now: datetime) -> Statistics:
    """The figures of a location's day, today without one, of one doctor when one is named.

    NotFound for a location that a desk or device does not cover; doctors see their own part.
    """
    directory.require(directory.location, location_id, "location_id")
    if claims.role == "doctor":
        doctor_id = claims.sub
    else:
        access.check_location(claims, location_id)
    if doctor_id:
        directory.require(directory.doctor, doctor_id, "doctor_id")
    day = day or lines.day_of(location_id, now)
    entries = queue.entries(location_id, day)
    zone = timetable.zone_of(location_id)
    seen = [one for entry in entries for one in stages.of(entry)]
    doctors = sorted({(one.doctor_name, one.doctor_id) for one in seen})
    parts = [
        (doctor, name, _of_doctor(doctor, entries, seen, zone=zone, now=now))
        for name, doctor in doctors
        if doctor_id in {None, doctor}
    ]
    if doctor_id:
        total = _of_doctor(doctor_id, entries, seen, zone=zone, now=now)
    else:
        came = [clock.parse(one.since) for one in entries]
        total = figures(Counter(one.status for one in entries), seen, came=came, zone=zone, now=now)
    return Statistics(location_id, day, total, tuple(parts))


def _of_doctor(
    doctor_id: str, entries: Sequence[EntryItem], seen: Sequence[Stage], *, zone: ZoneInfo, now: datetime
) -> Figures:
    """One doctor's part: who went on to another stage was served, and counts with each doctor whom they saw."""
    theirs = [one for one in seen if one.doctor_id == doctor_id]
    here = Counter(one.status for one in entries if one.doctor_id == doctor_id)
    here[statuses.COMPLETED] += sum(one.doctor_id == doctor_id for entry in entries for one in stages.behind(entry))
    return figures(here, theirs, came=[one.since for one in theirs], zone=zone, now=now)


def figures(
    counts: Counter[str], seen: Sequence[Stage], *, came: Sequence[datetime], zone: ZoneInfo, now: datetime
) -> Figures:
    """The figures of these stages, with who came when."""
    waits = sorted(_minutes((one.since, one.called) for one in seen))
    ends = [one.ended for one in seen if one.begun and one.ended]
    return Figures(
        counts=counts,
        average_wait=_mean(waits),
        p90_wait=round(waits[ceil(0.9 * len(waits)) - 1], 1) if waits else None,
        average_consultation=_mean(_minutes((one.begun, one.ended) for one in seen)),
        last_hour=sum(now - timedelta(hours=1) < end <= now for end in ends),
        by_hour=_hours(ends, zone),
        came_by_hour=_hours(came, zone),
    )


def _hours(instants: Iterable[datetime], zone: ZoneInfo) -> dict[str, int]:
    """How many lie in each hour of the wall, `09` before `10`."""
    return dict(sorted(Counter(f"{one.astimezone(zone):%H}" for one in instants).items()))


def _minutes(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> list[float]:
    return [max(0.0, (end - start).total_seconds() / 60) for start, end in pairs if start and end]


def _mean(minutes: Sequence[float]) -> float | None:
    return round(fmean(minutes), 1) if minutes else None
