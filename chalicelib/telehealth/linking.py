"""Links into a room, each for one person: whoever has one is let in as that person, to this visit only."""

import re
from dataclasses import dataclass
from datetime import datetime

from chalicelib.kit.auth import SYSTEM, VISIT_MARK, Claims
from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access
from chalicelib.scheduling import remote
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.telehealth import VisitRoomItem
from chalicelib.telehealth import links, rooms, terms
from chalicelib.telehealth.terms import HOST, PATIENT

_SECRET = re.compile(rf"#token={VISIT_MARK}[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Link:
    """A link: the page's address with the secret in its fragment, the secret by itself, and until when it is good."""

    room: VisitRoomItem
    url: str
    secret: str
    until: datetime


def into(room: VisitRoomItem, person: str) -> Link:
    """The person's link; asked for again it is the same one."""
    until = terms.closes(room.begins, room.finishes)
    secret = links.sign(links.Said(room.id, person, int(until.timestamp())), room.secret)
    return Link(room, f"{remote.page(room.id)}#token={secret}", secret, until)


def for_caller(appointment_id: str, stamp: Stamp) -> Link:
    """The caller's own link to an appointment's room: the doctor's is the host's, and goes to nobody else.

    Desks are given the patient's, to hand it on. Raises NotFound, NotTelehealth, VisitOver.
    """
    appointment = AppointmentItem.find(appointment_id)
    if appointment is None:
        raise NotFound("appointment")
    access.check_appointment(stamp.by, appointment)
    return into(rooms.ready(appointment, stamp), person_of(stamp.by))


def without_secrets(text: str) -> str:
    """A text with the addresses that it names, and without what would open them: for whatever is kept of it."""
    return _SECRET.sub("", text)


def person_of(claims: Claims) -> str:
    """As whom a caller enters their own visits."""
    return HOST if claims.role == "doctor" else PATIENT


def of_patient(appointment: AppointmentItem, now: datetime) -> str:
    """The address that is sent to the patient of a visit; empty where none is held any more."""
    if appointment.telehealth_url:
        return str(appointment.telehealth_url)
    if not remote.takes_place(appointment):
        return ""
    stamp = Stamp(by=SYSTEM, now=now, request_id="join-link")
    return into(rooms.ready(appointment, stamp), PATIENT).url
