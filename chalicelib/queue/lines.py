"""Where and when patients stand in line: the location, its local day, and whether the doctor is there."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Invalid, NotFound
from chalicelib.people import access, directory
from chalicelib.queue.refusals import DoctorNotHere
from chalicelib.scheduling import shifts, timetable
from chalicelib.scheduling.shifts import Shift
from chalicelib.table.doctors import DoctorItem

NIGHT = 3  # o'clock on the location's wall: by then the day before is closed
_BEFORE = timedelta(hours=1)  # walk-in patients come before the doctor does


def day_of(location_id: str, now: datetime) -> date:
    """The location's calendar date."""
    return clock.local_date(now, timetable.zone_of(location_id))


def days_of(location_id: str, now: datetime) -> list[date]:
    """The location's days that are not closed yet, the older first: until three at night yesterday is one of them."""
    local = now.astimezone(timetable.zone_of(location_id))
    today = local.date()
    return [today - timedelta(days=1), today] if local.hour < NIGHT else [today]


def where(doctor: DoctorItem, location_id: str | None, *, by: Claims, now: datetime) -> str:
    """The location at which a patient joins the doctor's queue: the one that is asked for, or where the doctor is now.

    Staff and the doctor put patients in line at any hour. Raises Invalid, DoctorNotHere, and NotFound for a desk or
    device that does not cover the location.
    """
    if location_id and location_id not in doctor.location_ids:
        raise Invalid.field("location_id", "the doctor does not work there")
    present = [shift for shift in shifts.around(doctor, now) if shift.begins - _BEFORE <= now < shift.ends]
    found = location_id or _place(doctor, present, by)
    if by.role not in {"patient", "doctor"}:
        access.check_location(by, found)
    if by.role in {"patient", "kiosk"} and all(shift.location_id != found for shift in present):
        raise DoctorNotHere
    return found


def receiving(doctor_id: str, location_id: str, *, field: str = "doctor_id") -> DoctorItem:
    """The doctor into whose line a patient of the location is sent; NotFound, Invalid when there is none there."""
    doctor = directory.require(directory.doctor, doctor_id, field)
    if not doctor.active:
        raise NotFound("doctor", field)
    if location_id not in doctor.location_ids:
        raise Invalid.field(field, "the doctor does not work at this location")
    return doctor


def _place(doctor: DoctorItem, present: Sequence[Shift], by: Claims) -> str:
    places = list(dict.fromkeys(shift.location_id for shift in present))
    if not places and (by.is_staff or by.role == "doctor"):
        places = list(doctor.location_ids)
    if len(places) > 1 and by.location_id in places:
        return str(by.location_id)
    if len(places) != 1:
        raise Invalid.field("location_id", "is required: the doctor does not work at one location now")
    return places[0]
