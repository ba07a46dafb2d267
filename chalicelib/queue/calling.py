"""Calling: the next patient of a doctor's line, or a certain one; each is called once, however many desks press."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.kit import ids
from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access, directory
from chalicelib.queue import changing, entries, lines, moving, ranking, rooms, statuses
from chalicelib.queue.changing import Add, Overtaken
from chalicelib.queue.refusals import EntryNotAllowedNow, QueueEmpty
from chalicelib.queue.rooms import Room
from chalicelib.scheduling.companions import Outrun, patiently
from chalicelib.table import base, keys, queue, revision
from chalicelib.table.creation import KeyReused
from chalicelib.table.doctors import DoctorItem
from chalicelib.table.queue import CallItem, EntryItem
from chalicelib.table.transaction import Transaction

_ROUNDS = 40
_REMEMBERED = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Called:
    """Who was called, and whether an earlier request had called them."""

    entry: EntryItem
    replayed: bool = False


class _CalledBefore(Exception):
    """This very request has called somebody already, through another attempt of its client."""


def call_next(*, doctor_id: str, location_id: str | None, stamp: Stamp, room_id: str | None = None) -> Called:
    """Call the patient who is next in the doctor's line; a repeat under one key answers the same patient.

    Whoever is taken by another desk meanwhile is passed over, so that racing desks spread over the line. Raises
    QueueEmpty, NotFound, KeyReused, ChangedMeanwhile.
    """
    place = _place(doctor_id, location_id, stamp)
    room = rooms.said(room_id, place) if room_id else None
    for attempt in range(_ROUNDS):
        revision.pause(attempt)
        standing = [one for day in lines.days_of(place, stamp.now) for one in queue.entries(place, day)]
        if (before := _called_before(standing, stamp)) is not None:
            return Called(before, replayed=True)
        ours = [one for one in standing if one.doctor_id == doctor_id]
        line = ranking.order(ours, now=stamp.now, weights=ranking.weights(place))
        if not line:
            raise QueueEmpty
        try:
            called = _first_to_be_had([entry for entry, _ in line], stamp, room, standing)
        except _CalledBefore:
            continue
        if called is not None:
            return Called(called)
    raise Outrun


def call(*, entry_id: str, stamp: Stamp, room_id: str | None = None) -> EntryItem:
    """Call a certain patient, whoever is before them; of one who was called already, call again.

    Raises EntryNotAllowedNow, NotFound, ChangedMeanwhile.
    """

    def work() -> EntryItem:
        entry = entries.read_for_change(entry_id, stamp)
        room = rooms.said(room_id, entry.location_id) if room_id else None
        if entry.status == statuses.CALLED:
            return moving.recall(entry_id=entry_id, stamp=stamp, room=room)
        return _call(entry, stamp, room, queue.entries(entry.location_id, entry.local_day))

    return patiently(work)


def _place(doctor_id: str, location_id: str | None, stamp: Stamp) -> str:
    """The location of the line: the one that is said, or where the doctor is now."""
    if stamp.by.role == "doctor" and stamp.by.sub != doctor_id:
        raise NotFound("doctor", "doctor_id")
    if location_id is None:
        return lines.where(_doctor(doctor_id), None, by=stamp.by, now=stamp.now)
    place = directory.require(directory.location, location_id, "location_id")
    if stamp.by.role != "doctor":
        access.check_location(stamp.by, place.id)
    _doctor(doctor_id)
    return place.id


def _doctor(doctor_id: str) -> DoctorItem:
    return directory.require(directory.doctor, doctor_id, "doctor_id")


def _first_to_be_had(
    line: Sequence[EntryItem], stamp: Stamp, room: Room | None, standing: Sequence[EntryItem]
) -> EntryItem | None:
    """The first of the line whom nobody else calls first; None when all are gone."""
    for seen in line:
        entry: EntryItem | None = seen
        while entry is not None and entry.status == statuses.WAITING:
            try:
                return _call(entry, stamp, room, standing, also=_remembered(entry, stamp))
            except Outrun as overtaken:
                # Called by another desk, or changed in another way and still the next.
                known = overtaken.entry if isinstance(overtaken, Overtaken) else None
                entry = known or queue.find(seen.PK, seen.id)
    return None


def _call(
    entry: EntryItem, stamp: Stamp, room: Room | None, standing: Sequence[EntryItem], also: Sequence[Add] = ()
) -> EntryItem:
    if statuses.CALLED not in statuses.MAY_BECOME[entry.status]:
        raise EntryNotAllowedNow(entry.status, "called")
    fields = {
        **changing.moved(entry, statuses.CALLED, stamp),
        **(rooms.of_call(entry, standing) if room is None else room),
        "score": ranking.stored(entry, now=stamp.now),
    }
    return changing.write(entry, stamp, fields, also=also)


def _remembered(entry: EntryItem, stamp: Stamp) -> list[Add]:
    """Adds to a call under an idempotency key whom it has called."""
    if not stamp.key:
        return []
    until = int((stamp.now + _REMEMBERED).timestamp())
    mark = CallItem(*_mark(entry.PK, stamp), entry_id=entry.id, fingerprint=stamp.fingerprint, expires_at=until)

    def add(tx: Transaction) -> None:
        tx.put(mark, refusal=_CalledBefore)

    return [add]


def _called_before(standing: Sequence[EntryItem], stamp: Stamp) -> EntryItem | None:
    """Whom this request has called before, when it is a repeat."""
    if not stamp.key:
        return None
    for place in {one.PK for one in standing}:
        mark = CallItem.read(base.get(_mark(place, stamp), consistent=True))
        if mark is not None:
            if mark.fingerprint != stamp.fingerprint:
                raise KeyReused
            return next(one for one in standing if one.id == mark.entry_id)
    return None


def _mark(place: str, stamp: Stamp) -> keys.Key:
    return keys.queue_call(place, ids.digest(stamp.by.sub, str(stamp.key)))
