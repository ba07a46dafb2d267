"""What a location sends and when it leaves people in peace; pure, and the same for a repeat.

A visit keeps the policy under which its present time was settled, so that a changed one counts for what is booked or
moved from then on, and nobody is told twice, or not at all, because of the change. How a message is written, quiet
hours and the daily cap are always as the location has them when it goes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from chalicelib.reminders import offsets
from chalicelib.reminders.kinds import (
    CALL,
    CANCELLATION,
    CHANNELS,
    CONFIRMATION,
    EMAIL,
    JOIN_LINK,
    PUSH,
    RESCHEDULE,
    SMS,
    YOU_ARE_NEXT,
    Channel,
    Kind,
)
from chalicelib.reminders.quiet import NIGHT, QuietHours


def _before() -> Mapping[Channel, tuple[int, ...]]:
    return {EMAIL: (1440, 60), SMS: (120,), PUSH: (1440, 120), CALL: (1440,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long before on each channel, on which of them unasked, and news on which of them.

    News goes out on every channel of the patient that is listed for it, or on the patient's first where none is.
    `telehealth` is in place of `before` for visits by video, channel by channel; `cap` is of a patient's day.
    """

    before: Mapping[Channel, tuple[int, ...]] = field(default_factory=_before)
    telehealth: Mapping[Channel, tuple[int, ...]] = field(default_factory=dict)
    unasked: frozenset[Channel] = frozenset({EMAIL, SMS})
    news: Mapping[Kind, tuple[Channel, ...]] = field(
        default_factory=lambda: {
            CONFIRMATION: (EMAIL, PUSH),
            RESCHEDULE: (EMAIL, SMS, PUSH),
            CANCELLATION: (EMAIL, SMS, PUSH),
            JOIN_LINK: (EMAIL, SMS, PUSH),
            YOU_ARE_NEXT: (SMS, PUSH),
        }
    )
    doctors: tuple[Channel, ...] = (EMAIL, PUSH)
    quiet: QuietHours = NIGHT
    cap: int = 6
    reduced: bool = False
    two_way: bool = True
    near_turn: int = 2

    @classmethod
    def read(cls, said: Any) -> "Policy":
        """The policy that a location's settings mean; what they do not say is as every clinic does it."""
        if not isinstance(said, Mapping):
            return DEFAULT
        usual, hours = DEFAULT, said.get("quiet_hours")
        return cls(
            before={**usual.before, **_offsets(said.get("before"))},
            telehealth=_offsets(said.get("telehealth")),
            unasked=frozenset(one for one in CHANNELS if one in said["unasked"])
            if "unasked" in said
            else usual.unasked,
            quiet=QuietHours(time.fromisoformat(hours["begin"]), time.fromisoformat(hours["end"]))
            if hours
            else usual.quiet,
            cap=int(said.get("daily_cap", usual.cap)),
            reduced=bool(said.get("reduced", usual.reduced)),
            two_way=bool(said.get("two_way", usual.two_way)),
            near_turn=int(said.get("near_turn", usual.near_turn)),
        )

    def offsets(self, channel: Channel, *, by_video: bool) -> tuple[int, ...]:
        """How many minutes before a visit the channel reminds of it."""
        usual = self.before.get(channel, ())
        return self.telehealth.get(channel, usual) if by_video else usual


DEFAULT = Policy()


def _offsets(said: Any) -> dict[Channel, tuple[int, ...]]:
    if not isinstance(said, Mapping):
        return {}
    return {
        channel: tuple(sorted({found for one in said[channel] if (found := offsets.minutes(one))}, reverse=True))
        for channel in CHANNELS
        if channel in said
    }
