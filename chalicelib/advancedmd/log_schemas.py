"""What people ask of the log, and what a row of it shows."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from chalicelib.advancedmd import logbook
from chalicelib.advancedmd.logbook import Wish
from chalicelib.kit.models import Example, QueryModel, View
from chalicelib.kit.types import Date, Line
from chalicelib.table.officelog import OfficeLogItem


class LogQuery(QueryModel):
    """Which rows; of the last seven days unless it says from which local date of the office to which."""

    synonyms: ClassVar[dict[str, str]] = {"from": "from"}
    type: Literal["patient", "doctor", "appointment", "charge", "visit"] | None = None
    status: Literal["synced", "pending", "error", "decided"] | None = None
    from_: Date | None = Field(default=None, alias="from")
    to: Date | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Line | None = None

    def wish(self) -> Wish:
        """What is meant."""
        return Wish(thing=self.type, status=self.status, first=self.from_, last=self.to)


class LogView(View):
    """One thing that was told, taken over or decided, and by whom: the names of its fields, no values.

    `detail` is for administrators.
    """

    example: ClassVar[Example] = {
        "id": "log_123",
        "at": "2026-01-15T10:00:00Z",
        "operation": "push",
        "type": "appointment",
        "subject_id": "apt_123",
        "patient_id": "pat_456",
        "status": "synced",
        "error": None,
        "detail": None,
        "fields": ["start", "stage"],
        "duration_ms": 240,
        "actor": "admin:system",
    }
    id: str
    at: str
    operation: str
    type: str
    subject_id: str
    patient_id: str | None
    status: str
    error: str | None
    detail: str | None
    fields: list[str]
    duration_ms: int | None
    actor: str | None

    def subject(self) -> str | None:
        return self.patient_id

    @classmethod
    def of(cls, row: OfficeLogItem, *, opened: bool = False) -> Self:
        """The view of a row, with what AdvancedMD wrote when it is to be `opened`."""
        return cls(
            id=row.id,
            at=row.at,
            operation=row.operation,
            type=row.thing,
            subject_id=row.thing_id,
            patient_id=row.patient_id,
            status=row.status,
            error=row.error,
            detail=logbook.opened(row) if opened else None,
            fields=list(row.fields or []),
            duration_ms=int(row.milliseconds) if row.milliseconds is not None else None,
            actor=row.updated_by,
        )
