"""What people are shown of what a nightly reading found."""

from typing import Any, ClassVar, Self

from chalicelib.advancedmd.drift import Drifted, Found
from chalicelib.kit.models import Example, View


class DriftedFieldView(View):
    """A field with what both sides had agreed on, and what the side has that differs: `theirs`, or `ours` untold."""

    example: ClassVar[Example] = {
        "field": "start",
        "base": "2026-01-15T10:00:00Z",
        "ours": None,
        "theirs": "2026-01-15T14:00:00Z",
    }
    field: str
    base: Any
    ours: Any = None
    theirs: Any = None


class DriftView(View):
    """A visit that `differs`, is `missing` there or was `unknown` here, or an appointment that was `untold`.

    Its status is how it stands by now.
    """

    example: ClassVar[Example] = {
        "advancedmd_visit_id": "9000005",
        "appointment_id": "apt_123",
        "patient_id": "pat_456",
        "drift": "differs",
        "differences": [DriftedFieldView.example],
        "amd_sync_status": "synced",
    }
    advancedmd_visit_id: str | None
    appointment_id: str | None
    patient_id: str | None
    drift: str
    differences: list[DriftedFieldView]
    amd_sync_status: str

    def subject(self) -> str | None:
        return self.patient_id

    @classmethod
    def of(cls, one: Drifted) -> Self:
        """The view of a visit that was found."""
        return cls(
            advancedmd_visit_id=str(one.found["visit_id"]) if one.found["visit_id"] is not None else None,
            appointment_id=one.appointment.id if one.appointment else None,
            patient_id=one.appointment.patient_id if one.appointment else None,
            drift=one.found["what"],
            differences=[DriftedFieldView(**said) for said in one.found["differences"]],
            amd_sync_status=one.status,
        )


class SweepView(View):
    """The reading: of which local date, how many of how many days it has read, and how many visits it found.

    Of the days that it could not read nobody knows what they have.
    """

    example: ClassVar[Example] = {
        "swept_on": "2026-01-15",
        "started_at": "2026-01-15T02:00:00Z",
        "ended_at": "2026-01-15T02:01:00Z",
        "days": 28,
        "days_read": 28,
        "days_unread": 0,
        "drift": 1,
    }
    swept_on: str | None
    started_at: str | None
    ended_at: str | None
    days: int
    days_read: int
    days_unread: int
    drift: int

    @classmethod
    def of(cls, found: Found) -> Self:
        """The view of the latest reading; one of nothing before the first."""
        run = found.run
        return cls(
            swept_on=run.first if run else None,
            started_at=run.began_at if run else None,
            ended_at=run.ended_at if run else None,
            days=len(run.thing_ids) if run else 0,
            days_read=int(run.done or 0) - int(run.failed or 0) if run else 0,
            days_unread=int(run.failed or 0) if run else 0,
            drift=int(run.found or 0) if run else 0,
        )
