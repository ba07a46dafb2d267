"""Hospitals, locations, rooms and services: what is rarely written and often read."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.table import base, keys
from chalicelib.table.base import Item


class CatalogueItem(Item, discriminator="catalogue"):
    """An item that the catalogue index lists under `catalogue_key`, ordered by name."""

    name = UnicodeAttribute()
    active = BooleanAttribute(default=True)
    catalogue_key = UnicodeAttribute(null=True)
    catalogue_sort = UnicodeAttribute(null=True)
    shelf: ClassVar[str]

    @property
    def id(self) -> str:
        """The thing's id."""
        return str(self.PK).split("#", 1)[1]

    def shelve(self) -> None:
        """Set the index keys from the item's own fields; call before it is written."""
        self.catalogue_key = self.shelf
        self.catalogue_sort = f"{self.name.casefold()}#{self.id}"

    @classmethod
    def all_of(cls, shelf: str | None = None, *, prefix: str = "") -> Iterator[Self]:
        """Everything on the shelf, in order of name; `prefix` narrows the order's beginning."""
        bounds = (prefix, prefix + "\U0010ffff") if prefix else None
        names = ("catalogue_key", "catalogue_sort")
        for raw, _ in base.query(shelf or cls.shelf, index="catalogue", names=names, between=bounds):
            yield cls.from_raw_data(raw)


class HospitalItem(CatalogueItem, discriminator="hospital"):
    """A hospital: who manages locations and doctors."""

    address = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    shelf = "HOSPITALS"
    missing = "hospital"


class LocationItem(CatalogueItem, discriminator="location"):
    """A place where patients are seen, with its zone, opening hours and policies."""

    hospital_id = UnicodeAttribute(null=True)
    zone = UnicodeAttribute()
    address = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    latitude = NumberAttribute(null=True)
    longitude = NumberAttribute(null=True)
    opening: Any = JSONAttribute(null=True)
    cutoff_minutes = NumberAttribute(default=0)
    hold_minutes = NumberAttribute(default=10)
    patient_daily_cap = NumberAttribute(default=8)
    shelf = "LOCATIONS"
    missing = "location"


class RoomItem(CatalogueItem, discriminator="room"):
    """A bookable room."""

    location_id = UnicodeAttribute()
    capacity = NumberAttribute(default=1)
    equipment: Any = JSONAttribute(default=list)
    services: Any = JSONAttribute(default=list)
    turnover_minutes = NumberAttribute(default=0)
    missing = "room"

    def shelve(self) -> None:
        """Rooms stand on the shelf of their location."""
        self.catalogue_key = keys.rooms_shelf(self.location_id)
        self.catalogue_sort = f"{self.name.casefold()}#{self.id}"


class ServiceItem(CatalogueItem, discriminator="service"):
    """A kind of visit: how long, how much, in which modes, with which equipment."""

    specialty = UnicodeAttribute(null=True)
    description = UnicodeAttribute(null=True)
    duration_minutes = NumberAttribute()
    price = UnicodeAttribute(null=True)
    modes: Any = JSONAttribute(default=list)
    equipment: Any = JSONAttribute(default=list)
    colour = UnicodeAttribute(null=True)
    shelf = "SERVICES"
    missing = "service"
