"""How an appointment stands at AdvancedMD: its visit there, what both sides last had, and what is still to be told.

The link lies beside its appointment and is not part of it: whoever keeps the two in step stands in nobody's way who
books or moves. It is the outbox as well: `wanted` is the version of the appointment that is to be told, so ten quick
changes are one operation. Whoever works on it holds a lease by the table's clock.
"""

import heapq
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.kit import clock
from chalicelib.table import base, indexes, keys
from chalicelib.table.base import Item, Raw, setting
from chalicelib.table.officevisits import VisitItem
from chalicelib.table.transaction import Transaction

PENDING, SYNCED, ERROR = "pending", "synced", "error"
LEASE = timedelta(seconds=150)
_ALL, _PAGE = 100_000, 500


class OfficeLinkItem(Item, discriminator="officelink"):
    """`agreed` is what both sides last had, `attempted` that a visit may have been made of which we were not told.

    By `not_before` that has surely been made, if it ever is. `parted` is how many visits were given up for another.
    `provider_id` and `facility_id` are the numbers there of whom and where the visit is; `charged` that it was charged,
    `asked` that somebody wants all of it told, whatever is kept in step by itself.
    """

    office_key = UnicodeAttribute()
    wanted = NumberAttribute()
    status = UnicodeAttribute()
    visit_id = NumberAttribute(null=True)
    provider_id = NumberAttribute(null=True)
    facility_id = NumberAttribute(null=True)
    charged = BooleanAttribute(null=True)
    attempted = BooleanAttribute(null=True)
    not_before = UnicodeAttribute(null=True)
    parted = NumberAttribute(null=True)
    asked = BooleanAttribute(null=True)
    agreed: Any = JSONAttribute(null=True)
    conflict: Any = JSONAttribute(null=True)
    error = UnicodeAttribute(null=True)
    synced_at = UnicodeAttribute(null=True)
    failures = NumberAttribute(null=True)
    lease = UnicodeAttribute(null=True)
    lease_ends = UnicodeAttribute(null=True)
    due_key = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    missing = "link to AdvancedMD"

    @property
    def appointment_id(self) -> str:
        """The appointment's id."""
        return str(self.PK).split("#", 1)[1]

    @property
    def reference(self) -> str:
        """Our reference for the visit, by which it is found again: another one after each that was given up."""
        return f"{self.appointment_id}-{int(self.parted) + 1}" if self.parted else self.appointment_id

    @property
    def disagreement(self) -> dict[str, Any] | None:
        """What both sides differ in, field by field, and with which code AdvancedMD refuses; None when they agree."""
        if isinstance(self.conflict, list):
            return {"refused": None, "differences": self.conflict}
        return {"refused": None, "differences": [], **self.conflict} if self.conflict else None

    @property
    def differences(self) -> list[dict[str, Any]]:
        """What both sides differ in, field by field."""
        return self.disagreement["differences"] if self.disagreement else []

    @classmethod
    def is_older(cls, version: int) -> Condition:
        """Nothing as new as this version of the appointment is to be told yet."""
        not_yet: Condition = cls.wanted.does_not_exist() | (cls.wanted < version)
        return not_yet

    @classmethod
    def is_held(cls, lease: str) -> Condition:
        """Whoever has this lease still has it."""
        return cls.lease == lease

    @classmethod
    def is_free(cls, now: str) -> Condition:
        """There is a visit to be told of something, and nobody works on it, or somebody has died over it."""
        free: Condition = cls.wanted.exists() & (cls.lease.does_not_exist() | (cls.lease_ends <= now))
        return free


class Held(NamedTuple):
    """A link with the lease under which one may work on it."""

    link: OfficeLinkItem
    lease: str


class LeaseLost(Exception):
    """Somebody else works on the link by now."""


class VisitTaken(Exception):
    """The visit belongs to another appointment."""


def find(appointment_id: str) -> OfficeLinkItem | None:
    """The link as it is now."""
    return OfficeLinkItem.read(base.get(keys.office_link(appointment_id), consistent=True))


def want(appointment_id: str, *, office_key: str, version: int, now: str, asked: bool = False) -> bool:
    """Have this version of the appointment told; False when it, or a newer one, is to be told already."""
    fields = {
        "kind": OfficeLinkItem,
        "office_key": office_key,
        "wanted": version,
        **pending(appointment_id),
        **({"asked": True} if asked else {}),
    }
    actions = [*setting(OfficeLinkItem, fields), due_from(now)]
    return _update(appointment_id, actions, OfficeLinkItem.is_older(version)) is not None


def again(appointment_id: str, *, now: str, asked: bool = False) -> bool:
    """Have it told once more as it is; False when there is nothing to tell, or somebody tells it at this moment."""
    fields = pending(appointment_id) | ({"asked": True} if asked else {})
    actions = [*setting(OfficeLinkItem, fields), due_from(now)]
    return _update(appointment_id, actions, OfficeLinkItem.is_free(now)) is not None


def due(now: str, *, most: int) -> list[str]:
    """The appointments of which something is to be told by now, the longest waiting first."""
    return [appointment_id for _, appointment_id in line(now, most=most)]


def line(until: str, *, most: int) -> list[tuple[str, str]]:
    """Since or from when something is to be told of which appointments, in that order."""
    waiting = [_due_of(shard, until, most) for shard in indexes.due_shards(indexes.OFFICE)]
    return list(islice(heapq.merge(*waiting), most))


def pending(appointment_id: str) -> dict[str, Any]:
    """What a link has that is due, besides the time."""
    return {"status": PENDING, "due_key": indexes.due_shard(appointment_id, indexes.OFFICE)}


def due_from(at: str) -> Action:
    """Due at this time, but where a visit may be on its way neither earlier nor later than that is certain."""
    due: Action = OfficeLinkItem.due_at.set(OfficeLinkItem.not_before | at)
    return due


def in_doubt() -> bool:
    """Whether a visit may have been made of whose number we were not told; who tells its appointment finds out."""
    links = base.get_many([keys.office_link(one) for one in due("9999", most=_ALL)], consistent=True)
    found = (OfficeLinkItem.from_raw_data(raw) for raw in links.values())
    return any(one.attempted and one.visit_id is None for one in found)


def _due_of(shard: str, now: str, most: int) -> Iterator[tuple[str, str]]:
    found = base.query(shard, index="due", names=("due_key", "due_at"), between=("0", now), limit=min(most, _PAGE))
    return ((raw["due_at"]["S"], raw["PK"]["S"].partition("#")[2]) for raw, _ in found)


def hold(appointment_id: str, lease: str) -> Held | None:
    """Take the lease; None when there is nothing to be held, or somebody works on it."""
    _, told = base.get_dated(keys.office_link(appointment_id))
    now = told + clock.ahead()
    actions = setting(OfficeLinkItem, {"lease": lease, "lease_ends": clock.iso(now + LEASE)})
    link = OfficeLinkItem.read(_update(appointment_id, actions, OfficeLinkItem.is_free(clock.iso(now))))
    return Held(link, lease) if link else None


def note(held: Held, **fields: Any) -> None:
    """Write something down under the lease, before what it is about is done. LeaseLost."""
    condition = OfficeLinkItem.is_held(held.lease)
    if _update(held.link.appointment_id, setting(OfficeLinkItem, fields), condition) is None:
        raise LeaseLost


def let_go(held: Held, *, told: int | None, due_at: str | None, waits: str | None = None, **fields: Any) -> None:
    """Give the lease back with what has become of it.

    `told` is the version that was compared: with nothing newer wanted and no `due_at` the link is due no more, and with
    `waits` it is among what people have to decide since then. A visit that is named for the first time was made by us
    at `synced_at`, and is claimed for this appointment. Raises LeaseLost, VisitTaken.
    """
    link = held.link
    done = {"lease": None, "lease_ends": None, **fields}
    if due_at is not None:
        done |= {"due_key": indexes.due_shard(link.appointment_id, indexes.OFFICE), "due_at": due_at}
    elif told is not None:
        done |= {"due_key": indexes.due_shard(link.appointment_id, indexes.OFFICE_WAITS) if waits else None}
        done |= {"due_at": waits}
    condition = OfficeLinkItem.is_held(held.lease)
    if told is not None:
        condition &= OfficeLinkItem.wanted == told
    transaction = Transaction(landed=lambda: _has_let_go(held))
    transaction.update(link.key, setting(OfficeLinkItem, done), condition=condition, refusal=LeaseLost)
    if fields.get("visit_id") is not None and link.visit_id is None:
        made_at = fields["synced_at"]
        visit = VisitItem.of(link.office_key, int(fields["visit_id"]), link.appointment_id, made_at=made_at)
        transaction.put(visit, unless=VisitItem.is_of(link.appointment_id), refusal=VisitTaken)
    transaction.commit()


def whose(office_key: str, visit_id: int) -> str | None:
    """The appointment of a visit."""
    item = VisitItem.read(base.get(keys.office(office_key, "VISIT", str(visit_id)), consistent=True))
    return item.appointment_id if item else None


def adopt(appointment_id: str, *, office_key: str, visit_id: int, agreed: Any, now: str, **fields: Any) -> None:
    """Link an appointment that is about to be made to the visit that it is made from; again changes nothing.

    Its first version is not to be told: it is what was told to us. VisitTaken when the visit is another's.
    """
    link = OfficeLinkItem(
        *keys.office_link(appointment_id),
        office_key=office_key,
        wanted=1,
        status=SYNCED,
        visit_id=visit_id,
        agreed=agreed,
        synced_at=now,
        **fields,
    )
    visit = VisitItem.of(office_key, visit_id, appointment_id)
    transaction = Transaction(landed=lambda: whose(office_key, visit_id) == appointment_id)
    transaction.put(link, unless=OfficeLinkItem.PK.does_not_exist(), refusal=VisitTaken)
    transaction.put(visit, unless=VisitItem.is_of(appointment_id), refusal=VisitTaken)
    transaction.commit()


def _has_let_go(held: Held) -> bool:
    found = find(held.link.appointment_id)
    return found is not None and found.lease is None


def _update(appointment_id: str, actions: list[Action], condition: Condition) -> Raw | None:
    """The link afterwards, or None when the condition did not hold."""
    return base.update(keys.office_link(appointment_id), actions, condition=condition)
