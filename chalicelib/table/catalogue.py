"""Hospitals, locations, rooms and services: what is rarely written and often read."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, ClassVar, Self

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kit import cursor
from chalicelib.kit.errors import Invalid
from chalicelib.table import base, indexes, keys
from chalicelib.table.base import Item, Raw


class CatalogueItem(Item, discriminator="catalogue"):
    """An item that the catalogue index lists under `catalogue_key`, ordered by name."""

    name = UnicodeAttribute()
    active = BooleanAttribute(default=True)
    catalogue_key = UnicodeAttribute(null=True)
    catalogue_sort = UnicodeAttribute(null=True)
    shelf: ClassVar[str]
    prefix: ClassVar[str]
    key_of: "ClassVar[staticmethod[[str], keys.Key]]"

    @property
    def id(self) -> str:
        """The thing's id."""
        return str(self.PK).split("#", 1)[1]

    @classmethod
    def find(cls, thing_id: str) -> Self | None:
        """The thing as it is now, or None."""
        return cls.read(base.get(cls.key_of(thing_id), consistent=True))

    def shelve(self) -> None:
        """Set the index keys from the item's own fields; call before it is written."""
        self.catalogue_key = self.shelf
        self.catalogue_sort = f"{self.name.casefold()}#{self.id}"

    @classmethod
    def all_of(
        cls, shelf: str | None = None, *, prefix: str = "", after: Raw | None = None, limit: int | None = None
    ) -> Iterator[Self]:
        """Everything on the shelf, in order of name; `prefix` narrows the order's beginning."""
        bounds = (prefix, prefix + "\U0010ffff") if prefix else None
        names = ("catalogue_key", "catalogue_sort")
        for raw, _ in base.query(
            shelf or cls.shelf, index="catalogue", names=names, between=bounds, after=after, limit=limit
        ):
            yield cls.from_raw_data(raw)

    @classmethod
    def page(
        cls, shelf: str | None = None, *, where: Callable[[Self], bool], limit: int, after: str | None = None
    ) -> tuple[list[Self], str | None]:
        """The next `limit` things on the shelf that are wanted, and the cursor when there are more."""
        wanted = (item for item in cls.walk(shelf, after=after) if where(item))
        return cls.cut(list(islice(wanted, limit + 1)), limit)

    @classmethod
    def walk(cls, shelf: str | None = None, *, prefix: str = "", after: str | None = None) -> Iterator[Self]:
        """Everything on the shelf behind a cursor; read by the hundred, as far as it is asked for."""
        start = _start(shelf or cls.shelf, prefix, after) if after else None
        return cls.all_of(shelf, prefix=prefix, after=start, limit=base.BATCH_GET_KEYS)

    @classmethod
    def cut(cls, found: list[Self], limit: int) -> tuple[list[Self], str | None]:
        """The first `limit` of what was found, and the cursor when there are more."""
        if len(found) <= limit:
            return found, None
        last = found[limit - 1]
        return found[:limit], cursor.encode(last.PK, last.SK, str(last.catalogue_sort))


class HospitalItem(CatalogueItem, discriminator="hospital"):
    """A hospital: who manages locations and doctors."""

    address = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    shelf = "HOSPITALS"
    prefix = "hos"
    key_of = staticmethod(keys.hospital)
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
    patient_open_cap = NumberAttribute(null=True)
    queue_weights: Any = JSONAttribute(null=True)
    reminder_policy: Any = JSONAttribute(null=True)
    language = UnicodeAttribute(null=True)
    telehealth_platform = UnicodeAttribute(null=True)
    display_messages: Any = JSONAttribute(null=True)
    shelf = "LOCATIONS"
    prefix = "loc"
    key_of = staticmethod(keys.location)
    missing = "location"


class RoomItem(CatalogueItem, discriminator="room"):
    """A bookable room."""

    location_id = UnicodeAttribute()
    capacity = NumberAttribute(default=1)
    equipment: Any = JSONAttribute(default=list)
    services: Any = JSONAttribute(default=list)
    turnover_minutes = NumberAttribute(default=0)
    prefix = "room"
    key_of = staticmethod(keys.room)
    missing = "room"

    def shelve(self) -> None:
        """Rooms stand on the shelf of their location."""
        self.catalogue_key = indexes.rooms_shelf(self.location_id)
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
    prefix = "svc"
    key_of = staticmethod(keys.service)
    missing = "service"


def _start(shelf: str, prefix: str, after: str) -> Raw:
    """The cursor as the index takes it."""
    pk, sk, sort = cursor.decode(after, parts=3)
    if not sort.startswith(prefix):
        raise Invalid.field("cursor", "is not a cursor of this list")
    return {"PK": {"S": pk}, "SK": {"S": sk}, "catalogue_key": {"S": shelf}, "catalogue_sort": {"S": sort}}
