"""Who holds a telehealth link: the person it names, for that one visit and nothing else."""

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims, Role, refusal
from chalicelib.table import telehealth
from chalicelib.telehealth import links, rooms, terms
from chalicelib.telehealth.refusals import LinkEnded
from chalicelib.telehealth.terms import HOST, PATIENT, REVOKED

OPERATIONS = frozenset(
    {
        "ask_for_recording",
        "agree_to_recording",
        "admit_visitor",
        "decline_visitor",
        "enter_visit_room",
        "invite_guest",
        "leave_visit_room",
        "read_events",
        "read_visit_room",
        "revoke_guest",
    }
)
"""What a link opens; each of them looks at the room that it is for."""


def holder(secret: str) -> Claims:
    """Who holds this link; Unauthenticated, or LinkEnded for one that was good once."""
    said = links.read(secret)
    room = telehealth.find(said.room_id) if said else None
    if said is None or room is None or not links.is_proven(secret, room.secret):
        raise refusal("The link is not valid.")
    if said.until <= clock.now().timestamp() or rooms.is_shut(room):
        raise LinkEnded
    if said.person == HOST:
        return _claims(said, room.doctor_id, "doctor")
    if said.person == PATIENT:
        return _claims(said, room.patient_id, "patient")
    guest = telehealth.visitor(room.id, said.person)
    if guest is None or guest.side != terms.GUEST or guest.state == REVOKED:
        raise LinkEnded
    return _claims(said, said.person, "patient")


def _claims(said: links.Said, sub: str, role: Role) -> Claims:
    # Proven anew each time, so the end of a sign-in, which is another way to prove who one is, does not end it.
    since = int(clock.now().timestamp())
    return Claims(sub=sub, role=role, since=since, until=said.until, visit=said.room_id, operations=OPERATIONS)
