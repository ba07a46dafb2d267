"""Ended sign-ins: single ones, and all of a caller before an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.kit import clock
from chalicelib.table import base, keys
from chalicelib.table.base import Item

# Longer than any token or refresh token lives; after that nothing is left to refuse.
_KEPT = timedelta(days=400)


class CallerItem(Item, discriminator="caller"):
    """Every sign-in of a caller at or before `ended` (epoch seconds) is over."""

    ended = NumberAttribute()


class SessionItem(Item, discriminator="session"):
    """One sign-in that is over."""

    caller_key = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Ended:
    """What is over of a caller: sign-ins up to an instant, and single ones."""

    until: int
    sessions: frozenset[str]


def ended(principal: str) -> Ended:
    """What is over, with one Query."""
    pk, prefix = keys.session(principal, "")
    found: Mapping[str, base.Raw] = {
        raw["SK"]["S"]: raw for raw, _ in base.query(pk, between=("SESSION", "SESSION~"), consistent=True)
    }
    everything = found.get(keys.sessions(principal).sk)
    return Ended(
        until=int(everything["ended"]["N"]) if everything else 0,
        sessions=frozenset(sk.removeprefix(prefix) for sk in found if sk.startswith(prefix)),
    )


def end_all(principal: str, *, now: datetime, by: str, request_id: str) -> None:
    """End every sign-in up to now; an end that is set already never moves back."""
    item = CallerItem(*keys.sessions(principal), ended=int(clock.outside(now).timestamp()))
    base.put_if(_signed(item, now, by, request_id), CallerItem.ended.does_not_exist() | (CallerItem.ended < item.ended))


def end_one(principal: str, session: str, *, now: datetime, by: str, request_id: str) -> None:
    """End one sign-in."""
    key = keys.session(principal, session)
    base.put_new(_signed(SessionItem(*key, caller_key=key.pk), now, by, request_id))


def _signed(item: Item, now: datetime, by: str, request_id: str) -> Item:
    item.created_at = item.updated_at = clock.iso(now)
    item.updated_by, item.request_id = by, request_id
    item.expires_at = int((now + _KEPT).timestamp())
    return item
