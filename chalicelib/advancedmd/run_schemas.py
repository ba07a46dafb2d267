"""What people ask for when many appointments are to be told, and how far that is."""

from typing import ClassVar, Self

from chalicelib.advancedmd.runs import Run
from chalicelib.kit.models import Example, RequestModel, View
from chalicelib.kit.types import Date
from chalicelib.table import officelinks


class TellDays(RequestModel):
    """From which local date to which, both included; at most a month."""

    example: ClassVar[Example] = {"start_date": "2026-01-15", "end_date": "2026-01-16"}
    start_date: Date
    end_date: Date


class RunView(View):
    """A run: how many appointments it has, and how many of them are told, still wait, or failed."""

    example: ClassVar[Example] = {
        "id": "run_123",
        "start_date": "2026-01-15",
        "end_date": "2026-01-16",
        "started_at": "2026-01-15T10:00:00Z",
        "total": 12,
        "synced": 10,
        "pending": 1,
        "failed": 1,
    }
    id: str
    start_date: str
    end_date: str
    started_at: str
    total: int
    synced: int
    pending: int
    failed: int

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
        )
