"""Sweeping: days are read whole, so that nothing stays missed that the increments miss.

The coming weeks are read once a night, and any days to come when somebody wants them imported. What differs from what
both sides last agreed on is drift: it is reported, and goes the way of everything that is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.advancedmd import changes, mapping, pulling, pushing, shared, whoiswho
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways.advancedmd import visits
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.kit import clock
from chalicelib.kit.auth import SYSTEM
from chalicelib.table import appointments, base, keys, officeinbox, officelinks, officeruns
from chalicelib.table.officeinbox import CursorItem
from chalicelib.table.officelinks import OfficeLinkItem
from chalicelib.table.officeruns import OfficeRunItem

MOST_SHOWN = 300
_AT_NIGHT = (2, 5)  # hours of the office's wall, when AdvancedMD allows most and nobody works
_DAYS = 28


@dataclass(frozen=True, slots=True)
class Drift:
    """A visit that is not as it was agreed on, or that nobody here knows: `differs`, `unknown` or `missing`."""

    what: str
    visit_id: int
    appointment_id: str | None = None
    patient_id: str | None = None
    differences: tuple[tuple[shared.Field, Any, Any], ...] = ()

    def written(self) -> dict[str, Any]:
        """As it is stored: of each field that differs what was agreed on, and what is there."""
        shown = [
            {"field": name, "base": _plain(agreed), "theirs": _plain(theirs)}
            for name, agreed, theirs in self.differences
        ]
        who = {"visit_id": self.visit_id, "appointment_id": self.appointment_id, "patient_id": self.patient_id}
        return {"what": self.what, **who, "differences": shown}


def is_due(settled: Setup, cursor: CursorItem, now: datetime) -> bool:
    """Whether it is night there and the coming weeks were not read yet, nor are being read."""
    wall = now.astimezone(settled.zone)
    first, last = _AT_NIGHT
    return first <= wall.hour < last and cursor.swept_on != wall.date().isoformat()


def begin_if_due(settled: Setup, *, now: datetime) -> None:
    """Begin the night's run, unless that was done today or it is day."""
    if is_due(settled, officeinbox.cursor(settled.office_key), now):
        begin(settled, now=now)


def begin(settled: Setup, *, now: datetime, days: int = _DAYS) -> OfficeRunItem:
    """Have the coming days read, each once; the run that has begun today already, if there is one."""
    today = now.astimezone(settled.zone).date()
    wanted = [(today + timedelta(days=offset)).isoformat() for offset in range(days)]
    return officeruns.begin(
        settled.office_key,
        purpose=officeruns.SWEEP,
        run_id=f"swp_{today}",
        first=wanted[0],
        last=wanted[-1],
        thing_ids=wanted,
        now=clock.iso(now),
        seconds=int(now.timestamp()),
        by=SYSTEM.actor,
    )


def note_swept(office_key: str, run: OfficeRunItem) -> None:
    """The coming weeks have been read; the dashboard shows it."""
    officeinbox.heard(officeinbox.cursor(office_key), swept_on=run.first, drift=int(run.found or 0))


def read_day(settled: Setup, *, office: Office, day: str, now: datetime) -> list[dict[str, Any]]:
    """Read one day, one call, and put what has drifted into the inbox; what that is, as it is stored."""
    [(on, told)] = changes.of_days(office, date.fromisoformat(day), 1)
    missing = _missing(settled, on, {one.id for one in told})
    there = {one.id: one for one in [*told, *_read(office, list(missing))]}
    drifted = [drift for one in there.values() if (drift := _drift(settled, one, now)) is not None]
    gone = [
        Drift("missing", visit_id, link.appointment_id, _patient_of(link))
        for visit_id, link in missing.items()
        if visit_id not in there
    ]
    unclear = [one for one in there.values() if _is_unclear(settled, one, now)]
    told_of = [*(there[one.visit_id] for one in drifted), *unclear]
    pulling.put(settled.office_key, told_of, [one.visit_id for one in gone], now=now)
    return [one.written() for one in (*drifted, *gone)]


def _read(office: Office, missing: list[int]) -> Iterator[VisitData]:
    for first in range(0, len(missing), visits.MOST_IDS):
        yield from visits.by_id(office, missing[first : first + visits.MOST_IDS]).visits


def _is_unclear(settled: Setup, visit: VisitData, now: datetime) -> bool:
    """Whether a visit may be one of ours that nobody knows yet: only reading it tells in which column it is."""
    who = whoiswho.links(settled, {})
    if who.place(visit) or visit.start is None or officeinbox.find(settled.office_key, visit.id) is not None:
        return False
    to_come = visit.start > now.astimezone(settled.zone).replace(tzinfo=None)
    return to_come and officelinks.whose(settled.office_key, visit.id) is None


def _drift(settled: Setup, visit: VisitData, now: datetime) -> Drift | None:
    """How a visit is not as it was agreed on; None for one that is, or that waits in the inbox and is known already."""
    if officeinbox.find(settled.office_key, visit.id) is not None:
        return None
    appointment_id = officelinks.whose(settled.office_key, visit.id)
    link = officelinks.find(appointment_id) if appointment_id else None
    who = whoiswho.of_visit(visit, setup=settled)
    try:
        theirs = mapping.from_visit(visit, who)
    except mapping.Untellable:
        return Drift("differs", visit.id, link.appointment_id, _patient_of(link)) if link else None
    if theirs is None:
        return None
    if link is None:
        ours = theirs.start > now and who.whose(who.names.get(visit.column or "")) is not None
        return Drift("unknown", visit.id) if ours else None
    agreed = pushing.read(link.agreed)
    differences = tuple(
        (name, agreed.value(name) if agreed else None, theirs.value(name))
        for name in shared.FIELDS
        if agreed is None or theirs.value(name) not in (None, agreed.value(name))
    )
    return Drift("differs", visit.id, link.appointment_id, _patient_of(link), differences) if differences else None


def _missing(settled: Setup, day: date, told: set[int]) -> dict[int, OfficeLinkItem]:
    """The links of our appointments of the day whose visits were not told, by the visit."""
    first = clock.from_wall(datetime.combine(day, time()), settled.zone) or datetime.combine(day, time(), settled.zone)
    wanted = [
        keys.office_link(one.id)
        for location_id in settled.facilities
        for one in appointments.at_location(location_id, first=first, last=first + timedelta(days=1))
        if one.status not in {"held", "cancelled"}
    ]
    links = (OfficeLinkItem.from_raw_data(raw) for raw in base.get_many(wanted).values())
    return {int(one.visit_id): one for one in links if one.visit_id is not None and int(one.visit_id) not in told}


def _patient_of(link: OfficeLinkItem) -> str | None:
    agreed = pushing.read(link.agreed)
    return agreed.patient_id if agreed else None


def _plain(value: Any) -> Any:
    return clock.iso(value) if isinstance(value, datetime) else value
