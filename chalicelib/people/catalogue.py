"""Making, changing and listing what the catalogue holds: hospitals, locations, rooms, services and doctors."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import directory
from chalicelib.table import creation, revision
from chalicelib.table.catalogue import CatalogueItem
from chalicelib.table.creation import Created
from chalicelib.table.transaction import Transaction

C = TypeVar("C", bound=CatalogueItem)
Check = Callable[[C, frozenset[str]], None]


def find(kind: type[C], thing_id: str) -> C:
    """The thing as it is now, or a 404."""
    found = kind.find(thing_id)
    if found is None:
        raise NotFound(kind.missing)
    return found


def create(
    kind: type[C],
    fields: Mapping[str, Any],
    *,
    stamp: Stamp,
    check: Check[C] | None = None,
    also: Callable[[C, Transaction], None] | None = None,
) -> Created[C]:
    """A new thing with these fields, once per idempotency key; `check` judges it before it is stored.

    `fields["id"]` is honoured from an administrator. `also` adds to the transaction.
    """
    identity = creation.identify(kind.prefix, stamp=stamp, chosen=fields.get("id"))
    item = kind(*kind.key_of(identity.id))
    given = {name: value for name, value in fields.items() if name != "id"}
    revision.assign(item, given)
    if check:
        check(item, frozenset(given))
    item.shelve()
    made = creation.create(
        item, identity=identity, stamp=stamp, also=lambda transaction: also(item, transaction) if also else None
    )
    directory.forget(made.item)
    return made


def change(
    kind: type[C], thing_id: str, fields: Mapping[str, Any], *, stamp: Stamp, check: Check[C] | None = None
) -> C:
    """The thing with these fields changed; `check` judges the outcome, given which fields differ."""

    def edit(item: C, _: Transaction) -> None:
        changed = revision.assign(item, fields)
        if check:
            check(item, changed)
        item.shelve()

    item = revision.revise(lambda: find(kind, thing_id), edit, stamp=stamp)
    directory.forget(item)
    return item
