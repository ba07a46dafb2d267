"""What callers ask of the scheduling slice in a query string."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from chalicelib.kit.errors import Invalid
from chalicelib.kit.models import Example, QueryModel
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
    date: Date | None = Field(default=None, description="One date of the location; in place of from and to.")
    from_: Date | None = Field(default=None, alias="from", description="The first date.")
    to: Date | None = Field(default=None, description="The last date, at most ninety days on.")
    duration: int | None = Field(default=None, ge=5, le=360, multiple_of=5, description="Minutes.")
    specialty: Name | None = None
    location_id: Id | None = None
    service_id: Id | None = None
    mode: Mode | None = None
    only_available: bool = Field(default=True, description="false adds the times that are taken.")
    first_available: bool = Field(default=False, description="Only the first free time from there on.")
    view: Literal["slots", "days"] = Field(default="slots", description="days counts the free times of each date.")
    explain: bool = Field(default=False, description="Why the date and time are not offered; for staff and doctors.")
    time: ClockTime | None = Field(default=None, description="The time to explain.")
    zone: Zone | None = Field(default=None, description="Show times on the wall of this IANA zone.")
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

    example: ClassVar[Example] = {"location_id": "loc_new_york"}
    location_id: Id
