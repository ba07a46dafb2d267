"""A day in figures, by location and doctor, from the stamps of this server only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from statistics import fmean
from zoneinfo import ZoneInfo

from chalicelib.kit.auth import Claims
from chalicelib.people import access, directory
from chalicelib.queue import lines
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
    entries = [one for one in queue.entries(location_id, day) if doctor_id in {None, one.doctor_id}]
    zone = timetable.zone_of(location_id)
    doctors = sorted({(one.doctor_name, one.doctor_id) for one in entries})
    parts = [
        (doctor, name, figures([one for one in entries if one.doctor_id == doctor], zone=zone, now=now))
        for name, doctor in doctors
    ]
    return Statistics(location_id, day, figures(entries, zone=zone, now=now), tuple(parts))


def figures(entries: Sequence[EntryItem], *, zone: ZoneInfo, now: datetime) -> Figures:
    """The figures of these entries."""
    waits = sorted(_minutes(entries, "since", "called_time"))
    ends = [end for one in entries if one.consultation_start and (end := one.at("consultation_end"))]
    return Figures(
        counts=Counter(one.status for one in entries),
        average_wait=_mean(waits),
        p90_wait=round(waits[ceil(0.9 * len(waits)) - 1], 1) if waits else None,
        average_consultation=_mean(_minutes(entries, "consultation_start", "consultation_end")),
        last_hour=sum(now - timedelta(hours=1) < end <= now for end in ends),
        by_hour=_hours(ends, zone),
        came_by_hour=_hours([came for one in entries if (came := one.at("since"))], zone),
    )


def _hours(instants: Iterable[datetime], zone: ZoneInfo) -> dict[str, int]:
    """How many lie in each hour of the wall, `09` before `10`."""
    return dict(sorted(Counter(f"{one.astimezone(zone):%H}" for one in instants).items()))


def _minutes(entries: Iterable[EntryItem], first: str, last: str) -> list[float]:
    pairs = [(one.at(first), one.at(last)) for one in entries]
    return [max(0.0, (end - start).total_seconds() / 60) for start, end in pairs if start and end]


def _mean(minutes: Sequence[float]) -> float | None:
    return round(fmean(minutes), 1) if minutes else None
