"""Rooms and services as requests and replies."""

from typing import Annotated, ClassVar

from pydantic import Field

from chalicelib.kit.models import Example, RequestModel
from chalicelib.kit.types import Amount, Count, Flag, Id, Name, Text
from chalicelib.people.place_schemas import (
    KEEP,
    SERVER_SET,
    Colour,
    Duration,
    Ids,
    ItemView,
    Mode,
    Modes,
    Money,
    Turnover,
    Words,
)


def _in_person() -> list[Mode]:
    return ["in-person"]


class CreateRoom(RequestModel):
    """Add a room; without `services` it serves all."""

    example: ClassVar[Example] = {"name": "Room 7", "capacity": 1, "equipment": ["ecg"], "turnover_minutes": 10}
    server_set = SERVER_SET | {"location_id"}
    id: Id | None = None
    name: Name
    capacity: Annotated[Count, Field(ge=1, le=1000)] = 1
    equipment: Words = Field(default_factory=list)
    services: Ids = Field(default_factory=list)
    turnover_minutes: Turnover = 0


class ChangeRoom(RequestModel):
    """Change what is sent of a room; `active` brings back one that was taken out of use."""

    example: ClassVar[Example] = {"equipment": ["ecg", "ultrasound"], "turnover_minutes": 5}
    server_set = SERVER_SET | {"location_id"}
    name: Name = KEEP
    capacity: Annotated[Count, Field(ge=1, le=1000)] = KEEP
    equipment: Words = KEEP
    services: Ids = KEEP
    turnover_minutes: Turnover = KEEP
    active: Flag = KEEP


class RoomView(ItemView):
    """A bookable room; `capacity` is in seats, an empty `services` means all."""

    example: ClassVar[Example] = {**CreateRoom.example, "id": "room_7", "location_id": "loc_new_york", "active": True}
    name: str
    location_id: str
    capacity: int
    equipment: list[str]
    services: list[str]
    turnover_minutes: int
    active: bool


class _Offer(RequestModel):
    example: ClassVar[Example] = {"specialty": "Cardiology", "price": 120, "colour": "#2E7D32"}
    server_set = SERVER_SET
    synonyms: ClassVar[dict[str, str]] = {"duration": "duration_minutes", "color": "colour"}
    specialty: Name | None = None
    description: Text | None = None
    price: Amount | None = None
    colour: Colour | None = None


class CreateService(_Offer):
    """Add a service to the catalogue."""

    example: ClassVar[Example] = {
        "name": "Resting ECG",
        "duration_minutes": 30,
        "modes": ["in-person"],
        "equipment": ["ecg"],
    }
    id: Id | None = None
    name: Name
    duration_minutes: Duration
    modes: Modes = Field(default_factory=_in_person)
    equipment: Words = Field(default_factory=list)


class ChangeService(_Offer):
    """Change what is sent of a service; `active` brings back one that was taken out of the catalogue."""

    example: ClassVar[Example] = {"duration_minutes": 45}
    name: Name = KEEP
    duration_minutes: Duration = KEEP
    modes: Modes = KEEP
    equipment: Words = KEEP
    active: Flag = KEEP


class ServiceView(ItemView):
    """A kind of visit, with the equipment that its room needs."""

    example: ClassVar[Example] = {**_Offer.example, **CreateService.example, "id": "svc_ecg", "active": True}
    name: str
    specialty: str | None
    description: str | None
    duration_minutes: int
    price: Money | None
    modes: list[str]
    equipment: list[str]
    colour: str | None
    active: bool
