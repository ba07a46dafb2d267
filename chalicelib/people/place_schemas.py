"""Hospitals and locations as requests and replies, and the kinds of field that all places share."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints

from chalicelib.kit.models import Example, QueryModel, RequestModel, View
from chalicelib.kit.types import (
    Count,
    Id,
    Instant,
    Latitude,
    Line,
    Longitude,
    Minutes,
    Name,
    Phone,
    Points,
    Zone,
)
from chalicelib.people.opening_hours import Opening, spoken
from chalicelib.people.reminder_policies import ReminderPolicy, Stored

KEEP: Any = None  # the default of a field that a change may leave out; never read, so never validated
Mode = Literal["in-person", "telehealth"]
SERVER_SET = frozenset({"id", "version", "active", "created_at", "updated_at"})


def _distinct(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))


Words = Annotated[list[Name], Field(max_length=50), AfterValidator(_distinct)]
Ids = Annotated[list[Id], Field(max_length=50), AfterValidator(_distinct)]
Modes = Annotated[list[Mode], Field(min_length=1, max_length=2), AfterValidator(_distinct)]
Duration = Annotated[Minutes, Field(ge=5, le=360)]
Turnover = Annotated[Minutes, Field(le=120)]
Policy = Annotated[Count, Field(le=43_200)]
Money = Annotated[Decimal, PlainSerializer(float, return_type=float)]
Language = Annotated[str, StringConstraints(max_length=6, pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Colour = Annotated[str, StringConstraints(max_length=7, pattern=r"^#[0-9A-Fa-f]{6}$")]


class ItemView(View):
    """What every stored thing shows."""

    example: ClassVar[Example] = {
        "version": 3,
        "created_at": "2026-01-02T09:12:00Z",
        "updated_at": "2026-01-05T16:40:00Z",
    }
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
    example: ClassVar[Example] = {"address": "1 Harbour Road, Accra", "phone": "+12125550100"}
    address: Line | None = None
    phone: Phone | None = None


class CreateHospital(_Address):
    """Add a hospital."""

    example: ClassVar[Example] = {"name": "Harbour Hospital"}
    server_set = SERVER_SET
    id: Id | None = None
    name: Name


class ChangeHospital(_Address):
    """Change what is sent of a hospital."""

    server_set = SERVER_SET
    name: Name = KEEP


class HospitalView(ItemView):
    """A hospital."""

    example: ClassVar[Example] = {**CreateHospital.example, **_Address.example, "id": "hos_harbour"}
    name: str
    address: str | None
    phone: str | None


class QueueWeights(RequestModel):
    """What counts how much in this location's queues, in points; what is left out counts as usual."""

    example: ClassVar[Example] = {"urgency": 60, "waiting_per_minute": 1, "age": 10, "punctuality": 20}
    urgency: Points | None = None
    waiting_per_minute: Annotated[Points, Field(ge=0.001)] | None = None
    age: Points | None = None
    punctuality: Points | None = None

    def stored(self) -> dict[str, float]:
        """Those that were said."""
        return self.model_dump(exclude_none=True)


Weights = Annotated[QueueWeights, AfterValidator(QueueWeights.stored)]


class DisplayMessage(RequestModel):
    """A sentence for the lobby's screens; its `language` is the screens' own where none is said."""

    example: ClassVar[Example] = {"text": "Free flu shots on Fridays.", "language": "en"}
    text: Annotated[Line, Field(max_length=200)]
    language: Language | None = None

    def stored(self) -> dict[str, str]:
        """What was said."""
        return self.model_dump(exclude_none=True)


Messages = Annotated[list[Annotated[DisplayMessage, AfterValidator(DisplayMessage.stored)]], Field(max_length=10)]


class _Place(_Address):
    example: ClassVar[Example] = {
        "latitude": 40.7033,
        "longitude": -74.0086,
        "opening": {"monday": [{"start": "08:00", "end": "18:00"}]},
        "queue_weights": {"urgency": 60, "waiting_per_minute": 1},
        "reminder_policy": ReminderPolicy.example,
        "language": "en-US",
        "display_messages": [DisplayMessage.example],
    }
    synonyms: ClassVar[dict[str, str]] = {"timezone": "zone", "time_zone": "zone", "opening_hours": "opening"}
    server_set = SERVER_SET
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    opening: Opening | None = None
    queue_weights: Weights | None = None
    reminder_policy: Stored | None = None
    language: Language | None = None
    telehealth_platform: Literal["own", "zoom", "teams"] | None = None
    display_messages: Messages | None = None


class CreateLocation(_Place):
    """Open a location; without `opening` it is always open."""

    example: ClassVar[Example] = {
        "hospital_id": "hos_harbour",
        "name": "Harbour Clinic New York",
        "zone": "America/New_York",
        "cutoff_minutes": 1440,
    }
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

    example: ClassVar[Example] = {"cutoff_minutes": 120, "hold_minutes": 15}
    hospital_id: Id | None = KEEP
    name: Name = KEEP
    zone: Zone = KEEP
    cutoff_minutes: Policy = KEEP
    hold_minutes: Annotated[Count, Field(ge=1, le=60)] = KEEP
    patient_daily_cap: Annotated[Count, Field(ge=1, le=100)] = KEEP
    patient_open_cap: Annotated[Count, Field(ge=1, le=100)] | None = KEEP


class LocationView(ItemView):
    """A place where patients are seen: `cutoff_minutes` before the start, moving and cancelling ends for patients.

    `language` is what its screens show and say (`en`, `de-CH`), English without it; `display_messages` are shown on
    them in turn. `telehealth_platform` is where visits by video take place: our `own` rooms without it.
    """

    example: ClassVar[Example] = {
        **_Address.example,
        **_Place.example,
        **CreateLocation.example,
        "id": "loc_new_york",
        "hold_minutes": 10,
        "patient_daily_cap": 8,
    }
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
    queue_weights: dict[str, float] | None
    reminder_policy: dict[str, Any] | None
    language: str | None
    telehealth_platform: str | None
    display_messages: list[dict[str, str]] | None
