"""Break-glass: a doctor's access to a record that is not of their patients, with its reason and its end."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.table import base, keys
from chalicelib.table.base import Item


class GlassItem(Item, discriminator="glass"):
    """One opening of one record to one doctor, until `open_until` (epoch seconds); never changed."""

    patient_key = UnicodeAttribute()
    open_until = NumberAttribute()
    reason = UnicodeAttribute()

    def is_open(self, now: datetime) -> bool:
        """Whether the way in still stands."""
        return int(self.open_until) > now.timestamp()


def latest(patient_id: str, doctor_id: str) -> GlassItem | None:
    """The doctor's latest opening of the record, in force or over, or None."""
    pk, prefix = keys.glass(patient_id, doctor_id, "")
    found = base.query(pk, between=(prefix, prefix + "~"), newest_first=True, limit=1, consistent=True)
    return next((GlassItem.from_raw_data(raw) for raw, _ in found), None)
