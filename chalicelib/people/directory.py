"""Who and what there is: doctors, locations, rooms and services, remembered for a minute."""

from typing import TypeVar

from chalicelib.kit.cache import Memory
from chalicelib.kit.errors import NotFound
from chalicelib.table import base, indexes, keys
from chalicelib.table.catalogue import CatalogueItem, HospitalItem, LocationItem, RoomItem, ServiceItem
from chalicelib.table.doctors import DoctorItem

V = TypeVar("V")
C = TypeVar("C", bound=CatalogueItem)


def _by_id(kind: type[C]) -> Memory[C]:
    """Things of a kind by their id; `NotFound` for an id that nothing has."""

    def find(thing_id: str) -> C:
        found = kind.find(thing_id)
        if found is None:
            raise NotFound(kind.missing, f"{kind.missing}_id")
        return found

    return Memory(find)


def _rooms_at(location_id: str) -> list[RoomItem]:
    return [room for room in RoomItem.all_of(indexes.rooms_shelf(location_id)) if room.active]


def require(look_up: Memory[V], thing_id: str, field: str) -> V:
    """The thing that a field of a request names, or a 404 that names the field."""
    try:
        return look_up(thing_id)
    except NotFound as absent:
        raise NotFound(absent.kind, field) from None


def _doctor_ids_at(location_id: str) -> list[str]:
    return [one.id for one in DoctorItem.all_of() if location_id in one.location_ids]


doctor = _by_id(DoctorItem)
location = _by_id(LocationItem)
service = _by_id(ServiceItem)
hospital = _by_id(HospitalItem)
room = _by_id(RoomItem)
doctor_ids_at: Memory[list[str]] = Memory(_doctor_ids_at)
rooms_at: Memory[list[RoomItem]] = Memory(_rooms_at)


def doctors_at(location_id: str) -> list[DoctorItem]:
    """The doctors who work at a location, as stored now; who they are is remembered, what they are is not."""
    found = base.get_many([keys.doctor(one) for one in doctor_ids_at(location_id)])
    return [DoctorItem.from_raw_data(raw) for raw in found.values()]


def refresh_doctor(doctor_id: str) -> DoctorItem:
    """The doctor as stored now, with the locations looked up again too: the schedule has moved on, and so may they."""
    found = doctor.refresh(doctor_id)
    for location_id in found.location_ids:
        location.forget(location_id)
    return found


def forget(item: CatalogueItem) -> None:
    """Look the item up again next time, because this process has just written it."""
    for memory in (doctor, location, service, hospital, room):
        memory.forget(item.id)
    if isinstance(item, RoomItem):
        rooms_at.forget(item.location_id)
    if isinstance(item, DoctorItem):
        for location_id in item.location_ids:
            doctor_ids_at.forget(location_id)
