"""Handing a patient over to another doctor at the same location, who finds them in line with the age that they have."""

from collections.abc import Sequence

from chalicelib.kit.stamps import Stamp
from chalicelib.queue import changing, entries, lines, stages, statuses
from chalicelib.queue.refusals import EntryNotAllowedNow
from chalicelib.scheduling.companions import patiently
from chalicelib.scheduling.refusals import AlreadyInQueue
from chalicelib.table.queue import EntryItem

_LEAVES = frozenset({statuses.WAITING, statuses.CALLED, statuses.ON_HOLD})


def transfer(
    *,
    entry_id: str,
    doctor_id: str,
    stamp: Stamp,
    next_doctor_ids: Sequence[str] | None = None,
    notes: str | None = None,
) -> EntryItem:
    """Put the entry in the other doctor's line, waiting, under its number; a booked visit stays the first doctor's.

    `next_doctor_ids` are the stages after that, for whoever goes to triage first; what was planned before when none are
    said. Raises NotFound, Invalid (the doctor does not work there), EntryNotAllowedNow, AlreadyInQueue.
    """

    def work() -> EntryItem:
        entry = entries.read_for_change(entry_id, stamp)
        doctor = lines.receiving(doctor_id, entry.location_id)
        if entry.doctor_id == doctor_id:
            raise AlreadyInQueue(entry.id, entry.token_number)
        if entry.status not in _LEAVES:
            raise EntryNotAllowedNow(entry.status, "transferred")
        fields = {
            **stages.in_line_with(doctor, stages.to_come(entry, next_doctor_ids), notes),
            "transferred_from": entry.doctor_id,
        }
        return changing.write(entry, stamp, fields, transferred=True, doctor=entry.doctor_id, notes=notes)

    return patiently(work)
