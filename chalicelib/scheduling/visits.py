"""A visit that is asked for, turned into a definite claim: place, opening, minutes, cut of the sheets."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.errors import Invalid, NotFound
from chalicelib.kit.types import When
from chalicelib.people import directory
from chalicelib.scheduling import needs, offers, timetable
from chalicelib.scheduling.claims import Claim
from chalicelib.scheduling.engine.explain import Reason, Wish, decide
from chalicelib.scheduling.engine.openings import Opening
from chalicelib.scheduling.needs import Need
from chalicelib.scheduling.refusals import NoSuchWallTime, SlotNotOffered
from chalicelib.table.catalogue import LocationItem, RoomItem
from chalicelib.table.doctors import DoctorItem

_NEAREST = 3
_DAYS_AROUND = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a caller asks for; what they leave out follows from doctor, service and schedule."""

    doctor_id: str
    when: When
    wall: datetime | None = None
    duration: int | None = None
    location_id: str | None = None
    service_id: str | None = None
    mode: str | None = None
    field: str = "scheduled_date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit that the doctor's schedule admits, not yet held against the sheets."""

    doctor: DoctorItem
    location: LocationItem
    opening: Opening
    start: datetime
    minutes: int
    mode: str
    need: Need
    local_day: date
    rooms: list[RoomItem] | None = None

    def claim(self, *, patient_id: str, room: RoomItem | None) -> Claim:
        """The cells that the visit takes of doctor, patient and room."""
        schedule = timetable.of(self.doctor).schedule
        return Claim(
            doctor_id=self.doctor.id,
            patient_id=patient_id,
            room_id=room.id if room else None,
            start=self.start,
            duration=self.minutes,
            before=schedule.buffer_before,
            after=schedule.buffer_after,
            turnover=int(room.turnover_minutes) if room else 0,
            local_day=self.local_day,
            capacity=self.opening.session.capacity,
            room_capacity=int(room.capacity) if room else 1,
            daily_cap=schedule.daily_cap,
            patient_daily_cap=int(self.location.patient_daily_cap),
        )

    def nearest(self, now: datetime) -> list[dict[str, Any]]:
        """Up to three free slots, nearest in time, of the same kind with the same doctor."""
        return nearest(self.doctor.id, self.start, self.local_day, self.need, now)


def settle(asked: Asked, doctor: DoctorItem, now: datetime) -> Visit:
    """The visit as the doctor's schedule admits it, or `SlotNotOffered` with the reasons and other times."""
    if not doctor.active:
        raise NotFound("doctor", "doctor_id")
    need = need_of(asked)
    start = start_of(asked, doctor)
    if start < now:
        raise Invalid.field(asked.field, "is in the past")
    wish = Wish(start=start, duration=need.duration, location_id=asked.location_id, mode=need.mode)
    decision = decide(timetable.of(doctor), wish, now=now)
    opening = decision.opening
    if opening is None or not decision.admitted:
        local_day = start.astimezone(_zone_for_day(asked, doctor)).date()
        raise SlotNotOffered(_details(decision.reasons), nearest(doctor.id, start, local_day, need, now))
    location = directory.location(opening.session.location_id)
    return Visit(
        doctor=doctor,
        location=location,
        opening=opening,
        start=start,
        minutes=need.minutes(opening),
        mode=need.mode_in(opening),
        need=need,
        local_day=clock.local_date(start, opening.zone),
        rooms=offers.rooms_for(doctor, opening, need),
    )


def nearest(doctor_id: str, start: datetime, local_day: date, need: Need, now: datetime) -> list[dict[str, Any]]:
    """Up to three free slots of a doctor nearest to `start`: of that day, or of the week that follows."""
    for last in (local_day, date.fromordinal(local_day.toordinal() + _DAYS_AROUND)):
        slots = offers.for_doctor(doctor_id, local_day, last, need, now).slots()
        if slots:
            slots.sort(key=lambda slot: abs(datetime.fromisoformat(slot["start_time"]) - start))
            return [dict(slot) for slot in slots[:_NEAREST]]
    return []


def need_of(asked: Asked) -> Need:
    """What the visit needs, with what follows from its service."""
    return needs.asked(
        duration=asked.duration, mode=asked.mode, location_id=asked.location_id, service_id=asked.service_id
    )


def start_of(asked: Asked, doctor: DoctorItem) -> datetime:
    """The instant asked for; a wall time needs one zone to be read in."""
    places = [asked.location_id] if asked.location_id else list(doctor.location_ids)
    if asked.location_id and asked.location_id not in doctor.location_ids:
        raise Invalid.field("location_id", "the doctor does not work there")
    zones = {timetable.zone_of(place) for place in places}
    if (asked.when.wall or asked.wall) and len(zones) != 1:
        raise Invalid.field("location_id", "is needed to read a wall time: the doctor works in several time zones")
    if asked.when.instant is not None and asked.wall is None:
        return asked.when.instant
    zone = next(iter(zones))
    start = asked.when.at(zone)
    if start is None:
        raise NoSuchWallTime(asked.field)
    if asked.wall is not None and clock.from_wall(asked.wall, zone) != start:
        raise Invalid.field("date", f"does not mean the same time as {asked.field}")
    return start


def _zone_for_day(asked: Asked, doctor: DoctorItem) -> tzinfo:
    places = [asked.location_id] if asked.location_id else sorted(doctor.location_ids)
    return timetable.zone_of(places[0]) if places else UTC


def _details(reasons: tuple[Reason, ...]) -> list[dict[str, str]]:
    return [{"reason": reason.code, "message": reason.sentence} for reason in reasons]
