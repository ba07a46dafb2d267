"""Taking: one visit from the inbox, compared with its appointment and what both last had; what is theirs is taken over.

An appointment claims a new time as any other does; where the clinic refuses, both sides stay as they are and people
decide. What the stream tells of our own writing is known already and is not told back.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.advancedmd import adopting, logbook, mapping, merging, pulling, pushing, shared
from chalicelib.advancedmd.mapping import Links, Untellable
from chalicelib.advancedmd.shared import SLOT, Shared
from chalicelib.gateways.advancedmd import refusals, scheduler
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.gateways.answers import NoAnswer, NotNow
from chalicelib.kit import clock, ids
from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.errors import CareSlotError, Unavailable
from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.scheduling import cancelling, rescheduling, status, statuses
from chalicelib.scheduling.visits import Asked
from chalicelib.table import officeinbox, officelinks
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officeinbox import InboxItem
from chalicelib.table.officelinks import ERROR, SYNCED, Held

_SOON = timedelta(minutes=2)
_WHY = "Changed in AdvancedMD"
LinksFor = Callable[[VisitData | None], Links]
"""Who is who, for a visit."""


def take(item: InboxItem, *, office: Office, links: LinksFor, now: datetime) -> bool:
    """Deal with what was told of a visit; False when it is left for later, or for people.

    Raises NotNow when AdvancedMD has to be asked and takes no call now.
    """
    appointment_id = officelinks.whose(item.office_key, item.visit_id)
    appointment = AppointmentItem.find(appointment_id) if appointment_id else None
    if appointment_id is None or appointment is None:
        return _unknown(item, office, links, now)
    held = officelinks.hold(appointment_id, ids.new("lea"))
    if held is None:
        officeinbox.later(item, due_at=clock.iso(now + _SOON))
        return False
    try:
        appointment = AppointmentItem.find(appointment_id) or appointment
        visit = _visit(item, office, since=held.link.synced_at)
        who = links(visit)
        theirs = _theirs(visit, who, pushing.read(held.link.agreed))
    except (NotNow, NoAnswer, Unavailable):
        officelinks.let_go(held, told=None, due_at=held.link.due_at)
        raise
    except Untellable as unclear:
        return _parked(item, held, str(unclear), now)
    if theirs is None:
        officelinks.let_go(held, told=None, due_at=held.link.due_at)
        return officeinbox.done(item)
    if visit is not None and visit.charged and not held.link.charged:
        logbook.note_charge(
            item.office_key, visit_id=item.visit_id, patient_id=appointment.patient_id, at=clock.parse(item.told_at)
        )
    charged = held.link.charged or (visit is not None and visit.charged) or None
    return _settle(item, held, appointment, theirs, now, who=who, charged=charged)


def _settle(
    item: InboxItem,
    held: Held,
    appointment: AppointmentItem,
    theirs: Shared,
    now: datetime,
    *,
    who: Links,
    charged: bool | None,
) -> bool:
    base, ours = pushing.read(held.link.agreed), pushing.of_appointment(appointment)
    merged = merging.merge(base=base, ours=ours, theirs=theirs)
    refused: CareSlotError | None = None
    taken: dict[shared.Field, Any] = {}
    try:
        for fields, change in ((SLOT, _move), (("stage",), _step)):
            wanted = {name: merged.taken[name] for name in fields if name in merged.taken}
            if wanted:
                appointment = change(appointment, wanted, _stamp(item, now))
                taken |= wanted
    except Unavailable:
        officelinks.let_go(held, told=None, due_at=held.link.due_at)
        raise
    except CareSlotError as refusal:
        refused = refusal
    open_ones = [pushing.written_difference(one) for one in merged.conflicts]
    if refused is not None:
        left = [name for name in merged.taken if name not in taken]
        open_ones += [_refused(name, base, ours, theirs, refused.code) for name in left]
    same = [name for name in shared.FIELDS if ours.value(name) == theirs.value(name)]
    agreed = (base or theirs).with_values({**{name: theirs.value(name) for name in same}, **taken})
    facts: dict[str, Any] = {"charged": charged, **mapping.numbers(agreed, who)}
    _write(held, appointment, agreed, open_ones, refused, facts=facts, told=bool(merged.told), now=now)
    return officeinbox.done(item) and not open_ones


def _write(
    held: Held,
    appointment: AppointmentItem,
    agreed: Shared,
    open_ones: list[dict[str, Any]],
    refused: CareSlotError | None,
    *,
    facts: dict[str, Any],
    told: bool,
    now: datetime,
) -> None:
    """What both now have in common; with nothing of ours left to tell, our own writing is not told back."""
    fields: dict[str, Any] = {
        **facts,
        "agreed": pushing.written(agreed),
        "conflict": open_ones or None,
        "error": refused.message if refused else None,
        "status": ERROR if open_ones else SYNCED,
        "synced_at": clock.iso(now),
    }
    wanted = int(held.link.wanted)
    if not told:
        fields["wanted"] = max(wanted, int(appointment.version))
    waits = clock.iso(now) if open_ones else None
    try:
        officelinks.let_go(held, told=wanted, due_at=clock.iso(now) if told else None, waits=waits, **fields)
    except officelinks.LeaseLost:  # the stream was faster: it is compared once more, and then nothing is left to tell
        fields.pop("wanted", None)
        officelinks.let_go(held, told=None, due_at=clock.iso(now), **fields)


def _visit(item: InboxItem, office: Office, *, since: str | None) -> VisitData | None:
    """The visit: as it was told, or read again when that was not after we last spoke of it; None when it is no more."""
    told = pulling.read(item)
    if item.gone:
        return None
    if told is not None and (since is None or since < item.told_at):
        return told
    try:
        return scheduler.find(office, item.visit_id)
    except refusals.Gone:
        return None


def _theirs(visit: VisitData | None, links: Links, base: Shared | None) -> Shared | None:
    if visit is not None:
        return mapping.from_visit(visit, links)
    return replace(base, stage="cancelled") if base is not None else None


def _unknown(item: InboxItem, office: Office, links: LinksFor, now: datetime) -> bool:
    visit = _visit(item, office, since=None)
    outcome = adopting.adopt(item.visit_id, visit, links=links, office_key=item.office_key, now=now)
    match outcome:
        case adopting.Adopted() | adopting.NotOurs():
            return officeinbox.done(item)
        case adopting.NotNowKnown():
            officeinbox.later(item, due_at=clock.iso(now + _SOON))
        case adopting.ForPeople(conflict):
            officeinbox.wait(item, conflict=conflict, since=clock.iso(now))
    return False


def _parked(item: InboxItem, held: Held, why: str, now: datetime) -> bool:
    told = int(held.link.wanted)
    officelinks.let_go(held, told=told, due_at=None, waits=clock.iso(now), status=ERROR, error=why)
    officeinbox.done(item)
    return False


def _move(appointment: AppointmentItem, wanted: dict[shared.Field, Any], stamp: Stamp) -> AppointmentItem:
    asked = Asked(
        doctor_id=wanted.get("doctor_id") or "",
        when=When(instant=wanted.get("start", appointment.starts)),
        duration=wanted.get("minutes"),
        location_id=wanted.get("location_id"),
    )
    return rescheduling.reschedule(appointment_id=appointment.id, asked=asked, stamp=stamp, override_reason=_WHY)


def _step(appointment: AppointmentItem, wanted: dict[shared.Field, Any], stamp: Stamp) -> AppointmentItem:
    to = mapping.status_of(wanted["stage"], was=appointment.status)
    if to == statuses.CANCELLED:
        return cancelling.cancel(appointment_id=appointment.id, stamp=stamp, reason=_WHY, override_reason=_WHY)
    if to == statuses.COMPLETED and appointment.status in statuses.MOVABLE:
        status.set_status(appointment_id=appointment.id, status=statuses.CHECKED_IN, stamp=stamp)
    return status.set_status(appointment_id=appointment.id, status=to, stamp=stamp)


def _stamp(item: InboxItem, now: datetime) -> Stamp:
    return Stamp(by=SYSTEM, now=now, request_id=f"advancedmd-{item.visit_id}-{item.mark}")


def _refused(field: shared.Field, base: Shared | None, ours: Shared, theirs: Shared, code: str) -> dict[str, Any]:
    was = base.value(field) if base else None
    difference = merging.Difference(field, was, ours.value(field), theirs.value(field))
    return {**pushing.written_difference(difference), "refused": code}
