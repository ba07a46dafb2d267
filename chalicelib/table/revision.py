"""Changing a thing at the version that was read; what came between is read again, never overwritten."""

import random
import time
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from chalicelib.kit import clock
from chalicelib.kit.errors import Conflict
from chalicelib.kit.stamps import Stamp
from chalicelib.table import base
from chalicelib.table.base import Item
from chalicelib.table.transaction import Transaction

I = TypeVar("I", bound=Item)  # noqa: E741 - the item
ATTEMPTS = 8
_PAUSE = 0.02


class Overtaken(Conflict):
    """Someone else has just changed what this write was computed from; reading again and repeating helps."""

    code = "changed_meanwhile"

    def __init__(self, message: str = "Someone else is changing this right now; try again.") -> None:
        super().__init__(message)


def revise(find: Callable[[], I], edit: Callable[[I, Transaction], None], *, stamp: Stamp) -> I:
    """The thing as `edit` leaves it, stored where nobody has changed it since `find` read it.

    `edit` changes the item and may add to the transaction; it runs again on a fresh reading after a
    lost race, so it must depend on nothing else. An edit that changes nothing writes nothing. Only
    changed attributes are written. Raises `Stale` (If-Match) and, in a very long race, `Overtaken`.
    """
    for attempt in range(ATTEMPTS):
        pause(attempt)
        item = find()
        stamp.check_match(int(item.version))
        transaction = _transaction(item, edit, stamp)
        if transaction is None:
            return item
        try:
            transaction.commit()
        except Overtaken:
            continue
        return item
    raise Overtaken


def pause(attempt: int) -> None:
    """Wait a little before a repeated attempt, so that racers do not meet again."""
    if attempt:
        time.sleep(random.uniform(0, _PAUSE * attempt))  # noqa: S311  # nosec B311 # jitter, not a secret


def assign(item: Item, fields: Mapping[str, Any]) -> frozenset[str]:
    """Set the item's attributes from the values of a request; answers the names of those that differ now.

    Amounts keep two decimals, dates their ISO form.
    """
    values = {name: _stored(value) for name, value in fields.items()}
    changed = frozenset(name for name, value in values.items() if getattr(item, name) != value)
    for name, value in values.items():
        setattr(item, name, value)
    return changed


def _stored(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value


def _transaction(item: I, edit: Callable[[I, Transaction], None], stamp: Stamp) -> Transaction | None:
    """The write that the edit means; None when it means none."""
    read, unchanged = int(item.version), type(item).version == item.version
    before = item.serialize()
    transaction = Transaction(landed=lambda: _wrote(item))
    edit(item, transaction)
    after = item.serialize()
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    if not changed:
        return None
    item.version = read + 1
    item.updated_at, item.updated_by = clock.iso(stamp.now), stamp.by.actor
    item.request_id = stamp.request_id
    stamps = ("version", "updated_at", "updated_by", "request_id")
    actions = []
    for name in sorted({*changed, *stamps}):
        attribute, value = getattr(type(item), name), getattr(item, name)
        actions.append(attribute.remove() if value is None else attribute.set(value))
    transaction.update(item.key, actions, condition=unchanged, refusal=Overtaken)
    return transaction


def _wrote(item: Item) -> bool:
    """Whether the stored version is the one that this request wrote, after an answer that left it open."""
    found = base.get(item.key, consistent=True)
    written = {"version": {"N": str(item.version)}, "request_id": {"S": item.request_id}}
    return found is not None and all(found.get(name) == value for name, value in written.items())
