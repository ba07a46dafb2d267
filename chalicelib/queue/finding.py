"""Which appointment somebody means who stands at a kiosk or a desk: by its id, its number, or phone and birth date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from chalicelib.kit.auth import EVERYWHERE
from chalicelib.kit.errors import Invalid, NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access, directory
from chalicelib.people.contact import normal_phone
from chalicelib.queue import lines
from chalicelib.scheduling import statuses, timetable
from chalicelib.table import appointments, base, keys
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem

_EXPECTED = statuses.MOVABLE | {statuses.CHECKED_IN, statuses.NO_SHOW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown of an appointment: one of an id, a number, or a phone with a birth date; and where."""

    appointment_id: str | None = None
    number: str | None = None
    phone: str | None = None
    born: date | None = None
    location_id: str | None = None


def find(shown: Shown, stamp: Stamp) -> AppointmentItem:
    """The appointment that is meant; of several of a person's day the next one. Raises NotFound, and Invalid
    where the location is not clear.
    """
    if shown.location_id:
        _place(shown, stamp)
    if shown.appointment_id:
        found = AppointmentItem.find(shown.appointment_id)
        if found is None or not access.may_see_appointment(stamp.by, found):
            raise NotFound("appointment", "appointment_id")
        return found
    place = _place(shown, stamp)
    expected = [one for one in _of_today(place, stamp.now) if access.may_see_appointment(stamp.by, one)]
    fitting = [one for one in expected if one.number == shown.number] if shown.number else _of_person(shown, expected)
    if not fitting:
        raise NotFound("appointment", "appointment_number" if shown.number else "phone")
    return min(fitting, key=lambda one: (one.queue_entry_id is not None, one.start))


def _place(shown: Shown, stamp: Stamp) -> str:
    bound = stamp.by.location_id if stamp.by.location_id != EVERYWHERE else None
    place = shown.location_id or bound
    if place is None:
        raise Invalid.field("location_id", "is required beside a number or a phone")
    directory.require(directory.location, place, "location_id")
    if stamp.by.role != "doctor":
        access.check_location(stamp.by, place)
    return place


def _of_today(location_id: str, now: datetime) -> list[AppointmentItem]:
    """The location's appointments of its local date whose patients may still come."""
    zone, today = timetable.zone_of(location_id), lines.day_of(location_id, now)
    first = datetime.combine(today, time(), tzinfo=zone).astimezone(UTC)
    found = appointments.at_location(location_id, first=first, last=first + timedelta(days=1, hours=1))
    return [one for one in found if one.local_day == today and one.status in _EXPECTED]


def _of_person(shown: Shown, expected: Iterable[AppointmentItem]) -> list[AppointmentItem]:
    expected = list(expected)
    phone, _ = normal_phone(str(shown.phone))
    raws = base.get_many(keys.patient(one.patient_id) for one in expected)
    people = (PatientItem.from_raw_data(raw) for raw in raws.values())
    meant = {one.id for one in people if one.phone == phone and one.date_of_birth == str(shown.born)}
    return [one for one in expected if one.patient_id in meant]
