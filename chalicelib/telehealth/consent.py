"""Consent: who has agreed to a recording of a visit. Nothing is recorded while anybody who would be on it has not."""

from collections.abc import Sequence

from chalicelib.table.telehealth import VisitorItem, VisitRoomItem
from chalicelib.telehealth.terms import ADMITTED, GUEST, HOST, PATIENT

GUESTS = "guests"


def sides(room: VisitRoomItem, people: Sequence[VisitorItem]) -> dict[str, bool]:
    """Whether host, patient, and all guests who are in have agreed."""
    agreed = room.consents or {}
    guests = [one.person for one in people if one.side == GUEST and one.state == ADMITTED and one.here]
    return {HOST: HOST in agreed, PATIENT: PATIENT in agreed, GUESTS: all(one in agreed for one in guests)}
