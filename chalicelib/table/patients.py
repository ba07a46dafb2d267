"""Patients, their likenesses (who shares a name and a birth date, phone or e-mail) and their live holds."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from chalicelib.kit import ids
from chalicelib.table import keys
from chalicelib.table.base import Item


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
    likenesses: Any = JSONAttribute(default=list)
    missing = "patient"

    @property
    def id(self) -> str:
        """The patient's id."""
        return str(self.PK).split("#", 1)[1]

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class LikenessItem(Item, discriminator="likeness"):
    """The patients who look alike in one respect; its key is a digest, so that keys name no one."""

    patient_ids: Any = JSONAttribute()


class HoldsItem(Item, discriminator="holds"):
    """A patient's live holds: appointment id → expiry in epoch seconds. Changed only at the version read."""

    holds: Any = JSONAttribute(default=dict)

    def live(self, now_epoch: float) -> dict[str, int]:
        """The holds that have not expired."""
        return {hold_id: expires for hold_id, expires in self.holds.items() if expires > now_epoch}


def likeness_keys(
    first_name: str, last_name: str, *, date_of_birth: str | None, phone: str | None, email: str | None
) -> list[keys.Key]:
    """Where patients with the same name and birth date, phone or e-mail are listed; the phone comes first."""
    name = " ".join(f"{first_name} {last_name}".casefold().split())
    respects = (("phone", phone), ("email", email and email.casefold()), ("born", date_of_birth))
    return [keys.likeness(ids.digest(name, respect, value)) for respect, value in respects if value]
