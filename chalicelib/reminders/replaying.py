"""Replaying: a reminder that was parked goes out after all, when somebody has looked at why it was."""

from datetime import datetime

from chalicelib.kit import clock
from chalicelib.kit.errors import Conflict
from chalicelib.kit.stamps import Stamp
from chalicelib.reminders import editing, states
from chalicelib.scheduling.refusals import ChangedMeanwhile
from chalicelib.table import indexes, reminders
from chalicelib.table.reminders import ReminderItem


class NotParked(Conflict):
    """The reminder was not given up, so there is nothing to try again."""

    code = "reminder_not_parked"
    sampled = ("sent",)

    def __init__(self, status: str) -> None:
        super().__init__(
            f"This reminder is {status}; only a parked one is tried again.",
            details=[{"field": "status", "problem": f"is {status}"}],
        )


REPLAYING = (NotParked, ChangedMeanwhile)


def replay(*, reminder_id: str, stamp: Stamp) -> ReminderItem:
    """Let the parked reminder be tried anew; it goes out with the next sweep, if it is still called for."""
    found = editing.find(reminder_id, stamp)
    stamp.check_match(int(found.version))
    if found.status != states.PARKED:
        raise NotParked(found.status)
    if not release(found, by=stamp.by.actor, now=stamp.now):
        raise ChangedMeanwhile
    return found


def release(reminder: ReminderItem, *, by: str, now: datetime) -> bool:
    """Let a parked reminder be due now, as if it had never been tried; False when it changed meanwhile."""
    fields = {
        "status": states.PENDING,
        "due_key": indexes.due_shard(reminder.id, indexes.REMIND),
        "due_at": clock.iso(now),
        "tries": 0,
        "error_message": None,
        "updated_by": by,
    }
    return reminders.change(reminder, fields, now=now)
