"""What callers send to find a doctor."""

from typing import ClassVar

from pydantic import Field

from chalicelib.kit.models import QueryModel
from chalicelib.kit.types import Date, Id, Line, Name
from chalicelib.scheduling.schemas import Mode


class DoctorsQuery(QueryModel):
    """Which doctors."""

    name: Name | None = None
    specialty: Name | None = None
    location_id: Id | None = None
    hospital_id: Id | None = None
    mode: Mode | None = None
    available_on: Date | None = None
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=400)
    synonyms: ClassVar[dict[str, str]] = {"q": "name", "location": "location_id", "type": "mode"}


class RecommendationsQuery(QueryModel):
    """Which doctors would suit."""

    specialty: Name | None = None
    reason: Line | None = None
    patient_id: Id | None = None
    location_id: Id | None = None
    mode: Mode | None = None
    date: Date | None = None
    limit: int = Field(default=5, ge=1, le=20)
