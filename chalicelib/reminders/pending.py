"""Pending: a reminder as it is first written, waiting for its time."""

from datetime import datetime
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import SYSTEM
from chalicelib.reminders import states
from chalicelib.table import indexes, keys
from chalicelib.table.reminders import ReminderItem


def pending(
    about: str, reminder_id: str, *, due: datetime, now: datetime, because: str, by: str = SYSTEM.actor, **fields: Any
) -> ReminderItem:
    """A reminder about a visit or a place in line, to go out at `due`; `because` is the request that it is written for.

    The fields are those of the item: occasion, channel, audience, round and recipient_id at least.
    """
    at, written = clock.iso(due), clock.iso(now)
    return ReminderItem(
        *keys.reminders(about, "REMINDER", reminder_id),
        due_key=indexes.due_shard(reminder_id, indexes.REMIND),
        due_at=at,
        scheduled_time=at,
        status=states.PENDING,
        created_at=written,
        updated_at=written,
        updated_by=by,
        request_id=because,
        **fields,
    )
