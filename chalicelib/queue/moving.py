"""An entry's way from one status to the next: served, held, resumed, recalled, left; its appointment follows."""

from typing import Any

from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Forbidden, Invalid
from chalicelib.kit.stamps import Stamp
from chalicelib.people import directory
from chalicelib.queue import changing, entries, rooms, stages, statuses
from chalicelib.queue.refusals import EntryNotAllowedNow
from chalicelib.queue.rooms import Room
from chalicelib.scheduling import following
from chalicelib.scheduling.companions import patiently
from chalicelib.table import queue
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.queue import EntryItem


def set_status(
    *, entry_id: str, status: str, stamp: Stamp, notes: str | None = None, room_id: str | None = None
) -> EntryItem:
    """Move the entry to a status that its present one allows; the same status again changes nothing but the notes.

    Who is done with one doctor and has further stages planned waits for the next one instead of being completed.
    Raises Invalid (no such status), EntryNotAllowedNow, ChangedMeanwhile.
    """
    wanted = statuses.canonical(status)
    if wanted not in statuses.ALL:
        raise Invalid.field("status", f"must be one of {', '.join(statuses.ALL)}")
    return patiently(lambda: _set(entries.read_for_change(entry_id, stamp), wanted, stamp, notes, room_id))


def hold(*, entry_id: str, stamp: Stamp, notes: str | None = None) -> EntryItem:
    """Let the patient step aside without losing the place in order."""
    return set_status(entry_id=entry_id, status=statuses.ON_HOLD, stamp=stamp, notes=notes)


def resume(*, entry_id: str, stamp: Stamp, notes: str | None = None) -> EntryItem:
    """Let a patient who stepped aside, or did not come when called, wait again with the age that they have."""
    return set_status(entry_id=entry_id, status=statuses.WAITING, stamp=stamp, notes=notes)


def recall(*, entry_id: str, stamp: Stamp, room: Room | None = None) -> EntryItem:
    """Call a patient who was called once more, perhaps into another room; the first call's time stays."""

    def work() -> EntryItem:
        entry = entries.read_for_change(entry_id, stamp)
        if entry.status != statuses.CALLED:
            raise EntryNotAllowedNow(entry.status, "recalled")
        return changing.write(entry, stamp, {**(room or {}), "recalls": int(entry.recalls or 0) + 1}, recalled=True)

    return patiently(work)


def leave(*, entry_id: str, stamp: Stamp, notes: str | None = None) -> EntryItem:
    """The patient has gone without being seen: the entry is cancelled, and a booked visit counts as missed.

    Whoever leaves between two stages has been seen, and the visit is completed.
    """

    def work() -> EntryItem:
        entry = entries.read_for_change(entry_id, stamp)
        if entry.status == statuses.CANCELLED:
            return entry
        _check_leaver(entry, stamp.by)
        said = {"reason": statuses.LEFT, "notes": notes}
        fields = {**changing.moved(entry, statuses.CANCELLED, stamp), "end_reason": statuses.LEFT}
        missed = None if entry.journey else "no_show"
        return with_appointment(entry, fields, stamp, appointment_status=missed, **said)

    return patiently(work)


def with_appointment(
    entry: EntryItem, fields: dict[str, Any], stamp: Stamp, *, appointment_status: str | None = None, **said: Any
) -> EntryItem:
    """Write the entry, and in the same transaction the appointment's status that follows from it."""
    booked = AppointmentItem.find(entry.appointment_id) if entry.appointment_id else None
    wanted = appointment_status or stages.visit_status(entry, fields.get("status", entry.status))
    settled = {wanted, *([statuses.APPOINTMENT[statuses.COMPLETED]] if entry.journey else [])}
    if booked is None or booked.queue_entry_id != entry.id or booked.status in settled:
        return changing.write(entry, stamp, fields, **said)
    changed = changing.change(entry, stamp, fields, **said)
    following.follow(booked, wanted, stamp, also=changed.adds, notes=said.get("notes"))
    return changed.settle()


def _set(entry: EntryItem, wanted: str, stamp: Stamp, notes: str | None, room_id: str | None) -> EntryItem:
    if entry.status == wanted:
        return changing.write(entry, stamp, {"notes": notes}) if notes and notes != entry.notes else entry
    if wanted == statuses.COMPLETED and entry.status == statuses.IN_CONSULTATION and entry.next_doctor_ids:
        here, *then = entry.next_doctor_ids
        return stages.onward(entry, directory.doctor(here), then, stamp, notes=notes)
    fields = changing.moved(entry, wanted, stamp) | ({"notes": notes} if notes else {})
    if wanted in {statuses.CALLED, statuses.IN_CONSULTATION}:
        fields |= _room(entry, wanted, room_id)
    if _keeps_appointment(entry, wanted):
        return changing.write(entry, stamp, fields, notes=notes)
    return with_appointment(entry, fields, stamp, notes=notes)


def _room(entry: EntryItem, wanted: str, room_id: str | None) -> dict[str, Any]:
    """Where the patient goes; who was called before stays with the room of the call unless another one is said."""
    if room_id:
        return rooms.said(room_id, entry.location_id)
    if wanted == statuses.IN_CONSULTATION and entry.room_id:
        return {}
    return rooms.of_call(entry, queue.entries(entry.location_id, entry.local_day))


def _keeps_appointment(entry: EntryItem, wanted: str) -> bool:
    """Whether the appointment stays as it is, so that it need not be read."""
    if not entry.appointment_id:
        return True
    before, after = (stages.visit_status(entry, one) for one in (entry.status, wanted))
    return before == after and (entry.status in statuses.OPEN or bool(entry.journey))


def _check_leaver(entry: EntryItem, by: Claims) -> None:
    if by.role == "patient" and entry.status == statuses.IN_CONSULTATION:
        raise Forbidden("Whoever is with the doctor leaves the queue by being seen.")
