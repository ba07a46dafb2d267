"""Lists of appointments: of a patient, a doctor, a location; filtered, in order of start, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.kit import cursor
from chalicelib.kit.errors import Invalid
from chalicelib.scheduling import statuses
from chalicelib.table import appointments
from chalicelib.table.appointments import AppointmentItem

MOST_DAYS = 366
_ALL_TIME = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which appointments are wanted; a text matches names, number and reason."""

    status: str | None = None
    mode: str | None = None
    origin: str | None = None
    specialty: str | None = None
    doctor_id: str | None = None
    text: str | None = None

    def admits(self, item: AppointmentItem) -> bool:
        """Whether an appointment is wanted."""
        wanted = {
            "status": statuses.canonical(self.status) if self.status else None,
            "mode": self.mode,
            "origin": self.origin,
            "doctor_id": self.doctor_id,
        }
        if any(value and getattr(item, name) != value for name, value in wanted.items()):
            return False
        if self.specialty and item.specialty.casefold() != self.specialty.casefold():
            return False
        return not self.text or self.text.casefold() in _searched(item)


@dataclass(frozen=True, slots=True)
class Page:
    """Some appointments, and where the list goes on."""

    items: list[AppointmentItem]
    next_cursor: str | None


def between(first: date | None, last: date | None, zone: ZoneInfo | None = None) -> tuple[datetime, datetime]:
    """The instants from the beginning of `first` to the end of `last`, on the zone's wall (UTC when none is meant)."""
    if first and last and not timedelta() <= last - first <= timedelta(days=MOST_DAYS):
        raise Invalid.field("to", f"must lie at most {MOST_DAYS} days after from, and not before it")
    place = zone or UTC
    begin = datetime.combine(first, time(), tzinfo=place) if first else _ALL_TIME[0]
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=place) if last else _ALL_TIME[1]
    return begin.astimezone(UTC), end.astimezone(UTC) - timedelta(seconds=1)


def of_patient(
    patient_id: str, first: date | None, last: date | None, *, where: Filter, limit: int, after: str | None
) -> Page:
    """A patient's appointments."""
    begin, end = between(first, last)
    return _page(appointments.of_patient(patient_id, first=_from(begin, after), last=end), where, limit, after)


def of_doctor(
    doctor_id: str, first: date | None, last: date | None, *, where: Filter, limit: int, after: str | None
) -> Page:
    """A doctor's appointments."""
    begin, end = between(first, last)
    return _page(appointments.of_doctor(doctor_id, first=_from(begin, after), last=end), where, limit, after)


def at_location(
    location_id: str, zone: ZoneInfo, first: date, last: date, *, where: Filter, limit: int, after: str | None
) -> Page:
    """A location's appointments on its local dates."""
    begin, end = between(first, last, zone)
    return _page(appointments.at_location(location_id, first=_from(begin, after), last=end), where, limit, after)


def _from(begin: datetime, after: str | None) -> datetime:
    """Where to start reading: at the start at which the page before ended, since several may begin together."""
    if after is None:
        return begin
    start, _ = cursor.decode(after, 2)
    try:
        return max(begin, datetime.fromisoformat(start))
    except (ValueError, TypeError):
        raise Invalid.field("cursor", "is not a cursor of this list") from None


def _page(found: Iterator[AppointmentItem], where: Filter, limit: int, after: str | None) -> Page:
    last = tuple(cursor.decode(after, 2)) if after else ("", "")
    page: list[AppointmentItem] = []
    for item in _in_order(found):
        if (item.start, item.id) <= last or not where.admits(item):
            continue
        if len(page) == limit:
            return Page(page, cursor.encode(page[-1].start, page[-1].id))
        page.append(item)
    return Page(page, None)


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
