"""Offers: the openings of doctors less what their sheets and rooms show as taken. Computed, never stored.

One doctor for a few days: one BatchGet of fence, sheets and room sheets. For longer ranges: one Query
of the doctor's sheets and one BatchGet of fence and room sheets. Many doctors: one BatchGet per
hundred sheets.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.kit import grid, ids
from chalicelib.people import directory
from chalicelib.scheduling import timetable
from chalicelib.scheduling.engine import availability
from chalicelib.scheduling.engine.cells import Span, between, taken_cells, touched_dates
from chalicelib.scheduling.engine.openings import Opening, openings
from chalicelib.scheduling.engine.schedule import IN_PERSON, Schedule
from chalicelib.scheduling.needs import Need
from chalicelib.scheduling.rooms import suitable
from chalicelib.table import base, keys, sheets
from chalicelib.table.base import Raw
from chalicelib.table.catalogue import RoomItem
from chalicelib.table.doctors import DoctorItem, fence_version
from chalicelib.table.keys import Key
from chalicelib.table.sheets import Sheet

_QUERY_FROM_DAYS = 6  # from here one Query costs less than a BatchGet of sheets that may not exist


@dataclass(frozen=True, slots=True)
class Offer:
    """One opening, the starts that are free in it, and those that are taken."""

    opening: Opening
    minutes: int
    starts: int
    taken: int

    def slots(self, *, all_times: bool = False) -> list[availability.Slot]:
        """The free starts as slots; on request the taken ones too."""
        return availability.render(
            self.opening, self.starts, duration=self.minutes, unavailable=self.taken if all_times else 0
        )


@dataclass(frozen=True, slots=True)
class Offered:
    """What one doctor offers, and a fingerprint of everything it was computed from."""

    doctor: DoctorItem
    offers: Sequence[Offer]
    seen: str

    def slots(self, *, all_times: bool = False) -> list[availability.Slot]:
        """All slots in order of time."""
        found = [slot for offer in self.offers for slot in offer.slots(all_times=all_times)]
        return sorted(found, key=lambda slot: slot["start_time"]) if len(self.offers) > 1 else found

    def first(self) -> datetime | None:
        """The earliest free start."""
        starts = [availability.first_start(offer.opening, offer.starts) for offer in self.offers]
        return min((start for start in starts if start), default=None)


@dataclass(frozen=True, slots=True)
class Plan:
    """A doctor's openings on some local dates, and the sheets that must be read to judge them."""

    doctor: DoctorItem
    schedule: Schedule
    openings: Sequence[Opening]
    dates: Sequence[date]
    rooms: Mapping[str, Sequence[RoomItem]]

    def doctor_sheets(self) -> list[Key]:
        return [keys.doctor_day(self.doctor.id, day) for day in self.dates]

    def room_sheets(self) -> list[Key]:
        rooms = {room.id for candidates in self.rooms.values() for room in candidates}
        return [keys.room_day(room, day) for room in sorted(rooms) for day in self.dates]


def plan(doctor: DoctorItem, first: date, last: date, need: Need) -> Plan:
    """The openings that suit the need on the local dates from `first` to `last`."""
    ready = timetable.of(doctor)
    span = Span.of_dates(first, last)
    found: list[Opening] = []
    rooms: dict[str, Sequence[RoomItem]] = {}
    dates: set[date] = set()
    for opening in openings(ready, span) if doctor.active else ():
        shown = opening.grid & availability.on_dates(opening, first, last)
        if not shown or not need.suits(opening):
            continue
        shown_opening = replace(opening, grid=shown)
        found.append(shown_opening)
        candidates = rooms_for(doctor, opening, need)
        if candidates is not None:
            rooms[_room_key(opening)] = candidates
        turnover = max((int(room.turnover_minutes) for room in candidates or ()), default=0)
        dates |= _sheet_dates(shown_opening, need, ready.schedule, turnover)
    return Plan(doctor, ready.schedule, found, sorted(dates), rooms)


def rooms_for(doctor: DoctorItem, opening: Opening, need: Need) -> list[RoomItem] | None:
    """The rooms that suit, best first; None when the visit needs none (telehealth, or a location without rooms)."""
    if need.mode_in(opening) != IN_PERSON:
        return None
    at_location = directory.rooms_at(opening.session.location_id)
    if not at_location:
        return None
    return suitable(at_location, need.of_room(opening), usual_room_id=doctor.usual_room_id)


def _sheet_dates(opening: Opening, need: Need, schedule: Schedule, turnover: int) -> set[date]:
    """The sheets that can bear on the opening's starts: of the cells they would take, the dates that count them."""
    before = schedule.buffer_before // grid.CELL_MINUTES
    after = (need.minutes(opening) + max(schedule.buffer_after, turnover)) // grid.CELL_MINUTES
    touched = touched_dates(opening.grid, span=opening.span, before=before, after=after)
    return {*touched, *availability.counts(opening, opening.grid)}


def for_doctor(doctor_id: str, first: date, last: date, need: Need, now: datetime) -> Offered:
    """What one doctor offers on the local dates from `first` to `last`; reads the schedule that is in force now."""
    doctor = directory.doctor(doctor_id)
    while True:
        planned = plan(doctor, first, last, need)
        wanted = [keys.fence(doctor_id), *planned.room_sheets()]
        if len(planned.dates) < _QUERY_FROM_DAYS:
            found = base.get_many([*wanted, *planned.doctor_sheets()])
        else:
            taken = sheets.read_range(f"DOCTOR#{doctor_id}", planned.dates[0], planned.dates[-1])
            found = base.get_many(wanted) | {keys.doctor_day(doctor_id, sheet.day): sheet.raw for sheet in taken}
        if fence_version(doctor_id, found) == int(doctor.schedule_version):
            return judge(planned, found, need, now)
        doctor = directory.refresh_doctor(doctor_id)


def for_doctors(doctors: Iterable[DoctorItem], first: date, last: date, need: Need, now: datetime) -> list[Offered]:
    """What several doctors, just read with their schedules, offer: one BatchGet per hundred sheets."""
    planned = [plan(doctor, first, last, need) for doctor in doctors if doctor.active]
    found = base.get_many([key for one in planned for key in (*one.doctor_sheets(), *one.room_sheets())])
    return [judge(one, found, need, now) for one in planned]


def judge(planned: Plan, found: Mapping[Key, Raw], need: Need, now: datetime) -> Offered:
    """The plan's openings less what is taken in the sheets that were read."""
    schedule, doctor = planned.schedule, planned.doctor
    mine = [sheets.sheet_of(key, found) for key in planned.doctor_sheets()]
    capped = [sheet.day for sheet in mine if sheet.live_count(now) >= schedule.daily_cap]
    earliest, latest = availability.bookable(schedule, now)
    offers = []
    for opening in planned.openings:
        minutes = need.minutes(opening)
        possible = availability.free_starts(opening, duration=minutes, earliest=earliest, latest=latest, capped=capped)
        taken = taken_cells(
            (sheet.live_counters(now) for sheet in mine), span=opening.span, capacity=opening.session.capacity
        )
        blocked = availability.blocked_starts(
            taken, duration=minutes, before=schedule.buffer_before, after=schedule.buffer_after
        )
        blocked |= _without_room(planned, opening, found, minutes, now)
        offers.append(Offer(opening, minutes, possible & ~blocked, possible & blocked))
    return Offered(doctor, offers, _seen(planned, found, earliest))


def _without_room(planned: Plan, opening: Opening, found: Mapping[Key, Raw], minutes: int, now: datetime) -> int:
    candidates = planned.rooms.get(_room_key(opening))
    if candidates is None:
        return 0
    if not candidates:
        return between(0, opening.span.cells)  # the location has rooms, none of which suits
    return availability.without_room(
        ((_taken_of(room, planned.dates, found, opening.span, now), int(room.turnover_minutes)) for room in candidates),
        duration=minutes,
    )


def _taken_of(room: RoomItem, dates: Sequence[date], found: Mapping[Key, Raw], span: Span, now: datetime) -> int:
    read: list[Sheet] = [sheets.sheet_of(keys.room_day(room.id, day), found) for day in dates]
    return taken_cells((sheet.live_counters(now) for sheet in read), span=span, capacity=int(room.capacity))


def _room_key(opening: Opening) -> str:
    return f"{opening.session.location_id}/{opening.session.capacity}"


def _seen(planned: Plan, found: Mapping[Key, Raw], earliest: datetime) -> str:
    """Changes whenever the answer may: with the schedule, a sheet, a location, or a start that has become too near."""
    touched = [*planned.doctor_sheets(), *planned.room_sheets()]
    versions = [f"{key.pk}/{key.sk}={sheets.sheet_of(key, found).version}" for key in touched if key in found]
    places = [f"{place}={directory.location(place).version}" for place in planned.doctor.location_ids]
    nearest = max([opening.span.origin for opening in planned.openings] + [grid.cell(earliest)])
    return ids.digest(planned.doctor.id, str(planned.doctor.schedule_version), str(nearest), *places, *versions)
