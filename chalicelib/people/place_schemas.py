"""Hospitals, locations, rooms and services as requests and replies."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints

from chalicelib.kit.models import QueryModel, RequestModel, View
from chalicelib.kit.types import (
    Amount,
    Count,
    Degrees,
    Flag,
    Id,
    Instant,
    Line,
    Minutes,
    Name,
    Phone,
    Text,
    Zone,
)
from chalicelib.people.opening_hours import Opening, spoken

KEEP: Any = None  # the default of a field that a change may leave out; never read, so never validated
Mode = Literal["in-person", "telehealth"]
SERVER_SET = frozenset({"id", "version", "active", "created_at", "updated_at"})


def _distinct(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _in_person() -> list[Mode]:
    return ["in-person"]


Words = Annotated[list[Name], Field(max_length=50), AfterValidator(_distinct)]
Ids = Annotated[list[Id], Field(max_length=50), AfterValidator(_distinct)]
Modes = Annotated[list[Mode], Field(min_length=1, max_length=2), AfterValidator(_distinct)]
Duration = Annotated[Minutes, Field(ge=5, le=360)]
Turnover = Annotated[Minutes, Field(le=120)]
Policy = Annotated[Count, Field(le=43_200)]
Money = Annotated[Decimal, PlainSerializer(float, return_type=float)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]


class ItemView(View):
    """What every stored thing shows."""

    id: str
    version: int
    created_at: Instant | None
    updated_at: Instant | None

    @classmethod
    def of(cls, item: object) -> Self:
        """The view of a stored item."""
        return cls.model_validate(item, from_attributes=True)


class ListThings(QueryModel):
    """A page of a list, in order of name."""

    limit: int = Field(default=50, ge=1, le=200)
    cursor: Line | None = None
    include_inactive: bool = False


class ListLocations(ListThings):
    """A page of locations, of one hospital when it is named."""

    hospital_id: Id | None = None


class _Address(RequestModel):
    address: Line | None = None
    phone: Phone | None = None


class CreateHospital(_Address):
    """Add a hospital."""

    server_set = SERVER_SET
    id: Id | None = None
    name: Name


class ChangeHospital(_Address):
    """Change what is sent of a hospital."""

    server_set = SERVER_SET
    name: Name = KEEP


class HospitalView(ItemView):
    """A hospital."""

    name: str
    address: str | None
    phone: str | None


class _Place(_Address):
    synonyms: ClassVar[dict[str, str]] = {"timezone": "zone", "time_zone": "zone", "opening_hours": "opening"}
    server_set = SERVER_SET
    latitude: Annotated[Degrees, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Degrees, Field(ge=-180, le=180)] | None = None
    opening: Opening | None = None


class CreateLocation(_Place):
    """Open a location; without `opening` it is always open."""

    id: Id | None = None
    hospital_id: Id | None = None
    name: Name
    zone: Zone
    cutoff_minutes: Policy = 0
    hold_minutes: Annotated[Count, Field(ge=1, le=60)] = 10
    patient_daily_cap: Annotated[Count, Field(ge=1, le=100)] = 8
    patient_open_cap: Annotated[Count, Field(ge=1, le=100)] | None = None


class ChangeLocation(_Place):
    """Change what is sent of a location."""

    hospital_id: Id | None = KEEP
    name: Name = KEEP
    zone: Zone = KEEP
    cutoff_minutes: Policy = KEEP
    hold_minutes: Annotated[Count, Field(ge=1, le=60)] = KEEP
    patient_daily_cap: Annotated[Count, Field(ge=1, le=100)] = KEEP
    patient_open_cap: Annotated[Count, Field(ge=1, le=100)] | None = KEEP


class LocationView(ItemView):
    """A place where patients are seen: `cutoff_minutes` before the start, moving and cancelling ends for patients."""

    name: str
    hospital_id: str | None
    zone: str
    address: str | None
    phone: str | None
    latitude: float | None
    longitude: float | None
    opening: Annotated[dict[str, list[dict[str, str]]] | None, BeforeValidator(spoken)]
    cutoff_minutes: int
    hold_minutes: int
    patient_daily_cap: int
    patient_open_cap: int | None


class CreateRoom(RequestModel):
    """Add a room; without `services` it serves all."""

    server_set = SERVER_SET | {"location_id"}
    id: Id | None = None
    name: Name
    capacity: Annotated[Count, Field(ge=1, le=1000)] = 1
    equipment: Words = Field(default_factory=list)
    services: Ids = Field(default_factory=list)
    turnover_minutes: Turnover = 0


class ChangeRoom(RequestModel):
    """Change what is sent of a room; `active` brings back one that was taken out of use."""

    server_set = SERVER_SET | {"location_id"}
    name: Name = KEEP
    capacity: Annotated[Count, Field(ge=1, le=1000)] = KEEP
    equipment: Words = KEEP
    services: Ids = KEEP
    turnover_minutes: Turnover = KEEP
    active: Flag = KEEP


class RoomView(ItemView):
    """A bookable room; `capacity` is in seats, an empty `services` means all."""

    name: str
    location_id: str
    capacity: int
    equipment: list[str]
    services: list[str]
    turnover_minutes: int
    active: bool


class _Offer(RequestModel):
    server_set = SERVER_SET
    synonyms: ClassVar[dict[str, str]] = {"duration": "duration_minutes", "color": "colour"}
    specialty: Name | None = None
    description: Text | None = None
    price: Amount | None = None
    colour: Colour | None = None


class CreateService(_Offer):
    """Add a service to the catalogue."""

    id: Id | None = None
    name: Name
    duration_minutes: Duration
    modes: Modes = Field(default_factory=_in_person)
    equipment: Words = Field(default_factory=list)


class ChangeService(_Offer):
    """Change what is sent of a service; `active` brings back one that was taken out of the catalogue."""

    name: Name = KEEP
    duration_minutes: Duration = KEEP
    modes: Modes = KEEP
    equipment: Words = KEEP
    active: Flag = KEEP


class ServiceView(ItemView):
    """A kind of visit, with the equipment that its room needs."""

    name: str
    specialty: str | None
    description: str | None
    duration_minutes: int
    price: Money | None
    modes: list[str]
    equipment: list[str]
    colour: str | None
    active: bool
