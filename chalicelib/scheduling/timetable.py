"""A doctor's schedule made ready for the engine, kept while the schedule and its locations stay the same."""

from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from chalicelib.people import directory
from chalicelib.scheduling.engine.openings import Compiled, Place, compile_schedule
from chalicelib.scheduling.engine.schedule import Schedule, from_dict
from chalicelib.table.doctors import DoctorItem


def of(doctor: DoctorItem) -> Compiled:
    """The schedule that the doctor's item carries."""
    version = (doctor.id, int(doctor.schedule_version), _place_versions(doctor.location_ids))
    return _compiled(_Source(doctor), version)


def prepare(schedule: Schedule, location_ids: list[str]) -> Compiled:
    """A schedule that is not in force, for judging an edit."""
    return compile_schedule(schedule, places={place: place_of(place) for place in location_ids})


def zone_of(location_id: str) -> ZoneInfo:
    """The location's zone."""
    return ZoneInfo(directory.location(location_id).zone)


def place_of(location_id: str) -> Place:
    """The location as the engine sees it."""
    opening = directory.location(location_id).opening
    return Place(
        zone=zone_of(location_id),
        opening=tuple(tuple((start, end) for start, end in day) for day in opening) if opening is not None else None,
    )


def _place_versions(location_ids: list[str]) -> tuple[tuple[str, int], ...]:
    return tuple((place, int(directory.location(place).version)) for place in sorted(location_ids))


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """A doctor as an argument that takes no part in the cache's key."""

    doctor: DoctorItem

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Source)


@lru_cache(maxsize=2048)
def _compiled(source: _Source, _version: tuple[str, int, tuple[tuple[str, int], ...]]) -> Compiled:
    doctor = source.doctor
    schedule = from_dict(doctor.schedule) if doctor.schedule else Schedule()
    return prepare(schedule, doctor.location_ids)
