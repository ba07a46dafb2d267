"""Whose the visits at AdvancedMD are: each one appointment's at most, claimed together with its link."""

from typing import Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.table import base, keys
from chalicelib.table.base import Item


class VisitItem(Item, discriminator="officevisit"):
    """Whose visit this is: one appointment's, so that no two have the same."""

    appointment_id = UnicodeAttribute()

    @classmethod
    def of(cls, office_key: str, visit_id: int, appointment_id: str) -> Self:
        """That this visit is this appointment's."""
        return cls(*keys.office(office_key, "VISIT", str(visit_id)), appointment_id=appointment_id)

    @classmethod
    def is_of(cls, appointment_id: str) -> Condition:
        """It is nobody's, or this one's."""
        same: Condition = cls.PK.does_not_exist() | (cls.appointment_id == appointment_id)
        return same


def is_any(office_key: str) -> bool:
    """Whether any visit of the office is an appointment's."""
    pk, between = keys.office(office_key).pk, ("VISIT#", "VISIT#~")
    return next(base.query(pk, between=between, limit=1, consistent=True, only=("SK",)), None) is not None
