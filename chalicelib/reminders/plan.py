"""Which messages a visit calls for, on which channels and when; pure, so that a repeat plans the very same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from chalicelib.kit import ids
from chalicelib.reminders import offsets, quiet
from chalicelib.reminders.kinds import (
    CANCELLATION,
    CHANNELS,
    CONFIRMATION,
    DOCTOR,
    JOIN_LINK,
    NEW_APPOINTMENT,
    PATIENT,
    REMINDER,
    RESCHEDULE,
    Audience,
    Channel,
    Kind,
)
from chalicelib.reminders.policy import DEFAULT, Policy
from chalicelib.reminders.quiet import QuietHours

_Wanted = tuple[Kind, Channel, Audience, int | None]
Standing = Literal["ahead", "under_way", "cancelled", "over"]
LINK_MINUTES = 10
_MOST_TIMINGS = 10
_CUSTOM = ("custom_message", "customMessage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An appointment as far as planning goes.

    `round` counts how often its time was settled again (a move, a cancel taken back), so that each time is reminded of
    anew; `since` is when that was last: what would have been due before is skipped. `zone` is the location's, `home`
    the patient's. `telehealth` says that there is a link to join by, `by_video` that it is or will be one.
    """

    appointment_id: str
    standing: Standing
    start: datetime
    zone: ZoneInfo
    home: ZoneInfo
    since: datetime
    round: int = 0
    telehealth: bool = False
    by_video: bool = False
    new_to_doctor: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for: channels said to be on or off, offsets in minutes for all of them, words of one's own."""

    channels: Mapping[Channel, bool] = field(default_factory=dict)
    timing: tuple[int, ...] = ()
    custom_message: str | None = None

    @classmethod
    def read(cls, said: Any) -> "Wish":
        """The wish that stored preferences mean, in any spelling; what cannot be read is as if it had not been said."""
        if not isinstance(said, Mapping):
            return cls()
        timing = said.get("timing")
        spellings = timing[:_MOST_TIMINGS] if isinstance(timing, list | tuple) else [timing]
        meant = {minutes for one in spellings if (minutes := offsets.minutes(one)) is not None}
        words = next((said[name] for name in _CUSTOM if isinstance(said.get(name), str) and said[name].strip()), None)
        return cls(
            channels={one: said[one] for one in CHANNELS if isinstance(said.get(one), bool)},
            timing=tuple(sorted(meant, reverse=True)),
            custom_message=words,
        )

    def over(self, other: "Wish") -> "Wish":
        """This wish, and what the other says where this one says nothing."""
        return Wish(
            channels={**other.channels, **self.channels},
            timing=self.timing or other.timing,
            custom_message=self.custom_message or other.custom_message,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One message that is to go out: `offset` is in minutes before the start, None for what is told at once."""

    id: str
    kind: Kind
    channel: Channel
    audience: Audience
    offset: int | None
    round: int
    due: datetime


def reminder_id(visit: Visit, kind: Kind, channel: Channel, offset: int | None) -> str:
    """The id of the one message of that kind, channel and offset for the visit's present time."""
    return id_of(visit.appointment_id, visit.appointment_id, str(visit.round), kind, channel, str(offset))


def id_of(about: str, *told_apart: str) -> str:
    """The id of the one message about this visit, or place in line, that these tell from its others.

    It names what it is about, so that whoever has the id finds the message, and has no letter that providers refuse.
    """
    return f"rem_{about}-{ids.digest(*told_apart)[:16]}"


def appointment_of(message_id: str) -> str | None:
    """The appointment that a message's id names; None for what is no such id."""
    appointment_id, dash, _ = message_id.removeprefix("rem_").rpartition("-")
    return appointment_id if dash and message_id.startswith("rem_") else None


def plan(
    visit: Visit,
    *,
    wish: Wish,
    reachable: frozenset[Channel],
    consents: Mapping[Channel, bool],
    policy: Policy = DEFAULT,
    doctor_reachable: frozenset[Channel] = frozenset(),
) -> tuple[Planned, ...]:
    """Every message that the visit calls for as it stands, in order of time.

    `reachable` are the channels for which the patient has an address. A channel refused in `consents` is never used,
    whatever the wish says; one that is not `unasked` needs to be wished for or consented to.
    """
    channels = _channels(policy, wish, reachable, consents)
    found: dict[str, Planned] = {}
    taken: set[tuple[Kind, Channel, datetime]] = set()
    for message in _called_for(visit, policy, wish, channels, doctor_reachable):
        kind, channel, audience, offset = message
        due = _due(visit, message, policy.quiet)
        # Two reminders that the night has brought together would say the same twice.
        if due is None or (kind, channel, due) in taken:
            continue
        taken.add((kind, channel, due))
        one = reminder_id(visit, kind, channel, offset)
        found[one] = Planned(
            id=one, kind=kind, channel=channel, audience=audience, offset=offset, round=visit.round, due=due
        )
    return tuple(sorted(found.values(), key=lambda message: (message.due, message.id)))


def channels_of(
    kind: Kind, *, policy: Policy, wish: Wish, reachable: frozenset[Channel], consents: Mapping[Channel, bool]
) -> Sequence[Channel]:
    """The channels on which news of a kind goes to a patient."""
    return _for_news(kind, policy, _channels(policy, wish, reachable, consents))


def _channels(
    policy: Policy, wish: Wish, reachable: frozenset[Channel], consents: Mapping[Channel, bool]
) -> list[Channel]:
    def is_on(channel: Channel) -> bool:
        said = wish.channels.get(channel, consents.get(channel, channel in policy.unasked))
        return said and consents.get(channel, True)

    return [channel for channel in CHANNELS if channel in reachable and is_on(channel)]


def _called_for(
    visit: Visit, policy: Policy, wish: Wish, channels: Sequence[Channel], doctor_reachable: frozenset[Channel]
) -> Iterator[_Wanted]:
    if visit.standing == "cancelled":
        yield from ((CANCELLATION, channel, PATIENT, None) for channel in _for_news(CANCELLATION, policy, channels))
    if visit.standing == "ahead":
        news = RESCHEDULE if visit.round else CONFIRMATION
        yield from ((news, channel, PATIENT, None) for channel in _for_news(news, policy, channels))
        if visit.new_to_doctor:
            told = (channel for channel in policy.doctors if channel in doctor_reachable)
            yield from ((NEW_APPOINTMENT, channel, DOCTOR, None) for channel in told)
        for channel in channels:
            for offset in wish.timing or policy.offsets(channel, by_video=visit.by_video):
                yield REMINDER, channel, PATIENT, offset
    if visit.standing in {"ahead", "under_way"} and visit.telehealth:
        yield from ((JOIN_LINK, channel, PATIENT, LINK_MINUTES) for channel in _for_news(JOIN_LINK, policy, channels))


def _for_news(kind: Kind, policy: Policy, channels: Sequence[Channel]) -> Sequence[Channel]:
    listed = [channel for channel in channels if channel in policy.news.get(kind, ())]
    return listed or channels[:1]


def _due(visit: Visit, message: _Wanted, hours: QuietHours) -> datetime | None:
    """When it goes out; None for what is past already, or of no use."""
    kind, channel, audience, offset = message
    if offset is None:
        due = visit.since
        if kind != CANCELLATION and due >= visit.start:
            return None
    elif kind == JOIN_LINK:
        due = max(visit.start - timedelta(minutes=offset), visit.since)  # who books a minute before needs it too
    else:
        due = offsets.before(visit.start, offset, visit.zone)
        if due <= visit.since:
            return None
    if audience == DOCTOR:
        return due
    return quiet.settle(
        due, kind=kind, channel=channel, quiet=hours, zone=visit.home, since=visit.since, start=visit.start
    )
