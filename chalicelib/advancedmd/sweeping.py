"""Sweeping: days are read whole, so that nothing stays missed that the increments miss.

The coming weeks are read once a night, and any days to come when somebody wants them imported. What differs from what
both sides last agreed on is drift: it is reported, and goes the way of everything that is told. At night that is asked
of both sides: what of ours was never told, or changed while nothing was told, is told after all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.advancedmd import mapping, outbox, pulling, pushing, scope, shared, whoiswho
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways.advancedmd import visits
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.kit import clock
from chalicelib.kit.auth import SYSTEM
from chalicelib.scheduling import statuses
from chalicelib.table import appointments, officeinbox, officelinks, officeruns
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officeinbox import CursorItem
from chalicelib.table.officelinks import OfficeLinkItem
from chalicelib.table.officeruns import OfficeRunItem

MOST_SHOWN = 300
_AT_NIGHT = (2, 5)  # hours of the office's wall, when AdvancedMD allows most and nobody works
_DAYS = 28
_ON_ITS_WAY = timedelta(minutes=10)  # within which the stream surely brings a change


@dataclass(frozen=True, slots=True)
class Drift:
    """A visit that is not as it was agreed on, or that nobody here knows: `differs`, `unknown` or `missing`.

    One of ours that AdvancedMD was not told of as it is here is `untold`; it may have no visit yet.
    """

    what: str
    visit_id: int | None
    appointment_id: str | None = None
    patient_id: str | None = None
    differences: tuple[tuple[shared.Field, Any, Any], ...] = ()

    def written(self) -> dict[str, Any]:
        """As it is stored: of each field that differs what was agreed on, and what the side has that differs."""
        side = "ours" if self.what == "untold" else "theirs"
        shown = [
            {"field": name, "base": _plain(agreed), side: _plain(found)} for name, agreed, found in self.differences
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
    """The coming weeks have been read, except for days that could not be; the dashboard shows it."""
    found = {"drift": int(run.found or 0), "unread": int(run.failed or 0)}
    officeinbox.heard(officeinbox.cursor(office_key), swept_on=run.first, **found)


def read_day(settled: Setup, *, office: Office, day: str, now: datetime, both: bool = True) -> list[dict[str, Any]]:
    """Read one day, one call, and put what has drifted into the inbox; what that is, as it is stored.

    With `both`, what of ours AdvancedMD was not told is marked to be told, and is among it.
    """
    on = date.fromisoformat(day)
    told, ours = visits.of_day(office, on).visits, _of_day(settled, on)
    missing = _missing(ours, {one.id for one in told})
    there = {one.id: one for one in [*told, *_read(office, list(missing))]}
    drifted = [drift for one in there.values() if (drift := _drift(settled, one, now)) is not None]
    gone = [
        Drift("missing", visit_id, link.appointment_id, _patient_of(link))
        for visit_id, link in missing.items()
        if visit_id not in there
    ]
    unclear = [one for one in there.values() if _is_unclear(settled, one, now)]
    told_of = [*(there[int(one.visit_id or 0)] for one in drifted), *unclear]
    pulling.put(settled.office_key, told_of, [int(one.visit_id or 0) for one in gone], now=now)
    untold = [drift for one in ours if (drift := _tell(settled, one, now)) is not None] if both else []
    return [one.written() for one in (*drifted, *gone, *untold)]


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
        ours = (
            theirs.stage != "cancelled"
            and theirs.start > now
            and who.whose(who.names.get(visit.column or "")) is not None
        )
        return Drift("unknown", visit.id) if ours else None
    agreed = pushing.read(link.agreed)
    differences = tuple(
        (name, agreed.value(name) if agreed else None, theirs.value(name))
        for name in shared.FIELDS
        if agreed is None or theirs.value(name) not in (None, agreed.value(name))
    )
    return Drift("differs", visit.id, link.appointment_id, _patient_of(link), differences) if differences else None


def _of_day(settled: Setup, day: date) -> list[AppointmentItem]:
    """Our appointments of a day of the office's wall, each with its link."""
    first, last = (_midnight(one, settled) for one in (day, day + timedelta(days=1)))
    return [
        one
        for location_id in settled.facilities
        for one in appointments.at_location(location_id, first=first, last=last, linked=True)
        if one.status != statuses.HELD and one.starts < last
    ]


def _midnight(day: date, settled: Setup) -> datetime:
    """When a day begins on the office's wall, also where the clock is put ahead at midnight."""
    wall = datetime.combine(day, time())
    return clock.from_wall(wall, settled.zone) or wall.replace(tzinfo=settled.zone).astimezone(UTC)


def _missing(ours: list[AppointmentItem], told: set[int]) -> dict[int, OfficeLinkItem]:
    """The links of those of our appointments whose visits were not told, by the visit."""
    links = (one.link for one in ours if one.status != statuses.CANCELLED)
    return {
        int(one.visit_id): one
        for one in links
        if one is not None and one.visit_id is not None and int(one.visit_id) not in told
    }


def _tell(settled: Setup, appointment: AppointmentItem, now: datetime) -> Drift | None:
    """Have told what of an appointment was never told, or not as it is by now; None where all is, or soon will be.

    What waits in the line or for people is known already, and what has just changed the stream still tells.
    """
    link, changed = appointment.link, appointment.updated_at or appointment.created_at
    differences = _untold(settled, appointment)
    if not differences or (changed and clock.parse(changed) > now - _ON_ITS_WAY):
        return None
    due = settled.due(now)
    if not outbox.mark(appointment.id, office_key=settled.office_key, due=due):
        officelinks.again(appointment.id, now=clock.iso(due))
    visit_id = int(link.visit_id) if link and link.visit_id is not None else None
    return Drift("untold", visit_id, appointment.id, appointment.patient_id, differences)


def _untold(settled: Setup, appointment: AppointmentItem) -> tuple[tuple[shared.Field, Any, Any], ...]:
    """What is told by itself of an appointment and has not been, each with what was agreed on."""
    link, ours = appointment.link, pushing.of_appointment(appointment)
    agreed = pushing.read(link.agreed) if link else None
    if not settled.runs or (link is not None and link.status != officelinks.SYNCED):
        return ()
    if ours.stage == "cancelled" and (agreed is None or agreed.stage == "cancelled"):
        return ()
    if agreed is None and "appointments" not in settled.kinds:
        return ()
    mine: dict[shared.Field, Any] = {name: ours.value(name) for name in shared.FIELDS if name != "patient_id"}
    was = {name: agreed.value(name) if agreed else None for name in mine}
    told = mine if agreed is None else scope.told(mine, settled.kinds)
    return tuple((name, was[name], value) for name, value in told.items() if value != was[name])


def _patient_of(link: OfficeLinkItem) -> str | None:
    agreed = pushing.read(link.agreed)
    return agreed.patient_id if agreed else None


def _plain(value: Any) -> Any:
    return clock.iso(value) if isinstance(value, datetime) else value
