"""Changing an entry: written where nobody else did since it was read, alone or with its appointment.

What changes the entry alone is one conditional update; what ends it, brings it back or moves it to another queue also
frees or takes the patient's seat, in one transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.stamps import Stamp
from chalicelib.queue import pace, statuses
from chalicelib.queue.refusals import EntryNotAllowedNow
from chalicelib.scheduling.companions import Outrun
from chalicelib.scheduling.refusals import AlreadyInQueue
from chalicelib.table import base, keys, lone, queue
from chalicelib.table.queue import EntryItem, SeatItem
from chalicelib.table.transaction import Transaction, never

Add = Callable[[Transaction], None]


class Overtaken(Outrun):
    """Somebody else has changed the entry; `entry` is what it is now, when that is known."""

    def __init__(self, entry: EntryItem | None = None) -> None:
        super().__init__()
        self.entry = entry


@dataclass(frozen=True, slots=True)
class Change:
    """A change that is about to be written: the new values, and what it adds to a transaction besides the entry."""

    entry: EntryItem
    values: Mapping[str, Any]
    besides: tuple[Add, ...]

    @property
    def adds(self) -> list[Add]:
        """All that the change adds to somebody's transaction."""
        return [self._update, *self.besides]

    def _update(self, tx: Transaction) -> None:
        actions = base.setting(EntryItem, self.values)
        unchanged = EntryItem.version == int(self.entry.version)
        tx.update(self.entry.key, actions, condition=unchanged, refusal=Outrun)

    def landed(self) -> bool:
        """Whether what is stored is what this very change wrote, after an answer that left it open."""
        return self.made(queue.find(self.entry.PK, self.entry.id))

    def made(self, there: EntryItem | None) -> bool:
        """Whether this very change made what stands there."""
        names = ("version", "updated_at", "updated_by", "request_id")
        return there is not None and all(getattr(there, name) == self.values[name] for name in names)

    def settle(self) -> EntryItem:
        """The entry as it is once the change is stored."""
        for name, value in self.values.items():
            setattr(self.entry, name, value)
        return self.entry


def change(entry: EntryItem, stamp: Stamp, fields: Mapping[str, Any], **said: Any) -> Change:
    """The change that gives the entry these fields; one of the status leaves a stamp, with what is `said` of it."""
    status = fields.get("status", entry.status)
    values = {
        **fields,
        "version": int(entry.version) + 1,
        "updated_at": clock.iso(stamp.now),
        "updated_by": stamp.by.actor,
        "request_id": stamp.request_id,
    }
    if said or status != entry.status:
        values["stamps"] = [*(entry.stamps or []), _stamped(entry, stamp, status, said)]
    return Change(entry, values, tuple(_besides(entry, values, status, stamp)))


def write(
    entry: EntryItem, stamp: Stamp, fields: Mapping[str, Any], *, also: Sequence[Add] = (), **said: Any
) -> EntryItem:
    """Change the entry alone, with its seat and what is `also` added; Overtaken or Outrun when it is not as read."""
    changed = change(entry, stamp, fields, **said)
    if changed.besides or also:
        tx = Transaction(landed=changed.landed)
        for add in (*changed.adds, *also):
            add(tx)
        tx.commit()
        return changed.settle()
    actions = base.setting(EntryItem, changed.values)
    unchanged = EntryItem.version == int(entry.version)
    there = lone.update(entry.key, actions, condition=unchanged)
    if there is not None and not changed.made(found := EntryItem.read(there)):
        raise Overtaken(found)
    return changed.settle()


def moved(entry: EntryItem, status: str, stamp: Stamp) -> dict[str, Any]:
    """The fields of an entry that comes to another status now; EntryNotAllowedNow when it may not."""
    if status not in statuses.MAY_BECOME[entry.status]:
        raise EntryNotAllowedNow(entry.status, status)
    now = clock.iso(stamp.now)
    fields: dict[str, Any] = {"status": status}
    if status == statuses.CALLED:
        fields["called_time"] = now
    if status == statuses.IN_CONSULTATION:
        fields |= {"consultation_start": now, "called_time": entry.called_time or now}
    if status == statuses.COMPLETED:
        fields["consultation_end"] = now
    if status not in statuses.OPEN:
        fields["ended_at"] = now
    if entry.status == statuses.NO_SHOW:
        fields |= {"since": now, **dict.fromkeys(("ended_at", "end_reason", "called_time"))}
    return fields


def seated(wanted: SeatItem) -> AlreadyInQueue:
    """The refusal that says who has the seat."""
    seat = SeatItem.read(base.get(wanted.key, consistent=True))
    there = queue.find(seat.PK, seat.entry_id) if seat else None
    return AlreadyInQueue(there.id if there else None, there.token_number if there else None)


def _besides(entry: EntryItem, values: Mapping[str, Any], status: str, stamp: Stamp) -> list[Add]:
    """What a change of status or doctor does to the seat, and a consultation's end to the doctor's pace."""
    doctor_id = values.get("doctor_id", entry.doctor_id)
    seat = keys.seat(entry.PK, doctor_id, entry.patient_id)
    sat, sits = entry.status in statuses.OPEN, status in statuses.OPEN
    adds: list[Add] = []
    if sat and (not sits or seat != entry.seat):
        adds.append(lambda tx: tx.delete(entry.seat, condition=None, refusal=never))
    if sits and (not sat or seat != entry.seat):
        taken = SeatItem.of(seat, entry)
        adds.append(lambda tx: tx.put(taken, refusal=lambda: seated(taken)))
    ends = status == statuses.COMPLETED or "journey" in values
    measured = ends and entry.status == statuses.IN_CONSULTATION
    if measured and values.get("end_reason") != statuses.CLOSED:  # at night nobody knows when it ended
        adds.append(pace.took(entry, stamp.now))
    return adds


def _stamped(entry: EntryItem, stamp: Stamp, status: str, said: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in said.items() if value}
    return {"at": clock.iso(stamp.now), "by": stamp.by.actor, "from": entry.status, "to": status, **told}
