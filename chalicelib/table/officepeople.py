"""Who of the clinic is who at AdvancedMD: patients and doctors, each of ours linked to one of theirs and back.

A patient's link also says why there is none yet, and among whom people may choose. Nobody there is two of ours.
"""

from collections.abc import Iterator
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.table import base, keys
from chalicelib.table.base import Item
from chalicelib.table.transaction import Transaction


class PatientLinkItem(Item, discriminator="officepatientlink"):
    """`number` is the patient's there; without it `error` says why, and `alike` are those who may be meant.

    `people` says of these by their numbers name and birth date there, and `not_these` are the numbers of those whom
    people have said it is not.
    """

    office_key = UnicodeAttribute()
    number = NumberAttribute(null=True)
    status = UnicodeAttribute()
    error = UnicodeAttribute(null=True)
    alike: Any = JSONAttribute(null=True)
    people: Any = JSONAttribute(null=True)
    not_these: Any = JSONAttribute(null=True)
    synced_at = UnicodeAttribute(null=True)
    missing = "link to AdvancedMD"

    @property
    def patient_id(self) -> str:
        """Our patient's id."""
        return str(self.PK).split("#", 1)[1]

    @classmethod
    def is_not_yet(cls, number: int | None) -> Condition:
        """The patient is linked to nobody, or to this one."""
        free: Condition = cls.number.does_not_exist()
        return free if number is None else free | (cls.number == number)


class PatientThereItem(Item, discriminator="officepatient"):
    """Whose a patient of AdvancedMD is."""

    patient_id = UnicodeAttribute()

    @classmethod
    def is_of(cls, patient_id: str) -> Condition:
        """It is nobody's, or this one's."""
        same: Condition = cls.PK.does_not_exist() | (cls.patient_id == patient_id)
        return same


class DoctorThereItem(Item, discriminator="officedoctor"):
    """Whose a profile is, and its `number`; nobody's once people have ended a link that was wrong."""

    doctor_id = UnicodeAttribute(null=True)
    number = NumberAttribute(null=True)

    @property
    def profile_id(self) -> int:
        """The number of the profile."""
        return int(str(self.SK).split("#", 1)[1])

    @classmethod
    def is_of(cls, doctor_id: str, *, by_name: bool) -> Condition:
        """It is this one's, or nobody's; `by_name` it is so only when it was never anybody's."""
        never, unlinked, own = cls.PK.does_not_exist(), cls.doctor_id.does_not_exist(), cls.doctor_id == doctor_id
        free: Condition = (never if by_name else unlinked) | own
        return free


class LinkTaken(Exception):
    """The one there is somebody else of ours, or ours is somebody else there."""


def of_patient(patient_id: str) -> PatientLinkItem | None:
    """A patient's link as it is now."""
    return PatientLinkItem.read(base.get(keys.patient_there(patient_id), consistent=True))


def whose(office_key: str, number: int) -> str | None:
    """Which of our patients a patient there is."""
    found = PatientThereItem.read(base.get(keys.office(office_key, "PATIENT", str(number)), consistent=True))
    return found.patient_id if found else None


def linked(office_key: str, numbers: set[int]) -> set[int]:
    """Which of these patients there are somebody of ours."""
    wanted = {keys.office(office_key, "PATIENT", str(one)): one for one in numbers}
    return {wanted[key] for key in base.get_many(wanted, consistent=True)}


def link_patient(patient_id: str, *, office_key: str, number: int, now: str, by: str) -> PatientLinkItem:
    """Link a patient to one there; again changes nothing. LinkTaken when either is linked to another."""
    item = PatientLinkItem(
        *keys.patient_there(patient_id), office_key=office_key, number=number, status="synced", synced_at=now
    )
    there = PatientThereItem(*keys.office(office_key, "PATIENT", str(number)), patient_id=patient_id)
    item.updated_at = there.updated_at = now
    item.updated_by = there.updated_by = by
    transaction = Transaction(landed=lambda: whose(office_key, number) == patient_id)
    transaction.put(item, unless=PatientLinkItem.is_not_yet(number), refusal=LinkTaken)
    transaction.put(there, unless=PatientThereItem.is_of(patient_id), refusal=LinkTaken)
    transaction.commit()
    return item


def unlink_patient(link: PatientLinkItem, *, now: str, by: str) -> None:
    """End a link that was wrong; LinkTaken when it has changed since it was read."""
    number = int(link.number)
    others = sorted({*(link.not_these or []), number})
    fields = {"number": None, "synced_at": None, "status": "pending", "not_these": others}
    fields |= {"updated_at": now, "updated_by": by}
    transaction = Transaction(landed=lambda: whose(link.office_key, number) != link.patient_id)
    same = PatientLinkItem.number == number
    transaction.update(link.key, base.setting(PatientLinkItem, fields), condition=same, refusal=LinkTaken)
    there = keys.office(link.office_key, "PATIENT", str(number))
    transaction.delete(there, condition=PatientThereItem.patient_id == link.patient_id, refusal=LinkTaken)
    transaction.commit()


def not_linked(patient_id: str, *, office_key: str, why: str, alike: list[int], now: str, people: Any = None) -> None:
    """Write down why a patient is linked to nobody yet, unless somebody has linked them meanwhile."""
    known = of_patient(patient_id)
    item = PatientLinkItem(
        *keys.patient_there(patient_id),
        office_key=office_key,
        status="error",
        error=why,
        alike=alike or None,
        people=people or None,
        not_these=known.not_these if known else None,
        updated_at=now,
    )
    base.put_if(item, PatientLinkItem.is_not_yet(None))


def doctors(office_key: str) -> Iterator[DoctorThereItem]:
    """All profiles that are a doctor's of ours."""
    between = ("DOCTOR#", "DOCTOR#~")
    for raw, _ in base.query(keys.office(office_key).pk, between=between, consistent=True):
        found = DoctorThereItem.from_raw_data(raw)
        if found.doctor_id is not None:
            yield found


def link_doctor(doctor_id: str, *, office_key: str, profile_id: int, now: str, by: str, by_name: bool = False) -> bool:
    """Let a profile be this doctor's; False when it is another's, or only looks like theirs and was unlinked."""
    key = keys.office(office_key, "DOCTOR", str(profile_id))
    item = DoctorThereItem(*key, doctor_id=doctor_id, number=profile_id)
    item.updated_at, item.updated_by = now, by
    return base.put_if(item, DoctorThereItem.is_of(doctor_id, by_name=by_name))


def unlink_doctor(doctor_id: str, *, office_key: str, profile_id: int, now: str, by: str) -> bool:
    """Let a profile be nobody's until people say whose it is; False when it was not this doctor's."""
    item = DoctorThereItem(*keys.office(office_key, "DOCTOR", str(profile_id)))
    item.updated_at, item.updated_by = now, by
    return base.put_if(item, DoctorThereItem.doctor_id == doctor_id)
