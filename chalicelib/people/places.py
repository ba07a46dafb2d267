"""Hospitals, locations, rooms and services: who may write them, and what they may refer to."""

from collections.abc import Mapping
from typing import Any

from chalicelib.kit.auth import EVERYWHERE
from chalicelib.kit.errors import Invalid
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access, catalogue, directory
from chalicelib.table import indexes
from chalicelib.table.catalogue import HospitalItem, LocationItem, RoomItem, ServiceItem
from chalicelib.table.creation import Created

Fields = Mapping[str, Any]


def create_hospital(fields: Fields, *, stamp: Stamp) -> Created[HospitalItem]:
    """A new hospital."""
    return catalogue.create(HospitalItem, fields, stamp=stamp)


def change_hospital(hospital_id: str, fields: Fields, *, stamp: Stamp) -> HospitalItem:
    """The hospital with these fields changed."""
    return catalogue.change(HospitalItem, hospital_id, fields, stamp=stamp)


def hospital(hospital_id: str) -> HospitalItem:
    """One hospital."""
    return catalogue.find(HospitalItem, hospital_id)


def hospitals(*, limit: int, cursor: str | None) -> tuple[list[HospitalItem], str | None]:
    """A page of hospitals, and the cursor when there are more."""
    return HospitalItem.page(where=lambda _: True, limit=limit, after=cursor)


def create_location(fields: Fields, *, stamp: Stamp) -> Created[LocationItem]:
    """A new location of a hospital that the caller manages; a hospital's own desk need not name it."""

    def check(item: LocationItem, _: frozenset[str]) -> None:
        item.hospital_id = managed_hospital(item.hospital_id, stamp)

    return catalogue.create(LocationItem, fields, stamp=stamp, check=check)


def change_location(location_id: str, fields: Fields, *, stamp: Stamp) -> LocationItem:
    """The location with these fields changed, by who manages it."""

    def check(item: LocationItem, changed: frozenset[str]) -> None:
        if "hospital_id" in changed:
            item.hospital_id = managed_hospital(item.hospital_id, stamp)

    access.check_location(stamp.by, location(location_id).id, field="id")
    return catalogue.change(LocationItem, location_id, fields, stamp=stamp, check=check)


def location(location_id: str) -> LocationItem:
    """One location."""
    return catalogue.find(LocationItem, location_id)


def locations(*, hospital_id: str | None, limit: int, cursor: str | None) -> tuple[list[LocationItem], str | None]:
    """A page of locations, of one hospital when it is named, and the cursor when there are more."""
    return LocationItem.page(where=lambda item: hospital_id in (None, item.hospital_id), limit=limit, after=cursor)


def create_room(location_id: str, fields: Fields, *, stamp: Stamp) -> Created[RoomItem]:
    """A new room of a location that the caller manages."""
    access.check_location(stamp.by, location(location_id).id, field="id")
    _check_services(fields.get("services", []))
    return catalogue.create(RoomItem, {**fields, "location_id": location_id}, stamp=stamp)


def change_room(room_id: str, fields: Fields, *, stamp: Stamp) -> RoomItem:
    """The room with these fields changed, by who manages its location."""
    access.check_room(stamp.by, room(room_id).location_id)
    _check_services(fields.get("services", []))
    return catalogue.change(RoomItem, room_id, fields, stamp=stamp)


def room(room_id: str) -> RoomItem:
    """One room, in use or not."""
    return catalogue.find(RoomItem, room_id)


def rooms(
    location_id: str, *, include_inactive: bool, limit: int, cursor: str | None
) -> tuple[list[RoomItem], str | None]:
    """A page of a location's rooms, and the cursor when there are more."""
    shelf = indexes.rooms_shelf(location(location_id).id)
    return RoomItem.page(shelf, where=lambda item: include_inactive or item.active, limit=limit, after=cursor)


def create_service(fields: Fields, *, stamp: Stamp) -> Created[ServiceItem]:
    """A new service of the network."""
    return catalogue.create(ServiceItem, fields, stamp=stamp)


def change_service(service_id: str, fields: Fields, *, stamp: Stamp) -> ServiceItem:
    """The service with these fields changed."""
    return catalogue.change(ServiceItem, service_id, fields, stamp=stamp)


def service(service_id: str) -> ServiceItem:
    """One service, offered or not."""
    return catalogue.find(ServiceItem, service_id)


def services(*, include_inactive: bool, limit: int, cursor: str | None) -> tuple[list[ServiceItem], str | None]:
    """A page of services, and the cursor when there are more."""
    return ServiceItem.page(where=lambda item: include_inactive or item.active, limit=limit, after=cursor)


def managed_hospital(hospital_id: str | None, stamp: Stamp) -> str | None:
    """The hospital that a new or moved thing belongs to: one that exists and that the caller manages.

    Only an administrator may name none; a desk of one hospital means its own.
    """
    by = stamp.by
    if hospital_id is None and by.role != "admin":
        hospital_id = by.hospital_id if by.hospital_id != EVERYWHERE else None
        if hospital_id is None:
            raise Invalid.field("hospital_id", "is required")
    if hospital_id is not None:
        access.check_hospital(by, directory.require(directory.hospital, hospital_id, "hospital_id").id)
    return hospital_id


def _check_services(service_ids: list[str]) -> None:
    for service_id in service_ids:
        directory.require(directory.service, service_id, "services")
