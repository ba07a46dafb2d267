"""A location's reminder policy as it is written and shown: when its patients are reminded, and when left alone.

What is left out stays as every clinic does it: e-mail 24 hours and one hour before, a text message two hours before,
quiet from 21:00 to 8:00.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.kit.models import Example, RequestModel
from chalicelib.kit.types import MOST_OFFSETS, Count, Flag, Offset

_Offsets = Annotated[list[Offset], Field(max_length=MOST_OFFSETS)]
_Wall = Annotated[str, StringConstraints(max_length=5, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_Channel = Literal["email", "sms", "push", "call"]


class Before(RequestModel):
    """How long before a visit each channel reminds of it; an empty list for not at all."""

    example: ClassVar[Example] = {"email": ["24h", "1h"], "sms": ["2h"]}
    email: _Offsets | None = None
    sms: _Offsets | None = None
    push: _Offsets | None = None
    call: _Offsets | None = None


class Quiet(RequestModel):
    """From `begin` until just before `end` on the patient's own clock; equal times for no quiet hours."""

    example: ClassVar[Example] = {"begin": "21:00", "end": "08:00"}
    begin: _Wall
    end: _Wall


class ReminderPolicy(RequestModel):
    """How a location reminds its patients: `telehealth` in place of `before` for visits by video.

    `unasked` are the channels that are used without having been asked for; a patient's refusal counts before it.
    `daily_cap` is the most that a patient is told in a day before reminders are left out; `reduced` texts name neither
    doctor nor place. `near_turn` is the place in a waiting line at which a patient is told to be next, 0 for never.
    `two_way` says that messages ask to be answered.
    """

    example: ClassVar[Example] = {
        "before": Before.example,
        "quiet_hours": Quiet.example,
        "daily_cap": 6,
        "reduced": False,
    }
    before: Before | None = None
    telehealth: Before | None = None
    unasked: Annotated[list[_Channel], Field(max_length=4)] | None = None
    quiet_hours: Quiet | None = None
    daily_cap: Annotated[Count, Field(ge=1, le=50)] | None = None
    reduced: Flag | None = None
    two_way: Flag | None = None
    near_turn: Annotated[Count, Field(le=20)] | None = None

    def stored(self) -> dict[str, Any]:
        """What was said."""
        return self.model_dump(exclude_none=True)


Stored = Annotated[ReminderPolicy, AfterValidator(ReminderPolicy.stored)]
