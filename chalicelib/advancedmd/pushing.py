"""Pushing: what the clinic has changed of an appointment, told to AdvancedMD.

It reads both sides as they are, compares them with what they last had in common, and tells what is ours to tell. It
may be stopped between any two steps and done again: before a visit is made, that it may have been made is written
down, and whoever comes next asks AdvancedMD for the visit with our reference first.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.advancedmd import mapping, merging, pulling, scope, shared
from chalicelib.advancedmd.mapping import Links, NotLinked, Untellable
from chalicelib.advancedmd.shared import SLOT, Shared
from chalicelib.gateways.advancedmd import refusals, scheduler, visits
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.kit import clock, ids
from chalicelib.kit.errors import Unavailable
from chalicelib.table import officelinks
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officelinks import ERROR, PENDING, SYNCED, Held

_LOST_SECONDS = 90  # longer than a call may last: what was on its way has arrived by then
_FIRST_PAUSE, _LONGEST_PAUSE = 15, 3600
_CALL_SECONDS = 60.0
_Told = dict[shared.Field, Any]


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of it: `synced`, `pending` with when to come again, or `error`, which waits for people.

    `halted` when nothing else would be told now either; `refused_for` is how long AdvancedMD itself wants no calls.
    `told` are the fields that were told, `error` is ours to show and `detail` what AdvancedMD wrote.
    """

    status: str
    due_at: datetime | None = None
    halted: bool = False
    refused_for: float = 0.0
    told: tuple[str, ...] = ()
    error: str | None = None
    detail: str = ""


def push(
    appointment_id: str, *, office: Office, links: Callable[[AppointmentItem], Links], now: datetime
) -> Pushed | None:
    """Tell AdvancedMD what is to be told of an appointment; None when there is nothing, or somebody does it already.

    `links` is asked who is who for the appointment when that is needed.
    """
    held = officelinks.hold(appointment_id, ids.new("lea"))
    if held is None:
        return None
    push_until = time.monotonic() + officelinks.LEASE.total_seconds() - _CALL_SECONDS
    work = _Work(held, office, links, now, push_until)
    try:
        return work.do()
    except (NotLinked, Untellable, Refused) as refused:
        failed = Pushed(ERROR, error=str(refused), detail=getattr(refused, "detail", ""))
        return work.end(failed, **_in_doubt(refused))
    except officelinks.VisitTaken:
        return work.end(Pushed(ERROR, error="The visit in AdvancedMD belongs to another appointment."))
    except (NoAnswer, NotNow, Unavailable) as silent:
        return work.later(_pause(silent, held), silent)
    except officelinks.LeaseLost:
        raise
    except Exception:
        work.park()
        raise


def _in_doubt(refused: Exception) -> dict[str, Any]:
    """A time that AdvancedMD does not allow is a conflict, whose sides people see."""
    return {"conflict": {"refused": refused.code}} if isinstance(refused, refusals.NotBookable) else {}


def _pause(silent: Exception, held: Held) -> float:
    if isinstance(silent, NoAnswer):
        return _LOST_SECONDS
    if isinstance(silent, refusals.NotYet):
        return max(1.0, silent.wait)
    return float(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** int(held.link.failures or 0)))


@dataclass(frozen=True, slots=True)
class _Work:
    """One push under its lease."""

    held: Held
    office: Office
    links: Callable[[AppointmentItem], Links]
    now: datetime
    until: float

    def do(self) -> Pushed:
        appointment = AppointmentItem.find(self.held.link.appointment_id)
        if appointment is None:
            return self.end(Pushed(SYNCED))
        ours, link = of_appointment(appointment), self.held.link
        if link.visit_id is None and not link.attempted and ours.stage == "cancelled":
            return self.end(Pushed(SYNCED))
        links = self.links(appointment)
        base, new = read(link.agreed), link.visit_id is None
        if link.visit_id is not None:
            visit = scheduler.find(self.office, int(link.visit_id))
        else:
            made = self._made(ours, links)
            if made is None:
                return self.end(Pushed(SYNCED), attempted=None)
            visit = made
        theirs = mapping.from_visit(visit, links)
        if theirs is None:
            raise NoAnswer("AdvancedMD tells too little of the visit.")
        merged = merging.merge(base=base or theirs, ours=ours, theirs=theirs)
        told = merged.told if self.held.link.asked else scope.told(merged.told, links.kinds)
        self._tell(visit, theirs, told, links)
        if merged.taken:  # is for whoever hears, also where it was refused before: it stays seen
            pulling.put_unread(link.office_key, visit.id, now=self.now)
        known = {name: ours.value(name) for name in shared.FIELDS if name in told or _same(ours, theirs, name)}
        agreed = (base or theirs).with_values(known)
        conflict = [written_difference(one) for one in merged.conflicts] or None
        return self.end(
            Pushed(ERROR if conflict else SYNCED, told=tuple(shared.FIELDS) if new else tuple(told)),
            visit_id=visit.id,
            agreed=written(agreed),
            conflict=conflict,
            synced_at=clock.iso(self.now),
            attempted=None,
            **mapping.numbers(agreed, links),
        )

    def _made(self, ours: Shared, links: Links) -> VisitData | None:
        """The visit of an appointment that had none; None where there is none to be made."""
        reference = self.held.link.appointment_id
        if self.held.link.attempted:
            found = visits.ids_of(self.office, [reference])
            if reference in found:
                return scheduler.find(self.office, found[reference])
        if ours.stage == "cancelled":
            return None
        new = mapping.to_visit(ours, links, reference=reference)
        # What is made is what both will have in common, whoever changes it before its answer is known.
        officelinks.note(self.held, attempted=True, agreed=written(ours.with_values({"stage": "expected"})))
        self._in_time()
        try:
            return scheduler.create(self.office, new, now=self._wall(links))
        except Refused:
            officelinks.note(self.held, attempted=None, agreed=None)
            raise

    def _tell(self, visit: VisitData, theirs: Shared, told: _Told, links: Links) -> None:
        moved = {name: value for name, value in told.items() if name in SLOT}
        if moved and told.get("stage") != "cancelled":
            wanted = theirs.with_values(moved)
            start, at = mapping.wall_of(wanted.start, links.zone), mapping.stays_or_goes(visit, wanted, links)
            self._in_time()
            if "minutes" in moved:
                scheduler.edit(self.office, visit, at=at, start=start, minutes=wanted.minutes)
            else:
                scheduler.move(self.office, visit.id, column_id=at.column_id, start=start, now=self._wall(links))
        if "stage" in told:
            steps = mapping.steps(theirs.stage, told["stage"])
            if steps is None:
                raise refusals.Declined("What was cancelled in AdvancedMD cannot be taken up again there.")
            for step in steps:
                self._in_time()
                scheduler.step(self.office, visit.id, step, now=self._wall(links))

    def _in_time(self) -> None:
        """Nothing is sent that could arrive after somebody else has taken over."""
        if time.monotonic() > self.until:
            raise NotNow("The push has taken too long.")

    def _wall(self, links: Links) -> datetime:
        return self.now.astimezone(links.zone).replace(tzinfo=None)

    def end(self, pushed: Pushed, **fields: Any) -> Pushed:
        """Write down what has become of it, unless a newer change is wanted: then that is still to be told."""
        told = {"status": pushed.status, "error": pushed.error, "failures": None, "asked": None, **fields}
        try:
            waits = clock.iso(self.now) if pushed.status == ERROR else None
            officelinks.let_go(self.held, told=int(self.held.link.wanted), due_at=None, waits=waits, **told)
        except officelinks.LeaseLost:
            told |= {"status": PENDING}
            told.pop("asked")
            officelinks.let_go(self.held, told=None, due_at=clock.iso(self.now), **told)
            return Pushed(PENDING, self.now)
        return pushed

    def later(self, seconds: float, why: Exception) -> Pushed:
        """Come again; what was written down before stays. Waiting for the budget is no failure."""
        due = self.now + timedelta(seconds=seconds)
        failures = int(self.held.link.failures or 0) + (0 if isinstance(why, refusals.NotYet) else 1)
        officelinks.let_go(self.held, told=None, due_at=clock.iso(due), failures=failures, error=str(why))
        limited = isinstance(why, refusals.NotYet) and why.limited
        return Pushed(PENDING, due, halted=isinstance(why, NotNow), refused_for=seconds if limited else 0.0)

    def park(self) -> None:
        """Something is wrong with this one alone: it waits for people, and stands in nobody's way."""
        self.end(Pushed(ERROR, error="This could not be told to AdvancedMD; the log says why."))


def of_appointment(appointment: AppointmentItem) -> Shared:
    """What AdvancedMD may know of an appointment."""
    return Shared(
        start=appointment.starts,
        minutes=int(appointment.duration_minutes),
        stage=mapping.stage_of(appointment.status),
        doctor_id=appointment.doctor_id,
        location_id=appointment.location_id,
        patient_id=appointment.patient_id,
    )


def written(one: Shared) -> dict[str, Any]:
    """As it is stored."""
    return {**{str(name): one.value(name) for name in shared.FIELDS}, "start": clock.iso(one.start)}


def read(stored: Any) -> Shared | None:
    """What `written` wrote."""
    return Shared(**{**stored, "start": clock.parse(stored["start"])}) if stored else None


def written_difference(one: merging.Difference) -> dict[str, Any]:
    """A difference for people, as it is stored."""
    sides = {"base": one.base, "ours": one.ours, "theirs": one.theirs}
    shown = {name: clock.iso(value) if isinstance(value, datetime) else value for name, value in sides.items()}
    return {"field": one.field, **shown}


def _same(ours: Shared, theirs: Shared, field: shared.Field) -> bool:
    return bool(ours.value(field) == theirs.value(field))
