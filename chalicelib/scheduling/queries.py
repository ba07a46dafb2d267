"""What callers ask of the scheduling slice in a query string."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from chalicelib.kit.errors import Invalid
from chalicelib.kit.models import QueryModel
from chalicelib.kit.types import ClockTime, Date, Id, Name, Zone
from chalicelib.scheduling import statuses
from chalicelib.scheduling.schemas import Mode, Origin

_PAGE = Field(default=50, ge=1, le=200)


def _status(spelling: str) -> str:
    word = statuses.canonical(spelling)
    if word not in statuses.ALL:
        raise ValueError(f"must be one of {', '.join(statuses.ALL)}")
    return word


Status = Annotated[Name, AfterValidator(_status)]


class AvailabilityQuery(QueryModel):
    """Which free times: of whom, where, when, how long."""

    doctor_id: Id | None = None
    date: Date | None = None
    from_: Date | None = Field(default=None, alias="from")
    to: Date | None = None
    duration: int | None = Field(default=None, ge=5, le=360, multiple_of=5)
    specialty: Name | None = None
    location_id: Id | None = None
    service_id: Id | None = None
    mode: Mode | None = None
    only_available: bool = True
    first_available: bool = False
    view: Literal["slots", "days"] = "slots"
    explain: bool = False
    time: ClockTime | None = None
    zone: Zone | None = None
    synonyms: ClassVar[dict[str, str]] = {"duration_minutes": "duration", "type": "mode", "from": "from"}

    @classmethod
    def translate(cls, data: dict[str, Any]) -> dict[str, Any]:
        for name in ("from", "to"):
            if "date" in data and name in data:
                raise Invalid.field(name, "cannot stand beside date")
        return data


class AppointmentsQuery(QueryModel):
    """Which appointments of a list."""

    from_: Date | None = Field(default=None, alias="from")
    to: Date | None = None
    status: Status | None = None
    mode: Mode | None = None
    origin: Origin | None = None
    specialty: Name | None = None
    doctor_id: Id | None = None
    q: Name | None = None
    limit: int = _PAGE
    cursor: str | None = Field(default=None, max_length=400)
    synonyms: ClassVar[dict[str, str]] = {"text": "q", "type": "mode", "from": "from"}


class LocationAppointmentsQuery(AppointmentsQuery):
    """Which appointments of a location."""

    location_id: Id
