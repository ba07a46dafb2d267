"""Searching free times: which doctors, which dates, the first there is, counts per day."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.kit.errors import Invalid
from chalicelib.people import directory
from chalicelib.scheduling import offers, timetable
from chalicelib.scheduling.engine import availability
from chalicelib.scheduling.engine.availability import Slot
from chalicelib.scheduling.needs import Need
from chalicelib.scheduling.offers import Offered
from chalicelib.table.doctors import DoctorItem, specialty_key

MOST_DAYS = 90
_FIRST_WITHIN = (1, 7, 30, MOST_DAYS)


def dates(first: date | None, last: date | None, *, today: date, default_days: int) -> tuple[date, date]:
    """The range meant by what was given; at most ninety days."""
    begin = first or last or today
    end = last or (begin if first and default_days == 1 else begin + timedelta(days=default_days - 1))
    if end < begin:
        raise Invalid.field("to", "must not be before from")
    if (end - begin).days >= MOST_DAYS:
        raise Invalid.field("to", f"must lie at most {MOST_DAYS} days after from")
    return begin, end


def today(doctors: Iterable[DoctorItem], now: datetime) -> date:
    """The earliest calendar date that it is now at any of the doctors' locations."""
    zones = {timetable.zone_of(place) for doctor in doctors for place in doctor.location_ids}
    return min((now.astimezone(zone).date() for zone in zones), default=now.date())


def doctors_for(
    *,
    specialty: str | None = None,
    location_id: str | None = None,
    mode: str | None = None,
    hospital_id: str | None = None,
) -> list[DoctorItem]:
    """The active doctors of a specialty (one Query), at a location, with a mode; with their schedules in force."""
    if location_id:
        directory.location(location_id)
    found: Iterable[DoctorItem]
    if specialty:
        found = DoctorItem.of_specialty(specialty)
    else:
        found = directory.doctors_at(location_id) if location_id else DoctorItem.all_of()
    return [doctor for doctor in found if suits(doctor, location_id=location_id, mode=mode, hospital_id=hospital_id)]


def one_doctor(doctor_id: str, *, specialty: str | None, certain: bool) -> list[DoctorItem]:
    """The doctor, unless another specialty is asked for; `certain` reads the schedule anew, for who checks no fence."""
    doctor = directory.doctor.refresh(doctor_id) if certain else directory.doctor(doctor_id)
    other = specialty is not None and specialty_key(specialty) != specialty_key(doctor.specialty)
    return [] if other else [doctor]


def suits(doctor: DoctorItem, *, location_id: str | None, mode: str | None, hospital_id: str | None) -> bool:
    """Whether a doctor is active, works there, belongs to the hospital, and has the mode; what is None is not asked."""
    return (
        doctor.active
        and location_id in {None, *doctor.location_ids}
        and hospital_id in {None, doctor.hospital_id}
        and (mode is None or _has_mode(doctor, mode))
    )


def first_available(doctors: Iterable[DoctorItem], start: date, need: Need, now: datetime) -> list[Offered]:
    """What each doctor offers up to and including the first range in which something is free; soonest doctor first."""
    waiting = list(doctors)
    found: list[Offered] = []
    for days in _FIRST_WITHIN:
        last = start + timedelta(days=days - 1)
        offered = offers.for_doctors(waiting, start, last, need, now) if waiting else []
        found += [one for one in offered if one.first()]
        waiting = [one.doctor for one in offered if not one.first()]
    return sorted(found, key=lambda one: (one.first() or now, one.doctor.name))


def counts(offered: Iterable[Offered]) -> dict[date, int]:
    """How many free starts each local date has, without rendering any."""
    total: dict[date, int] = {}
    for one in offered:
        for offer in one.offers:
            for day, count in availability.counts(offer.opening, offer.starts).items():
                total[day] = total.get(day, 0) + count
    return dict(sorted(total.items()))


def in_zone(slots: Iterable[Slot], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The slots as the wall shows them elsewhere, dates rolling over where they do."""
    found = []
    for slot in slots:
        start, end = (datetime.fromisoformat(slot[name]).astimezone(zone) for name in ("start_time", "end_time"))
        shown = {"start_time": start.isoformat(), "end_time": end.isoformat()}
        found.append({**slot, **shown, "date": start.date().isoformat(), "time": f"{start:%H:%M}"})
    return found


def _has_mode(doctor: DoctorItem, mode: str) -> bool:
    return any(mode in drawn.session.modes for drawn in timetable.of(doctor).sessions)
