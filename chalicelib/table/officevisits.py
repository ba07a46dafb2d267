"""Whose the visits at AdvancedMD are: each one appointment's at most, claimed together with its link.

One that we made is unheard until AdvancedMD has told changes from after it was made: what came and went between two
tellings is told by neither.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.table import base, indexes, keys
from chalicelib.table.base import Item, setting


class VisitItem(Item, discriminator="officevisit"):
    """Whose visit this is: one appointment's, so that no two have the same. It is due while it is unheard."""

    appointment_id = UnicodeAttribute()
    due_key = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, office_key: str, visit_id: int, appointment_id: str, *, made_at: str | None = None) -> Self:
        """That this visit is this appointment's; `made_at` when it is we who made it, and nobody has told of it yet."""
        due: dict[str, Any] = {"due_key": indexes.unheard(office_key), "due_at": made_at} if made_at else {}
        return cls(*keys.office(office_key, "VISIT", str(visit_id)), appointment_id=appointment_id, **due)

    @classmethod
    def is_of(cls, appointment_id: str) -> Condition:
        """It is nobody's, or this one's."""
        same: Condition = cls.PK.does_not_exist() | (cls.appointment_id == appointment_id)
        return same


def is_any(office_key: str) -> bool:
    """Whether any visit of the office is an appointment's."""
    pk, between = keys.office(office_key).pk, ("VISIT#", "VISIT#~")
    return next(base.query(pk, between=between, limit=1, consistent=True, only=("SK",)), None) is not None


def unheard(office_key: str, *, since: str, most: int = 1_000) -> list[int]:
    """The visits that we made since then and that were not heard of, the oldest first."""
    key, span = indexes.unheard(office_key), (since, "9999")
    rows = base.query(key, index="due", names=("due_key", "due_at"), between=span, limit=most)
    return [int(raw["SK"]["S"].partition("#")[2]) for raw, _ in islice(rows, most)]


def heard(office_key: str, visit_ids: Iterable[int]) -> None:
    """These were told of since they were made, or are about to be read."""
    nothing = setting(VisitItem, {"due_key": None, "due_at": None})
    for visit_id in visit_ids:
        base.update(keys.office(office_key, "VISIT", str(visit_id)), nothing, condition=VisitItem.due_key.exists())
