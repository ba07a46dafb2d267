"""What people are shown of the whole: the week, the cards, how it flows, and what a pull that was asked for is."""

from typing import ClassVar, Self

from chalicelib.advancedmd import logbook
from chalicelib.advancedmd.logbook import Statistics
from chalicelib.advancedmd.overview import Asked, Overview
from chalicelib.advancedmd.pausing import Flow
from chalicelib.kit import clock
from chalicelib.kit.models import Example, View


class TroubleView(View):
    """How often something went wrong in this way."""

    example: ClassVar[Example] = {"error": "This patient is not linked to AdvancedMD.", "count": 2}
    error: str
    count: int


class StatsView(View):
    """The last seven days: percent of success, milliseconds that one operation took, and what went wrong how often."""

    example: ClassVar[Example] = {
        "synced": 40,
        "failed": 2,
        "success_rate": 95.2,
        "average_duration_ms": 310.5,
        "errors": [TroubleView.example],
    }
    synced: int
    failed: int
    success_rate: float | None
    average_duration_ms: float | None
    errors: list[TroubleView]

    @classmethod
    def of(cls, found: Statistics) -> Self:
        """The view of what the rows add up to."""
        return cls(
            synced=_of_status(found, "synced"),
            failed=_of_status(found, "error"),
            success_rate=found.success_rate,
            average_duration_ms=round(found.milliseconds, 1) if found.milliseconds is not None else None,
            errors=[TroubleView(error=error, count=count) for error, count in found.errors.most_common(20)],
        )


class CardView(View):
    """One kind of thing: how many were kept in step in the last seven days, when last, and how many failed.

    Of charges it is on how many of our visits AdvancedMD says that some were posted.
    """

    example: ClassVar[Example] = {
        "type": "appointments",
        "synced": 40,
        "failed": 2,
        "last_synced_at": "2026-01-15T10:00:00Z",
    }
    type: str
    synced: int
    failed: int
    last_synced_at: str | None


class FlowView(View):
    """Whether an administrator has paused the office, and until when it is left alone because it does not answer.

    Only what somebody waits for is asked meanwhile. What is due stays due.
    """

    example: ClassVar[Example] = {
        "paused": False,
        "halted_until": "2026-01-15T10:15:00Z",
        "halted_because": "AdvancedMD did not answer.",
    }
    paused: bool
    halted_until: str | None
    halted_because: str | None

    @classmethod
    def of(cls, flow: Flow) -> Self:
        """The view of how it flows."""
        return cls(
            paused=flow.paused,
            halted_until=clock.iso(flow.pause.until) if flow.pause else None,
            halted_because=flow.pause.why if flow.pause else None,
        )


class DashboardView(View):
    """How the office and the clinic stand; waits are in seconds. Charges are counted and not kept in step."""

    example: ClassVar[Example] = {
        "office_key": "162882",
        "auto_sync_appointments": True,
        "sync_frequency": "real-time",
        "paused": False,
        "halted_until": None,
        "halted_because": None,
        "cards": [CardView.example],
        "waiting_to_be_told": 3,
        "estimated_wait_seconds": 12,
        "waiting_to_be_taken_over": 0,
        "waiting_for_people": 1,
        "last_pulled_at": "2026-01-15T10:00:00Z",
        "last_pulled": 4,
        "last_swept_on": "2026-01-15",
        "drift": 0,
        "days_unread": 0,
    }
    office_key: str | None
    auto_sync_appointments: bool
    sync_frequency: str
    paused: bool
    halted_until: str | None
    halted_because: str | None
    cards: list[CardView]
    waiting_to_be_told: int
    estimated_wait_seconds: int | None
    waiting_to_be_taken_over: int
    waiting_for_people: int
    last_pulled_at: str | None
    last_pulled: int | None
    last_swept_on: str | None
    drift: int | None
    days_unread: int

    @classmethod
    def of(cls, found: Overview) -> Self:
        """The view of the overview."""
        cards = [
            CardView(
                type=f"{thing}s",
                synced=found.week.counts[thing, "synced"] + found.week.counts[thing, logbook.POSTED],
                failed=found.week.counts[thing, "error"],
                last_synced_at=found.week.latest.get(thing),
            )
            for thing in ("patient", "appointment", "charge")
        ]
        return cls(
            office_key=found.settled.office_key if found.settled else None,
            auto_sync_appointments=bool(found.settled and found.settled.auto_sync),
            sync_frequency=found.settled.frequency if found.settled else "manual",
            paused=bool(found.settled and found.settled.paused),
            halted_until=clock.iso(found.pause.until) if found.pause else None,
            halted_because=found.pause.why if found.pause else None,
            cards=cards,
            waiting_to_be_told=found.to_tell,
            estimated_wait_seconds=None if found.wait is None else round(found.wait),
            waiting_to_be_taken_over=found.to_deal_with,
            waiting_for_people=found.for_people,
            last_pulled_at=found.cursor.pulled_at if found.cursor else None,
            last_pulled=int(found.cursor.pulled) if found.cursor and found.cursor.pulled is not None else None,
            last_swept_on=found.cursor.swept_on if found.cursor else None,
            drift=int(found.cursor.drift) if found.cursor and found.cursor.drift is not None else None,
            days_unread=int(found.cursor.unread or 0) if found.cursor else 0,
        )


class PullView(View):
    """A pull that was asked for: in about how many seconds it is made, null while paused, and how the last one went."""

    example: ClassVar[Example] = {
        "queued": True,
        "estimated_wait_seconds": 0,
        "last_pulled_at": "2026-01-15T10:00:00Z",
        "last_pulled": 4,
    }
    queued: bool
    estimated_wait_seconds: int | None
    last_pulled_at: str | None
    last_pulled: int | None

    @classmethod
    def of(cls, asked: Asked) -> Self:
        """The view of what was asked."""
        pulled = asked.cursor.pulled
        return cls(
            queued=True,
            estimated_wait_seconds=None if asked.wait is None else round(asked.wait),
            last_pulled_at=asked.cursor.pulled_at,
            last_pulled=int(pulled) if pulled is not None else None,
        )


def _of_status(found: Statistics, status: str) -> int:
    return sum(count for (_, one), count in found.counts.items() if one == status)
