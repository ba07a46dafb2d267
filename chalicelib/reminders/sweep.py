"""The sweep: every minute, the ids of all reminders that are due go into the feed, some to a message.

The due index is what counts, the feed only carries: what is not sent is found again a minute later, so a message that
is lost loses nothing, and one that is there twice is refused by the lease.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from chalicelib.gateways import feeds
from chalicelib.kit.log import logger
from chalicelib.kit.settings import settings
from chalicelib.table import reminders

_IN_ONE = 10  # so few that a worker has sent them long before its time is over


def run(now: datetime) -> int:
    """Feed what is due by `now`; how many messages that took."""
    sent = feeds.send(settings().reminders_feed_url, _messages(now))
    if sent:
        logger.info("reminders are due", extra={"messages": sent})
    return sent


def _messages(now: datetime) -> Iterator[str]:
    due = reminders.due(now)
    while chunk := list(islice(due, _IN_ONE)):
        yield json.dumps([reminder_id for reminder_id, _ in chunk])
