"""Who and what there is: doctors, locations, rooms and services, remembered for a minute."""

from chalicelib.kit.cache import Memory
from chalicelib.kit.errors import NotFound
from chalicelib.table import base, keys
from chalicelib.table.catalogue import CatalogueItem, HospitalItem, LocationItem, RoomItem, ServiceItem
from chalicelib.table.doctors import DoctorItem


def _doctor(doctor_id: str) -> DoctorItem:
    found = DoctorItem.read(base.get(keys.doctor(doctor_id), consistent=True))
    if found is None:
        raise NotFound("doctor", "doctor_id")
    return found


def _location(location_id: str) -> LocationItem:
    found = LocationItem.read(base.get(keys.location(location_id), consistent=True))
    if found is None:
        raise NotFound("location", "location_id")
    return found


def _service(service_id: str) -> ServiceItem:
    found = ServiceItem.read(base.get(keys.service(service_id), consistent=True))
    if found is None:
        raise NotFound("service", "service_id")
    return found


def _hospital(hospital_id: str) -> HospitalItem:
    found = HospitalItem.read(base.get(keys.hospital(hospital_id), consistent=True))
    if found is None:
        raise NotFound("hospital", "hospital_id")
    return found


def _rooms_at(location_id: str) -> list[RoomItem]:
    return [room for room in RoomItem.all_of(keys.rooms_shelf(location_id)) if room.active]


doctor: Memory[DoctorItem] = Memory(_doctor)
location: Memory[LocationItem] = Memory(_location)
service: Memory[ServiceItem] = Memory(_service)
hospital: Memory[HospitalItem] = Memory(_hospital)
rooms_at: Memory[list[RoomItem]] = Memory(_rooms_at)


def forget(item: CatalogueItem) -> None:
    """Look the item up again next time, because this process has just written it."""
    for memory in (doctor, location, service, hospital):
        memory.forget(item.id)
    if isinstance(item, RoomItem):
        rooms_at.forget(item.location_id)
