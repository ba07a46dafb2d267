"""Lists of appointments: of a patient, a doctor, a location; filtered, in order of start, page by page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

from chalicelib.kit import clock, cursor
from chalicelib.kit.errors import Invalid
from chalicelib.table import appointments
from chalicelib.table.appointments import AppointmentItem

MOST_DAYS = 366
_AHEAD, _BEHIND = timedelta(hours=14), timedelta(hours=12)  # how far local time runs from UTC
_SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
Bounds = tuple[datetime, datetime]
Reader = Callable[..., Iterator[AppointmentItem]]
_ALL_TIME = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which appointments are wanted; a text matches names, number and reason, dates are the location's."""

    status: str | None = None
    mode: str | None = None
    origin: str | None = None
    specialty: str | None = None
    doctor_id: str | None = None
    text: str | None = None
    first: date | None = None
    last: date | None = None

    def admits(self, item: AppointmentItem) -> bool:
        """Whether an appointment is wanted."""
        wanted = {
            "status": self.status,
            "mode": self.mode,
            "origin": self.origin,
            "doctor_id": self.doctor_id,
        }
        if any(value and getattr(item, name) != value for name, value in wanted.items()):
            return False
        if (self.first and item.local_day < self.first) or (self.last and item.local_day > self.last):
            return False
        if self.specialty and item.specialty.casefold() != self.specialty.casefold():
            return False
        return not self.text or self.text.casefold() in _searched(item)


@dataclass(frozen=True, slots=True)
class Page:
    """Some appointments, and where the list goes on."""

    items: list[AppointmentItem]
    next_cursor: str | None


def between(first: date | None, last: date | None, zone: tzinfo = UTC) -> Bounds:
    """The instants from the beginning of `first` to the end of `last`, on the zone's wall."""
    if first and last and not timedelta() <= last - first <= timedelta(days=MOST_DAYS):
        raise Invalid.field("to", f"must lie at most {MOST_DAYS} days after from, and not before it")
    begin = datetime.combine(first, time(), tzinfo=zone) if first else _ALL_TIME[0]
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone) if last else _ALL_TIME[1]
    return begin.astimezone(UTC), end.astimezone(UTC) - timedelta(seconds=1)


def around(first: date | None, last: date | None) -> Bounds:
    """The instants that have one of these dates somewhere: who moves between zones is listed by each place's dates."""
    begin, end = between(first, last)
    return begin - _AHEAD, end + _BEHIND


def of_patient(
    patient_id: str,
    first: date | None,
    last: date | None,
    *,
    where: Filter,
    limit: int,
    after: str | None,
    linked: bool = False,
) -> Page:
    """A patient's appointments; `linked` has how they stand at AdvancedMD read with them."""
    where = replace(where, first=first, last=last)
    return _page(partial(appointments.of_patient, patient_id, linked=linked), around(first, last), where, limit, after)


def of_doctor(
    doctor_id: str,
    first: date | None,
    last: date | None,
    *,
    where: Filter,
    limit: int,
    after: str | None,
    linked: bool = False,
) -> Page:
    """A doctor's appointments."""
    where = replace(where, first=first, last=last)
    return _page(partial(appointments.of_doctor, doctor_id, linked=linked), around(first, last), where, limit, after)


def at_location(
    location_id: str,
    zone: ZoneInfo,
    first: date,
    last: date,
    *,
    where: Filter,
    limit: int,
    after: str | None,
    linked: bool = False,
) -> Page:
    """A location's appointments on its local dates."""
    return _page(
        partial(appointments.at_location, location_id, linked=linked), between(first, last, zone), where, limit, after
    )


def _page(read: Reader, bounds: Bounds, where: Filter, limit: int, after: str | None) -> Page:
    begin, end = bounds
    last = tuple(cursor.decode(after, 2)) if after else ("", "")
    # The next page begins to read at the start at which the last one ended, since several may begin together.
    begin = max(begin, _start_of(last[0])) if after else begin
    page: list[AppointmentItem] = []
    for item in _in_order(read(first=begin, last=end)) if begin <= end else ():
        if (item.start, item.id) <= last or not where.admits(item):
            continue
        if len(page) == limit:
            return Page(page, cursor.encode(page[-1].start, page[-1].id))
        page.append(item)
    return Page(page, None)


def _start_of(start: str) -> datetime:
    try:
        found = clock.parse(start)
    except ValueError:
        found = None
    if found is None or not _SHAPE.fullmatch(start):
        raise Invalid.field("cursor", "is not a cursor of this list")
    return found


def _in_order(found: Iterator[AppointmentItem]) -> Iterator[AppointmentItem]:
    """By start, then id: the index orders by start only, and a cursor must name one place."""
    together: list[AppointmentItem] = []
    for item in found:
        if together and item.start != together[0].start:
            yield from sorted(together, key=lambda one: one.id)
            together = []
        together.append(item)
    yield from sorted(together, key=lambda one: one.id)


def _searched(item: AppointmentItem) -> str:
    return " ".join(filter(None, (item.patient_name, item.doctor_name, item.number, item.reason))).casefold()
