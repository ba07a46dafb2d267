"""API keys as they are stored: who holds one and what it opens, never what it says."""

from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.table import keys
from chalicelib.table.catalogue import CatalogueItem


class ApiKeyItem(CatalogueItem, discriminator="apikey"):
    """A key of another system: its role and bounds, its end, and the SHA-256 of its secret; inactive when revoked."""

    role: Any = UnicodeAttribute()
    hospital_id = UnicodeAttribute(null=True)
    location_id = UnicodeAttribute(null=True)
    operations: Any = JSONAttribute(null=True)
    doctor_ids: Any = JSONAttribute(null=True)
    digest = UnicodeAttribute()
    valid_until = UnicodeAttribute()
    shelf = "APIKEYS"
    prefix = "key"
    key_of = staticmethod(keys.api_key)
    missing = "API key"
