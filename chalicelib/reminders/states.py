"""What a reminder can become, and what a delivery receipt can still tell.

pending ──► sending ──► sent
   ▲           │  └───► failed     the provider will never take it
   ├── retry ──┤  └───► parked     tried often enough; an operator may replay it
   │           └──────► cancelled  nothing to say any more
   └── revived by a plan ── cancelled
"""

PENDING = "pending"
SENDING = "sending"
SENT = "sent"
FAILED = "failed"
CANCELLED = "cancelled"
PARKED = "parked"

WAITING = frozenset({PENDING, SENDING})
"""In these it stands in the due index."""

# Delivery, worst last: what ranks higher is later news. A mailbox that took a message may still bounce it, and whoever
# complains has it, so both stand above "delivered"; a phone network says one final word only.
QUEUED = "queued"
PASSED_ON = "sent"
DELAYED = "delayed"
DELIVERED = "delivered"
UNDELIVERED = "undelivered"
BOUNCED = "bounced"
OPENED = "opened"
COMPLAINED = "complained"
_RANK = {
    QUEUED: 1,
    PASSED_ON: 2,
    DELAYED: 3,
    DELIVERED: 4,
    UNDELIVERED: 5,
    BOUNCED: 5,
    OPENED: 6,
    COMPLAINED: 7,
}
_TWILIO = {
    "accepted": QUEUED,
    "scheduled": QUEUED,
    "queued": QUEUED,
    "sending": QUEUED,
    "sent": PASSED_ON,
    "delivered": DELIVERED,
    "partially_delivered": DELIVERED,
    "undelivered": UNDELIVERED,
    "failed": UNDELIVERED,
    "canceled": UNDELIVERED,
    "read": OPENED,
}
_TWILIO_CALLS = {
    "queued": QUEUED,
    "initiated": QUEUED,
    "ringing": QUEUED,
    "in-progress": PASSED_ON,
    "answered": PASSED_ON,
    "completed": DELIVERED,
    "busy": UNDELIVERED,
    "no-answer": UNDELIVERED,
    "failed": UNDELIVERED,
    "canceled": UNDELIVERED,
}
_SES = {
    "send": PASSED_ON,
    "deliverydelay": DELAYED,
    "delivery": DELIVERED,
    "bounce": BOUNCED,
    "reject": UNDELIVERED,
    "rendering failure": UNDELIVERED,
    "open": OPENED,
    "click": OPENED,
    "complaint": COMPLAINED,
}
_SPELLINGS = {"twilio": _TWILIO, "twilio calls": _TWILIO_CALLS, "ses": _SES}
NEVER_ARRIVED = frozenset({UNDELIVERED, BOUNCED})
DELIVERY = tuple(_RANK)


def delivery_status(provider: str, said: object) -> str | None:
    """What a provider's word means for us; None for one that means nothing."""
    return _SPELLINGS.get(provider, {}).get(said.strip().lower()) if isinstance(said, str) else None


def later(known: str | None, told: str) -> bool:
    """Whether a receipt tells more than is known; receipts come twice and out of order."""
    return _RANK.get(told, 0) > _RANK.get(known or "", 0)


def not_later_than(told: str) -> frozenset[str]:
    """The delivery states over which a receipt may be written, for the condition of a write."""
    return frozenset(status for status in _RANK if later(status, told))
