"""API keys: another system calls under a desk's or a device's role, within bounds and until a date.

A key is `careslot_<its id>_<secret>`. The table holds only a digest of the secret: 256 random bits need no slow hash.
A revoked key is refused at once by the process that revoked it, and by every other within half a minute.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import EVERYWHERE, KEY_MARK, Claims, KeyOutOfScope, refusal
from chalicelib.kit.cache import Memory
from chalicelib.kit.calls import Route
from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.table import creation, revision
from chalicelib.table.apikeys import ApiKeyItem
from chalicelib.table.catalogue import HospitalItem, LocationItem
from chalicelib.table.creation import IdTaken, KeyReused
from chalicelib.table.revision import Overtaken
from chalicelib.table.transaction import Transaction

ISSUING = (IdTaken, KeyReused)
REVOKING = (Overtaken,)
_SECONDS = 30.0
_SECRET_BYTES = 32
_known: Memory[ApiKeyItem | None] = Memory(ApiKeyItem.find, seconds=_SECONDS)


@dataclass(frozen=True, slots=True)
class Issued:
    """A key as it is stored, and what it says: known to nobody afterwards, so a repeated request is told None."""

    item: ApiKeyItem
    key: str | None


def issue(fields: Mapping[str, Any], *, valid_days: int, stamp: Stamp) -> Issued:
    """A new key for `name`, with `role`, `hospital_id`, `location_id`, `operations` and, of a display, `doctor_ids`.

    NotFound for unknown bounds.
    """
    for kind, field in ((HospitalItem, "hospital_id"), (LocationItem, "location_id")):
        bound = fields.get(field)
        if bound not in (None, EVERYWHERE) and kind.find(bound) is None:
            raise NotFound(kind.missing, field)
    identity, secret = creation.identify(ApiKeyItem.prefix, stamp=stamp), secrets.token_urlsafe(_SECRET_BYTES)
    item = ApiKeyItem(*ApiKeyItem.key_of(identity.id), digest=_digest(secret))
    revision.assign(item, {**fields, "valid_until": clock.iso(stamp.now + timedelta(days=valid_days))})
    item.shelve()
    made = creation.create(item, identity=identity, stamp=stamp)
    letters = identity.id.removeprefix(f"{ApiKeyItem.prefix}_")
    return Issued(made.item, None if made.replayed else f"{KEY_MARK}{letters}_{secret}")


def doctor_ids(claims: Claims) -> list[str]:
    """The doctors whose lines the holder of a display's key shows; none for all of the location's, or no key."""
    item = _known(claims.sub) if claims.role == "display" else None
    return list(item.doctor_ids or ()) if item else []


def find(key_id: str) -> ApiKeyItem:
    """The key, in force or not, or a 404."""
    found = ApiKeyItem.find(key_id)
    if found is None:
        raise NotFound(ApiKeyItem.missing)
    return found


def page(
    *, include_inactive: bool, limit: int, cursor: str | None, where: Callable[[ApiKeyItem], bool] = lambda _: True
) -> tuple[list[ApiKeyItem], str | None]:
    """The keys by name, without the revoked ones unless wanted; of all or some."""
    return ApiKeyItem.page(
        where=lambda item: (include_inactive or bool(item.active)) and where(item), limit=limit, after=cursor
    )


def revoke(key_id: str, *, stamp: Stamp) -> ApiKeyItem:
    """The key, which opens nothing from now on; once more does nothing."""

    def end(item: ApiKeyItem, _: Transaction) -> None:
        item.active = False

    item = revision.revise(lambda: find(key_id), end, stamp=stamp)
    _known.forget(key_id)
    return item


def holder(said: str) -> Claims:
    """Who holds this key, or `Unauthenticated`."""
    letters, _, secret = said.removeprefix(KEY_MARK).partition("_")
    item = _known(f"{ApiKeyItem.prefix}_{letters}")
    proven = compare_digest(_digest(secret), item.digest if item else _digest(""))
    if item is None or not proven or not item.active or clock.parse(item.valid_until) <= clock.now():
        raise refusal("The API key is not valid.")
    return Claims(
        sub=item.id,
        role=item.role,
        hospital_id=item.hospital_id,
        location_id=item.location_id,
        since=int(clock.parse(item.created_at).timestamp()),
        operations=frozenset(item.operations) if item.operations else None,
        until=int(clock.outside(clock.parse(item.valid_until)).timestamp()),
    )


def check(route: Route, claims: Claims, _now: datetime) -> dict[str, str]:
    """Refuse what the key was not made for."""
    if claims.operations is not None and route.operation not in claims.operations:
        raise KeyOutOfScope
    return {}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
