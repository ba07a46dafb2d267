"""What the desk asks of many reminders at once, of one before it goes out, and what it is shown."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from chalicelib.kit.models import Example, RequestModel, View
from chalicelib.kit.types import Date, Flag, Id, Language, Line, Moment
from chalicelib.reminders import offsets
from chalicelib.reminders.bulk import Outcome, Wish
from chalicelib.reminders.kinds import Channel
from chalicelib.reminders.letters import Letter
from chalicelib.reminders.schemas import ReminderView
from chalicelib.scheduling.schemas import Timing

_Kind = Literal[
    "confirmation", "reminder", "reschedule", "cancellation", "new_appointment", "join_link", "you_are_next"
]
_Channel = Literal["email", "sms", "push", "call"]


class ManageReminders(RequestModel):
    """Send, cancel or move what waits of the reminders of a day's visits, at a location or of a doctor.

    A move is to `scheduled_time`, or to `timing` before each visit. Unless `dry_run` is false, nothing is changed.
    """

    example: ClassVar[Example] = {"action": "cancel", "date": "2026-01-15", "location_id": "loc_new_york"}
    action: Literal["send", "cancel", "move"]
    date: Date
    location_id: Id | None = None
    doctor_id: Id | None = None
    channel: _Channel | None = None
    scheduled_time: Moment | None = None
    timing: Timing | None = None
    dry_run: Flag = True
    limit: Annotated[int, Field(strict=True, ge=1, le=100)] = 25
    cursor: Line | None = None

    @model_validator(mode="after")
    def _says_whose_and_when(self) -> Self:
        if self.location_id is None and self.doctor_id is None:
            raise ValueError("name a location_id or a doctor_id")
        given = [one for one in (self.scheduled_time, self.timing) if one is not None]
        if len(given) != (self.action == "move"):
            raise ValueError("a move, and nothing else, takes either scheduled_time or timing")
        if isinstance(self.timing, list) and len(self.timing) != 1:
            raise ValueError("a move takes one timing")
        return self

    def wish(self) -> Wish:
        """What is meant."""
        timing = self.timing[0] if isinstance(self.timing, list) else self.timing
        return Wish(
            action=self.action,
            day=self.date,
            location_id=self.location_id,
            doctor_id=self.doctor_id,
            channel=self.channel,
            to=self.scheduled_time,
            offset=offsets.minutes(timing),
            dry_run=self.dry_run,
        )


class ManagedView(View):
    """One reminder of a bulk: as it is now, whether that was `done`, and what stood in the way."""

    example: ClassVar[Example] = {
        "done": True,
        "problem": None,
        "reminder": {**dict.fromkeys(ReminderView.model_fields), **ReminderView.example},
    }
    done: bool
    problem: str | None
    reminder: ReminderView

    def subject(self) -> str | None:
        return self.reminder.subject()

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """The view of what became of one."""
        return cls(done=outcome.done, problem=outcome.problem, reminder=ReminderView.of(outcome.reminder))


class PreviewReminder(RequestModel):
    """Of which visit and kind, and in which language; with `send`, the e-mail goes to the caller's own address."""

    example: ClassVar[Example] = {"appointment_id": "apt_123", "kind": "reminder", "language": "es"}
    appointment_id: Id
    kind: _Kind = "reminder"
    language: Language | None = None
    custom_message: Line | None = None
    send: Flag = False


class PreviewView(View):
    """What one channel would say; nothing of it is planned or kept."""

    example: ClassVar[Example] = {
        "type": "sms",
        "language": "en",
        "subject_line": "Reminder: your appointment on January 15, 2026",
        "message": "Reminder: Your appointment with Dr. Jane Smith is scheduled for January 15, 2026 at 2:05 PM.",
        "patient_id": "pat_456",
    }
    type: str
    language: str
    subject_line: str
    message: str
    patient_id: str
    sent_to: str | None

    def subject(self) -> str | None:
        return self.patient_id

    @classmethod
    def of(cls, channel: Channel, letter: Letter, *, patient_id: str, sent_to: str | None) -> Self:
        """The view of a letter."""
        said: dict[str, Any] = {"subject_line": letter.message.subject, "message": letter.message.text}
        return cls(type=channel, language=letter.language, patient_id=patient_id, sent_to=sent_to, **said)
