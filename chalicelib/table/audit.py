"""Audit entries: who changed what, when, and from which request; written by the stream consumer."""

from collections.abc import Iterator
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.table import base
from chalicelib.table.base import Item


class AuditItem(Item, discriminator="audit"):
    """One change: field → [from, to], values only where they say nothing about a patient."""

    at = UnicodeAttribute()
    actor = UnicodeAttribute()
    action = UnicodeAttribute()
    changes: Any = JSONAttribute()


def of(pk: str) -> Iterator[AuditItem]:
    """The entries of one thing, oldest first."""
    for raw, _ in base.query(pk, between=("AUDIT#", "AUDIT#~")):
        yield AuditItem.from_raw_data(raw)
