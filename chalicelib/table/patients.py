"""Patients, and their likenesses: who shares a name and a birth date, phone or e-mail."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.kit import ids
from chalicelib.table import base, keys
from chalicelib.table.base import Item, Raw
from chalicelib.table.keys import Key
from chalicelib.table.transaction import Refusal, Transaction


class PatientItem(Item, discriminator="patient"):
    """A patient's record."""

    number = UnicodeAttribute()
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    date_of_birth = UnicodeAttribute(null=True)
    gender = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    phone_valid = BooleanAttribute(null=True)
    email = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    emergency_contact_name = UnicodeAttribute(null=True)
    emergency_contact_phone = UnicodeAttribute(null=True)
    medical_history: Any = JSONAttribute(null=True)
    insurance_provider = UnicodeAttribute(null=True)
    insurance_number = UnicodeAttribute(null=True)
    communication_preferences: Any = JSONAttribute(null=True)
    preferred_language = UnicodeAttribute(null=True)
    zone = UnicodeAttribute(null=True)
    missing = "patient"

    @property
    def id(self) -> str:
        """The patient's id."""
        return str(self.PK).split("#", 1)[1]

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def alike(self) -> list[Key]:
        """Where the patient is to be listed, as the record now reads."""
        return likeness_keys(self.name, date_of_birth=self.date_of_birth, phone=self.phone, email=self.email)

    @classmethod
    def find(cls, patient_id: str) -> "PatientItem | None":
        """The patient as the record is now, or None."""
        return cls.read(base.get(keys.patient(patient_id), consistent=True))


class LikenessItem(Item, discriminator="likeness"):
    """The patients who look alike in one respect; its key is a digest, so that keys name no one."""

    patient_ids: Any = JSONAttribute()

    @classmethod
    def lists(cls, patient_ids: list[str]) -> Condition:
        """Nobody has been added or removed since these were read; an emptied list is gone."""
        return cls.patient_ids == patient_ids if patient_ids else cls.PK.does_not_exist()


@dataclass(frozen=True, slots=True)
class Listing:
    """Who was listed under one likeness when it was read, and who is to be."""

    key: Key
    read: list[str]

    def write(self, patient_ids: list[str], *, into: Transaction, refusal: Refusal) -> None:
        """List exactly these, where the list is still as it was read."""
        as_read = LikenessItem.lists(self.read)
        if patient_ids:
            into.put(LikenessItem(*self.key, patient_ids=patient_ids), unless=as_read, refusal=refusal)
        else:
            into.delete(self.key, condition=as_read, refusal=refusal)


def listings(likenesses: Iterable[Key], found: Mapping[Key, Raw]) -> list[Listing]:
    """The likenesses with those who were listed there among what was read."""
    read = [(key, LikenessItem.read(found.get(key))) for key in likenesses]
    return [Listing(key, list(item.patient_ids) if item else []) for key, item in read]


def likeness_keys(name: str, *, date_of_birth: str | None, phone: str | None, email: str | None) -> list[Key]:
    """Where patients with the same name and birth date, phone or e-mail are listed; the phone comes first."""
    name = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    respects = (("phone", phone), ("email", email and email.casefold()), ("born", date_of_birth))
    return [keys.likeness(ids.digest(name, respect, value)) for respect, value in respects if value]
