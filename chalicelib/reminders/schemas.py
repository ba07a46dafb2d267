"""Reminders as requests and replies; a stored one shows every field of the seeds' two tables."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, model_validator

from chalicelib.kit.models import Example, RequestModel, View
from chalicelib.kit.types import Flag, Id, Line, Moment
from chalicelib.reminders import offsets
from chalicelib.reminders.kinds import CHANNELS, Channel
from chalicelib.scheduling.schemas import Timing
from chalicelib.table.reminders import ReminderItem

_Channel = Annotated[
    Literal["email", "sms", "push", "call"],
    BeforeValidator(lambda value: value.strip().lower() if isinstance(value, str) else value),
]
SERVER_SET = frozenset({"status", "sent_time", "delivery_status", "error_message", "retry_count", "created_at"})


class ScheduleReminder(RequestModel):
    """On which channels to remind of a visit, and when: `timing` before it, or at `scheduled_time`."""

    example: ClassVar[Example] = {"appointment_id": "apt_123", "email": True, "timing": ["24h", "30m"]}
    appointment_id: Id
    channel: _Channel | None = None
    email: Flag | None = None
    sms: Flag | None = None
    push: Flag | None = None
    call: Flag | None = None
    timing: Timing | None = None
    scheduled_time: Moment | None = None
    custom_message: Line | None = None
    synonyms: ClassVar[dict[str, str]] = {
        "type": "channel",
        "reminder_type": "channel",
        "message": "custom_message",
        "message_content": "custom_message",
    }
    server_set = SERVER_SET | {"id", "recipient_email", "recipient_phone", "recipient_id"}

    @model_validator(mode="after")
    def _says_how_and_when(self) -> Self:
        if not self.channels:
            raise ValueError("name a channel, or set one of email, sms, push and call to true")
        if (self.timing is None) == (self.scheduled_time is None):
            raise ValueError("give either timing or scheduled_time")
        return self

    @property
    def channels(self) -> list[Channel]:
        """The channels that are meant."""
        return [one for one in CHANNELS if getattr(self, one) or self.channel == one]

    @property
    def timings(self) -> list[int]:
        """The minutes before the visit."""
        said = [self.timing] if isinstance(self.timing, str) else self.timing or []
        return sorted({minutes for one in said if (minutes := offsets.minutes(one))}, reverse=True)


class ChangeReminder(RequestModel):
    """When a reminder is to go out instead, and what it is to say besides."""

    example: ClassVar[Example] = {"scheduled_time": "2026-01-14T15:00:00Z"}
    scheduled_time: Moment | None = None
    custom_message: Line | None = None
    synonyms: ClassVar[dict[str, str]] = {"message": "custom_message", "message_content": "custom_message"}
    server_set = SERVER_SET | {"id", "version", "updated_at"}


class ReminderView(View):
    """One message about a visit: `kind` is its occasion, `type` its channel, `timing` how long before, null at once.

    What it says, and to which address, is known once it is being sent.
    """

    example: ClassVar[Example] = {
        "id": "rem_apt_123-0123456789abcdef",
        "appointment_id": "apt_123",
        "kind": "reminder",
        "type": "email",
        "audience": "patient",
        "timing": "24h",
        "scheduled_time": "2026-01-14T15:00:00Z",
        "status": "pending",
        "recipient_id": "pat_456",
        "retry_count": 0,
        "version": 1,
        "created_at": "2026-01-02T09:12:00Z",
        "updated_at": "2026-01-02T09:12:00Z",
    }
    id: str
    appointment_id: str
    kind: str
    type: str
    audience: str
    timing: str | None
    scheduled_time: str
    sent_time: str | None
    status: str
    delivery_status: str | None
    error_message: str | None
    retry_count: int
    recipient_id: str
    recipient_email: str | None
    recipient_phone: str | None
    subject_line: str | None
    message: str | None
    custom_message: str | None
    version: int
    created_at: str
    updated_at: str

    def subject(self) -> str | None:
        return self.recipient_id if self.audience == "patient" else None

    @classmethod
    def of(cls, item: ReminderItem) -> Self:
        """The view of a stored reminder."""
        same: dict[str, Any] = {
            name: getattr(item, name)
            for name in cls.model_fields
            if name not in {"kind", "type", "timing", "subject_line"}
        }
        offset = None if item.offset is None else offsets.spelled(int(item.offset))
        return cls(**same, kind=item.occasion, type=item.channel, timing=offset, subject_line=item.subject)
