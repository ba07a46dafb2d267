"""That an office does not answer, or does not let us in: how often in a row, and until when nobody calls it by itself.

There is no item while all is well, so that this costs nothing but one reading for each turn of a worker.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.table import base, keys
from chalicelib.table.base import Item


class BreakerItem(Item, discriminator="officebreaker"):
    """`failures` in a row, the latest of which is why; from some number on nobody calls before `shut_until`.

    `locked` when it was our sign-in that was refused.
    """

    failures = NumberAttribute()
    why = UnicodeAttribute()
    shut_until = UnicodeAttribute(null=True)
    locked = BooleanAttribute(null=True)


def find(office_key: str) -> BreakerItem | None:
    """How it stands; None while the office answers."""
    return BreakerItem.read(base.get(keys.office(office_key, "BREAKER"), consistent=True))


def fail(office_key: str, *, why: str) -> int:
    """One more call was in vain; how many in a row that makes."""
    actions = [BreakerItem.failures.add(1), *base.setting(BreakerItem, {"kind": BreakerItem, "why": why})]
    return int(_update(office_key, actions)["failures"]["N"])


def shut(office_key: str, *, until: str, locked: bool) -> None:
    """Let nobody call before then; `locked` when it was our sign-in that was refused."""
    _update(office_key, base.setting(BreakerItem, {"shut_until": until, "locked": locked or None}))


def close(office_key: str) -> None:
    """All is well again."""
    base.delete_many([keys.office(office_key, "BREAKER")])


def _update(office_key: str, actions: list[Any]) -> dict[str, Any]:
    request = base.connection().get_operation_kwargs(
        base.table_name(), *keys.office(office_key, "BREAKER"), actions=actions
    )
    request.pop("ReturnConsumedCapacity", None)
    return dict(base.call("UpdateItem", request | {"ReturnValues": "ALL_NEW"})["Attributes"])
