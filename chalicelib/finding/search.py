"""Searching doctors: by name, specialty, place and mode, each with the next free slot."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from chalicelib.kit.errors import Invalid
from chalicelib.kit.spelling import plain
from chalicelib.people import directory
from chalicelib.scheduling import offers, searching
from chalicelib.scheduling.engine import availability
from chalicelib.scheduling.needs import Need
from chalicelib.scheduling.offers import Offered
from chalicelib.table.doctors import DoctorItem

NEXT_WITHIN = 14
_STAGES = (2, 7, NEXT_WITHIN)  # most doctors are free soon, so the later days are read for few
_BATCH = 25
_LATEST_ZONE = timedelta(hours=12)  # the last place on Earth to leave a date


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which doctors; what is None is not asked. `available_on` demands a free slot on that local date."""

    name: str | None = None
    specialty: str | None = None
    location_id: str | None = None
    hospital_id: str | None = None
    mode: str | None = None
    available_on: date | None = None

    @property
    def need(self) -> Need:
        """The slots that count."""
        return Need(location_id=self.location_id, mode=self.mode)


@dataclass(frozen=True, slots=True)
class Found:
    """A doctor, the next free start with the location's offset, and how many are free on the date asked for."""

    doctor: DoctorItem
    next_available: datetime | None
    free_on_date: int | None = None


def page(wanted: Wanted, *, limit: int, after: str | None, now: datetime) -> tuple[list[Found], str | None]:
    """The next `limit` doctors, by specialty and name, and the cursor when there are more."""
    if wanted.available_on and wanted.available_on < (now - _LATEST_ZONE).date():
        raise Invalid.field("available_on", "is in the past")
    if wanted.location_id:
        directory.location(wanted.location_id)
    if wanted.hospital_id:
        directory.hospital(wanted.hospital_id)
    matches = _matches(wanted, after)
    day = wanted.available_on
    free = _with_free_slots(matches, day, wanted.need, now) if day else ((doctor, None) for doctor in matches)
    counted = list(islice(free, limit + 1))
    doctors, cursor = DoctorItem.cut([doctor for doctor, _ in counted], limit)
    soonest = next_free(doctors, searching.today(doctors, now), wanted.need, now)
    found = [Found(doctor, soonest.get(doctor.id), count) for doctor, count in counted[:limit]]
    return found, cursor


def next_free(
    doctors: Sequence[DoctorItem], first: date, need: Need, now: datetime, *, after: int = 0
) -> Mapping[str, datetime]:
    """Each doctor's first free start within two weeks from a date on, with the location's offset; the rest is absent.

    The days are read in stages, each for those doctors only who had nothing free before; `after` days are known to
    have nothing.
    """
    waiting, begin = list(doctors), after
    found: dict[str, datetime] = {}
    for end in (stage for stage in _STAGES if stage > after):
        if not waiting:
            break
        first_day, last_day = first + timedelta(days=begin), first + timedelta(days=end - 1)
        for one in offers.for_doctors(waiting, first_day, last_day, need, now):
            start = first_start(one)
            if start is not None:
                found[one.doctor.id] = start
        waiting = [doctor for doctor in waiting if doctor.id not in found]
        begin = end
    return found


def first_start(offered: Offered) -> datetime | None:
    """The earliest free start of what a doctor offers, with its location's offset."""
    starts = [
        (start, offer.opening.zone)
        for offer in offered.offers
        if (start := availability.first_start(offer.opening, offer.starts)) is not None
    ]
    if not starts:
        return None
    start, zone = min(starts, key=lambda pair: pair[0])
    return start.astimezone(zone)


def _matches(wanted: Wanted, after: str | None) -> Iterator[DoctorItem]:
    specialty, text = wanted.specialty, plain(wanted.name or "")
    found = DoctorItem.of_specialty(specialty, after=after) if specialty else DoctorItem.walk(after=after)
    for doctor in found:
        named = text in plain(doctor.name)
        asked = {"location_id": wanted.location_id, "mode": wanted.mode, "hospital_id": wanted.hospital_id}
        if named and searching.suits(doctor, **asked):
            yield doctor


def _with_free_slots(
    doctors: Iterable[DoctorItem], day: date, need: Need, now: datetime
) -> Iterator[tuple[DoctorItem, int]]:
    """Those who have a free slot on the date, and how many."""
    waiting = iter(doctors)
    while batch := list(islice(waiting, _BATCH)):
        for one in offers.for_doctors(batch, day, day, need, now):
            count = searching.counts([one]).get(day, 0)
            if count:
                yield one.doctor, count
