"""What people ask for when much is to be done together, and how far that is."""

from typing import ClassVar, Self

from chalicelib.advancedmd.runs import Run
from chalicelib.kit.models import Example, RequestModel, View
from chalicelib.kit.types import Date, Flag
from chalicelib.table import officelinks


class TellDays(RequestModel):
    """From which local date to which, both included; at most a month. Without dates it is the office's today."""

    example: ClassVar[Example] = {"start_date": "2026-01-15", "end_date": "2026-01-16"}
    start_date: Date | None = None
    end_date: Date | None = None


class ReadDays(RequestModel):
    """From which local date to which, both included; none that is over, and at most a year."""

    example: ClassVar[Example] = {"start_date": "2026-01-15", "end_date": "2026-02-15"}
    start_date: Date
    end_date: Date


class EnrolPatients(RequestModel):
    """Whose appointments lie in these days, both included, at most half a year; without dates it is the past month and
    the coming three. `add_missing` adds whom nobody there is like; otherwise they wait for people.
    """

    example: ClassVar[Example] = {"start_date": "2026-01-15", "end_date": "2026-04-15", "add_missing": False}
    start_date: Date | None = None
    end_date: Date | None = None
    add_missing: Flag = False


class RunView(View):
    """A run: how many appointments or patients it has, how many of them are done, still wait, or failed.

    The rest is done in about `estimated_wait_seconds`: 0 once nothing waits, null while the office is paused.
    """

    example: ClassVar[Example] = {
        "id": "run_123",
        "start_date": "2026-01-15",
        "end_date": "2026-01-16",
        "started_at": "2026-01-15T10:00:00Z",
        "total": 12,
        "synced": 10,
        "pending": 1,
        "failed": 1,
        "estimated_wait_seconds": 4,
    }
    id: str
    start_date: str
    end_date: str
    started_at: str
    total: int
    synced: int
    pending: int
    failed: int
    estimated_wait_seconds: int | None

    @classmethod
    def of(cls, run: Run) -> Self:
        """The view of a run."""
        return cls(
            id=run.item.id,
            start_date=run.item.first,
            end_date=run.item.last,
            started_at=run.item.began_at,
            total=len(run.item.thing_ids),
            synced=run.progress[officelinks.SYNCED],
            pending=run.progress[officelinks.PENDING],
            failed=run.progress[officelinks.ERROR],
            estimated_wait_seconds=None if run.wait is None else round(run.wait),
        )


class ImportView(View):
    """Days that are read for the first time: how many of them were read, and how many visits were found in them.

    What was found is dealt with as all that AdvancedMD tells. The rest is read in about `estimated_wait_seconds`.
    """

    example: ClassVar[Example] = {
        "id": "run_124",
        "start_date": "2026-01-15",
        "end_date": "2026-02-15",
        "started_at": "2026-01-15T10:00:00Z",
        "ended_at": None,
        "days": 32,
        "days_read": 20,
        "days_failed": 0,
        "visits_found": 140,
        "estimated_wait_seconds": 60,
    }
    id: str
    start_date: str
    end_date: str
    started_at: str
    ended_at: str | None
    days: int
    days_read: int
    days_failed: int
    visits_found: int
    estimated_wait_seconds: int | None

    @classmethod
    def of(cls, run: Run) -> Self:
        """The view of a run that reads days."""
        return cls(
            id=run.item.id,
            start_date=run.item.first,
            end_date=run.item.last,
            started_at=run.item.began_at,
            ended_at=run.item.ended_at,
            days=len(run.item.thing_ids),
            days_read=run.progress[officelinks.SYNCED],
            days_failed=run.progress[officelinks.ERROR],
            visits_found=int(run.item.found or 0),
            estimated_wait_seconds=None if run.wait is None else round(run.wait),
        )
