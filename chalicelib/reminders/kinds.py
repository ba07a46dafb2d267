"""The words of the slice: the occasions, the channels, and whom a message is for."""

from typing import Literal

Kind = Literal["confirmation", "reminder", "reschedule", "cancellation", "new_appointment", "join_link", "you_are_next"]
Channel = Literal["email", "sms", "push", "call"]
Audience = Literal["patient", "doctor"]

CONFIRMATION: Kind = "confirmation"
REMINDER: Kind = "reminder"
RESCHEDULE: Kind = "reschedule"
CANCELLATION: Kind = "cancellation"
NEW_APPOINTMENT: Kind = "new_appointment"
JOIN_LINK: Kind = "join_link"
YOU_ARE_NEXT: Kind = "you_are_next"
KINDS: tuple[Kind, ...] = (
    CONFIRMATION,
    REMINDER,
    RESCHEDULE,
    CANCELLATION,
    NEW_APPOINTMENT,
    JOIN_LINK,
    YOU_ARE_NEXT,
)

EMAIL: Channel = "email"
SMS: Channel = "sms"
PUSH: Channel = "push"
CALL: Channel = "call"
CHANNELS: tuple[Channel, ...] = (EMAIL, SMS, PUSH, CALL)

PATIENT: Audience = "patient"
DOCTOR: Audience = "doctor"

ANYTIME: frozenset[str] = frozenset({JOIN_LINK, YOU_ARE_NEXT})
"""What belongs to a visit that is about to begin: it wakes nobody who does not wait for it."""
NEWS: frozenset[str] = frozenset({CONFIRMATION, RESCHEDULE, CANCELLATION, NEW_APPOINTMENT})
"""What is told as soon as it has happened, rather than so long before the visit."""
