"""What people decide of an appointment's link to AdvancedMD, and giving up a visit there for another one.

A visit that was given up is nobody's: whoever hears of it may make an appointment of it. The next one that is made for
the appointment has a reference of its own, so that it is found again when the answer was lost.
"""

from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.table import base, keys, officelinks
from chalicelib.table.base import setting
from chalicelib.table.officelinks import ERROR, Held, LeaseLost, OfficeLinkItem
from chalicelib.table.officevisits import VisitItem
from chalicelib.table.transaction import Transaction

_OF_THE_VISIT = ("visit_id", "agreed", "conflict", "provider_id", "facility_id", "charged", "attempted", "not_before")


def settle(link: OfficeLinkItem, *, agreed: Any, now: str) -> bool:
    """Take this for agreed on and have it told; False when the link has changed, or somebody works on it."""
    actions = setting(OfficeLinkItem, {"agreed": agreed, "conflict": None}) + _decided(link, now)
    same = OfficeLinkItem.is_free(now) & (OfficeLinkItem.wanted == link.wanted) & (OfficeLinkItem.status == ERROR)
    return base.update(link.key, actions, condition=same) is not None


def part(link: OfficeLinkItem, *, now: str) -> bool:
    """Give up the visit on which the sides differ and have the appointment told by another one; False likewise."""
    same = OfficeLinkItem.is_free(now) & OfficeLinkItem.conflict.exists() & (OfficeLinkItem.visit_id == link.visit_id)
    try:
        _part(link, _decided(link, now), same)
    except LeaseLost:
        return False
    return True


def replaced(held: Held) -> Held:
    """The link without its visit, which is to be made anew, under the same lease. LeaseLost."""
    _part(held.link, [], OfficeLinkItem.is_held(held.lease))
    link = officelinks.find(held.link.appointment_id)
    if link is None or link.lease != held.lease:
        raise LeaseLost
    return Held(link, held.lease)


def _decided(link: OfficeLinkItem, now: str) -> list[Action]:
    """It is due, and all of it is told: whatever somebody asks for by hand is done."""
    fields = {"error": None, "asked": True, **officelinks.pending(link.appointment_id)}
    return [*setting(OfficeLinkItem, fields), officelinks.due_from(now)]


def _part(link: OfficeLinkItem, also: list[Action], condition: Condition) -> None:
    parted = int(link.parted or 0) + 1
    actions = setting(OfficeLinkItem, {**dict.fromkeys(_OF_THE_VISIT), "parted": parted})
    transaction = Transaction(landed=lambda: _has_parted(link.appointment_id, parted))
    transaction.update(link.key, [*actions, *also], condition=condition, refusal=LeaseLost)
    if link.visit_id is not None:
        visit = keys.office(link.office_key, "VISIT", str(int(link.visit_id)))
        transaction.delete(visit, condition=VisitItem.is_of(link.appointment_id), refusal=LeaseLost)
    transaction.commit()


def _has_parted(appointment_id: str, parted: int) -> bool:
    link = officelinks.find(appointment_id)
    return link is not None and link.parted == parted
