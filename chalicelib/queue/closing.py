"""Close of day: at a location's night all that is left of the day before is settled, each entry for itself.

It can stop anywhere and be done again: what is settled stays, and the line is marked closed when nothing is left.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.errors import Conflict
from chalicelib.kit.log import described, logger
from chalicelib.kit.stamps import Stamp
from chalicelib.queue import changing, entries, lines, moving, statuses
from chalicelib.scheduling.companions import Outrun, patiently
from chalicelib.table import base, keys, lone, queue
from chalicelib.table.catalogue import LocationItem
from chalicelib.table.queue import EntryItem, LineItem

_LOOKED_BACK = 7  # days, so that a week without a run leaves nothing behind


def close(now: datetime) -> int:
    """Settle every day that is over, at all locations; answers how many entries were settled."""
    settled = 0
    for line in _unclosed(now):
        _, location_id, day = str(line.PK).split("#")
        stamp = Stamp(by=SYSTEM, now=now, request_id=f"close-{day}")
        left = [one for one in _entries(line) if one.status in statuses.OPEN]
        settled += sum(_settle(entry.id, stamp) for entry in left)
        if all(one.status not in statuses.OPEN for one in _entries(line)):
            closed = [LineItem.closed_at.set(clock.iso(now))]
            lone.update(line.key, closed, condition=LineItem.closed_at.does_not_exist())
            logger.info("queue closed", extra={"location": location_id, "day": day, "settled": len(left)})
    return settled


def _unclosed(now: datetime) -> Iterator[LineItem]:
    """The lines of the days that are over and not closed yet, of all locations."""
    for location in LocationItem.all_of():
        oldest = lines.days_of(location.id, now)[0]
        days = [oldest - timedelta(days=back) for back in range(1, _LOOKED_BACK + 1)]
        found = base.get_many((keys.line(location.id, day) for day in days), consistent=True)
        for raw in found.values():
            if "closed_at" not in raw:
                yield LineItem.from_raw_data(raw)


def _entries(line: LineItem) -> list[EntryItem]:
    _, location_id, day = str(line.PK).split("#")
    return queue.entries(location_id, datetime.fromisoformat(day).date())


def _settle(entry_id: str, stamp: Stamp) -> bool:
    """Whether the entry was settled; one that cannot be is left for the next run, and does not keep the others."""

    def work() -> bool:
        entry = entries.find(entry_id)
        if entry.status not in statuses.OPEN:
            return False
        fields = _end(entry, stamp)
        try:
            moving.with_appointment(entry, fields, stamp, closed=True)
        except Outrun:
            raise
        except Conflict:  # the appointment has gone its own way: only the entry is left to settle
            changing.write(entry, stamp, fields, closed=True)
        return True

    try:
        return patiently(work)
    except Conflict as refusal:
        logger.warning("entry not settled", extra={"entry": entry_id, **described(refusal)})
        return False


def _end(entry: EntryItem, stamp: Stamp) -> dict[str, Any]:
    """How an entry ends that nobody has ended."""
    if entry.status == statuses.IN_CONSULTATION:
        planned = clock.parse(str(entry.consultation_start)) + timedelta(minutes=int(entry.planned_minutes))
        fields = changing.moved(entry, statuses.COMPLETED, stamp)
        return {**fields, "consultation_end": clock.iso(min(planned, stamp.now)), "end_reason": statuses.CLOSED}
    if entry.appointment_id:
        return {**changing.moved(entry, statuses.NO_SHOW, stamp), "end_reason": statuses.CLOSED}
    return {**changing.moved(entry, statuses.CANCELLED, stamp), "end_reason": statuses.LEFT}
