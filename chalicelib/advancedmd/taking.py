"""Taking: one visit from the inbox, compared with its appointment and what both last had; what is theirs is taken over.

An appointment claims a new time as any other does; where the clinic refuses, both sides stay as they are and people
decide. What the stream tells of our own writing is known already and is not told back.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.advancedmd import adopting, applying, logbook, mapping, merging, pulling, pushing, shared
from chalicelib.advancedmd.mapping import Links, Untellable
from chalicelib.advancedmd.merging import Merged
from chalicelib.advancedmd.shared import SLOT, Shared
from chalicelib.gateways.advancedmd import refusals, scheduler
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.kit import clock, ids
from chalicelib.kit.errors import CareSlotError, Stale, Unavailable
from chalicelib.kit.stamps import Stamp
from chalicelib.scheduling import statuses
from chalicelib.scheduling.refusals import ChangedMeanwhile
from chalicelib.table import officeinbox, officelinks
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officeinbox import InboxItem
from chalicelib.table.officelinks import ERROR, SYNCED, Held

_SOON = timedelta(minutes=2)
_SURELY = timedelta(minutes=10)  # longer than a push may last, and than what two workers' clocks may differ by
LinksFor = Callable[[VisitData | None], Links]
"""Who is who, for a visit."""
Change = Callable[[AppointmentItem, dict[shared.Field, Any], Stamp], AppointmentItem]
"""Makes a change to an appointment: the appointment as it then is, or a refusal."""


def take(item: InboxItem, *, office: Office, links: LinksFor, doubt: Callable[[], bool], now: datetime) -> bool:
    """Deal with what was told of a visit; False when it is left for later, or for people.

    `doubt` says whether some visit may have been made of whose number we were not told, as seen after this was heard.
    Raises NotNow when AdvancedMD has to be asked and takes no call now, and Refused when it will not answer at all.
    """
    appointment_id = officelinks.whose(item.office_key, item.visit_id)
    appointment = AppointmentItem.find(appointment_id) if appointment_id else None
    if appointment_id is None or appointment is None:
        return _unknown(item, office, links, doubt, now, known=appointment_id)
    held = officelinks.hold(appointment_id, ids.new("lea"))
    if held is None:
        officeinbox.later(item, due_at=clock.iso(now + _SOON))
        return False
    try:
        appointment = AppointmentItem.find(appointment_id) or appointment
        theirs, who = _theirs(item, held, office, links), links(None)
    except (NotNow, NoAnswer, Refused, Unavailable):
        officelinks.let_go(held, told=None, due_at=None)
        raise
    except Untellable as unclear:
        return _parked(item, held, str(unclear), now)
    if theirs is None:
        officelinks.let_go(held, told=None, due_at=None)
        return officeinbox.done(item)
    return _settle(item, held, appointment, pushing.read(held.link.agreed), theirs, who=who, now=now)


def _settle(
    item: InboxItem,
    held: Held,
    appointment: AppointmentItem,
    base: Shared | None,
    theirs: Shared,
    *,
    who: Links,
    now: datetime,
) -> bool:
    ours = pushing.of_appointment(appointment)
    merged = merging.merge(base=base, ours=ours, theirs=theirs, disputed=pushing.disputed(held.link))
    refused: CareSlotError | None = None
    taken: dict[shared.Field, Any] = {}
    try:
        for fields, change in _in_order(merged):
            wanted = {name: merged.taken[name] for name in fields if name in merged.taken}
            if wanted:
                appointment = change(appointment, wanted, applying.stamp(item, now))
                become = pushing.of_appointment(appointment)
                taken |= {name: become.value(name) for name in wanted}
    except (Unavailable, Stale, ChangedMeanwhile) as overtaken:
        return _again(item, held, overtaken, now)
    except CareSlotError as refusal:
        refused = refusal
    open_ones = [pushing.written_difference(one) for one in merged.conflicts]
    if refused is not None:
        asked = [name for fields, _ in _in_order(merged) for name in fields if name in merged.taken]
        left = [name for name in asked if name not in taken]
        open_ones += [_refused(name, base, ours, theirs, refused.code) for name in left]
    over = SLOT if appointment.status == statuses.CANCELLED and theirs.stage == "cancelled" else ()
    same = [name for name in shared.FIELDS if theirs.value(name) == ours.value(name)]
    same += [name for name in over if theirs.value(name) is not None]
    agreed = (base or theirs).with_values({**{name: theirs.value(name) for name in same}, **taken})
    facts = {"charged": _charged(item, held, appointment), **mapping.numbers(agreed, who)}
    _write(held, appointment, agreed, open_ones, refused, facts=facts, told=bool(merged.told), now=now)
    return officeinbox.done(item) and not open_ones


def _in_order(merged: Merged) -> list[tuple[tuple[shared.Field, ...], Change]]:
    """What is done one after the other; what is cancelled is not moved first, and nobody is told that it was."""
    step: tuple[tuple[shared.Field, ...], Change] = (("stage",), applying.step)
    return [step] if merged.taken.get("stage") == "cancelled" else [(SLOT, applying.move), step]


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


def _charged(item: InboxItem, held: Held, appointment: AppointmentItem) -> bool | None:
    """Whether the visit is known to have been charged; when that is told for the first time, it is counted."""
    told = pulling.read(item)
    if held.link.charged or told is None or not told.charged:
        return bool(held.link.charged) or None
    at = clock.parse(item.told_at)
    logbook.note_charge(item.office_key, visit_id=item.visit_id, patient_id=appointment.patient_id, at=at)
    return True


def _again(item: InboxItem, held: Held, why: CareSlotError, now: datetime) -> bool:
    """Somebody here was faster, or the table does not answer: compare anew, with the visit as it then is."""
    officelinks.let_go(held, told=None, due_at=None)
    if isinstance(why, Unavailable):
        raise why
    officeinbox.again(item, now=clock.iso(now))
    return False


def _theirs(item: InboxItem, held: Held, office: Office, links: LinksFor) -> Shared | None:
    """The visit as it is there, with the state of one that is no more; None when too little is known.

    That a list did not have it is no proof: it is gone when it is not there by its number, or is deleted.
    What was told is believed when it says where the visit is, and says nothing new or was told surely after we last
    spoke of the visit: workers may have heard and told it at once, by clocks that differ. Otherwise it is read.
    """
    base = pushing.read(held.link.agreed)
    if item.gone and base is not None and base.stage == "cancelled":
        return base
    told = _told(item, links)
    if told is not None:
        theirs = mapping.from_visit(told, links(told))
        spoken = held.link.synced_at
        if theirs is None or not merging.differs(base, theirs):
            return theirs
        if spoken is None or clock.parse(spoken) + _SURELY < clock.parse(item.told_at):
            return theirs
    visit = _read(item, office)
    if visit is None:
        return replace(base, stage="cancelled") if base is not None else None
    return mapping.from_visit(visit, links(visit))


def _told(item: InboxItem, links: LinksFor) -> VisitData | None:
    """The visit as it was told, if that says where it is."""
    told = pulling.read(item)
    return told if told is not None and links(told).place(told) else None


def _read(item: InboxItem, office: Office) -> VisitData | None:
    try:
        return scheduler.find(office, item.visit_id)
    except refusals.Gone:
        return None


def _unknown(
    item: InboxItem, office: Office, links: LinksFor, doubt: Callable[[], bool], now: datetime, *, known: str | None
) -> bool:
    # Somebody may be about to learn that it is an appointment's, or have learnt it since we looked.
    if doubt() or officelinks.whose(item.office_key, item.visit_id) != known:
        officeinbox.later(item, due_at=clock.iso(now + _SOON))
        return False
    visit = None if item.gone else _told(item, links) or _read(item, office)
    try:
        outcome = adopting.adopt(item.visit_id, visit, links=links, office_key=item.office_key, now=now)
    except (officelinks.VisitTaken, officelinks.LeaseLost):  # somebody has told its appointment, or made one, just now
        outcome = adopting.NotNowKnown()
    match outcome:
        case adopting.Adopted(held, appointment, base, theirs, who):
            return _settle(item, held, appointment, base, theirs, who=who, now=now)
        case adopting.NotOurs():
            return officeinbox.done(item)
        case adopting.NotNowKnown():
            officeinbox.later(item, due_at=clock.iso(now + _SOON))
        case adopting.ForPeople(conflict):
            officeinbox.wait(item, conflict=conflict, since=clock.iso(now))
    return False


def _parked(item: InboxItem, held: Held, why: str, now: datetime) -> bool:
    told, fields = int(held.link.wanted), {"status": ERROR, "error": why}
    try:
        officelinks.let_go(held, told=told, due_at=None, waits=clock.iso(now), **fields)
    except officelinks.LeaseLost:  # something newer is wanted by now: it is compared when that is told
        officelinks.let_go(held, told=None, due_at=clock.iso(now), error=why)
    officeinbox.done(item)
    return False


def _refused(field: shared.Field, base: Shared | None, ours: Shared, theirs: Shared, code: str) -> dict[str, Any]:
    was = base.value(field) if base else None
    difference = merging.Difference(field, was, ours.value(field), theirs.value(field))
    return {**pushing.written_difference(difference), "refused": code}
