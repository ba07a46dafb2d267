"""Break-glass: a doctor's access to a record that is not of their patients, with its reason and its end."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.table import base, keys
from chalicelib.table.base import Item


class GlassItem(Item, discriminator="glass"):
    """One doctor's way into one record until `open_until` (epoch seconds)."""

    open_until = NumberAttribute()
    reason = UnicodeAttribute()

    @property
    def patient_id(self) -> str:
        """Whose record it opens."""
        return str(self.PK).split("#", 1)[1]

    def is_open(self, now: datetime) -> bool:
        """Whether the way in still stands."""
        return int(self.open_until) > now.timestamp()


def find(patient_id: str, doctor_id: str) -> GlassItem | None:
    """The doctor's latest way into the record, open or over, or None."""
    return GlassItem.read(base.get(keys.glass(patient_id, doctor_id), consistent=True))
