"""The worker at the end of the feed: each message names reminders that are due, and each of them is delivered.

One that fails stands in nobody's way: the others of its message are delivered first, then the message is said to have
failed, so that it comes again and in the end lies among the dead letters for somebody to look at.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.kit.log import described, logger
from chalicelib.reminders.deliver import deliver
from chalicelib.reminders.plan import appointment_of


def handle(event: dict[str, Any], now: Callable[[], datetime]) -> dict[str, Any]:
    """One batch of messages; answers those that must come again. `now` is asked before each delivery."""
    failed = [record["messageId"] for record in event["Records"] if not _all_of(record["body"], now)]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def _all_of(body: str, now: Callable[[], datetime]) -> bool:
    done = [_one(reminder_id, now()) for reminder_id in json.loads(body)]
    return all(done)


def _one(reminder_id: str, now: datetime) -> bool:
    appointment_id = appointment_of(reminder_id)
    if appointment_id is None:
        return False
    try:
        deliver(reminder_id, appointment_id, now)
    except Exception as bug:  # noqa: BLE001 - whatever it is, the other reminders of the message go out
        logger.error("reminder not delivered", extra={"reminder": reminder_id, **described(bug)})
        return False
    return True
