"""The links of a letter: to answer whether one comes, and to get no more letters. One secret opens both.

It is made anew for each letter and kept nowhere: the table holds its digest. Letters of one reminder that was tried
several times have different secrets, and all of them open it.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.kit import clock
from chalicelib.kit.errors import NotFound
from chalicelib.reminders import webhooks
from chalicelib.reminders.plan import appointment_of
from chalicelib.table import correspondence, reminders
from chalicelib.table.reminders import ReminderItem

ANSWER, UNSUBSCRIBE = "/api/reminders/answer/", "/api/reminders/unsubscribe/"
_KEPT = timedelta(days=31)  # after the visit: whoever wants no more letters may look at an old one
_BYTES = 16


class LinkDead(NotFound):
    """A link that was never ours, was used, or whose visit is over, was moved or called off: they look the same."""

    sampled = ()

    def __init__(self) -> None:
        super().__init__("link that still works", "secret")


def fresh() -> str:
    """A new secret; it opens nothing yet."""
    return secrets.token_hex(_BYTES)  # it stands in a path, where nothing begins with `-` or `_`


def open_(secret: str, reminder: ReminderItem, *, until: datetime, now: datetime) -> None:
    """Let the secret open the reminder's links, long enough for a visit at `until`."""
    if secret:
        correspondence.put_link(_digest(secret), reminder.id, until=max(until, now) + _KEPT)


def find(secret: str, now: datetime) -> ReminderItem:
    """The reminder that a secret opens; LinkDead when it opens none."""
    reminder_id = correspondence.linked(_digest(secret))
    appointment_id = appointment_of(reminder_id) if reminder_id else None
    found = reminders.find(reminder_id, appointment_id) if reminder_id and appointment_id else None
    if found is None or now > clock.parse(found.scheduled_time) + 3 * _KEPT:
        raise LinkDead
    return found


def answer_url(secret: str) -> str:
    """Where the reader says whether they come; empty while no public address is known."""
    return webhooks.address(f"{ANSWER}{secret}")


def headers(secret: str) -> Mapping[str, str]:
    """The headers by which a mail program unsubscribes at one click (RFC 8058); none while there is no address."""
    url = webhooks.address(f"{UNSUBSCRIBE}{secret}")
    if not url:
        return {}
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:40]
