"""What SES tells of the mails that it took, brought through a topic and a feed: deliveries, bounces, complaints.

Each event carries the tags that the mail was sent with, and so the reminder's id. One that cannot be read stands in
nobody's way: it is said to have failed, comes again, and in the end lies among the dead letters.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.kit.log import described, logger
from chalicelib.reminders import receipts

_PERMANENT = "Permanent"


def handle(event: dict[str, Any], now: Callable[[], datetime]) -> dict[str, Any]:
    """One batch of messages; answers those that must come again."""
    failed = [record["messageId"] for record in event["Records"] if not _one(record["body"], now())]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def _one(body: str, now: datetime) -> bool:
    try:
        _hear(json.loads(body), now)
    except Exception as bug:  # noqa: BLE001 - whatever it is, the other events of the batch are heard
        logger.error("mail event not heard", extra=described(bug))
        return False
    return True


def _hear(event: dict[str, Any], now: datetime) -> None:
    kind, mail = str(event["eventType"]), event["mail"]
    for reminder_id in mail.get("tags", {}).get("reminder", ()):
        receipts.hear(str(reminder_id), provider="ses", said=kind, now=now, why=_why(kind, event))
    if kind == "Bounce" and event["bounce"].get("bounceType") == _PERMANENT:
        bounced = [one["emailAddress"] for one in event["bounce"]["bouncedRecipients"]]
        receipts.refuse("email", bounced, why=receipts.HARD_BOUNCE, now=now)
    if kind == "Complaint":
        complained = [one["emailAddress"] for one in event["complaint"]["complainedRecipients"]]
        receipts.refuse("email", complained, why=receipts.COMPLAINT, now=now)


def _why(kind: str, event: dict[str, Any]) -> str | None:
    """What happened, in words of our own: what the other side says would quote the address."""
    match kind:
        case "Bounce" if event["bounce"].get("bounceType") == _PERMANENT:
            return "There is no such mailbox."
        case "Bounce":
            return "The mailbox took no mail in time."
        case "Reject":
            return "The mail provider did not pass it on."
        case "Complaint":
            return "It was marked as unwanted."
    return None
