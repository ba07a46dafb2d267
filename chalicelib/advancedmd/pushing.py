"""Pushing: what the clinic has changed of an appointment, told to AdvancedMD.

It reads both sides as they are, compares them with what they last had in common, and tells what is ours to tell. It
may be stopped between any two steps and done again: before a visit is made, that it may have been made is written
down, and whoever comes next asks AdvancedMD for the visit with our reference first. So does who gets no answer.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.advancedmd import mapping, merging, pulling, scope, shared
from chalicelib.advancedmd.mapping import Links, NotLinked, Untellable
from chalicelib.advancedmd.merging import Difference
from chalicelib.advancedmd.shared import SLOT, Shared
from chalicelib.advancedmd.telling import Telling
from chalicelib.gateways.advancedmd import refusals, scheduler
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.kit import clock, ids
from chalicelib.kit.errors import Unavailable
from chalicelib.table import officelinks, officesettling
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officelinks import ERROR, PENDING, SYNCED, Held, OfficeLinkItem

_LOST_SECONDS = 90  # longer than a call may last: what was on its way has arrived by then
_FIRST_PAUSE, _LONGEST_PAUSE = 15, 3600
_CALL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of it: `synced`, `pending` with when to come again, or `error`, which waits for people.

    `halted` when nothing else would be told now either. `told` are the fields that were told, `error` is ours to show
    and `detail` what AdvancedMD wrote.
    """

    status: str
    due_at: datetime | None = None
    halted: bool = False
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
    on_its_way = held.link.not_before if held.link.attempted else None
    if on_its_way is not None and clock.iso(now) < on_its_way:
        officelinks.let_go(held, told=None, due_at=on_its_way)
        return Pushed(PENDING, clock.parse(on_its_way))
    push_until = time.monotonic() + officelinks.LEASE.total_seconds() - _CALL_SECONDS
    work = _Work(held, office, links, now, push_until)
    try:
        return work.do()
    except (NotLinked, Untellable, Refused) as refused:
        return work.end(_failed(refused))
    except officelinks.VisitTaken:
        return work.end(Pushed(ERROR, error="The visit in AdvancedMD belongs to another appointment."))
    except (NoAnswer, NotNow, Unavailable) as silent:
        return work.later(_pause(silent, held), silent)
    except officelinks.LeaseLost:
        raise
    except Exception:
        work.park()
        raise


def _failed(refused: Exception, *, told: tuple[str, ...] = ()) -> Pushed:
    return Pushed(ERROR, told=told, error=str(refused), detail=getattr(refused, "detail", ""))


def _conflict(open_ones: list[dict[str, Any]], refused: Exception | None, left: list[dict[str, Any]]) -> Any:
    """What people have to decide, with both sides; a time that AdvancedMD does not allow is a conflict too."""
    if isinstance(refused, refusals.NotBookable):
        return {"refused": refused.code, "differences": [*open_ones, *left]}
    return open_ones or None


def _pause(silent: Exception, held: Held) -> float:
    if isinstance(silent, NoAnswer):
        return _LOST_SECONDS
    if isinstance(silent, refusals.NotYet):
        return max(1.0, silent.wait)
    pause = float(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** int(held.link.failures or 0)))
    return pause * random.uniform(0.5, 1)  # noqa: S311  # nosec B311 # jitter, not a secret


@dataclass(frozen=True, slots=True)
class _Work:
    """One push under its lease."""

    held: Held
    office: Office
    links: Callable[[AppointmentItem], Links]
    now: datetime
    until: float

    def do(self) -> Pushed:
        link = self.held.link
        appointment = AppointmentItem.find(link.appointment_id)
        if appointment is None:
            return self.end(Pushed(SYNCED))
        ours = of_appointment(appointment)
        if link.visit_id is None and not link.attempted and ours.stage == "cancelled":
            return self.end(Pushed(SYNCED))
        links = self.links(appointment)
        telling = Telling(self.office, links, link.reference, self.now, self.until)
        if link.visit_id is None:
            return self._make(ours, telling)
        visit = scheduler.find(self.office, int(link.visit_id))
        return self._compare(visit, ours, telling, base=read(link.agreed))

    def _make(self, ours: Shared, telling: Telling) -> Pushed:
        """Make the visit of an appointment that has none, unless it was made already."""
        link = self.held.link
        if link.attempted and (found := telling.find()):
            return self._compare(found, ours, telling, base=read(link.agreed), new=True)
        if ours.stage == "cancelled":
            return self.end(Pushed(SYNCED), attempted=None)
        # What is made is what both will have in common, whoever changes it before its answer is known.
        agreed, surely = written(ours.with_values({"stage": "expected"})), self.now + timedelta(seconds=_LOST_SECONDS)
        officelinks.note(self.held, attempted=True, agreed=agreed, not_before=clock.iso(surely))
        try:
            visit = telling.make(ours)
        except NotNow:  # nothing is on its way but what was before: nobody need wait for it
            officelinks.note(self.held, attempted=link.attempted, agreed=link.agreed, not_before=link.not_before)
            raise
        except NoAnswer:  # mostly it was made: whoever looks at once finds it before somebody there has deleted it
            if time.monotonic() > self.until or (made := telling.find()) is None:
                raise
            return self._compare(made, ours, telling, base=read(agreed), new=True)
        except (NotLinked, Untellable, Refused) as refused:
            ours_already = isinstance(refused, refusals.AlreadyKnown)
            late = telling.find() if link.attempted or ours_already else None
            if late is not None:  # what was asked for before has arrived after all
                return self._compare(late, ours, telling, base=read(link.agreed), new=True)
            sides = [written_difference(Difference(name, None, ours.value(name), None)) for name in SLOT]
            return self.end(_failed(refused), attempted=None, agreed=None, conflict=_conflict([], refused, sides))
        return self._compare(visit, ours, telling, base=None, new=True)

    def _compare(
        self, visit: VisitData, ours: Shared, telling: Telling, *, base: Shared | None, new: bool = False
    ) -> Pushed:
        """Tell what is ours to tell of a visit that is there."""
        links, link = telling.links, self.held.link
        theirs = mapping.from_visit(visit, links)
        if theirs is None:
            raise NoAnswer("AdvancedMD tells too little of the visit.")
        base = base or theirs
        merged = merging.merge(base=base, ours=ours, theirs=theirs, disputed=disputed(link))
        told = merged.told if link.asked else scope.told(merged.told, links.kinds, was=theirs.stage)
        if "stage" in told and theirs.stage == "cancelled":  # nobody can take that visit up again
            return replace(self, held=officesettling.replaced(self.held)).do()
        if new and told:  # it is there, whatever becomes of the rest
            officelinks.note(self.held, not_before=None)
        done, refused = telling.change(visit, theirs, told, new=new)
        if merged.taken:  # is for whoever hears, also where it was refused before: it stays seen
            pulling.put_unread(link.office_key, visit.id, now=self.now)
        agreed = base.with_values(
            {name: ours.value(name) for name in shared.FIELDS if name in done or _same(ours, theirs, name)}
        )
        left = [
            written_difference(Difference(name, base.value(name), ours.value(name), theirs.value(name)))
            for name in shared.FIELDS
            if name in told and name not in done
        ]
        conflict = _conflict([written_difference(one) for one in merged.conflicts], refused, left)
        fields = tuple(shared.FIELDS) if new else tuple(done)
        pushed = _failed(refused, told=fields) if refused else Pushed(ERROR if conflict else SYNCED, told=fields)
        return self.end(
            pushed,
            visit_id=visit.id,
            agreed=written(agreed),
            conflict=conflict,
            synced_at=clock.iso(self.now),
            attempted=None,
            **mapping.numbers(agreed, links),
        )

    def end(self, pushed: Pushed, **fields: Any) -> Pushed:
        """Write down what has become of it, unless a newer change is wanted: then that is still to be told."""
        fields = {"conflict": None, "failures": None, "asked": None, "not_before": None, **fields}
        told = {"status": pushed.status, "error": pushed.error, **fields}
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
        return Pushed(PENDING, due, halted=isinstance(why, NotNow))

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
    return {"field": one.field, **shown, **({"disputed": True} if one.disputed else {})}


def disputed(link: OfficeLinkItem) -> list[str]:
    """The fields that people have been asked about, and have not answered."""
    return [one["field"] for one in link.differences if one.get("disputed")]


def _same(ours: Shared, theirs: Shared, field: shared.Field) -> bool:
    return bool(ours.value(field) == theirs.value(field))
