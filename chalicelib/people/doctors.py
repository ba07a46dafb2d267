"""Doctors' records: who may write them, and what they may refer to."""

from collections.abc import Mapping
from typing import Any

from chalicelib.kit.errors import Invalid
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access, catalogue, directory, places
from chalicelib.table import keys
from chalicelib.table.creation import Created
from chalicelib.table.doctors import DoctorItem, FenceItem
from chalicelib.table.transaction import Transaction, never

Fields = Mapping[str, Any]


def create(fields: Fields, *, stamp: Stamp) -> Created[DoctorItem]:
    """A new doctor and the fence of the schedule to come, or neither."""

    def check(item: DoctorItem, given: frozenset[str]) -> None:
        item.hospital_id = places.managed_hospital(item.hospital_id, stamp)
        _check_places(item, given - {"hospital_id"}, stamp)

    return catalogue.create(DoctorItem, fields, stamp=stamp, check=check, also=_raise_fence)


def change(doctor_id: str, fields: Fields, *, stamp: Stamp) -> DoctorItem:
    """The doctor with these fields changed: by the hospital, or contact data and languages by the doctor."""

    def check(item: DoctorItem, changed: frozenset[str]) -> None:
        access.check_doctor_fields(stamp.by, changed)
        _check_places(item, changed, stamp)

    access.check_doctor(stamp.by, find(doctor_id).id)
    return catalogue.change(DoctorItem, doctor_id, fields, stamp=stamp, check=check)


def find(doctor_id: str) -> DoctorItem:
    """One doctor, active or not."""
    return catalogue.find(DoctorItem, doctor_id)


def _raise_fence(item: DoctorItem, transaction: Transaction) -> None:
    transaction.put(FenceItem(*keys.fence(item.id), version=0), refusal=never)


def _check_places(item: DoctorItem, changed: frozenset[str], stamp: Stamp) -> None:
    """What the doctor refers to exists and is the caller's to use; the usual room is where the doctor works."""
    if "hospital_id" in changed:
        item.hospital_id = places.managed_hospital(item.hospital_id, stamp)
    if "location_ids" in changed:
        for location_id in item.location_ids:
            directory.require(directory.location, location_id, "location_ids")
            access.check_location(stamp.by, location_id, field="location_ids")
        _check_hours(item)
    if item.usual_room_id and changed & {"location_ids", "usual_room_id"}:
        room = directory.require(directory.room, item.usual_room_id, "usual_room_id")
        if room.location_id not in item.location_ids:
            raise Invalid.field("usual_room_id", "is not at one of the doctor's locations")


def _check_hours(item: DoctorItem) -> None:
    """A location stays as long as the schedule has hours there: leaving it is a change of the schedule."""
    hours = (item.schedule or {}).get("hours", [])
    left = sorted({one["location_id"] for one in hours} - set(item.location_ids))
    if left:
        raise Invalid.field("location_ids", f"the schedule still has hours at {left[0]}; change the schedule first")
