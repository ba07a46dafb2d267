"""Making a thing once: a repeated request meets what its first self made.

The id of a thing that is made under an idempotency key is derived from the caller and the key, so the
table itself refuses the second one; the fingerprint on the first tells a repeat from another request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from chalicelib.kit import clock, ids
from chalicelib.kit.errors import Conflict
from chalicelib.kit.stamps import Stamp
from chalicelib.table import base
from chalicelib.table.base import Item
from chalicelib.table.transaction import Transaction

I = TypeVar("I", bound=Item)  # noqa: E741 - the item


class KeyReused(Conflict):
    """The idempotency key has already served another request."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "The idempotency key was used for another request.",
            details=[{"field": "Idempotency-Key", "problem": "used for another request"}],
        )


class IdTaken(Conflict):
    """There is already something under the id that the caller chose."""

    code = "id_taken"

    def __init__(self) -> None:
        super().__init__("That id is taken.", details=[{"field": "id", "problem": "taken"}])


@dataclass(frozen=True, slots=True)
class Identity:
    """The id of a thing to be made, and what it means when the id is taken."""

    id: str
    taken: Callable[[], Conflict]


@dataclass(frozen=True, slots=True)
class Created(Generic[I]):
    """The thing, and whether an earlier request had made it."""

    item: I
    replayed: bool


def identify(prefix: str, *, stamp: Stamp, chosen: str | None = None) -> Identity:
    """The id that an administrator chose, or that the idempotency key gives, or a fresh one."""
    if chosen and stamp.by.role == "admin":
        return Identity(chosen, IdTaken)
    if stamp.key:
        return Identity(ids.derived(prefix, stamp.by.sub, stamp.key), KeyReused)
    return Identity(ids.new(prefix), IdTaken)


def create(
    item: I, *, identity: Identity, stamp: Stamp, also: Callable[[Transaction], None] | None = None
) -> Created[I]:
    """Store the new item, and what `also` adds, in one transaction; or give back what this request made before.

    Raises what `identity` says when another request has the id.
    """
    sign(item, stamp)
    transaction = Transaction(landed=lambda: _wrote(item))
    transaction.put(item, refusal=_Exists)
    if also:
        also(transaction)
    try:
        transaction.commit()
    except _Exists:
        return settle(_present(item), identity=identity, stamp=stamp)
    return Created(item, replayed=False)


def sign(item: Item, stamp: Stamp) -> None:
    """Put the stamp on a new item."""
    item.created_at = item.updated_at = clock.iso(stamp.now)
    item.updated_by = stamp.by.actor
    item.request_id = stamp.request_id
    item.fingerprint = stamp.fingerprint or None


def settle(first: I, *, identity: Identity, stamp: Stamp) -> Created[I]:
    """What is already there, when this request is a repeat of the one that made it; else the refusal."""
    if stamp.key and first.fingerprint == stamp.fingerprint:
        return Created(first, replayed=True)
    raise identity.taken()


class _Exists(IdTaken):
    """Something has the id; who asked decides what that means."""


def _present(item: I) -> I:
    found = type(item).read(base.get(item.key, consistent=True))
    if found is None:
        raise _Exists
    return found


def _wrote(item: Item) -> bool:
    """Whether what is stored under the item's key is this very item, after an answer that left it open."""
    found = base.get(item.key, consistent=True)
    return found is not None and found.get("request_id") == {"S": item.request_id}
