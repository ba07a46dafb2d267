"""What a clinic has settled about its office at AdvancedMD; without this item nothing is kept in step."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.table import base, keys
from chalicelib.table.base import Item


class OfficeSettingsItem(Item, discriminator="officesettings"):
    """`facilities` are the locations that take part, each with its number there, or None for any.

    `kinds` is what is kept in step by itself, None for all; `summary_email` is who is written to once a week.
    """

    zone = UnicodeAttribute()
    type_id = NumberAttribute()
    auto_sync = BooleanAttribute()
    frequency = UnicodeAttribute()
    facilities: Any = JSONAttribute()
    paused = BooleanAttribute(null=True)
    kinds: Any = JSONAttribute(null=True)
    summary_email = UnicodeAttribute(null=True)
    missing = "office at AdvancedMD"

    @property
    def office_key(self) -> str:
        """The office's key."""
        return str(self.PK).split("#", 1)[1]


class ClinicsOfficeItem(Item, discriminator="clinicsoffice"):
    """Which office the clinic's appointments and patients are linked with: their numbers mean nothing at another."""

    office_key = UnicodeAttribute()


def claim(office_key: str) -> str:
    """Let this be the clinic's office, unless it has one; the key of the one it has then."""
    key = keys.clinics_office()
    if base.put_new(ClinicsOfficeItem(*key, office_key=office_key)):
        return office_key
    return str(ClinicsOfficeItem.from_raw_data(base.get(key, consistent=True) or {}).office_key)


def find(office_key: str) -> OfficeSettingsItem | None:
    """The settings as they are now."""
    return OfficeSettingsItem.read(base.get(keys.office(office_key, "SETTINGS"), consistent=True))


def begin(office_key: str, **fields: Any) -> bool:
    """Store an office's first settings; False when it has some."""
    return base.put_new(OfficeSettingsItem(*keys.office(office_key, "SETTINGS"), **fields))
