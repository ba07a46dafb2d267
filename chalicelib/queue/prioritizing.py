"""Thinking a place in the order over: urgency is what staff say, waiting time and age are what we know."""

from collections.abc import Mapping

from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.queue import changing, entries, ranking, statuses
from chalicelib.queue.refusals import EntryNotAllowedNow
from chalicelib.scheduling.companions import patiently
from chalicelib.table.queue import EntryItem


def prioritize(
    *, doctor_id: str, entry_id: str, urgency: str | None, asked: Mapping[str, float], stamp: Stamp
) -> EntryItem:
    """Give the entry this urgency and keep what a client knows of the patient, with the score that follows.

    Raises NotFound (also for an entry of another doctor's queue), EntryNotAllowedNow for one who does not wait.
    """

    def work() -> EntryItem:
        entry = entries.read_for_change(entry_id, stamp, field="queue_id")
        if entry.doctor_id != doctor_id:
            raise NotFound(EntryItem.missing, "queue_id")
        if entry.status not in {statuses.WAITING, statuses.ON_HOLD}:
            raise EntryNotAllowedNow(entry.status, "prioritized")
        entry.urgency_level, before = urgency or entry.urgency_level, entry.urgency_level
        entry.asked = {**(entry.asked or {}), **asked}
        fields = {
            "urgency_level": entry.urgency_level,
            "asked": entry.asked or None,
            "score": ranking.stored(entry, now=stamp.now),
        }
        return changing.write(entry, stamp, fields, urgency=entry.urgency_level, before=before)

    return patiently(work)
