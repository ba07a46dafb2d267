"""Opening the record of a stranger in an emergency, as request and reply."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Self

from pydantic import StringConstraints

from chalicelib.kit import clock
from chalicelib.kit.models import Example, RequestModel, View
from chalicelib.table.glass import GlassItem

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=500)]


class BreakGlass(RequestModel):
    """Why the record of a patient who is not one's own must be opened now; it stands in the patient's audit trail."""

    example: ClassVar[Example] = {"reason": "Unconscious in the emergency room, allergies unknown"}

    reason: Reason


class GlassView(View):
    """Until when the record is open."""

    example: ClassVar[Example] = {"open_until": "2026-01-15T14:00:00Z"}

    open_until: str

    @classmethod
    def of(cls, opened: GlassItem) -> Self:
        """The view of what is stored."""
        until = datetime.fromtimestamp(int(opened.open_until), UTC)
        return cls(open_until=clock.iso(until))
