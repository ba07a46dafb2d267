"""Sightings: that somebody was shown a patient's data, for the stream to carry into the audit trail."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.table.base import Item


class SightingItem(Item, discriminator="sighting"):
    """Who was shown the data of which patient through which route; once for each hour. It expires by itself."""

    patient_key = UnicodeAttribute()
    operation = UnicodeAttribute()
    expires_at = NumberAttribute()
