"""Doctors, their schedules' versions, and the fence that every booking checks."""

from collections.abc import Iterator
from typing import Any, Self

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.table import keys
from chalicelib.table.base import Item, Raw
from chalicelib.table.catalogue import CatalogueItem


class DoctorItem(CatalogueItem, discriminator="doctor"):
    """A doctor with the schedule now in force, so that one Query of a specialty brings both."""

    specialty = UnicodeAttribute()
    hospital_id = UnicodeAttribute(null=True)
    location_ids: Any = JSONAttribute(default=list)
    usual_room_id = UnicodeAttribute(null=True)
    fee = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    languages: Any = JSONAttribute(default=list)
    requires_confirmation = BooleanAttribute(default=False)
    schedule: Any = JSONAttribute(null=True)
    schedule_version = NumberAttribute(default=0)
    shelf = "DOCTORS"
    prefix = "doc"
    key_of = staticmethod(keys.doctor)
    missing = "doctor"

    def shelve(self) -> None:
        """Doctors stand by specialty, then name."""
        self.catalogue_key = self.shelf
        self.catalogue_sort = f"{specialty_key(self.specialty)}#{self.name.casefold()}#{self.id}"

    @classmethod
    def of_specialty(cls, specialty: str, *, after: str | None = None) -> Iterator[Self]:
        """The doctors of a specialty with their schedules, behind a cursor; one Query for each hundred."""
        return cls.walk(prefix=f"{specialty_key(specialty)}#", after=after)


class ScheduleItem(Item, discriminator="schedule"):
    """One version of a doctor's schedule, never changed after it was written."""

    schedule: Any = JSONAttribute()
    missing = "schedule version"


class FenceItem(Item, discriminator="fence"):
    """The version of the schedule in force; small, because every booking checks it."""

    @classmethod
    def is_at(cls, version: int) -> Condition:
        """No schedule edit has come since `version` was read."""
        return cls.version == version


def fence_version(doctor_id: str, found: dict[keys.Key, Raw]) -> int:
    """The fence's version among what was read; 0 when the doctor has none."""
    raw = found.get(keys.fence(doctor_id))
    return int(raw["version"]["N"]) if raw else 0


def specialty_key(specialty: str) -> str:
    """A specialty as keys carry it: case and outer blanks do not matter."""
    return " ".join(specialty.casefold().split())
